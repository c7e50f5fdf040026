"""The exchange's markets of coming football matches: match odds and over/under 2.5 goals, with their ladders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from sandbox.vendors.spelling import numbers, short
from sandbox.vendors.view import View
from sandbox.vendors.writing import COUNTRY_NAMES, to_millisecond

TYPES = {"1x2": ("MATCH_ODDS", "Match Odds", 1), "totals": ("OVER_UNDER_25", "Over/Under 2.5 Goals", 2)}
ORDER = {"home": 1, "away": 2, "draw": 3, "under": 1, "over": 2}
FIXED_IDS = {"draw": 58805, "under": 47972, "over": 47973}
FIXED_NAMES = {"draw": "The Draw", "under": "Under 2.5 Goals", "over": "Over 2.5 Goals"}
COUNTRY_CODES = {"England": "GB", "Spain": "ES", "Germany": "DE"}
Ladder = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Runner:
    """One selection: the vendor's id and name, ladders of (price, size) best first, last price, volume in EUR."""

    id: int
    name: str
    order: int
    backs: Ladder
    lays: Ladder
    last: float
    traded: float

    def full(self) -> dict[str, Any]:
        """The runner in an image of the stream."""
        told: dict[str, Any] = {"ltp": self.last, "tv": round(self.traded, 2), "id": self.id}
        for name, ladder in (("batl", self.lays), ("batb", self.backs)):
            if ladder:
                told = {name: [[level, price, size] for level, (price, size) in enumerate(ladder)], **told}
        return told

    def changed(self, side: str, by: float) -> dict[str, Any]:
        """The runner in a change of the stream: the best price of one side moved by a share of itself."""
        price, size = (self.backs if side == "batb" or not self.lays else self.lays)[0]
        return {side: [[0, max(1.01, round(price * (1.0 + by), 2)), round(size * (1.0 + by), 2)]], "id": self.id}


@dataclass(frozen=True)
class Market:
    """One market of one match."""

    id: str
    kind: str
    match: dict[str, Any]
    runners: tuple[Runner, ...]

    @property
    def traded(self) -> float:
        """What has been matched in the market, EUR."""
        return sum(runner.traded for runner in self.runners)

    @property
    def starts_at(self) -> str:
        """Kick-off as the vendor writes it."""
        return to_millisecond(self.match["kickoff_at_utc"])

    @property
    def event(self) -> dict[str, Any]:
        """The match as the vendor's event."""
        home, away = short(self.match["home"]), short(self.match["away"])
        country = COUNTRY_CODES[COUNTRY_NAMES[self.match["division"]]]
        return {
            "id": str(33_000_000 + self.match["match_key"]),
            "name": f"{home} v {away}",
            "countryCode": country,
            "timezone": "GMT",
            "openDate": self.starts_at,
        }

    def definition(self) -> dict[str, Any]:
        """The market's definition in the stream."""
        event = self.event
        runners = [{"status": "ACTIVE", "sortPriority": r.order, "id": r.id} for r in self.runners]
        return {
            "bspMarket": False, "turnInPlayEnabled": True, "persistenceEnabled": True, "marketBaseRate": 5,
            "eventId": event["id"], "eventTypeId": "1", "numberOfWinners": 1, "bettingType": "ODDS",
            "marketType": TYPES[self.kind][0], "marketTime": self.starts_at, "suspendTime": self.starts_at,
            "bspReconciled": False, "complete": True, "inPlay": False, "crossMatching": True, "runnersVoidable": False,
            "numberOfActiveRunners": len(runners), "betDelay": 0, "status": "OPEN", "runners": runners,
            "regulators": ["MR_INT"], "countryCode": event["countryCode"], "discountAllowed": True, "timezone": "GMT",
            "openDate": self.starts_at, "version": 6_000_000_000 + self.match["match_key"], "name": TYPES[self.kind][1],
            "eventName": event["name"],
        }  # fmt: skip


def markets(view: View) -> list[Market]:
    """Markets that are open at this instant, by kick-off."""
    found: list[Market] = view.once("betfair markets", lambda: _markets(view))
    return found


def _markets(view: View) -> list[Market]:
    matches = {row["match_key"]: row for row in view.frame("fixtures").iter_rows(named=True)}
    books = view.frame("exchange").filter(pl.col("market").is_in(list(TYPES))).sort("match_key", "market")
    groups = books.partition_by("match_key", "market", as_dict=True, maintain_order=True)
    found = [_market(matches[int(key)], str(kind), rows) for (key, kind), rows in groups.items()]
    return sorted(found, key=lambda market: (market.match["kickoff_at_utc"], market.id))


def _market(match: dict[str, Any], kind: str, rows: pl.DataFrame) -> Market:
    runners = sorted((_runner(match, row) for row in rows.iter_rows(named=True)), key=lambda runner: runner.order)
    return Market(f"1.{240_000_000 + 10 * match['match_key'] + TYPES[kind][2]}", kind, match, tuple(runners))


def _runner(match: dict[str, Any], row: dict[str, Any]) -> Runner:
    selection = row["selection"]
    club = match.get(selection)
    return Runner(
        FIXED_IDS.get(selection) or 4_700_000 + numbers()[str(club)],
        FIXED_NAMES.get(selection) or short(str(club)),
        ORDER[selection],
        _ladder(row, "back"),
        _ladder(row, "lay"),
        row["last_price"] or 0.0,
        row["traded_volume"] or 0.0,
    )


def _ladder(row: dict[str, Any], side: str) -> Ladder:
    pairs = zip(row[f"{side}_prices"] or (), row[f"{side}_sizes"] or (), strict=True)
    return tuple((round(price, 2), round(size, 2)) for price, size in pairs if price is not None)


def is_open(market: Market, now: datetime) -> bool:
    """Whether the market can still be bet before the start."""
    return bool(market.match["kickoff_at_utc"] > now)
