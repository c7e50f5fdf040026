"""Tilting a grid: the wanted marginals, the least change, and nothing else moved."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from core.market.grid import GOALS, ScoreGrid, scores
from core.market.pricing import price
from core.market.tilt import CONVERGED, Marginal, relative_entropy, tilt

RESULT, OVER_UNDER = (0.55, 0.22, 0.23), (0.61, 0.39)
SCORES = [(0, 0), (1, 0), (2, 1), (1, 1), (2, 2), (0, 1), (1, 3)]


def result(*probs: tuple[float, ...]) -> Marginal:
    return Marginal.of("1x2", probs)


def over_under(*probs: tuple[float, ...], line: float = 2.5) -> Marginal:
    return Marginal.of("totals", probs, line)


def sparse(probabilities: np.ndarray) -> ScoreGrid:
    """One match on the seven scores above."""
    cells = np.zeros((1, GOALS, GOALS))
    cells[(0, *np.transpose(SCORES))] = probabilities
    return ScoreGrid(cells)


def believed(grid: ScoreGrid, marginal: Marginal) -> np.ndarray:
    """(n, k): the probabilities that a grid gives to a marginal's events."""
    events = range(marginal.probs.shape[1])
    return np.stack([grid.flat[:, marginal.event_of_score == event].sum(axis=1) for event in events], axis=1)


@pytest.fixture
def day() -> ScoreGrid:
    """Forty matches, seeded."""
    return ScoreGrid.poisson(*np.random.default_rng(5).uniform(0.4, 2.8, (2, 40)), -0.08)


def targets_near(day: ScoreGrid, matches: slice = slice(None)) -> list[Marginal]:
    """What another, coherent, opinion of the same day holds of some of its matches."""
    drift = np.random.default_rng(6).uniform(0.75, 1.3, (2, len(day)))
    goals = np.arange(GOALS)
    home, away = day.cells.sum(axis=2) @ goals, day.cells.sum(axis=1) @ goals
    other = price(ScoreGrid.poisson(home * drift[0], away * drift[1], 0.03))
    asked = {"1x2": None, "totals": 2.5, "both_to_score": None}
    rows = other.selections.with_row_index().filter(pl.col("market").is_in(list(asked)))
    places = {name: rows.filter(pl.col("line").eq_missing(line), market=name)["index"] for name, line in asked.items()}
    return [Marginal.of(name, other.win[matches, places[name]], line) for name, line in asked.items()]


def test_every_wanted_marginal_is_met_in_every_match(day: ScoreGrid) -> None:
    wanted = targets_near(day)
    tilted = tilt(day, wanted)
    for marginal in wanted:
        assert np.abs(believed(day, marginal) - marginal.probs).max() > 0.01
        assert np.abs(believed(tilted, marginal) - marginal.probs).max() < CONVERGED


def test_prices_of_the_tilted_grid_carry_the_calibrated_probabilities() -> None:
    tilted = tilt(ScoreGrid.poisson([1.4], [1.2]), [result(RESULT), over_under(OVER_UNDER)])
    np.testing.assert_allclose(price(tilted, ["1x2"]).win[0], RESULT, atol=CONVERGED)
    np.testing.assert_allclose(price(tilted, ["double_chance"]).win[0, 0], 0.55 + 0.22, atol=CONVERGED)


def test_one_marginal_scales_each_event_as_a_whole() -> None:
    before = ScoreGrid.poisson([1.4], [1.2])
    home, away = scores()
    after = tilt(before, [over_under((0.6, 0.4))])
    factor = np.where(home + away > 2.5, 0.6, 0.4) / np.where(
        home + away > 2.5, *[before.flat[:, side].sum() for side in (home + away > 2.5, home + away < 2.5)]
    )
    np.testing.assert_allclose(after.flat[0], before.flat[0] * factor, rtol=1e-12)


def test_the_tilted_grid_is_the_minimum_that_scipy_finds() -> None:
    before = np.array([0.2, 0.2, 0.1, 0.2, 0.05, 0.15, 0.1])
    home, away = np.transpose(SCORES)
    equalities = [home > away, home == away, home < away, home + away > 2.5]
    sums = [0.5, 0.3, 0.2, 0.45]
    found = minimize(
        lambda x: np.sum(x * np.log(x / before)),
        before,
        jac=lambda x: np.log(x / before) + 1.0,
        bounds=[(1e-9, 1.0)] * 7,
        constraints=[
            {"type": "eq", "fun": lambda x: np.array([x[event].sum() for event in equalities]) - sums},
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found.success
    ours = tilt(sparse(before), [result((0.5, 0.3, 0.2)), over_under((0.45, 0.55))])
    np.testing.assert_allclose(ours.cells[0, home, away], found.x, atol=1e-6)
    assert relative_entropy(ours, sparse(before))[0] == pytest.approx(found.fun, abs=1e-9)


def test_distances_add_up_through_the_projection() -> None:
    """Csiszár (1975): for each q with the marginals, D(q|p) = D(q|tilted) + D(tilted|p)."""
    before, other = ScoreGrid.poisson([1.6], [1.0], -0.1), ScoreGrid.poisson([0.7], [2.2])
    wanted = [result(RESULT), over_under(OVER_UNDER)]
    nearest, another = tilt(before, wanted), tilt(other, wanted)
    through = relative_entropy(another, nearest) + relative_entropy(nearest, before)
    np.testing.assert_allclose(relative_entropy(another, before), through, atol=1e-9)
    assert relative_entropy(another, nearest)[0] > 0.01


def test_the_order_of_the_marginals_does_not_matter_and_a_second_tilt_changes_nothing(day: ScoreGrid) -> None:
    wanted = targets_near(day)
    once, backwards = tilt(day, wanted), tilt(day, wanted[::-1])
    np.testing.assert_allclose(once.cells, backwards.cells, atol=1e-9)
    np.testing.assert_allclose(tilt(once, wanted).cells, once.cells, atol=1e-10)


def test_a_match_has_the_same_bits_alone_and_in_any_company(day: ScoreGrid) -> None:
    whole = tilt(day, targets_near(day)).cells
    for part in (slice(0, 1), slice(7, 8), slice(30, 40)):
        np.testing.assert_array_equal(tilt(ScoreGrid(day.cells[part]), targets_near(day, part)).cells, whole[part])


def test_impossible_scores_stay_impossible() -> None:
    before = sparse(np.full(7, 1 / 7))
    after = tilt(before, [result(RESULT), over_under(OVER_UNDER)])
    np.testing.assert_array_equal(after.cells == 0.0, before.cells == 0.0)


def test_a_target_of_zero_empties_its_event() -> None:
    after = tilt(ScoreGrid.poisson([1.4], [1.2]), [result((0.7, 0.0, 0.3))])
    assert np.trace(after.cells[0]) == 0.0


def test_no_belief_stays_none_and_no_target_changes_nothing() -> None:
    day = ScoreGrid.poisson([math.nan, 1.4, 1.4], [1.0, 1.2, 1.2])
    nothing = (math.nan,) * 3
    after = tilt(day, [result(RESULT, nothing, nothing), over_under(OVER_UNDER, (math.nan,) * 2, OVER_UNDER)])
    assert after.is_belief.tolist() == [False, True, True]
    np.testing.assert_allclose(after.cells[1], day.cells[1], rtol=1e-12)
    alone = tilt(ScoreGrid.poisson([1.4], [1.2]), [over_under(OVER_UNDER)])
    np.testing.assert_allclose(after.cells[2], alone.cells[0], rtol=1e-12)
    assert tilt(day, []) is day


def test_any_events_can_be_wanted() -> None:
    home, away = scores()
    odd = Marginal((home + away) % 2, np.array([[0.3, 0.7]]))
    after = tilt(ScoreGrid.poisson([1.4], [1.2]), [odd, result(RESULT)])
    assert after.flat[0, (home + away) % 2 == 1].sum() == pytest.approx(0.7, abs=CONVERGED)
    assert after.flat[0, home > away].sum() == pytest.approx(RESULT[0], abs=CONVERGED)


def test_relative_entropy_worked_by_hand() -> None:
    fair, loaded = sparse(np.array([0.5, 0.5, 0, 0, 0, 0, 0])), sparse(np.array([0.25, 0.75, 0, 0, 0, 0, 0]))
    assert relative_entropy(fair, loaded)[0] == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3), abs=1e-15)
    assert relative_entropy(fair, fair)[0] == 0.0
    assert relative_entropy(ScoreGrid.poisson([1.0], [1.0]), fair)[0] == math.inf
    unknown = ScoreGrid.poisson([math.nan], [1.0])
    assert math.isnan(relative_entropy(unknown, fair)[0])
    assert math.isnan(relative_entropy(fair, unknown)[0])


def test_a_target_on_an_event_without_scores_is_impossible() -> None:
    day = ScoreGrid(np.concatenate([sparse(np.full(7, 1 / 7)).cells, sparse(np.eye(7)[0]).cells]))
    with pytest.raises(ValueError, match="A target of match 1 is impossible"):
        tilt(day, [result(RESULT, RESULT)])


@pytest.mark.parametrize(
    "wanted",
    [
        [over_under((0.8, 0.2), line=3.5), over_under((0.6, 0.4))],
        [over_under((0.0, 1.0), line=0.5), result(RESULT)],
    ],
    ids=["over 3.5 likelier than over 2.5", "a winner without goals"],
)
def test_targets_that_contradict_each_other_are_refused(wanted: list[Marginal]) -> None:
    with pytest.raises(ValueError, match=r"match 0 (cannot be met together|is impossible)"):
        tilt(ScoreGrid.poisson([1.4], [1.2]), wanted)


@pytest.mark.parametrize(
    "probs", [(0.5, 0.3, 0.3), (1.2, -0.2, 0.0), (0.5, 0.5, math.nan)], ids=["sum", "negative", "partly NaN"]
)
def test_targets_that_are_no_probabilities_are_refused(probs: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="all NaN, or 0 or more and sum to one"):
        result(probs)


def test_targets_must_fit_the_market_and_the_matches() -> None:
    with pytest.raises(ValueError, match="one row for each of the 1 matches"):
        tilt(ScoreGrid.poisson([1.4], [1.2]), [result(RESULT, RESULT)])
    with pytest.raises(ValueError, match="each score into one of the events"):
        result((0.5, 0.5))
    for market, line, count in (("totals", 2.0, 2), ("totals", 2.25, 2), ("draw_no_bet", None, 2)):
        with pytest.raises(ValueError, match=f"{market} at line {line} has scores at which not exactly one"):
            Marginal.of(market, [[1 / count] * count], line)
    with pytest.raises(ValueError, match="double_chance at line None has scores"):
        Marginal.of("double_chance", [[0.4, 0.3, 0.3]])
