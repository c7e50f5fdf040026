"""A book that foresees the close weighs more than one that does not, and nothing later than the boundary counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from replay.sharp import sharpness_at

AS_OF = datetime(2024, 9, 6, 16, tzinfo=UTC)
UTC_TIME = pl.Datetime("us", "UTC")
N = 300


def history(last_kickoff: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Invented matches a day apart: `pinnacle` opens where it closes, `bwin` opens anywhere near."""
    rng = np.random.default_rng(6)
    kickoffs = [last_kickoff - timedelta(days=day) for day in range(N)]
    decisions = pl.DataFrame(
        {
            "match_id": [f"m{day}" for day in range(N)],
            "as_of_utc": [kickoff - timedelta(hours=20) for kickoff in kickoffs],
            "event_at_utc": kickoffs,
        },
        schema_overrides={"as_of_utc": UTC_TIME, "event_at_utc": UTC_TIME},
    )
    p = rng.dirichlet([20.0, 12.0, 14.0], N)
    off = rng.dirichlet([20.0, 12.0, 14.0], N)
    quotes = [("pinnacle", "opening", p), ("bwin", "opening", off), ("pinnacle", "closing", p)]
    frames = [
        decisions.select("match_id").with_columns(
            pl.lit(book).alias("bookmaker"),
            pl.lit(False).alias("is_aggregate"),
            pl.lit(kind).alias("quote_kind"),
            (decisions["as_of_utc"] - timedelta(hours=1) if kind == "opening" else decisions["event_at_utc"]).alias(
                "known_at_utc"
            ),
            *(pl.Series(f"{side}_odds_dec", 0.97 / said[:, n]) for n, side in enumerate(("home", "draw", "away"))),
        )
        for book, kind, said in quotes
    ]
    return decisions, pl.concat(frames)


def test_the_book_that_foresees_the_close_weighs_most() -> None:
    weights = sharpness_at(*history(datetime(2024, 5, 20, 15, tzinfo=UTC)), AS_OF)
    assert weights["pinnacle"] > 2 * weights["bwin"]
    assert sum(weights.values()) == pytest.approx(1.0)


def test_what_was_played_since_the_first_of_july_counts_for_nothing() -> None:
    assert sharpness_at(*history(AS_OF - timedelta(days=1)), AS_OF - timedelta(days=400)) == {}
    early = sharpness_at(*history(datetime(2024, 5, 20, 15, tzinfo=UTC)), AS_OF)
    assert early == sharpness_at(*history(datetime(2024, 5, 20, 15, tzinfo=UTC)), AS_OF + timedelta(days=200))


def test_without_a_close_all_books_are_alike() -> None:
    decisions, prices = history(datetime(2024, 5, 20, 15, tzinfo=UTC))
    assert sharpness_at(decisions, prices.filter(pl.col("quote_kind") == "opening"), AS_OF) == {}
