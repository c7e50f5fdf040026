"""Joint prices against a clerk who settles every half of every leg at every score."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market.grid import ScoreGrid, scores
from core.market.joint import Leg, joint
from core.market.markets import FOOTBALL
from core.market.pricing import price

EVERY_LEG: list[Leg] = [
    (market.name, selection, line)
    for market in FOOTBALL.values()
    for line in (market.lines or (None,))
    for selection in market.selections
]
LEGS = st.lists(st.sampled_from(EVERY_LEG), min_size=1, max_size=4)
RATES = st.floats(0.2, 4.0)


def clerk(grid: ScoreGrid, legs: list[Leg]) -> tuple[float, float]:
    """Shares of the first match's stake won and returned: each leg is two half stakes, each pair of halves one part."""
    won = returned = 0.0
    for home, away, probability in zip(*scores(), grid.flat[0], strict=True):
        halves = []
        for market, selection, line in legs:
            paid = float(FOOTBALL[market].payoff(int(home), int(away), selection, line))
            halves.append({1: (1, 1), 0.5: (1, 0), 0: (0, 0), -0.5: (0, -1), -1: (-1, -1)}[paid])
        parts = [min(part) for part in product(*halves)]
        won += probability * parts.count(1) / len(parts)
        returned += probability * parts.count(0) / len(parts)
    return won, returned


@given(LEGS, RATES, RATES)
@settings(max_examples=60, deadline=None)
def test_a_combination_is_settled_as_the_clerk_settles_it(legs: list[Leg], home: float, away: float) -> None:
    grid = ScoreGrid.poisson([home], [away], -0.05)
    found = joint(grid, legs)
    np.testing.assert_allclose([found.win[0], found.push[0]], clerk(grid, legs), atol=1e-12)


@given(LEGS, RATES, RATES)
@settings(max_examples=60, deadline=None)
def test_marginals_of_a_joint_price_are_the_single_prices(legs: list[Leg], home: float, away: float) -> None:
    grid = ScoreGrid.poisson([home, away], [away, home], -0.05)
    single, found = price(grid), joint(grid, legs)
    columns = [single.selections.rows().index(leg) for leg in legs]
    assert np.abs(found.leg_win - single.win[:, columns]).max() < 1e-9
    assert np.abs(found.leg_push - single.push[:, columns]).max() < 1e-9


@given(LEGS, RATES, RATES)
@settings(max_examples=60, deadline=None)
def test_implied_legs_change_nothing_and_another_leg_never_makes_a_win_likelier(
    legs: list[Leg], home: float, away: float
) -> None:
    grid = ScoreGrid.poisson([home], [away])
    found = joint(grid, legs)
    needed = joint(grid, [legs[place] for place in found.needed])
    assert (needed.win[0], needed.push[0]) == (found.win[0], found.push[0])
    assert found.win[0] <= found.leg_win[0].min() + 1e-12
    assert 0.0 <= found.win[0] + found.push[0] <= 1.0 + 1e-12


@given(LEGS, st.lists(st.floats(1.01, 9.0), min_size=4, max_size=4), RATES, RATES)
@settings(max_examples=60, deadline=None)
def test_the_distribution_of_the_product_has_the_mean_that_settling_every_score_has(
    legs: list[Leg], odds: list[float], home: float, away: float
) -> None:
    grid = ScoreGrid.poisson([home], [away], -0.05)
    values, probs = joint(grid, legs).product(odds[: len(legs)])
    mean = 0.0
    for h, a, probability in zip(*scores(), grid.flat[0], strict=True):
        paid = [float(FOOTBALL[m].payoff(int(h), int(a), s, line)) for m, s, line in legs]
        mean += probability * prod(
            1 + share * (price - 1) if share > 0 else 1 + share for share, price in zip(paid, odds, strict=False)
        )
    np.testing.assert_allclose(probs[0] @ values, mean, rtol=1e-9)
    np.testing.assert_allclose(probs.sum(), 1.0, rtol=1e-9)
    assert (np.diff(values) > 0).all()
