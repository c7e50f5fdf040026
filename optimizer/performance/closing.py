"""Closing-line value: what the market at its sharpest moment expected from the price that we took.

Which tickets are taken is decided elsewhere and never by this; a beaten close is evidence, not a result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from core.frames import with_nulls
from core.market.devig import devig
from core.market.odds import is_price
from core.market.player_markets import selections_of
from optimizer.prices.offers import SELECTION, with_player

BENCHMARKS = ("pinnacle", "betfair_exchange", "market_average")
"""Whose close a leg is measured by: the first of them that closed the same selection at the same line."""
SEVERAL = "several"
"""Stands where the legs of a ticket differ."""
_LEG = ("ticket_id", "leg")
_QUOTE = ["match_id", "player_id", "line", "bookmaker"]
_LINES = pl.List(pl.List(pl.Int64))
_COLUMNS = (
    "ticket_id", "leg", "match_id", "competition_id", "season_code", "market", "selection", "line", "bookmaker",
    "price_odds_dec", "benchmark", "close_prob", "close_fair_odds_dec", "clv", "reason", "known_at_utc",
)  # fmt: skip


class _Close(NamedTuple):
    """The first told closing quotes of one market: one row a match, book and line."""

    market: str
    quotes: pl.DataFrame


def closing_line_value(legs: pl.DataFrame, prices: Mapping[str, pl.DataFrame], as_of: datetime) -> pl.DataFrame:
    """One row a leg (gold closing_line_value): its value against the benchmark's close, or the reason for none.

    `legs`: gold ticket_legs of one sport; `prices`: its gold fct_match_prices, fct_total_prices and fct_handicap_prices
    by the market they quote, and prices of that shape on players, of which only closes known at `as_of` count, as first
    told. Where a price table has a `known_at_basis`, a close known by its date only makes no value. Lines are never
    interpolated.

    `clv = close_prob * price + push - 1`, profit per unit staked. Two prices do not tell how much of a stake comes
    back at a whole or quarter line, so that share is our own grid's, `push = 1 - prob * fair_odds_dec` of the leg; the
    benchmark without margin (power method) says how the rest is won and lost.
    """
    closes = [_Close(market, _first_told(told, as_of)) for market, told in prices.items()]
    fair = pl.concat([_fair(close) for close in closes])
    joined = with_player(legs).join(fair, on=SELECTION, how="left", nulls_equal=True)
    best = joined.sort(*_LEG, "rank", nulls_last=True).unique(_LEG, keep="first", maintain_order=True)
    flags = pl.concat([_flags(close) for close in closes])
    flagged = best.join(flags, on=["match_id", "player_id", "market"], how="left", nulls_equal=True)
    return flagged.with_columns(*_valued(), _reason(list(prices), as_of), _known_at(as_of)).select(_COLUMNS).sort(_LEG)


def ticket_values(values: pl.DataFrame, tickets: pl.DataFrame | None = None) -> pl.DataFrame:
    """Closing-line value of whole tickets from that of their legs.

    `values`: gold closing_line_value; `tickets`: gold tickets, whose `lines` say how a system divides its stake, and
    without which every ticket is one line of all its legs. Columns: ticket_id, legs, benchmark, clv, reason,
    known_at_utc (of the last leg).

    Legs of a line multiply, `prod(1 + clv) - 1`, and lines of a system have equal parts. A ticket with a leg without
    value has none, and that leg's reason; nor has one with two legs in a match (`same_match`), whose joint close nobody
    quotes.
    """
    reason = pl.when(pl.col("match_id").is_duplicated().any()).then(pl.lit("same_match"))
    found = (
        values.sort(_LEG)
        .group_by("ticket_id", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("legs"),
            common(pl.col("benchmark")).alias("benchmark"),
            reason.otherwise(pl.col("reason").drop_nulls().first()).alias("reason"),
            pl.col("known_at_utc").max(),
        )
    )
    whole = found.join(_line_values(values, tickets), on="ticket_id", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("reason").is_null()).then(pl.col(name)) for name in ("benchmark", "clv")
    )
    return whole.select("ticket_id", "legs", "benchmark", "clv", "reason", "known_at_utc")


def benchmark_counts(values: pl.DataFrame) -> dict[str, int]:
    """How many legs each benchmark measured, and how many had none for each reason; most first."""
    by = pl.coalesce("benchmark", "reason").alias("by")
    return dict(values.group_by(by).len().sort("len", "by", descending=[True, False]).iter_rows())


def common(values: pl.Expr) -> pl.Expr:
    """The one value of a group, or `several`: what a ticket is counted under."""
    return pl.when(values.n_unique() == 1).then(values.first()).otherwise(pl.lit(SEVERAL))


def _line_values(values: pl.DataFrame, tickets: pl.DataFrame | None) -> pl.DataFrame:
    """ticket_id and clv: the mean over a ticket's lines of the product over a line's legs."""
    legs = _lines(values, tickets).join(values.select(*_LEG, "clv"), on=_LEG)
    by_line = legs.group_by("ticket_id", "line_number").agg((pl.col("clv") + 1).product())
    return by_line.group_by("ticket_id").agg(pl.col("clv").mean() - 1)


def _lines(values: pl.DataFrame, tickets: pl.DataFrame | None) -> pl.DataFrame:
    """ticket_id, leg and line_number: every leg as often as lines of its ticket name it."""
    one = values.select(*_LEG, pl.lit(0, pl.UInt32).alias("line_number"))
    if tickets is None or "lines" not in tickets.columns:
        return one
    systems = tickets.filter(pl.col("lines").is_not_null()).select("ticket_id", pl.col("lines").str.json_decode(_LINES))
    named = systems.explode("lines").with_row_index("line_number").explode("lines").rename({"lines": "leg"})
    return pl.concat([one.join(systems, on="ticket_id", how="anti"), named.select(one.columns)])


def _first_told(prices: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    lined = with_player(with_nulls(prices, {"line": pl.Float64}))
    based = lined if "known_at_basis" in lined.columns else lined.with_columns(pl.lit("rule").alias("known_at_basis"))
    closes = based.filter((pl.col("quote_kind") == "closing") & (pl.col("known_at_utc") <= as_of))
    return closes.sort("known_at_utc").unique(_QUOTE, keep="first", maintain_order=True)


def _fair(close: _Close) -> pl.DataFrame:
    """The benchmarks' closes without margin, one row a selection, `rank` 0 for the first choice."""
    sides = selections_of(close.market)
    usable = close.quotes.filter(pl.col("bookmaker").is_in(BENCHMARKS) & (pl.col("known_at_basis") != "date_only"))
    odds = usable.select(pl.col(f"{side}_odds_dec").fill_null(float("nan")) for side in sides).to_numpy()
    fair = usable.with_columns(pl.Series(side, column) for side, column in zip(sides, devig(odds).T, strict=True))
    long = fair.filter(pl.Series(is_price(odds).all(axis=1))).unpivot(
        sides,
        index=[*_QUOTE, "known_at_utc"],
        variable_name="selection",
        value_name="settled_prob",
    )
    return long.select(
        "match_id",
        "player_id",
        pl.lit(close.market).alias("market"),
        "selection",
        "line",
        pl.col("bookmaker").alias("benchmark"),
        pl.col("bookmaker")
        .replace_strict({b: i for i, b in enumerate(BENCHMARKS)}, return_dtype=pl.Int64)
        .alias("rank"),
        "settled_prob",
        pl.col("known_at_utc").alias("close_known_at_utc"),
    )


def _flags(close: _Close) -> pl.DataFrame:
    """What closed in a match and market at all: by date only, by a benchmark, by a named book, by an aggregate."""
    benchmark = pl.col("bookmaker").is_in(BENCHMARKS)
    return close.quotes.group_by("match_id", "player_id").agg(
        pl.lit(close.market).first().alias("market"),
        (benchmark & (pl.col("known_at_basis") == "date_only")).any().alias("date_only"),
        benchmark.any().alias("line_not_quoted"),
        (~pl.col("is_aggregate")).any().alias("no_benchmark"),
        pl.col("is_aggregate").any().alias("aggregate_only"),
    )


def _valued() -> list[pl.Expr]:
    settled = (pl.col("prob") * pl.col("fair_odds_dec")).clip(0, 1)
    beaten = pl.col("settled_prob") * pl.col("price_odds_dec") - 1
    return [
        (settled * pl.col("settled_prob")).alias("close_prob"),
        (1 / pl.col("settled_prob")).alias("close_fair_odds_dec"),
        (settled * beaten).alias("clv"),
    ]


def _reason(quoted: Sequence[str], as_of: datetime) -> pl.Expr:
    rules = {
        "market_not_quoted": ~pl.col("market").is_in(quoted),
        "not_closed_yet": pl.col("event_at_utc") > as_of,
        **{name: pl.col(name) for name in ("date_only", "line_not_quoted", "no_benchmark", "aggregate_only")},
    }
    first = pl.coalesce(*(pl.when(holds).then(pl.lit(name)) for name, holds in rules.items()), pl.lit("no_close"))
    return pl.when(pl.col("benchmark").is_null()).then(first).alias("reason")


def _known_at(as_of: datetime) -> pl.Expr:
    """A close is known when it was told, that there is none at kick-off, and that it is too early at issue."""
    over = pl.when(pl.col("event_at_utc") <= as_of).then(pl.col("event_at_utc"))
    return pl.coalesce("close_known_at_utc", over, "as_of_utc").alias("known_at_utc")
