"""From a game week's rows to player statistics: clubs and matches found, numbers read, and what is wrong with a row."""

from __future__ import annotations

import polars as pl

from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from sources.fantasy_premier_league import clubs, people
from sources.fantasy_premier_league.positions import POSITIONS, scored_as
from sources.football_data.matches import with_match_ids
from sources.known import Known

RESULT_KNOWN_AFTER = pl.duration(hours=3)
_COUNTS = {
    "minutes": "minutes", "goals": "goals_scored", "assists": "assists", "own_goals": "own_goals",
    "penalties_missed": "penalties_missed", "saves": "saves", "yellow_cards": "yellow_cards", "red_cards": "red_cards",
    "penalties_saved": "penalties_saved", "clean_sheets": "clean_sheets", "goals_conceded": "goals_conceded",
    "bonus": "bonus", "points": "total_points", "starts": "starts",
}  # fmt: skip
_MEASURES = ("threat", "creativity", "expected_goals", "expected_assists")
_NEEDED = ("minutes", "goals")
_MATCH = ("home_team_id", "away_team_id", "kickoff_time")
_LISTED_AS = {"GKP": "GK"} | {position: position for position in POSITIONS}


def player_stats(
    sheet: pl.DataFrame, season_code: str, league: Competition, known: Known
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for silver and refused rows, the latter with `_reason` and `_detail`, of one game week.

    `sheet` as `reading.read_week` gives it; `known.played` has the anchor's finished matches.
    """
    whole = sheet.with_columns(pl.lit(None, pl.String).alias(name) for name in _absent(sheet))
    rows = _numbers(whole).with_columns(
        pl.lit(league.id).alias("competition_id"),
        pl.lit(season_code).alias("season_code"),
        pl.col("kickoff_time").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False)
        .alias("event_at_utc"),
    )  # fmt: skip
    placed = clubs.elsewhere(_with_clubs(rows, season_code, league, known), known.played)
    judged = _judged(people.with_ids(placed), clubs.anchored(known.played))
    refused = judged.filter(pl.col(REASON).is_not_null())
    good = judged.filter(pl.col(REASON).is_null()).drop(REASON, DETAIL)
    dated = good.with_columns(pl.col("event_at_utc").dt.date().alias("date"))
    return with_match_ids(dated, known.played.clear()).with_columns(
        (pl.col("event_at_utc") + RESULT_KNOWN_AFTER).alias("known_at_utc"),
        pl.lit("rule").alias("known_at_basis"),
        pl.coalesce(pl.col("position").replace_strict(_LISTED_AS, default=None), scored_as()).alias("position"),
        (pl.col("starts") > 0).alias("has_started"),
    ), refused


def _absent(sheet: pl.DataFrame) -> list[str]:
    wanted = ("position", "team", "team_h_score", *_COUNTS.values(), *_MEASURES)
    return [name for name in wanted if name not in sheet.columns]


def _numbers(sheet: pl.DataFrame) -> pl.DataFrame:
    """Counts and measures as numbers, null where they cannot be read; the text of the needed ones is kept."""
    counts = [_whole(column).alias(name) for name, column in _COUNTS.items()]
    measures = [pl.col(name).cast(pl.Float64, strict=False) for name in _MEASURES]
    kept = [pl.col(_COUNTS[name]).alias(f"_{name}_text") for name in _NEEDED]
    return sheet.with_columns(*kept, *measures, *counts)


def _whole(column: str) -> pl.Expr:
    number = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(number == number.round()).then(number).cast(pl.Int64, strict=False)


def _with_clubs(rows: pl.DataFrame, season_code: str, league: Competition, known: Known) -> pl.DataFrame:
    """Add home_team_id, away_team_id and the player's own team_id, null where a club cannot be told.

    A side of a fixture is the club that all its players name as theirs; in seasons without names, the one that all
    players of the other side have as the number of their opponent.
    """
    at_home = pl.col("was_home").replace_strict({"True": True, "False": False}, default=None)
    numbers = clubs.numbered(season_code)
    told = pl.col("opponent_team").replace_strict(numbers, default=None) if numbers else pl.col("team")
    tells_home = at_home != bool(numbers)
    said = {"home": pl.when(tells_home).then(told), "away": pl.when(~tells_home).then(told)}
    sides = [_agreed(name).over("fixture").alias(f"_{side}") for side, name in said.items()]
    named = rows.with_columns(at_home.alias("is_home"), *sides)
    found = clubs.ids(pl.concat([named["_home"], named["_away"]]), league, season_code, known)
    for side in ("home", "away"):
        of_side = found.rename({"team_id": f"{side}_team_id"})
        named = named.join(of_side, left_on=f"_{side}", right_on="name", how="left", maintain_order="left")
    own = pl.when("is_home").then("home_team_id").when(~pl.col("is_home")).then("away_team_id")
    return named.with_columns(own.alias("team_id"))


def _agreed(name: pl.Expr) -> pl.Expr:
    names = name.drop_nulls().unique()
    return pl.when(names.len() == 1).then(names.first())


def _judged(rows: pl.DataFrame, known: list[str]) -> pl.DataFrame:
    """Add `_reason` and `_detail` of each row's first fault, null where it has none."""
    sides = (pl.col("home_team_id"), pl.col("away_team_id"))
    unknown = pl.any_horizontal(side.is_null() | ~side.is_in(known) for side in sides)
    twice = pl.struct("player_id", "home_team_id", "away_team_id").is_duplicated()
    match = pl.format("{} - {} on {}", *(pl.col(name).fill_null("?") for name in _MATCH))
    faults = {
        "bad_kickoff": (pl.col("event_at_utc").is_null(), pl.format("{}: that is no time.", match)),
        "unknown_club": (unknown | pl.col("is_home").is_null(), pl.format("{}: not both clubs are known.", match)),
        "other_day": (pl.col("is_elsewhere"), pl.format("{}: the anchor has it on another day.", match)),
        "not_played": (pl.col("team_h_score").is_null(), pl.format("{}: there is no score.", match)),
        "unreadable_minutes": _unreadable("minutes"),
        "unreadable_goals": _unreadable("goals"),
        "two_players": (twice, pl.format("{}: another row is of '{}' too.", match, pl.col("name").fill_null("?"))),
    }
    reason = pl.coalesce(pl.when(broken).then(pl.lit(word)) for word, (broken, _) in faults.items())
    detail = pl.coalesce(pl.when(broken).then(said) for broken, said in faults.values())
    return rows.with_columns(reason.alias(REASON), detail.alias(DETAIL))


def _unreadable(name: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(name).is_null(), pl.format("'{}' is no count of " + name + ".", pl.col(f"_{name}_text").fill_null(""))
