"""Who is missing, and how surely: from reports of injuries to the share of each player that a team does without.

A report counts until the next one about the same player in the same season. What a player is worth belongs in `memory`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_SEVERITY = {"available": 0, "probable": 0, "questionable": 1, "doubtful": 2, "out": 2, "suspended": 2}
_HOURS_OF_DAY = 24.0
_FRESH_DAYS = 1.2
"""A report of a game's own day is told by next morning, with the result; one of the day before is a day older."""
SCHEMA = {
    "match_id": pl.String(), "side": pl.String(), "player_id": pl.String(), "is_out": pl.Boolean(),
    "days": pl.Float64(), "spell_days": pl.Float64(),
}  # fmt: skip


@dataclass(frozen=True)
class AbsenceParameters:
    """Chance of missing a game (0-1), by the last report and its age in days; found with those of `memory`.

    At a decision: of a player who is out it rises from `out_first` to `out_most` with the time constant `out_days`; of
    a questionable one it falls from `questionable` with `questionable_days`. Known with the result: a player who is out
    was out; a questionable one has the chance `fresh` on the day of his report, and later falls from `stale` with
    `stale_days`.
    """

    out_first: float = 0.8171
    out_most: float = 0.9122
    out_days: float = 10.63
    questionable: float = 0.7245
    questionable_days: float = 6.397
    fresh: float = 0.9909
    stale: float = 0.4784
    stale_days: float = 5.291

    def foretold(self) -> pl.Expr:
        """The chance from `is_out` and `days`, as foretold at a decision."""
        age = pl.col("days")
        out = self.out_most - (self.out_most - self.out_first) * (-age / self.out_days).exp()
        return pl.when("is_out").then(out).otherwise(self.questionable * (-age / self.questionable_days).exp())

    def after(self) -> pl.Expr:
        """The chance from `is_out` and `days`, as it looks when the result is known."""
        stale = self.stale * (-pl.col("days") / self.stale_days).exp()
        doubtful = pl.when(pl.col("days") < _FRESH_DAYS).then(self.fresh).otherwise(stale)
        return pl.when("is_out").then(1.0).otherwise(doubtful)


def listed(reports: pl.DataFrame, games: pl.DataFrame, moment: str) -> pl.DataFrame:
    """The players of both sides who are out or questionable by the last report known at each game's `moment`.

    `reports`: player_id, team_id, season_code, known_at_utc, status (silver injuries). `games`: match_id, season_code,
    home_team_id, away_team_id and the column `moment` (UTC). Columns of `SCHEMA`, sorted by match_id, side, player_id:
    `is_out` (else questionable), `days` since that report and `spell_days` since the player was last fit. Of reports of
    one moment the gravest counts. Nobody is listed where nothing is known.
    """
    sides = pl.concat(
        games.select("match_id", "season_code", moment, pl.lit(side).alias("side"), f"{side}_team_id").rename(
            {f"{side}_team_id": "team_id", moment: "at_utc"}
        )
        for side in ("home", "away")
    )
    standing = (pl.col("known_at_utc") <= pl.col("at_utc")) & pl.col("until_utc").gt(pl.col("at_utc")).fill_null(True)
    found = sides.join(_spells(reports), on=["team_id", "season_code"]).filter(standing)
    ages = {"days": "known_at_utc", "spell_days": "spell_utc"}
    return found.select(
        "match_id", "side", "player_id", (pl.col("severity") > 1).alias("is_out"),
        *((_hours(since) / _HOURS_OF_DAY).alias(name) for name, since in ages.items()),
    ).sort("match_id", "side", "player_id")  # fmt: skip


def _hours(since: str) -> pl.Expr:
    return (pl.col("at_utc") - pl.col(since)).dt.total_minutes() / 60


def _spells(reports: pl.DataFrame) -> pl.DataFrame:
    """Reports of a player who is not fit, with the moment of the next report and that at which the spell began."""
    who = ("player_id", "season_code")
    severity = pl.col("status").replace_strict(_SEVERITY, return_dtype=pl.Int64)
    told = (
        reports.select(*who, "team_id", "known_at_utc", severity.alias("severity"))
        .sort(*who, "known_at_utc", "severity", "team_id")
        .unique([*who, "known_at_utc"], keep="last", maintain_order=True)
    )
    begins = (pl.col("severity") > 0) & (pl.col("severity").shift(1).over(who).fill_null(0) == 0)
    return told.with_columns(
        pl.col("known_at_utc").shift(-1).over(who).alias("until_utc"),
        pl.when(begins).then("known_at_utc").forward_fill().over(who).alias("spell_utc"),
    ).filter(pl.col("severity") > 0)
