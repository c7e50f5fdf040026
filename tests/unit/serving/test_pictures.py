"""Pictures are PNGs that show what they were given, and are there on a first day too."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from matplotlib.image import imread

from serving import pictures
from tests.unit.models.worlds import outcomes, truths

OPENED = datetime(2024, 5, 1, tzinfo=UTC)
FORECAST = truths(400, 1)
HAPPENED = outcomes(FORECAST, 2).astype(float)


def pixels(png: bytes) -> np.ndarray:
    """The picture as numbers, so that two can be compared by what is seen."""
    import io

    return imread(io.BytesIO(png))


def entries(*amounts: int) -> pl.DataFrame:
    """A ledger with one entry of cash a day."""
    days = [OPENED + timedelta(days=day) for day in range(len(amounts))]
    return pl.DataFrame({"account": "cash", "known_at_utc": days, "amount_minor": list(amounts), "currency": "EUR"})


PICTURES = {
    "reliability": (
        pictures.reliability(FORECAST, HAPPENED), pictures.reliability(FORECAST, outcomes(FORECAST, 3).astype(float)),
    ),
    "edges": (pictures.edges(np.array([-0.1, 0.0, 0.1])), pictures.edges(np.array([-0.1, 0.1, 0.1]))),
    "bankroll": (pictures.bankroll(entries(1000, -200)), pictures.bankroll(entries(1000, 200))),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_a_png_of_a_readable_size(name: str) -> None:
    png = PICTURES[name][0]
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    assert 500 <= width <= 1600
    assert 300 <= height <= 1200
    assert len(png) < 200_000


@pytest.mark.parametrize("name", PICTURES)
def test_other_numbers_give_another_picture(name: str) -> None:
    first, second = (pixels(png) for png in PICTURES[name])
    assert first.shape != second.shape or not np.array_equal(first, second)


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert pictures.edges(np.array([-0.1, 0.0, 0.1])) == PICTURES["edges"][0]
    assert pictures.reliability(FORECAST, HAPPENED) == PICTURES["reliability"][0]


def test_one_edge_and_one_entry_are_enough_for_a_picture() -> None:
    assert pictures.edges(np.array([0.02])).startswith(b"\x89PNG")
    assert pictures.bankroll(entries(1000)).startswith(b"\x89PNG")


def test_matches_without_a_belief_leave_the_reliability_of_the_others_as_it_is() -> None:
    """DEFECT: one row of NaN makes every edge of the bins NaN; what is drawn is a single point at 1/3."""
    gaps = np.vstack([FORECAST, np.full((20, 3), np.nan)])
    found = pixels(pictures.reliability(gaps, np.append(HAPPENED, np.zeros(20))))
    assert np.array_equal(found, pixels(PICTURES["reliability"][0]))


def test_a_first_week_without_any_out_of_fold_forecast_has_an_empty_picture() -> None:
    """DEFECT: under 500 known results `learn` hands over empty arrays, and the asset dies with IndexError."""
    assert pictures.reliability(np.empty((0, 3)), np.empty(0)).startswith(b"\x89PNG")
