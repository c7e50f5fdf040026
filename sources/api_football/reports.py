"""From the vendor's reports to silver: absences, line-ups, statistics of a match, tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from lake.competitions import Competition
from lake.keys import slug
from sources.api_football.plan import NAMES, SOURCE
from sources.known import Known
from sources.placing import by_number, in_competitions, on_side, refuse, season_codes, unjudged, with_clubs, with_people

_POSITIONS = {"G": "GK", "D": "DEF", "M": "MID", "F": "FWD"}
_SUSPENDED = r"(?i)suspen|red card|yellow card"
_TYPES = {"Missing Fixture": "out", "Questionable": "questionable"}


def observed(rows: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    """Rows as known from the capture on."""
    return rows.with_columns(pl.lit(captured_at).alias("known_at_utc"), pl.lit("observed").alias("known_at_basis"))


def injuries(
    rows: pl.DataFrame, captured_at: datetime, leagues: Mapping[str, Competition], known: Known
) -> pl.DataFrame:
    """Who misses a match or may miss it; a report of a match that we do not know by number has no `match_id`."""
    banned = pl.col("reason").str.contains(_SUSPENDED) & (pl.col("type") == "Missing Fixture")
    listed = pl.col("type").replace_strict(_TYPES, default=None, return_dtype=pl.String)
    read = _people(unjudged(rows)).with_columns(
        season_codes(pl.col("season")).alias("season_code"),
        pl.when(banned).then(pl.lit("suspended")).otherwise(listed).alias("status"),
        pl.concat_str("vendor_match_id", "vendor_player_id", separator="-").alias("report_id"),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("event_at_utc"),
    )
    judged = refuse(
        in_competitions(read, leagues, SOURCE, "league"),
        [
            (
                "unknown_status",
                pl.col("status").is_null(),
                pl.format("'{}' is no status.", pl.col("type").fill_null("?")),
            )
        ],
    )
    placed = with_people(with_clubs(judged, known, SOURCE, {"team_name": "team_id"}), known, SOURCE)
    told = known.vendor_matches.filter(pl.col("source").is_in(NAMES)).unique("vendor_match_id", keep="last")
    numbers = told.select("vendor_match_id", "match_id")
    return observed(placed.join(numbers, on="vendor_match_id", how="left", maintain_order="left"), captured_at)


def lineups(rows: pl.DataFrame, captured_at: datetime, known: Known) -> pl.DataFrame:
    """Starters and bench of a match that we know by number."""
    placed = on_side(by_number(_people(unjudged(rows)), known, NAMES))
    listed = placed.with_columns(pl.col("position").replace(_POSITIONS))
    return observed(with_people(listed, known, SOURCE), captured_at)


def match_statistics(rows: pl.DataFrame, captured_at: datetime, known: Known) -> pl.DataFrame:
    """What the vendor counted, by names such as `shots_on_goal` and `ball_possession_pct`."""
    is_share = pl.col("value").str.ends_with("%") | pl.col("type").str.contains("%")
    names = rows["type"].unique()
    slugs = {name: slug(name).replace("-", "_") for name in names}
    plain = pl.col("type").replace_strict(slugs, return_dtype=pl.String) if slugs else pl.col("type")
    read = unjudged(rows).with_columns(
        pl.when(is_share).then(pl.concat_str(plain, pl.lit("_pct"))).otherwise(plain).alias("statistic"),
        pl.col("value").str.strip_chars_end("%").cast(pl.Float64, strict=False).alias("_number"),
    )
    said = pl.format("{} '{}' is no number.", "type", pl.col("value").fill_null("?"))
    wrong = pl.col("_number").is_null() | ~pl.col("_number").is_finite()
    judged = refuse(read, [("unreadable_value", wrong, said)])
    return observed(on_side(by_number(judged, known, NAMES)), captured_at).with_columns(
        pl.col("_number").alias("value")
    )


def standings(
    rows: pl.DataFrame, captured_at: datetime, leagues: Mapping[str, Competition], known: Known
) -> pl.DataFrame:
    """The table of a league; a club's second row, such as that of a group, is refused."""
    read = unjudged(rows).with_columns(season_codes(pl.col("season")).alias("season_code"))
    placed = with_clubs(in_competitions(read, leagues, SOURCE, "league"), known, SOURCE, {"team_name": "team_id"})
    again = pl.int_range(pl.len()).over("competition_id", "season_code", "team_name") > 0
    said = pl.format("'{}' stands in another table already.", "team_name")
    return observed(refuse(placed, [("second_table", again, said)]), captured_at)


def _people(rows: pl.DataFrame) -> pl.DataFrame:
    """A player without a number, or with the number 0, goes by his name."""
    number = pl.when(pl.col("vendor_player_id") != "0").then("vendor_player_id")
    return rows.with_columns(number.fill_null(pl.col("player_name")).alias("vendor_player_id"))
