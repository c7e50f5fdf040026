"""What players and teams did in past games, as known at one moment: the rows that every feature of props starts from.

A game that was corrected counts as it was last told; nothing known later is ever returned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

HISTORY = timedelta(days=731)
"""How far back anything is looked at: what became known in the two years before a moment."""
_EVEN_MARGIN, _LARGEST_MARGIN = 10.0, 35.0
_REGULATION = 242.0


_TEXT, _UTC = pl.String(), pl.Datetime("us", "UTC")
ROSTERS = pl.Schema({"player_id": _TEXT, "team_id": _TEXT, "known_at_basis": _TEXT, "known_at_utc": _UTC})
PRICES = pl.Schema({"player_id": _TEXT, "home_team_id": _TEXT, "away_team_id": _TEXT, "known_at_utc": _UTC})


@dataclass(frozen=True, eq=False)
class Archive:
    """Rows of silver.basketball.player_stats, team_stats, injuries and players, whenever they became known.

    `prices`: player_id, home_team_id, away_team_id and known_at_utc, one row a man and game that some book has a price
    of him for: when the first of them became known.
    """

    player_stats: pl.DataFrame
    team_stats: pl.DataFrame
    injuries: pl.DataFrame
    rosters: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROSTERS))
    prices: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PRICES))

    def at(self, as_of: datetime) -> Archive:
        """What became known in the `HISTORY` before `as_of`: all that anything of that moment may look at."""
        seen = pl.col("known_at_utc").is_between(as_of - HISTORY, as_of, closed="right")
        return Archive(*(rows.filter(seen) for rows in self.tables))

    @property
    def tables(self) -> tuple[pl.DataFrame, ...]:
        """All of it, in the order of the fields."""
        return self.player_stats, self.team_stats, self.injuries, self.rosters, self.prices


def appearances(archive: Archive, as_of: datetime) -> pl.DataFrame:
    """Every player and game that he took part in, in the order of time: one row each.

    Columns: match_id, event_at_utc, player_id, team_id, opponent_team_id, is_home, pace, minutes, the box score, and

    - `twos`, `threes`, `free_throws`: shots made; `twos_attempted` beside the two that silver has;
    - `even_minutes`: minutes of the same evening in a close game without overtime (`_even`).

    A row without minutes is of a man who did not play, and is left out.
    """
    games = team_games(archive.team_stats, as_of)
    other = games.select("match_id", pl.col("team_id").alias("opponent_team_id"))
    both = games.join(other, on="match_id").filter(pl.col("team_id") != pl.col("opponent_team_id"))
    played = _latest(archive.player_stats, ["match_id", "player_id"], as_of).filter(pl.col("minutes").is_not_null())
    return (
        played.join(both.drop("event_at_utc", "points"), on=["match_id", "team_id"])
        .sort("event_at_utc", "match_id", "player_id")
        .with_columns(
            (pl.col("field_goals_made") - pl.col("threes_made")).alias("twos"),
            (pl.col("field_goals_attempted") - pl.col("threes_attempted")).alias("twos_attempted"),
            pl.col("threes_made").alias("threes"),
            pl.col("free_throws_made").alias("free_throws"),
            _even().alias("even_minutes"),
        )
    )


def team_games(team_stats: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Every team and game in the order of time, as known at `as_of`.

    Columns: match_id, team_id, event_at_utc, is_home, `team_minutes` (240 without overtime), `points`, `margin` (points
    more than the opponent), `pace` (possessions in 48 minutes, the mean of both teams: their players' less their
    offensive rebounds, Kubatko et al., "A Starting Point for Analyzing Basketball Statistics", 2007).
    """
    own = (_possessions() - pl.col("rebounds_offensive")) * 240.0 / pl.col("minutes")
    return (
        _latest(team_stats, ["match_id", "team_id"], as_of)
        .with_columns(own.alias("own"))
        .select(
            "match_id", "team_id", "event_at_utc", (pl.col("side") == "home").alias("is_home"),
            pl.col("minutes").alias("team_minutes"), "points",
            (2 * pl.col("points") - pl.col("points").sum().over("match_id")).alias("margin"),
            pl.col("own").mean().over("match_id").alias("pace"),
        )
        .sort("event_at_utc", "match_id", "team_id")
    )  # fmt: skip


def _possessions() -> pl.Expr:
    """Possessions that a team's players ended: shots, turnovers and 0.44 of the free throws tried."""
    return pl.col("field_goals_attempted") + pl.col("turnovers") + 0.44 * pl.col("free_throws_attempted")


def games_ago(key: str) -> pl.Expr:
    """How many rows of the same `key` stand below this one: 0 for the latest, where rows are in the order of time."""
    return pl.len().over(key) - 1 - pl.int_range(pl.len()).over(key)


def _even() -> pl.Expr:
    """Minutes that a blow-out took from a starter are given back, and those of overtimes taken away.

    Beyond ten points of final margin, who usually plays 35 minutes loses 0.3 minutes a point and who plays 9 gains
    0.18; of five minutes of overtime, who usually plays 34 gets all. Slopes by averages over games of 2023-24.
    """
    usual = pl.col("minutes").mean().over("player_id")
    one_sided = pl.col("margin").abs().clip(_EVEN_MARGIN, _LARGEST_MARGIN) - _EVEN_MARGIN
    overtime = (pl.col("team_minutes") - _REGULATION).clip(0.0) / 5.0
    given_back = 0.3 * one_sided * ((usual - 19.0) / 16.0).clip(-0.6, 1.1)
    return (pl.col("minutes") + given_back - overtime * ((usual - 8.0) / 26.0).clip(0.0, 1.1)).clip(0.0, 44.0)


def _latest(rows: pl.DataFrame, key: list[str], as_of: datetime) -> pl.DataFrame:
    told = rows.filter(pl.col("known_at_utc") <= as_of).sort("known_at_utc")
    return told.unique(key, keep="last", maintain_order=True)
