"""What player props may look at: games of one competition with what is expected of them, and who did what before.

Expected margins and totals are market memory's (models/basketball/memory.py): past games' closing lines as known at
each decision, never a price of the game itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from lake.storage import Lake
from models.basketball import seen
from models.basketball.expected import expected
from models.basketball.recipe import GameRecipe
from models.props.features import sides
from models.props.history import HISTORY, Archive
from replay.props import lists

_AHEAD = timedelta(days=2)
"""How long before its tip-off a game may be decided: what is read goes back as far as the first decision looks."""
_SEASONS_BEGIN = 7
"""The month."""
_COUNTED = (
    "points", "field_goals_made", "field_goals_attempted", "threes_made", "threes_attempted", "free_throws_made",
    "free_throws_attempted", "rebounds_offensive", "rebounds", "turnovers", "assists", "steals", "blocks",
)  # fmt: skip
_GAME = ("match_id", "event_at_utc", "known_at_utc", "team_id", "minutes")
_REPORT = (
    "report_id", "player_id", "team_id", "season_code", "status", "known_at_basis", "known_at_utc", "event_at_utc",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class World:
    """One competition as known at a moment.

    `archive`: box scores, reports, lists and prices of the last two seasons. `decisions`: rows of gold spn_decisions
    with `expected_margin` (home less away) and `expected_total`, points; past and coming.
    """

    archive: Archive
    decisions: pl.DataFrame

    @classmethod
    def of(cls, lake: Lake, sport: str, competition_id: str, first: datetime, as_of: datetime) -> World:
        """The world of games from `first` on, with all that these look at before it, as known at `as_of`."""
        of_competition, known = pl.col("competition_id") == competition_id, pl.col("known_at_utc") <= as_of
        since = of_competition & known & (pl.col("known_at_utc") > first - HISTORY - _AHEAD)
        silver, gold = f"silver.{sport}", f"gold.{sport}"
        players = lake.table(f"{silver}.player_stats").read(since)
        teams = lake.table(f"{silver}.team_stats").read(since)
        reports = lake.table(f"{silver}.injuries").read(of_competition & known & pl.col("player_id").is_not_null())
        results, spreads, totals = (
            lake.table(f"{gold}.{name}").read(of_competition & known)
            for name in ("fct_results", "fct_handicap_prices", "fct_total_prices")
        )
        decisions = lake.table(f"{gold}.spn_decisions").read(
            of_competition & (pl.col("as_of_utc") <= as_of) & (pl.col("event_at_utc") >= first)
        )
        told = reports.select(_REPORT)
        recent = told.filter(pl.col("known_at_utc") > first - HISTORY - _AHEAD)
        rosters, prices = lists.rosters(lake, sport, since), lists.prices(lake, sport, since)
        return cls(
            Archive(_whole(players, "player_id"), _whole(teams, "side"), recent, rosters, prices),
            _expected(decisions, seen.seen_games(results, spreads, totals), told),
        )

    @property
    def name(self) -> tuple[str, str]:
        """The competition, and the day of its first decision: what is learned of both stands apart from all else."""
        rows = self.decisions.sort("as_of_utc").select("competition_id", pl.col("as_of_utc").dt.strftime("%Y%m%d"))
        return rows.row(0) if len(rows) else ("", "")

    @property
    def sides(self) -> pl.DataFrame:
        """Both teams of each decision, as models.props.features asks for them."""
        return sides(self.decisions)


def first_lesson(as_of: datetime) -> datetime:
    """From when games are learned from: the July before last season, so that lessons kept stand for a year.

    What is learned forgets by half within some sixty days of play, so that nothing older matters.
    """
    year = as_of.year if as_of.month >= _SEASONS_BEGIN else as_of.year - 1
    return datetime(year - 1, _SEASONS_BEGIN, 1, tzinfo=UTC)


def _whole(rows: pl.DataFrame, who: str) -> pl.DataFrame:
    """Box scores told in full, and those of men who did not play, whose minutes are null."""
    told = pl.col("minutes").is_null() | pl.all_horizontal(pl.col(_COUNTED).is_not_null())
    return rows.filter(told).select(*_GAME, who, *_COUNTED)


def _expected(decisions: pl.DataFrame, games: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """What past closing lines make of each decision."""
    if decisions.is_empty():
        return decisions.with_columns(expected_margin=pl.lit(0.0), expected_total=pl.lit(0.0))
    _, remembered = expected(games, reports, decisions, GameRecipe())
    return decisions.with_columns(
        remembered["memory_margin"].alias("expected_margin"), remembered["memory_total"].alias("expected_total")
    )
