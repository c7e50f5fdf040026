"""From a feed's items to news rows: one a club or player named, one with `none` where an item names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from sources.base import Payload
from sources.known import Known
from sources.news.linking import Linker
from sources.rows import REFUSED, ROW, accepted_of, first_fault, refused_of

SKEW = timedelta(minutes=10)
NOBODY = "none"
_SEASON_STARTS_IN_MONTH = 7
_NEWS = {
    ROW: pl.Int64(),
    "subject": pl.String(),
    "team_id": pl.String(),
    "player_id": pl.String(),
    "competition_id": pl.String(),
    "season_code": pl.String(),
}


def news(items: pl.DataFrame, payload: Payload, known: Known) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for silver and refused rows; `items` as `reading.read` gives them."""
    host = urlsplit(payload.url).netloc
    is_universal = pl.col("news_id").str.contains(":")
    own = pl.when(is_universal).then("news_id").otherwise(pl.format("{}:{}", pl.lit(host), pl.col("news_id")))
    judged = _judged(items.with_columns(own.alias("news_id")), payload.captured_at_utc)
    good = accepted_of(judged)
    linker = Linker(known)
    linked = [row for item in good.iter_rows(named=True) for row in _rows(item, linker)]
    rows = good.join(pl.DataFrame(linked, schema=_NEWS, orient="row"), on=ROW, how="inner", maintain_order="left_right")
    observed = (pl.lit(payload.captured_at_utc).alias("known_at_utc"), pl.lit("observed").alias("known_at_basis"))
    return rows.with_columns(observed), refused_of(judged, REFUSED)


def season_of(moment: datetime, like: str) -> str:
    """The season that a moment falls in, written like another one: `2026-27`, or `2026` where a season is a year."""
    if len(like) == 4:
        return str(moment.year)
    start = moment.year if moment.month >= _SEASON_STARTS_IN_MONTH else moment.year - 1
    return f"{start}-{(start + 1) % 100:02d}"


def _rows(item: dict[str, Any], linker: Linker) -> Iterator[tuple[object, ...]]:
    texts = [text for text in (item["headline"], item["summary"]) if text]
    published = item["event_at_utc"]
    subjects = linker.subjects_of(texts)
    for subject in subjects:
        season = season_of(published, subject.season_code)
        yield item[ROW], subject.id, subject.team_id, subject.player_id, subject.competition_id, season
    if not subjects:
        yield item[ROW], NOBODY, None, None, "all", season_of(published, "2026-27")


def _judged(items: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    """Add `_reason` and `_detail`; an item that stands there twice, word for word, is not refused."""
    said = ("headline", "summary", "link", "event_at_utc")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).first().over("news_id")) for name in said)
    item = pl.col("headline").fill_null("?")
    faults = [
        ("no_id", pl.col("news_id").is_null(), pl.format("'{}' has neither an id nor an address.", item)),
        ("no_headline", pl.col("headline").is_null(), pl.format("{} has no headline.", pl.col("news_id"))),
        (
            "no_time",
            pl.col("event_at_utc").is_null(),
            pl.format("'{}': '{}' is no time.", item, pl.col("published").fill_null("")),
        ),
        (
            "clock_skew",
            pl.col("event_at_utc") > captured_at + SKEW,
            pl.format("'{}' was published at {}, after it was read.", item, pl.col("event_at_utc")),
        ),
        ("two_items", differs, pl.format("Another item has the id {} too.", pl.col("news_id"))),
    ]
    return items.with_columns(first_fault(faults))
