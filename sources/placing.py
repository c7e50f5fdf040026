"""Where a football vendor's rows belong: the competition by its code, clubs by name, the match by clubs or by number.

Rows pass from step to step with `_reason` and `_detail`, null while nothing is wrong; the first fault stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from lake.entities import matches
from lake.entities.resolve import with_player_ids, with_team_ids
from sources.known import Known
from sources.rows import first_fault
from sources.sides import changed_places

Fault = tuple[str, pl.Expr, pl.Expr]
_OF_MATCH = (
    "match_id", "competition_id", "season_code", "home_team_id", "away_team_id", "home_name", "away_name",
    "event_at_utc",
)  # fmt: skip


def season_codes(start_year: pl.Expr) -> pl.Expr:
    """`2023` → `2023-24`."""
    return pl.format("{}-{}", start_year, ((start_year + 1) % 100).cast(pl.String).str.zfill(2))


def unjudged(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in which nothing is wrong yet."""
    return rows.with_columns(pl.lit(None, pl.String).alias(REASON), pl.lit(None, pl.String).alias(DETAIL))


def refuse(rows: pl.DataFrame, faults: Iterable[Fault]) -> pl.DataFrame:
    """Rows with the first of these faults that they have, where they had none before."""
    reason, detail = first_fault(faults)
    return taken_over(rows.with_columns(reason.alias("_new_reason"), detail.alias("_new_detail")))


def taken_over(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with what `_new_reason` and `_new_detail` say, where nothing was wrong before."""
    fresh = pl.col(REASON).is_null() & pl.col("_new_reason").is_not_null()
    return rows.with_columns(
        pl.when(fresh).then("_new_reason").otherwise(REASON).alias(REASON),
        pl.when(fresh)
        .then(pl.coalesce("_new_detail", pl.lit("The row says no more.")))
        .otherwise(DETAIL)
        .alias(DETAIL),
    ).drop("_new_reason", "_new_detail")


def in_competitions(rows: pl.DataFrame, leagues: Mapping[str, Competition], vendor: str, code: str) -> pl.DataFrame:
    """Add `competition_id` by the vendor's `code` in column `league`; others are refused as `unknown_competition`."""
    ids = {league.vendors[vendor][code]: league.id for league in leagues.values() if vendor in league.vendors}
    found = pl.col("league").replace_strict(ids, default=None, return_dtype=pl.String)
    named = rows.with_columns(found.alias("competition_id"))
    said = pl.format("'{}' is no competition of ours.", pl.col("league").fill_null("?"))
    return refuse(named, [("unknown_competition", pl.col("competition_id").is_null(), said)])


def with_clubs(rows: pl.DataFrame, known: Known, source: str, names: Mapping[str, str]) -> pl.DataFrame:
    """Add a team id for each column of names, such as `{"home_name": "home_team_id"}`; unknown ones are refused."""
    return with_team_ids(rows, known.teams, known.aliases, source, names)


def with_people(rows: pl.DataFrame, known: Known, source: str) -> pl.DataFrame:
    """Add `player_id` of `player_name` in the club of `team_id`, null where nobody is known; nothing is refused."""
    named = with_player_ids(
        rows.drop(REASON, DETAIL), known.players, known.aliases, source, {"player_name": "player_id"}, ["team_id"]
    )
    return named.with_columns(rows[REASON], rows[DETAIL])


def in_calendar(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Add `match_id`; a match whose sides have changed places, or that the anchor has on another day, is refused."""
    named = matches.with_match_ids(rows, known.matches)
    return off_the_calendar(named, known, matches.off_calendar(named, known.matches, matches.SAME_MEETING))


def off_the_calendar(named: pl.DataFrame, known: Known, off: pl.Series) -> pl.DataFrame:
    """Refuse rows of one answer whose sides have changed places, and those that are `off` their day."""
    marked = named.with_columns(changed_places(named, known).alias("_swapped"), off.alias("_off"))
    game = pl.format("{} – {} on {}", "home_name", "away_name", "event_at_utc")
    faults = [
        ("sides_swapped", pl.col("_swapped"), pl.format("{}: it is known the other way round.", game)),
        ("off_calendar", pl.col("_off"), pl.format("{}: the anchor has it on another day.", game)),
    ]
    return refuse(marked, faults).drop("_swapped", "_off")


def at_the_anchors_time(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Rows with the anchor's kick-off for a vendor's unsure one; a match that the anchor does not have is refused."""
    vague = pl.col("event_at_utc").alias("_said_at_utc")
    anchored = known.matches.select("match_id", "event_at_utc")
    found = rows.select(pl.exclude("event_at_utc"), vague).join(
        anchored, on="match_id", how="left", maintain_order="left"
    )
    said = pl.format("{} – {} on {}: the anchor has no such match.", "home_name", "away_name", "_said_at_utc")
    return refuse(found, [("unknown_match", pl.col("event_at_utc").is_null(), said)]).drop("_said_at_utc")


def by_number(rows: pl.DataFrame, known: Known, sources: Sequence[str]) -> pl.DataFrame:
    """Add the match of each `vendor_match_id`, as these vendors told it; others are refused as `unknown_match`."""
    told = known.vendor_matches.filter(pl.col("source").is_in(list(sources)))
    newest = told.sort("known_at_utc").unique("vendor_match_id", keep="last", maintain_order=True)
    bare = rows.drop([name for name in _OF_MATCH if name in rows.columns])
    found = bare.join(
        newest.select("vendor_match_id", *_OF_MATCH), on="vendor_match_id", how="left", maintain_order="left"
    )
    said = pl.format("No fixture of the vendor is known by the number {}.", pl.col("vendor_match_id").fill_null("?"))
    return refuse(found, [("unknown_match", pl.col("match_id").is_null(), said)])


def also_told(known: Known, found: pl.DataFrame, source: str) -> Known:
    """What is known once these vendor matches are, which the same payload told."""
    columns = [name for name in known.vendor_matches.columns if name in found.columns]
    named = found.select(columns).with_columns(pl.lit(source).alias("source"))
    told = pl.concat([known.vendor_matches, named], how="diagonal")
    return replace(known, frames={**known.frames, "vendor_matches": told})


def on_side(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `side` and `team_id` of `team_name`, which is spelt as the same vendor's fixture has it, else refused."""
    name = pl.col("team_name")
    side = (
        pl.when(name == pl.col("home_name")).then(pl.lit("home")).when(name == pl.col("away_name")).then(pl.lit("away"))
    )
    placed = rows.with_columns(side.alias("side")).with_columns(
        pl.when(pl.col("side") == "home").then("home_team_id").when(pl.col("side") == "away").then("away_team_id")
        .alias("team_id")
    )  # fmt: skip
    said = pl.format("'{}' plays in no match of that number.", name)
    return refuse(placed, [("unknown_team", pl.col("side").is_null(), said)])
