"""The end game learned from invented games: a plain world has no end game, a bent one gives its factors back."""

from __future__ import annotations

import numpy as np
import pytest

from models.basketball.endgame import EndGame, learn

N = 60_000


def invented(ties: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Results, closing lines, deviations and overtimes of a normal world with `ties` times as many level games."""
    rng = np.random.default_rng(3)
    closing = np.column_stack([rng.normal(2, 6, N), rng.normal(220, 8, N)])
    margin = np.rint(closing[:, 0] + rng.normal(0, 12, N))
    spare = np.flatnonzero(np.abs(margin) > 20)
    level = int((margin == 0).sum() * (ties - 1))
    margin[rng.choice(spare, level, replace=False)] = 0.0
    extra = margin == 0
    decided = np.rint(0.2 * closing[:, 0] + rng.normal(0, 5, N))
    decided = np.where(decided == 0, 1.0, decided)
    margin = np.where(extra, decided, margin)
    total = np.rint(closing[:, 1] + rng.normal(0, 15, N) + extra * rng.normal(22, 10, N))
    return np.column_stack([margin, total]), closing, np.full(N, 12.0), extra.astype(np.int64)


def test_a_normal_world_has_no_factors() -> None:
    found = learn(*invented(1.0), freedom=1e6)
    assert found.ties == pytest.approx(1.0, abs=0.08)
    assert found.near == pytest.approx([1.0] * 9, abs=0.08)


def test_what_was_put_in_comes_out() -> None:
    found = learn(*invented(2.0), freedom=1e6)
    assert found.ties == pytest.approx(2.0, abs=0.1)
    assert found.overtime_points == pytest.approx(22.0, abs=1.0)
    assert found.overtime_points_sd == pytest.approx(10.0, abs=1.0)
    assert found.overtime_margin_sd == pytest.approx(5.0, abs=0.3)
    assert 0.05 < found.overtime_share < 0.35


def test_factors_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        EndGame(ties=0.0)
    with pytest.raises(ValueError, match="above 0"):
        EndGame(near=(1.0, -0.5))
    with pytest.raises(ValueError, match="above 0"):
        EndGame(overtime_margin_sd=0.0)
    with pytest.raises(ValueError, match="no standard deviation"):
        EndGame(freedom=2.0)
