"""Tickets, legs and what became of their matches, in few words; all of it invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from tests.unit.optimizer.policies import KICKOFF, UTC_TIME

LATE = KICKOFF + timedelta(days=30)
_RESULT = {
    "match_id": pl.String, "state": pl.String, "home_score": pl.Int64, "away_score": pl.Int64,
    "event_at_utc": UTC_TIME, "known_at_utc": UTC_TIME,
}  # fmt: skip
_RULING = {
    "ticket_id": pl.String, "leg": pl.Int64, "ruling": pl.String, "tied": pl.Int64, "known_at_utc": UTC_TIME,
}  # fmt: skip
_LEG = {
    "ticket_id": pl.String, "leg": pl.Int64, "match_id": pl.String, "season_code": pl.String, "event_at_utc": UTC_TIME,
    "market": pl.String, "selection": pl.String, "line": pl.Float64, "price_odds_dec": pl.Float64,
    "bookmaker": pl.String,
}  # fmt: skip


def ticket(name: str = "t1", stake: int = 1000, lines: str | None = None) -> pl.DataFrame:
    """One invented ticket."""
    row = (name, stake, "EUR", lines)
    schema = {"ticket_id": pl.String, "stake_minor": pl.Int64, "currency": pl.String, "lines": pl.String}
    return pl.DataFrame([row], schema=schema, orient="row")


def leg(
    market: str, selection: str, line: float | None, name: str = "t1", odds: float = 1.91, place: int = 0,
    match: str = "m1", bookmaker: str = "bet365",
) -> pl.DataFrame:  # fmt: skip
    """One invented leg."""
    row = (name, place, match, "2023-24", KICKOFF, market, selection, line, odds, bookmaker)
    return pl.DataFrame([row], schema=_LEG, orient="row")


def result(
    home: int | None, away: int | None, match: str = "m1", state: str = "finished", played: float = 0,
    known: float | None = None,
) -> pl.DataFrame:  # fmt: skip
    """One known state of an invented match: played so many hours after the first kick-off, known two hours later."""
    at = KICKOFF + timedelta(hours=played)
    known_at = at + timedelta(hours=2) if known is None else KICKOFF + timedelta(hours=known)
    return pl.DataFrame([(match, state, home, away, at, known_at)], schema=_RESULT, orient="row")


def ruling(what: str, tied: int = 1, place: int = 0, name: str = "t1", at: datetime = KICKOFF) -> pl.DataFrame:
    """One invented decision of a book."""
    return pl.DataFrame([(name, place, what, tied, at)], schema=_RULING, orient="row")


@dataclass
class Told:
    """What a case says of its matches."""

    results: list[pl.DataFrame] = field(default_factory=list)
    rulings: list[pl.DataFrame] = field(default_factory=list)

    def add(self, place: int, state: str) -> None:
        """`2-1`; `postponed`; `postponed 40h 2-1`; `moved 50h 2-1`; `abandoned 1-0`; `abandoned 1-0 70h 2-0`;
        `dead_heat 3`; `did_not_play`; `void`.
        """
        match, (word, *rest) = f"m{place}", state.split()
        if word in ("dead_heat", "did_not_play", "void"):
            self.rulings.append(ruling(word, int(rest[0]) if rest else 1, place))
            return
        if word in ("postponed", "moved"):
            self.results.append(result(None, None, match, word, known=-3))
        elif word == "abandoned":
            self.results.append(result(*_goals(rest.pop(0)), match, word, known=1))
        else:
            rest = ["0h", word]
        if rest:
            self.results.append(result(*_goals(rest[1]), match, played=float(rest[0].removesuffix("h"))))

    def frames(self) -> dict[str, Any]:
        """What `settle` takes."""
        results = pl.concat(self.results) if self.results else pl.DataFrame(schema=_RESULT)
        return {"results": results, "rulings": pl.concat(self.rulings) if self.rulings else None}


def _goals(score: str) -> tuple[int, int]:
    home, away = score.split("-")
    return int(home), int(away)
