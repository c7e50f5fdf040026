"""Pictures of how tickets did are PNGs that show what they were given, and are there on a first day too."""

from __future__ import annotations

import io
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from matplotlib.image import imread

from optimizer.performance.drawdown import Path
from serving import bet_pictures
from tests.unit.optimizer.performance.history import LATER, settled


def path(*profits: int) -> pl.DataFrame:
    """The path of an invented bankroll, a settlement a day."""
    days = [settled(str(day), profit, at=LATER + timedelta(days=day)) for day, profit in enumerate(profits)]
    schema = {"known_at_utc": pl.Datetime("us", "UTC"), "profit_minor": pl.Int64}
    return Path.of(pl.DataFrame(days, schema=schema), 10_000).frame


def rows(*values: float | None) -> pl.DataFrame:
    """Invented settled tickets with these closing-line values."""
    schema = {
        "known_at_utc": pl.Datetime("us", "UTC"), "stake_minor": pl.Int64, "profit_minor": pl.Int64, "clv": pl.Float64,
    }  # fmt: skip
    found = [(LATER + timedelta(days=day), 100, 50, value) for day, value in enumerate(values)]
    return pl.DataFrame(found, schema=schema, orient="row")


def measured(*values: float) -> pl.DataFrame:
    """Invented yields of books, two points wide on both sides."""
    found = [("bookmaker", f"book {place}", "yield", v, v - 0.02, v + 0.02, 9) for place, v in enumerate(values)]
    schema = {
        "scope": pl.String, "name": pl.String, "measure": pl.String, "value": pl.Float64, "low_ci95": pl.Float64,
        "high_ci95": pl.Float64, "n": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


PICTURES = {
    "bankroll": [bet_pictures.bankroll_and_drawdown(path(*given), "EUR") for given in ((), (500, -300), (500, 300))],
    "clv": [bet_pictures.clv_against_profit(rows(*given), "EUR") for given in ((), (0.1, 0.0), (0.1, None))],
    "yields": [bet_pictures.yields(measured(*given)) for given in ((), (0.1, -0.1), (0.1, 0.1))],
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_a_png_of_a_readable_size_also_of_nothing(name: str) -> None:
    for png in PICTURES[name]:
        height, width = imread(io.BytesIO(png)).shape[:2]
        assert 500 <= width <= 1600
        assert 300 <= height <= 1200
        assert len(png) < 200_000


@pytest.mark.parametrize("name", PICTURES)
def test_other_numbers_give_another_picture(name: str) -> None:
    empty, first, second = (imread(io.BytesIO(png)) for png in PICTURES[name])
    for one, other in ((empty, first), (first, second)):
        assert one.shape != other.shape or not np.array_equal(one, other)


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert bet_pictures.bankroll_and_drawdown(path(500, -300), "EUR") == PICTURES["bankroll"][1]


def test_a_yield_without_an_interval_is_not_drawn() -> None:
    bare = measured(0.3).with_columns(low_ci95=pl.lit(None, pl.Float64))
    assert bet_pictures.yields(bare) == PICTURES["yields"][0]
