"""Transfermarkt's absences, recorded afterwards: who was out, and since when.

The files name no league, so a club must bear the very name of one club of that season. How long it took and how many
games were missed was not known at the time, and is not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

import polars as pl

from lake.entities.names import club_core, plain
from lake.keys import slug
from sources.known import Known
from sources.local_sets.football.shots import SOURCE
from sources.placing import refuse, unjudged, with_people

_TEAM = {"season_code": pl.String(), "club": pl.String(), "competition_id": pl.String(), "team_id": pl.String()}


def injuries(rows: pl.DataFrame, captured_at: datetime, known: Known) -> pl.DataFrame:
    """Rows for silver with `_reason` and `_detail`, known from the capture on."""
    first = pl.col("season_injured").str.extract(r"^(?:\d{2})?(\d{2})[/-](?:\d{2})?\d{2}$").cast(pl.Int32, strict=False)
    year = pl.when(first >= 50).then(first + 1900).otherwise(first + 2000)
    name = pl.col("player_name").str.replace_all(r"#(?:\d+|-)", "").str.replace_all(r"\s+", " ").str.strip_chars()
    read = unjudged(rows).with_columns(
        pl.format("{}-{}", year, ((year + 1) % 100).cast(pl.String).str.zfill(2)).alias("season_code"),
        pl.when(name != "").then(name).alias("player_name"),
        pl.col("injured_since").str.to_date("%Y-%m-%d", strict=False).alias("_day"),
        pl.col("injury").alias("reason"),
        pl.lit("out").alias("status"),
        pl.lit(captured_at).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )
    placed = read.join(_clubs(read, known), on=["season_code", "club"], how="left", maintain_order="left")
    judged = _judged(placed).with_columns(
        pl.col("_day").cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias("event_at_utc"),
        pl.col("player_name").alias("vendor_player_id"),
        _report().alias("report_id"),
    )
    return with_people(judged, known, SOURCE)


def _clubs(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The club that bears each name in each season, among those of all leagues."""
    found: list[tuple[str, str, str, str]] = []
    named = rows.select("season_code", "club").drop_nulls().unique().sort("season_code", "club")
    for (season,), group in named.partition_by("season_code", as_dict=True).items():
        clubs = known.teams.filter(pl.col("season_code") == season).select("team_id", "team_name", "competition_id")
        bearers = {form: _bearers(clubs, form) for form in (plain, club_core)}
        for name in group["club"]:
            alone = next((b for form, owners in bearers.items() if (b := owners.get(form(name), set()))), set())
            found += [(str(season), name, league, club) for club, league in alone if len(alone) == 1]
    return pl.DataFrame(found, schema=_TEAM, orient="row")


def _bearers(clubs: pl.DataFrame, form: Callable[[str], str]) -> dict[str, set[tuple[str, str]]]:
    """Clubs, each with its league, by one form of their names."""
    owners: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for club, name, league in clubs.iter_rows():
        owners[form(name)].add((club, league))
    return owners


def _report() -> pl.Expr:
    words = pl.concat_str("player_name", pl.col("reason").fill_null("unknown"), separator=" ")
    return pl.concat_str(
        words.map_elements(slug, return_dtype=pl.String), pl.col("_day").cast(pl.String), separator="-"
    )


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    shown = {name: pl.col(name).fill_null("") for name in ("season_injured", "injured_since")}
    club = pl.format("'{}' is no sure club of {}.", pl.col("club").fill_null(""), pl.col("season_code").fill_null("?"))
    return refuse(
        rows,
        [
            ("no_name", pl.col("player_name").is_null(), pl.lit("The player has no name.")),
            (
                "bad_season",
                pl.col("season_code").is_null(),
                pl.format("'{}' is no season.", shown["season_injured"]),
            ),
            ("bad_date", pl.col("_day").is_null(), pl.format("'{}' is no day.", shown["injured_since"])),
            ("unknown_team", pl.col("team_id").is_null(), club),
        ],
    )
