"""From a page's matches to prices, and whether the page as a whole can be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from core.market.odds import MAX_ODDS_DEC
from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from lake.keys import with_selection_key
from sources.base import Payload
from sources.events import placed
from sources.known import Known
from sources.markup import LayoutDrift
from sources.odds_page.reading import SIDES
from sources.placing import refuse, unjudged
from sources.rows import ROW, TEXT, accepted_of, moment, refused_of

PLAUSIBLE_OVERROUND = (0.97, 1.35)
SOON = timedelta(hours=72)
_TELLING = ("impossible_price", "overround", "sides_swapped", "no_kickoff", "same_team")
"""Faults that a page has by the dozen once its layout means something else."""
_VENDOR, _CODE = "odds_page", "page"
_WAY_OUT = "Look at its picture, and correct the reader of its layout."
_SILVER = (
    "match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis", "selection_key",
    "market", "selection", "line", "bookmaker", "is_aggregate", "quote_kind", "price_odds_dec", "quoted_at_utc",
)  # fmt: skip


def quotes(
    matches: pl.DataFrame, page: Mapping[str, str], payload: Payload, leagues: Mapping[str, Competition], known: Known
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for silver and refused rows, one a price; `matches` as `reading.read` gives them.

    `page`: `competition_id` and `bookmaker`. Raises LayoutDrift where the page as a whole cannot be right: most matches
    have a fault that a changed layout makes, or none is there although some are near.
    """
    league = page["competition_id"]
    as_coded = {league: replace(leagues[league], vendors={_VENDOR: {_CODE: league}})}
    judged = _judged(matches, league, payload.captured_at_utc)
    found = placed(judged, as_coded, known, _VENDOR, _CODE).sort(ROW)
    _check(found, league, payload.captured_at_utc, known)
    prices = _prices(found, page["bookmaker"], payload.captured_at_utc)
    shown = ("home_name", "away_name", "kickoff", "selection", "price")
    return accepted_of(with_selection_key(prices.filter(pl.col(REASON).is_null()))).select(_SILVER), refused_of(
        prices, shown
    )


def _judged(matches: pl.DataFrame, league: str, captured_at: datetime) -> pl.DataFrame:
    start = pl.col("kickoff").map_elements(moment, return_dtype=pl.Datetime("us", "UTC"), skip_nulls=True)
    prices = [pl.col(side).cast(pl.Float64, strict=False) for side in SIDES]
    game = pl.format("{} – {}", "home_name", "away_name")
    total = pl.col("_overround")
    faults = [
        ("missing_field", (pl.col("home_name") == "") | (pl.col("away_name") == ""), pl.lit("A match without a side.")),
        ("no_kickoff", pl.col("event_at_utc").is_null(), pl.format("{}: '{}' is no time.", game, "kickoff")),
        (
            "impossible_price",
            ~pl.all_horizontal(price.is_between(1, MAX_ODDS_DEC, closed="right").fill_null(False) for price in prices),
            pl.format("{}: {}, {}, {} are no three prices above 1.", game, *SIDES),
        ),
        (
            "overround",
            ~total.is_between(*PLAUSIBLE_OVERROUND).fill_null(False),
            pl.format("{}: the chances add up to {}.", game, total.round(3)),
        ),
        ("in_play", pl.col("event_at_utc") <= captured_at, pl.format("{} had begun.", game)),
    ]
    told = matches.with_columns(
        pl.lit(league).alias("league"),
        start.alias("event_at_utc"),
        pl.sum_horizontal((1 / price for price in prices), ignore_nulls=False).alias("_overround"),
    )
    return refuse(unjudged(told), faults)


def _check(found: pl.DataFrame, league: str, captured_at: datetime, known: Known) -> None:
    telling = found.filter(pl.col(REASON).is_in(_TELLING))
    if 2 * len(telling) > len(found):
        first = telling.row(0, named=True)
        said = f"{len(telling)} of {len(found)} matches cannot be right, such as: {first[DETAIL]}"
        raise LayoutDrift(said, _WAY_OUT)
    near = known.matches.filter(
        (pl.col("competition_id") == league)
        & pl.col("state").is_in(["scheduled", "moved"])
        & pl.col("event_at_utc").is_between(captured_at, captured_at + SOON, closed="right")
    )
    if found.is_empty() and len(near):
        raise LayoutDrift(f"The page lists no match, and {len(near)} are within three days.", _WAY_OUT)


def _prices(matches: pl.DataFrame, bookmaker: str, captured_at: datetime) -> pl.DataFrame:
    facts = [name for name in matches.columns if name not in SIDES]
    told = matches.unpivot(SIDES, index=facts, variable_name="selection", value_name="price")
    return told.sort(ROW, maintain_order=True).with_columns(
        pl.lit("1x2").alias("market"),
        pl.lit(None, pl.Float64).alias("line"),
        pl.lit(bookmaker).alias("bookmaker"),
        pl.lit(False).alias("is_aggregate"),
        pl.lit("observed").alias(
            "quote_kind",
        ),
        pl.col("price").cast(pl.Float64, strict=False).alias("price_odds_dec"),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("quoted_at_utc"),
        pl.lit(captured_at, pl.Datetime("us", "UTC")).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
        pl.col(TEXT),
    )
