"""The law of one number of a score is what the whole grid says of it."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.grid import ScoreGrid, scores
from core.market.markets import Statistic
from core.market.statistics import law, values

GRID = ScoreGrid.poisson([1.6, np.nan, 0.7], [1.1, 1.0, 2.2], -0.08)


@pytest.mark.parametrize(("statistic", "places"), [("margin", 31), ("total", 31), ("home", 16), ("away", 16)])
def test_a_law_adds_up_the_scores_of_each_value(statistic: Statistic, places: int) -> None:
    home, away = scores()
    number = {"margin": home - away, "total": home + away, "home": home, "away": away}[statistic]
    support, found = law(GRID, statistic)
    told = values(support, statistic)
    assert told.tolist() == list(range(number.min(), number.min() + places))
    for place, value in enumerate(told):
        expected = GRID.flat[:, number == value].sum(axis=1)
        np.testing.assert_allclose(found[:, place], expected, atol=1e-15)
    assert np.isnan(found[1]).all()
    assert np.isfinite(found[[0, 2]]).all()


def test_each_value_is_told_by_a_score_that_has_it() -> None:
    support, _ = law(GRID, "margin")
    assert (support.home - support.away).tolist() == list(range(-15, 16))
    assert len(support) == support.shape[0] == 31
