"""Which match a vendor's row is: its canonical id, and whether the anchor says something else about it.

Rows and known matches have `competition_id`, `season_code`, `home_team_id`, `away_team_id`, `event_at_utc`; known ones
`match_id` as well. A row whose clubs are unknown has no id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

PAIR = ("competition_id", "season_code", "home_team_id", "away_team_id")
SAME_MEETING = timedelta(days=4)
SAME_GAME = timedelta(hours=12)
"""In a league where two teams may meet at one place on two days running."""

SAME_WEEKEND = timedelta(hours=36)
CALENDAR = timedelta(hours=30)
"""Where the anchor has a date only, its time of day is a nominal one."""


def with_match_ids(
    rows: pl.DataFrame, known: pl.DataFrame, dated: Mapping[str, str] | None = None
) -> pl.DataFrame:  # fmt: skip
    """Add `match_id`: that of the nearest known meeting of these clubs, else a new one; null without both clubs.

    A known meeting is the same within four days, in a dated competition within twelve hours. A new one is competition,
    season and clubs, and from the second meeting at one ground its number; in a dated competition its local day
    instead of a number. `dated`: time zones of such competitions by id.
    """
    marked = rows.drop("match_id", strict=False).with_row_index("_row")
    zones = dict(dated or {})
    reach = pl.when(pl.col("competition_id").is_in(list(zones))).then(SAME_GAME).otherwise(SAME_MEETING)
    near = _nearest(marked, known).filter(pl.col("_apart") <= reach).select("_row", "match_id")
    fresh = marked.join(near, on="_row", how="anti")
    minted = [_numbered(fresh.filter(~pl.col("competition_id").is_in(list(zones))), known)]
    minted += [_dated(fresh.filter(pl.col("competition_id") == league), zone) for league, zone in zones.items()]
    ids = pl.concat([near, *minted])
    return marked.join(ids, on="_row", how="left", maintain_order="left").drop("_row")


def sides_swapped(rows: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Whether the anchor has the reverse fixture within 36 hours of a row's kick-off, and not this one."""
    marked = rows.with_row_index("_row")
    turned = known.rename({"home_team_id": "away_team_id", "away_team_id": "home_team_id"})
    this = _nearest(marked, known).filter(pl.col("_apart") <= SAME_WEEKEND)["_row"].to_list()
    reverse = _nearest(marked, turned).filter(pl.col("_apart") <= SAME_WEEKEND)["_row"].to_list()
    return marked.select(
        (pl.col("_row").is_in(reverse) & ~pl.col("_row").is_in(this)).alias("sides_swapped")
    ).to_series()


def off_calendar(rows: pl.DataFrame, known: pl.DataFrame, tolerance: timedelta = CALENDAR) -> pl.Series:
    """Whether the anchor has this pair in this season, but no meeting of it within `tolerance` of a row's kick-off."""
    marked = rows.with_row_index("_row")
    far = _nearest(marked, known).filter(pl.col("_apart") > tolerance)["_row"].to_list()
    return marked.select(pl.col("_row").is_in(far).alias("off_calendar")).to_series()


def _nearest(marked: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The known meeting nearest to each row's kick-off, and how far `_apart`; rows without one are absent."""
    there = known.select(*PAIR, "match_id", pl.col("event_at_utc").alias("_known_at"))
    return (
        marked.select("_row", *PAIR, "event_at_utc")
        .join(there, on=list(PAIR), how="inner")
        .select(
            "_row", "competition_id", "match_id", (pl.col("_known_at") - pl.col("event_at_utc")).abs().alias("_apart")
        )
        .sort("_row", "_apart", "match_id")
        .unique("_row", keep="first", maintain_order=True)
    )


def _numbered(fresh: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Ids of meetings that nobody knows yet: the first has no number, the next ones count on."""
    earlier = known.group_by(PAIR).agg(pl.col("match_id").n_unique().cast(pl.Int64).alias("_earlier"))
    gap = pl.col("event_at_utc").diff() > SAME_MEETING
    ranked = fresh.sort(*PAIR, "event_at_utc").with_columns(
        (gap.fill_null(False).cum_sum().over(PAIR) + 1).cast(pl.Int64).alias("_rank")
    )
    counted = ranked.join(earlier, on=list(PAIR), how="left")
    number = pl.col("_rank") + pl.col("_earlier").fill_null(0)
    numbered = pl.when(number > 1).then(pl.format("{}-{}", _stem(), number)).otherwise(_stem())
    return counted.select("_row", numbered.alias("match_id"))


def _dated(fresh: pl.DataFrame, zone: str) -> pl.DataFrame:
    day = pl.col("event_at_utc").dt.convert_time_zone(zone).dt.strftime("%Y%m%d")
    head = pl.concat_str("competition_id", "season_code", day, separator="-")
    return fresh.select("_row", pl.concat_str(head, _ends(), separator="-").alias("match_id"))


def _stem() -> pl.Expr:
    return pl.concat_str("competition_id", "season_code", _ends(), separator="-")


def _ends() -> pl.Expr:
    """Both clubs without their country or league."""
    ends = [pl.col(side).str.split("-").list.slice(1).list.join("-") for side in ("home_team_id", "away_team_id")]
    return pl.concat_str(*ends, separator="-")
