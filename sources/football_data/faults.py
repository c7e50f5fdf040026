"""What can be wrong with a row of matches, most telling first; a row with a fault never becomes a match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from lake.entities.teams import stray_names
from sources.base import Payload
from sources.football_data.matches import GOALS, ids_by_code
from sources.football_data.reading import CELLS, Sheet
from sources.known import Known
from sources.placing import refuse
from sources.sides import changed_places

_RESULT = {1: "H", 0: "D", -1: "A"}
_FIXTURE_DAYS = 366
"""A fixture lies at most a year from the capture that tells of it."""


@dataclass(frozen=True)
class Fault:
    """`broken` is true where a row has it (null counts as whole); `said` tells what exactly, in a sentence."""

    reason: str
    broken: pl.Expr
    said: pl.Expr


def judged(rows: pl.DataFrame, payload: Payload, sheet: Sheet, leagues: Mapping[str, Competition]) -> pl.DataFrame:
    """Add `_reason` and `_detail` of each row's first fault, null where it has none.

    Of rows that tell of one match, the first without a fault is the match and the others are its doubles.
    """
    found = [
        *_of_payload(rows, payload, sheet, leagues),
        *_of_identity(payload),
        *_of_goals(),
        *_of_clubs(rows, payload),
    ]
    reason = pl.coalesce([pl.when(fault.broken).then(pl.lit(fault.reason)) for fault in found])
    detail = pl.coalesce([pl.when(fault.broken).then(fault.said) for fault in found])
    return _without_doubles(rows.with_columns(reason.alias(REASON), detail.alias(DETAIL)))


def with_swapped_sides(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Refuse rows of `judged` whose home and away have changed places."""
    marked = rows.with_columns(changed_places(rows, known, is_anchor=True).alias("_turned"))
    said = pl.format("{} – {} on {}: it is known the other way round.", *map(_shown, ("HomeTeam", "AwayTeam", "Date")))
    return refuse(marked, [("sides_swapped", pl.col("_turned"), said)]).drop("_turned")


def _of_payload(rows: pl.DataFrame, payload: Payload, sheet: Sheet, leagues: Mapping[str, Competition]) -> list[Fault]:
    last_row = rows["row_number"].max() if len(rows) else -1
    division = pl.col("Div").replace(ids_by_code(leagues))
    elsewhere = division != pl.lit(payload.competition_id) if payload.endpoint == "season_file" else pl.lit(False)
    return [
        Fault(
            "truncated_row",
            (pl.col("row_number") == last_row) & pl.lit(sheet.cut_off),
            pl.format("The payload ends in the middle of this row, after {} cells.", CELLS),
        ),
        Fault("wrong_division", elsewhere, pl.format("Division '{}' stands in the file of another.", "Div")),
    ]


def _of_identity(payload: Payload) -> list[Fault]:
    nobody = pl.col("HomeTeam").is_null() | pl.col("AwayTeam").is_null()
    itself = pl.col("home_team_id") == pl.col("away_team_id")
    return [
        Fault("no_teams", nobody, pl.lit("A team's name is missing.")),
        Fault("same_team", itself, pl.format("'{}' cannot play itself.", "HomeTeam")),
        Fault("bad_date", pl.col("date").is_null(), pl.format("'{}' is no date.", pl.col("Date").fill_null(""))),
        Fault("bad_season", pl.col("season_code").is_null(), pl.format("'{}' is no season.", _shown("Season"))),
        Fault("out_of_season", _outside(payload), pl.format("{} is no day of season {}.", "Date", "season_code")),
    ]


def _of_goals() -> list[Fault]:
    home, away = pl.col("home_goals"), pl.col("away_goals")
    difference = (home - away).sign().replace_strict(_RESULT, return_dtype=pl.String, default=None)
    beyond = (pl.col("home_goals_half_time") > home) | (pl.col("away_goals_half_time") > away)
    half_time = [_shown(name) for name in ("home_goals_half_time", "away_goals_half_time", "home_goals", "away_goals")]
    return [
        *(_unreadable(name, column) for name, column in GOALS.items()),
        Fault("unreadable_goals", home.is_null() != away.is_null(), pl.lit("The goals of one side are missing.")),
        Fault(
            "result_contradicts",
            difference != pl.col("FTR"),
            pl.format("{}:{} is not the result '{}'.", "home_goals", "away_goals", "FTR"),
        ),
        Fault("half_time_contradicts", beyond, pl.format("Half time {}:{} cannot become {}:{}.", *half_time)),
    ]


def _of_clubs(rows: pl.DataFrame, payload: Payload) -> list[Fault]:
    strays = stray_names(rows) if payload.endpoint == "season_file" else []
    hardly = pl.format("A club of '{}' – '{}' hardly plays in this season: a stray name.", "HomeTeam", "AwayTeam")
    return [Fault("stray_club", pl.col("HomeTeam").is_in(strays) | pl.col("AwayTeam").is_in(strays), hardly)]


def _without_doubles(rows: pl.DataFrame) -> pl.DataFrame:
    match = ["competition_id", "season_code", "home_team_id", "away_team_id", "date"]
    whole = pl.col(REASON).is_null()
    again = whole & (whole.cast(pl.Int64).cum_sum().over(match) > 1)
    said = pl.format("'{}' – '{}' on {} stands in the payload twice.", "HomeTeam", "AwayTeam", "Date")
    return rows.with_columns(
        pl.when(again).then(pl.lit("duplicate_match")).otherwise(REASON).alias(REASON),
        pl.when(again).then(said).otherwise(DETAIL).alias(DETAIL),
    )


def _outside(payload: Payload) -> pl.Expr:
    """A season of two years lies from June to August of the next; one of a calendar year ends by the next March."""
    season, day = pl.col("season_code"), pl.col("date")
    start, split = season.str.slice(0, 4).cast(pl.Int32, strict=False), season.str.contains("-")
    first = pl.date(start, pl.when(split).then(6).otherwise(1), 1)
    last = pl.date(start + 1, pl.when(split).then(8).otherwise(3), 31)
    if payload.endpoint != "fixtures":
        return ~day.is_between(first, last)
    far = (day - pl.lit(payload.captured_at_utc.date())).dt.total_days().abs() > _FIXTURE_DAYS
    return ~day.is_between(first, last) | far


def _unreadable(name: str, column: str) -> Fault:
    value = pl.col(name)
    wrong = pl.col(column).is_not_null() & (value.is_null() | ~value.is_between(0, 30))
    return Fault("unreadable_goals", wrong, pl.format(f"{column} '{{}}' is no number of goals.", column))


def _shown(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null("?")
