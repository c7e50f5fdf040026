"""The score grids that are kept: small, and worth what the whole law of points says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market import payoffs
from core.market.grid import POINT_SCORES
from core.market.markets import BASKETBALL
from core.market.pricing import price
from core.market.scenarios import Spread, draw
from models.basketball import scores
from models.basketball.belief import ScoreBelief
from models.basketball.grid import PointGrid
from models.basketball.grid import scores as every_score
from models.basketball.laws import Laws
from models.basketball.scores import score_grid

NIGHT = ScoreBelief.of(np.linspace(-18, 18, 12), 12.4, np.linspace(195, 245, 12), 18.0, 0.05)
TEAM_TOTALS = {"team_total_home": payoffs.home_total, "team_total_away": payoffs.away_total}
beliefs = st.builds(
    ScoreBelief.of,
    st.floats(-25, 25), st.floats(9, 15), st.floats(185, 255), st.floats(14, 20), st.floats(-0.3, 0.3),
)  # fmt: skip


def whole(belief: ScoreBelief, market: str, line: float) -> np.ndarray:
    """Won, returned and lost by the law of all points of the market's first selection, (n, 3)."""
    laws = Laws.of(belief)
    if market == "moneyline":
        home = laws.moneyline()[:, 0]
        return np.column_stack([home, np.zeros(len(home)), 1 - home])
    asked = {"spread": laws.spread, "totals": laws.over}
    return asked[market](line) if market in asked else of_all_scores(belief, TEAM_TOTALS[market], line)


def of_all_scores(belief: ScoreBelief, rule: Callable[..., np.ndarray], line: float) -> np.ndarray:
    """Won, returned and lost on more than the line by the payoff of every score, (n, 3)."""
    paid = rule(*every_score(), "over", line)
    shares = np.column_stack([np.maximum(paid, 0), 1 - np.abs(paid), np.maximum(-paid, 0)])
    return PointGrid.of(belief).flat @ shares


@settings(max_examples=12, deadline=None)
@given(belief=beliefs)
def test_every_price_is_that_of_the_whole_law(belief: ScoreBelief) -> None:
    prices = price(score_grid(belief), catalogue=BASKETBALL)
    for place, (market, selection, line) in enumerate(prices.selections.iter_rows()):
        if selection in ("home", "over") and (line is None or line % 5 in (0, 0.5)):
            found = [prices.win[0, place], prices.push[0, place], prices.lose[0, place]]
            least = 1e-5 if market in ("moneyline", "spread") else 1e-4
            assert found == pytest.approx(whole(belief, market, line)[0], abs=least), (market, line)


def test_a_night_of_twelve_games_is_small_and_sums_to_one() -> None:
    grid = score_grid(NIGHT)
    assert (grid.flat > 0).sum() < 100_000
    assert grid.flat.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert grid.support is POINT_SCORES
    assert grid.flat[:, POINT_SCORES.home == POINT_SCORES.away].max() == 0.0


def test_what_is_too_rare_is_laid_on_neighbours_and_moments_stay() -> None:
    home, away = POINT_SCORES.home, POINT_SCORES.away
    flat = score_grid(NIGHT).flat
    assert flat[flat > 0].min() >= 0.99 * scores.LEAST_PROB
    assert flat @ (home - away) == pytest.approx(NIGHT.margin_mean, abs=2e-3)
    assert flat @ (home + away) == pytest.approx(NIGHT.total_mean, abs=2e-2)


def test_no_belief_and_what_no_grid_can_hold_are_no_grid_and_leave_others_alone() -> None:
    mixed = ScoreBelief.of([4.0, np.nan, 55.0, -2.0], 12.0, [220.0, 220.0, 220.0, 21.0], 18.0)
    grid = score_grid(mixed)
    assert grid.is_belief.tolist() == [True, False, False, False]
    assert np.array_equal(grid.cells[0], score_grid(ScoreBelief.of(4.0, 12.0, 220.0, 18.0)).cells[0])
    assert len(score_grid(ScoreBelief.of([], 12.0, 220.0, 18.0))) == 0


def test_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = score_grid(NIGHT)
    monkeypatch.setattr(scores, "BLOCK", 5)
    assert np.array_equal(score_grid(NIGHT).cells, expected.cells)


def test_extreme_beliefs_still_sum_to_one() -> None:
    wild = ScoreBelief.of([-40.0, 40.0, 0.0], [20.0, 6.0, 20.0], [150.0, 300.0, 150.0], [24.0, 8.0, 24.0], 0.6)
    assert score_grid(wild).flat.sum(axis=1) == pytest.approx(1.0, abs=1e-12)


def test_scenarios_are_the_beliefs_and_doubt_is_shared_by_the_league() -> None:
    grid = score_grid(NIGHT)
    home, away = POINT_SCORES.home, POINT_SCORES.away
    found = draw(grid, ["NBA"] * 12, Spread(0.0139, 0.0077, 0.0077), 4096, 3)
    margin, total = found.home - found.away, found.home + found.away
    assert (margin != 0).all()
    assert (margin > 0).mean(axis=0) == pytest.approx(grid.flat @ (home > away), abs=0.004)
    assert margin.std(axis=0) == pytest.approx(np.full(12, 12.4), rel=0.05)
    assert total.mean(axis=0) == pytest.approx(NIGHT.total_mean, abs=1.2)
    assert total.sum(axis=1).var() > 1.08 * total.var(axis=0).sum()
