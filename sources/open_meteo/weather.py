"""From hours at places to the weather of matches: the ground of an address, its matches, and their hour of kick-off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qs, urlsplit

import polars as pl

from sources.base import Payload
from sources.known import Known
from sources.open_meteo import plan
from sources.open_meteo.reading import UNREADABLE
from sources.rows import ROW, Refused, accepted_of, first_fault, number_in_text, refused_of, refused_rows

GRID_DEGREES = 0.5
"""The vendor answers for the middle of a cell of its grid; none of its models has a coarser one."""
_AT_START = {"temperature_2m": "temperature_c", "relative_humidity_2m": "humidity_pct", "wind_speed_10m": "wind_kmh"}
_OVER_HOUR = {"precipitation": "precipitation_mm", "wind_gusts_10m": "wind_gust_kmh"}
_VALUES = (*_AT_START.values(), *_OVER_HOUR.values())
_QUERY = ("latitude", "longitude", "hourly")
_PLACES = {"place": pl.Int64(), "north": pl.Float64(), "east": pl.Float64()}


def asked(url: str) -> tuple[pl.DataFrame, list[str]]:
    """The places of an address in its order (`place` from 1, `north`, `east`), and the variables that it asks for."""
    query = parse_qs(urlsplit(url).query)
    listed = {name: [text for value in query.get(name, []) for text in value.split(",")] for name in _QUERY}
    degrees = zip(*(map(number_in_text, listed[name]) for name in _QUERY[:2]), strict=False)
    rows = [(place, *pair) for place, pair in enumerate(degrees, start=1)]
    return pl.DataFrame(rows, schema=_PLACES, orient="row"), listed["hourly"]


def weather(
    hours: pl.DataFrame, payload: Payload, known: Known, leagues: Collection[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for silver and refused rows: the weather of every match at a place of the answer, in the hours it has."""
    extent = (pl.col("time").min().alias("from"), pl.col("time").max().alias("until"))
    answered = hours.group_by("place", maintain_order=True).agg(pl.col("latitude", "longitude").first(), *extent)
    start, _ = plan.hours(pl.col("event_at_utc"))
    grounds = answered.join(_grounds(asked(payload.url)[0], known), on="place", how="inner", maintain_order="left")
    held = grounds.filter(start.is_between("from", "until"))
    nobody = answered.join(held, on="place", how="anti", maintain_order="left")
    unused = refused_rows(
        Refused(row["place"], "off_calendar", "No match is known at this place in these hours.", row)
        for row in nobody.iter_rows(named=True)
    )
    ours = held.filter(pl.col("competition_id").is_in(list(leagues)))
    judged = _judged(_with_values(ours, hours), payload)
    shown = ("match_id", "event_at_utc", "latitude", "longitude", *_VALUES)
    return accepted_of(judged), pl.concat([unused, refused_of(judged, shown)])


def _grounds(places: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Every match that is known at the grounds asked for: `place`, `north`, `east` and the match."""
    at = known.venues.select(pl.col("team_id").alias("home_team_id"), _text("latitude"), _text("longitude"))
    asked_for = places.with_columns(_text("north", "latitude"), _text("east", "longitude"))
    homes = asked_for.join(at, on=["latitude", "longitude"], maintain_order="left").drop("latitude", "longitude")
    return homes.join(known.matches, on="home_team_id", maintain_order="left")


def _text(column: str, name: str | None = None) -> pl.Expr:
    shown = pl.col(column).map_elements(plan.coordinate, return_dtype=pl.String)
    return shown.alias(name or column)


def _with_values(matches: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """Add what the vendor says at the hour's start, and what it sums up at the hour's end."""
    start, end = plan.hours(pl.col("event_at_utc"))
    return (
        matches.with_columns(start.alias("_start"), end.alias("_end"), pl.col("place").alias(ROW))
        .join(_named(hours, "_start", _AT_START), on=["place", "_start"], how="left", maintain_order="left")
        .join(_named(hours, "_end", _OVER_HOUR), on=["place", "_end"], how="left", maintain_order="left")
    )


def _named(hours: pl.DataFrame, stamp: str, names: Mapping[str, str]) -> pl.DataFrame:
    values = [pl.col(theirs).alias(ours) for theirs, ours in names.items()]
    return hours.select("place", pl.col("time").alias(stamp), pl.col(UNREADABLE).alias(UNREADABLE + stamp), *values)


def _judged(rows: pl.DataFrame, payload: Payload) -> pl.DataFrame:
    """Add when it was known, `_reason` and `_detail`."""
    captured = pl.lit(payload.captured_at_utc, pl.Datetime("us", "UTC"))
    kickoff = pl.col("event_at_utc")
    by_rule = kickoff.dt.truncate("1h") + pl.lit(plan.ARCHIVE_DELAY) + pl.duration(hours=1)
    is_rule = (pl.lit(payload.endpoint) == plan.ARCHIVE) & (by_rule < captured)
    unreadable = pl.coalesce(pl.col(f"^{UNREADABLE}.*$"))
    far = pl.max_horizontal((pl.col("latitude") - pl.col("north")).abs(), (pl.col("longitude") - pl.col("east")).abs())
    said = pl.format("{} at {}", "match_id", kickoff.dt.to_string("%Y-%m-%d %H:%M"))
    faults = [
        ("wrong_place", ~(far <= GRID_DEGREES).fill_null(False), pl.format("{}: this is another place.", said)),
        ("unreadable_value", unreadable.is_not_null(), pl.format("{}: {} is no number.", said, unreadable)),
        (
            "after_kickoff",
            pl.lit(payload.endpoint == plan.FORECAST) & (captured >= kickoff),
            pl.format("{}: that is no forecast any more.", said),
        ),
        (
            "before_kickoff",
            pl.lit(payload.endpoint == plan.ARCHIVE) & (captured < kickoff),
            pl.format("{}: it cannot have been measured yet.", said),
        ),
        ("no_value", pl.all_horizontal(pl.col(_VALUES).is_null()), pl.format("{}: the hour has no value.", said)),
    ]
    return rows.with_columns(
        pl.lit(payload.endpoint).alias("kind"),
        pl.when(is_rule).then(by_rule).otherwise(captured).alias("known_at_utc"),
        pl.when(is_rule).then(pl.lit("rule")).otherwise(pl.lit("observed")).alias("known_at_basis"),
        *first_fault(faults),
    )
