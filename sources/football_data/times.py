"""When each fact of this vendor could first have been known: the rules of docs/sources/football_data.md.

The vendor prints UK local dates and times. Every expression here is vectorised over a frame of matches.
"""

from __future__ import annotations

import polars as pl

UK = "Europe/London"
FIXTURE_KNOWN_DAYS_BEFORE = 30
RESULT_KNOWN_HOURS_AFTER = 3
SNAPSHOT_HOUR_UK = 17
_DAYS_TO_SNAPSHOT = {5: 0, 6: -1, 7: -2, 1: -3, 2: 0, 3: -1, 4: -2}
"""ISO weekday → days back to the Friday (Friday–Monday) or Tuesday (Tuesday–Thursday) snapshot."""
_NOMINAL_WEEKDAY_MINUTES = 19 * 60 + 45
_NOMINAL_WEEKEND_MINUTES = 15 * 60


def local_date(text: pl.Expr) -> pl.Expr:
    """`13/08/05` or `13/08/2005` as a date; null where it is neither."""
    long_year = text.str.contains(r"/\d{4}$")
    return (
        pl.when(long_year)
        .then(text.str.to_date("%d/%m/%Y", strict=False))
        .otherwise(text.str.to_date("%d/%m/%y", strict=False))
    )


def minutes_of_day(text: pl.Expr) -> pl.Expr:
    """`19:45` as 1185; null where it is no time of day."""
    parts = text.str.extract_groups(r"^(\d{1,2}):(\d{2})")
    hours, minutes = parts.struct.field("1").cast(pl.Int64), parts.struct.field("2").cast(pl.Int64)
    return pl.when((hours < 24) & (minutes < 60)).then(hours * 60 + minutes)


def nominal_minutes(date: pl.Expr) -> pl.Expr:
    """Kick-off where the file has a date only: 15:00 on a weekend, 19:45 on a weekday, UK time."""
    weekend = date.dt.weekday() >= 6
    return pl.when(weekend).then(pl.lit(_NOMINAL_WEEKEND_MINUTES)).otherwise(pl.lit(_NOMINAL_WEEKDAY_MINUTES))


def to_utc(date: pl.Expr, minutes: pl.Expr, zone: str = UK) -> pl.Expr:
    """A local date and minutes after midnight as UTC; an hour that the clock skips is taken as the hour after it."""
    local = date.cast(pl.Datetime("us")) + pl.duration(minutes=minutes)
    first = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = (local + pl.duration(hours=1)).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return first.fill_null(later).dt.convert_time_zone("UTC")


def fixture_known_at(kickoff: pl.Expr) -> pl.Expr:
    """A fixture is known 30 days before kick-off."""
    return kickoff - pl.duration(days=FIXTURE_KNOWN_DAYS_BEFORE)


def opening_known_at(kickoff: pl.Expr) -> pl.Expr:
    """Opening prices: Friday 17:00 UK (Friday to Monday) or Tuesday 17:00 (to Thursday), never after kick-off."""
    local = kickoff.dt.convert_time_zone(UK)
    back = local.dt.weekday().cast(pl.Int64).replace_strict(_DAYS_TO_SNAPSHOT, return_dtype=pl.Int64)
    snapshot = to_utc(local.dt.date() + pl.duration(days=back), pl.lit(SNAPSHOT_HOUR_UK * 60))
    return pl.min_horizontal(snapshot, kickoff)


def closing_known_at(kickoff: pl.Expr, date: pl.Expr, has_time: pl.Expr, zone: pl.Expr) -> pl.Expr:
    """Closing prices: at kick-off; at the end of the local day where the file has a date only.

    `zone` is accepted as a column because one payload may hold leagues of several zones.
    """
    end_of_day = _end_of_local_day(date, zone)
    return pl.when(has_time).then(kickoff).otherwise(end_of_day)


def result_known_at(kickoff: pl.Expr, date: pl.Expr, has_time: pl.Expr) -> pl.Expr:
    """Results: 3 hours after kick-off; at 06:00 UTC next day where the file has a date only."""
    next_morning = (date.cast(pl.Datetime("us")) + pl.duration(days=1, hours=6)).dt.replace_time_zone("UTC")
    return pl.when(has_time).then(kickoff + pl.duration(hours=RESULT_KNOWN_HOURS_AFTER)).otherwise(next_morning)


def _end_of_local_day(date: pl.Expr, zone: pl.Expr) -> pl.Expr:
    """Midnight after `date` in each row's own zone, as UTC."""
    midnight = date.cast(pl.Datetime("us")) + pl.duration(days=1)
    return pl.struct(midnight.alias("midnight"), zone.alias("zone")).map_batches(
        _midnights_to_utc, return_dtype=pl.Datetime("us", "UTC")
    )


def _midnights_to_utc(rows: pl.Series) -> pl.Series:
    frame = rows.struct.unnest().with_row_index()
    parts = [
        part.with_columns(to_utc(pl.col("midnight").dt.date(), pl.lit(0), zone).alias("utc"))
        for (zone,), part in frame.partition_by("zone", as_dict=True).items()
        if isinstance(zone, str)
    ]
    if not parts:
        return pl.Series([], dtype=pl.Datetime("us", "UTC"))
    return pl.concat(parts).sort("index")["utc"]
