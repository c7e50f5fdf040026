"""Settlements of tickets from the history of their matches, corrections included: rows of gold settlements."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import polars as pl

from core.market.sports import Sport
from optimizer.settlement.legs import Count, Leg, Ruling, State, Verdict, deadlines, judge
from optimizer.settlement.rules import ANY_BOOK, BookRule, rule_of
from optimizer.settlement.tickets import Settled, Terms, settled
from optimizer.systems import read

_SAME_PRICE = Fraction(1, 10**9)
"""A price of the whole that is nearer to the product of the legs than this is that product in floats."""

_SCHEMA = {
    "ticket_id": pl.String(),
    "match_id": pl.String(),
    "season_code": pl.String(),
    "outcome": pl.String(),
    "payoff": pl.Float64(),
    "stake_minor": pl.Int64(),
    "return_minor": pl.Int64(),
    "profit_minor": pl.Int64(),
    "currency": pl.String(),
    "event_at_utc": pl.Datetime("us", "UTC"),
    "known_at_utc": pl.Datetime("us", "UTC"),
    "version": pl.Int64(),
    "reason": pl.String(),
}
_Row = Mapping[str, Any]


def settle(
    tickets: pl.DataFrame,
    legs: pl.DataFrame,
    results: pl.DataFrame,
    as_of: datetime,
    rulings: pl.DataFrame | None = None,
    commissions: Mapping[str, float] | None = None,
    counts: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every settlement that was known at `as_of`: one for each decided ticket, and one more for each correction.

    `tickets`: ticket_id, stake_minor, currency, and perhaps `lines` (see `systems`) and price_odds_dec, the price
    taken for all legs together. `legs`: ticket_id, match_id, season_code, event_at_utc (the kick-off known at the
    bet), market, selection, line, price_odds_dec, and perhaps leg, bookmaker, as_of_utc (when it was taken), player_id.
    `results`: match_id, home_score, away_score (goals or points), known_at_utc, and perhaps state (finished where there
    is none) and event_at_utc: every known state of a match. `rulings`: ticket_id, leg, ruling, tied, known_at_utc, of
    what no score can say. `counts`: match_id, player_id, market, count (null where he took no part), known_at_utc:
    every known count of the players of legs.

    `commissions`: what exchanges keep of a profit, by bookmaker; the ticket's first leg names it.

    A settlement is known when what decides it was, or when the book stopped waiting; a later row of a ticket stands
    in place of the earlier ones (`standing`). A ticket that a correction opens again keeps its settlement until it is
    decided anew.
    """
    taken = _legs(legs, tickets)
    told = _Told(_states(results.filter(pl.col("known_at_utc") <= as_of), legs), _counts(counts, as_of))
    ruled = _rulings(rulings)
    rows: list[dict[str, object]] = []
    for ticket in tickets.sort("ticket_id").iter_rows(named=True):
        own = taken.get(ticket["ticket_id"], [])
        if own:
            story = _Story.of(own, told, ruled.get(ticket["ticket_id"], {}))
            kept = (commissions or {}).get(own[0].bookmaker, 0.0)
            rows += (_after_commission(row, kept) for row in _versions(ticket, story, as_of))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def scored(results: pl.DataFrame, sport: Sport) -> pl.DataFrame:
    """Rows of a sport's silver matches or gold fct_results with the names of scores that `settle` reads."""
    return results.rename(dict(zip(sport.scores, ("home_score", "away_score"), strict=True)))


def standing(settlements: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The settlement of each ticket that stood at a moment: the newest one known then."""
    known = settlements.filter(pl.col("known_at_utc") <= as_of).sort("ticket_id", "known_at_utc")
    return known.unique("ticket_id", keep="last", maintain_order=True)


@dataclass(frozen=True)
class _Told:
    """All that is known of matches, and of players by match, player and market."""

    states: Mapping[str, list[State]]
    counts: Mapping[tuple[str, str | None, str], list[Count]]


@dataclass(frozen=True)
class _Story:
    """The legs of one ticket, and all that is told of each."""

    legs: Sequence[Leg]
    rules: Sequence[BookRule]
    states: Sequence[Sequence[State]]
    rulings: Sequence[Sequence[Ruling]]
    counts: Sequence[Sequence[Count]]

    @classmethod
    def of(cls, legs: Sequence[Leg], told: _Told, rulings: Mapping[int, list[Ruling]]) -> _Story:
        states = [[one for one in told.states.get(leg.match_id, []) if leg.concerns(one)] for leg in legs]
        ruled = [rulings.get(place, []) for place in range(len(legs))]
        counts = [told.counts.get((leg.match_id, leg.player_id, leg.market), []) for leg in legs]
        return cls(legs, [rule_of(leg.bookmaker) for leg in legs], states, ruled, counts)

    def moments(self) -> list[datetime]:
        """When anything about the ticket could have changed."""
        told = [one.known_at_utc for states in self.states for one in states]
        told += [one.known_at_utc for rulings in self.rulings for one in rulings]
        told += [one.known_at_utc for counts in self.counts for one in counts]
        for leg, states, rule in zip(self.legs, self.states, self.rules, strict=True):
            told += deadlines(leg, states, rule)
        return sorted(set(told))

    def verdicts(self, moment: datetime) -> list[Verdict | None]:
        told = zip(self.legs, self.states, self.rulings, self.rules, self.counts, strict=True)
        return [judge(leg, states, rulings, rule, moment, counts) for leg, states, rulings, rule, counts in told]


def _versions(ticket: _Row, story: _Story, as_of: datetime) -> Iterator[dict[str, object]]:
    terms = _terms(ticket, story.legs)
    stake, version = int(ticket["stake_minor"]), 0
    before: list[Verdict | None] = [None] * len(story.legs)
    stands: Settled | None = None
    for moment in story.moments():
        if moment > as_of:
            return
        verdicts = story.verdicts(moment)
        found = settled(verdicts, terms, stake)
        if found is not None and (stands is None or found.money != stands.money):
            changed = max(range(len(story.legs)), key=lambda place: verdicts[place] != before[place])
            version, stands = version + 1, found
            yield _row(ticket, story.legs[changed], found, moment, version)
        before = verdicts


def _terms(ticket: _Row, legs: Sequence[Leg]) -> Terms:
    lines, whole = read(ticket.get("lines"), len(legs)), ticket.get("price_odds_dec")
    if len(legs) == 1 or ticket.get("lines") is not None or whole is None:
        return Terms(lines)
    ratio = Fraction(str(whole)) / math.prod((Fraction(str(leg.price_odds_dec)) for leg in legs), start=Fraction(1))
    is_one_match = len({leg.match_id for leg in legs}) < len(legs)
    return Terms(lines, Fraction(1) if abs(ratio - 1) < _SAME_PRICE else ratio, is_one_match)


def _row(ticket: _Row, leg: Leg, found: Settled, moment: datetime, version: int) -> dict[str, object]:
    stake = int(ticket["stake_minor"])
    return {
        "ticket_id": ticket["ticket_id"],
        "match_id": leg.match_id,
        "season_code": leg.season_code,
        "outcome": found.outcome,
        "payoff": found.payoff,
        "stake_minor": stake,
        "return_minor": found.return_minor,
        "profit_minor": found.return_minor - stake,
        "currency": ticket["currency"],
        "event_at_utc": leg.kick_off_at_utc,
        "known_at_utc": moment,
        "version": version,
        "reason": found.reason,
    }


def _after_commission(row: dict[str, object], kept: float) -> dict[str, object]:
    """What an exchange keeps of a ticket's profit, rounded half to even; a loss costs no more than its stake."""
    profit = int(str(row["profit_minor"]))
    if profit <= 0 or kept == 0.0:
        return row
    left = profit - round(Fraction(str(kept)) * profit)
    return row | {"profit_minor": left, "return_minor": int(str(row["stake_minor"])) + left}


def _legs(legs: pl.DataFrame, tickets: pl.DataFrame) -> dict[str, list[Leg]]:
    own = legs.join(tickets.select("ticket_id"), on="ticket_id", how="semi", maintain_order="left")
    found: dict[str, list[Leg]] = {}
    for row in (own.sort("ticket_id", "leg") if "leg" in own.columns else own).iter_rows(named=True):
        leg = Leg(
            row["match_id"], row["season_code"], row["event_at_utc"], row["market"], row["selection"], row["line"],
            row["price_odds_dec"], row.get("bookmaker") or ANY_BOOK, row.get("as_of_utc"), row.get("player_id"),
        )  # fmt: skip
        found.setdefault(row["ticket_id"], []).append(leg)
    return found


def _states(results: pl.DataFrame, legs: pl.DataFrame) -> dict[str, list[State]]:
    own = results.join(legs.select("match_id").unique(), on="match_id", how="semi", maintain_order="left")
    found: dict[str, list[State]] = {}
    for row in own.sort("known_at_utc", maintain_order=True).iter_rows(named=True):
        state = State(
            row.get("state") or "finished", row["home_score"], row["away_score"], row.get("event_at_utc"),
            row["known_at_utc"],
        )  # fmt: skip
        found.setdefault(row["match_id"], []).append(state)
    return found


def _counts(counts: pl.DataFrame | None, as_of: datetime) -> dict[tuple[str, str | None, str], list[Count]]:
    found: dict[tuple[str, str | None, str], list[Count]] = {}
    if counts is None:
        return found
    told = counts.filter(pl.col("known_at_utc") <= as_of).sort("known_at_utc", maintain_order=True)
    rows = told.select("match_id", "player_id", "market", "count", "known_at_utc").iter_rows()
    for match, player, market, count, known_at_utc in rows:
        found.setdefault((match, player, market), []).append(Count(count, known_at_utc))
    return found


def _rulings(rulings: pl.DataFrame | None) -> dict[str, dict[int, list[Ruling]]]:
    found: dict[str, dict[int, list[Ruling]]] = {}
    for row in [] if rulings is None else rulings.sort("known_at_utc").iter_rows(named=True):
        ruling = Ruling(row["ruling"], row["tied"] or 1, row["known_at_utc"])
        found.setdefault(row["ticket_id"], {}).setdefault(int(row["leg"]), []).append(ruling)
    return found
