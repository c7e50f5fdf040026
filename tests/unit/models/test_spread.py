"""The spread of beliefs is found again where it was planted, and nothing where the close is our belief."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.grid import ScoreGrid, scores
from core.market.scenarios import Spread
from models.belief import Belief
from models.spread import Measured, measure

N, LEAGUE_MONTHS = 6000, 60
RNG = np.random.default_rng(4)
RATES = RNG.uniform(0.8, 2.0, (N, 2))
GRID = ScoreGrid.poisson(RATES[:, 0], RATES[:, 1], -0.05)
LEAGUES = np.array(["E0", "SP1"])[np.arange(N) % 2]
DAYS = (np.arange(N) // 200 * 30).astype(np.int64)


def _asked(cells: np.ndarray) -> tuple[Belief, Belief]:
    home, away = scores()
    events = [home > away, home == away, home < away, home + away > 2.5, home + away < 2.5]
    p = np.stack([cells @ event for event in events], axis=1)
    return Belief.of(p[:, :3]), Belief.of(p[:, 3:])


def _closed(supremacy: np.ndarray, goals: np.ndarray) -> tuple[Belief, Belief]:
    """What a close says whose grids are ours, tilted."""
    home, away = scores()
    tilt = np.exp(np.outer(supremacy, home - away) + np.outer(goals, home + away))
    return _asked(ScoreGrid.of((GRID.flat * tilt).reshape(-1, 16, 16)).flat)


def _measured(*close: Belief) -> Measured:
    return measure(GRID, *close, LEAGUES, DAYS)


def test_planted_tilts_are_found_again() -> None:
    month = np.unique(np.char.add(LEAGUES, DAYS.astype(str)), return_inverse=True)[1]
    goals = RNG.normal(0, 0.03, N) + RNG.normal(0, 0.02, month.max() + 1)[month]
    found = _measured(*_closed(RNG.normal(0, 0.05, N), goals)).spread
    assert found.supremacy == pytest.approx(0.05, rel=0.05)
    assert found.goals == pytest.approx(np.hypot(0.03, 0.02), rel=0.1)
    assert found.league_goals == pytest.approx(0.02, rel=0.25)


def test_a_close_that_says_what_we_say_leaves_no_spread() -> None:
    found = _measured(*_asked(GRID.flat))
    assert found.n == N
    assert (found.spread.supremacy, found.spread.goals) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_matches_without_a_close_count_for_nothing() -> None:
    close, over = _asked(GRID.flat)
    p = close.probabilities.copy()
    p[10:] = np.nan
    assert _measured(Belief(p), over).n == 10
    p[:] = np.nan
    assert _measured(Belief(p), over) == Measured(Spread(0.0, 0.0, 0.0), 0)
