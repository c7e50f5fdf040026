"""Answers of Betfair's shape with invented values, and what silver is supposed to know of their matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

from lake.competitions import Competition
from lake.contracts.model import contract
from sources.base import Parsed, Payload
from sources.betfair.source import Betfair
from sources.known import MATCH, Known

NOW = datetime(2024, 3, 1, 10, tzinfo=UTC)
KICKOFF = datetime(2024, 3, 2, 15, tzinfo=UTC)
EPL = Competition("E0", "football", "Premier League", "ENG", 1, "Europe/London", {"betfair": {"competition": "7001"}})
NBA = Competition("NBA", "basketball", "NBA", "USA", 1, "America/New_York", {"betfair": {"competition": "7002"}})
LEAGUES = {"football": {"E0": EPL}, "basketball": {"NBA": NBA}}
Runners = Sequence[tuple[int, str, float]]
RESULT: Runners = ((11, "Arbury", 0), (12, "Belston", 0), (58805, "The Draw", 0))


def market(market_id: str, kind: str, runners: Runners, sport: str = "football") -> dict[str, Any]:
    football = sport == "football"
    return {
        "marketId": market_id,
        "marketName": kind.title(),
        "marketStartTime": "2024-03-02T15:00:00.000Z",
        "description": {"marketType": kind, "marketTime": "2024-03-02T15:00:00.000Z"},
        "runners": [
            {"selectionId": number, "runnerName": name, "handicap": line, "sortPriority": place}
            for place, (number, name, line) in enumerate(runners, start=1)
        ],
        "eventType": {"id": "1" if football else "7522"},
        "competition": {"id": "7001" if football else "7002", "name": "A League"},
        "event": {"id": "501", "name": "Arbury v Belston" if football else "Miami Heat @ Boston Celtics"},
    }


def rpc(result: object) -> bytes:
    return orjson.dumps({"jsonrpc": "2.0", "result": result, "id": 1})


def book(market_id: str, runners: Mapping[int, tuple[object, object]], **more: object) -> dict[str, Any]:
    """Runners' best price to back and to lay; None where nobody offers."""
    own = {"marketId": market_id, "status": "OPEN", "inplay": False, "totalMatched": 5000.5}
    return {
        **own,
        **more,
        "runners": [
            {"selectionId": number, "handicap": 0.0, "status": "ACTIVE", "ex": {"availableToBack": _offers(back, 40.0),
             "availableToLay": _offers(lay, 25.0), "tradedVolume": []}}
            for number, (back, lay) in runners.items()
        ],
    }  # fmt: skip


def _offers(price: object, size: float) -> list[dict[str, object]]:
    return [] if price is None else [{"price": price, "size": size}]


def known(sport: str = "football", markets: pl.DataFrame | None = None) -> Known:
    """Two clubs, their match, and markets that a catalogue told before."""
    frames = {} if markets is None else {"exchange_markets": markets}
    if sport == "basketball":
        return Known("basketball", frames=frames)
    empty = contract("silver.football.teams").empty()
    clubs = pl.DataFrame({"team_id": ["eng-arbury", "eng-belston"], "team_name": ["Arbury", "Belston"]}).with_columns(
        country=pl.lit("ENG"), competition_id=pl.lit("E0"), season_code=pl.lit("2023-24"), status=pl.lit("confirmed")
    )
    match = {
        "match_id": "E0-2023-24-arbury-belston",
        "competition_id": "E0",
        "season_code": "2023-24",
        "home_team_id": "eng-arbury",
        "away_team_id": "eng-belston",
        "event_at_utc": KICKOFF,
        "state": "scheduled",
    }
    frames["teams"] = pl.concat([empty, clubs], how="diagonal_relaxed")
    return Known("football", pl.DataFrame([match], schema=MATCH), frames)


def parse(body: bytes, endpoint: str, here: Known | None = None, at: datetime = NOW) -> Parsed:
    found = here or known()
    payload = Payload("https://api.betfair.com/any", endpoint, None, None, at, "0" * 64, body)
    return Betfair(found.sport).parse(payload, LEAGUES[found.sport], found)


def told(sport: str = "football") -> Known:
    """What is known once a catalogue of a match's result has been read."""
    body = rpc([market("1.1", "MATCH_ODDS", RESULT)])
    rows = parse(body, "catalogue", known(sport)).rows["exchange_markets"]
    return known(sport, rows.with_columns(pl.lit("betfair").alias("source")))
