"""Joint prices of legs of one match: beside the naive product, exact where a leg says nothing new."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.grid import GOALS, ScoreGrid
from core.market.joint import JointRefused, joint
from core.market.pricing import price

HOME, AWAY, OVER = ("1x2", "home", None), ("1x2", "away", None), ("totals", "over", 2.5)
GRID = ScoreGrid.poisson([1.6, 0.9], [1.1, 1.4], -0.08)


def few_scores(**probabilities: float) -> ScoreGrid:
    """One invented match of a few scores: `s21=0.5` is 2-1 with one half."""
    cells = np.zeros((1, GOALS, GOALS))
    for score, probability in probabilities.items():
        cells[0, int(score[1]), int(score[2])] = probability
    return ScoreGrid(cells)


def test_a_home_win_with_many_goals_is_likelier_than_the_product_of_both() -> None:
    both = joint(few_scores(s21=0.4, s10=0.1, s12=0.1, s00=0.4), [HOME, OVER])
    assert both.win[0] == pytest.approx(0.4)
    assert both.fair_odds_dec[0] == pytest.approx(2.5)
    assert both.naive_odds_dec[0] == pytest.approx(1 / (0.5 * 0.5))
    assert both.correlation[0, 0, 1] == pytest.approx((0.4 - 0.25) / 0.25)


def test_a_leg_implied_by_another_adds_exactly_nothing() -> None:
    alone = joint(GRID, [OVER])
    for more in ([OVER, ("totals", "over", 1.5)], [("totals", "over", 1.25), OVER], [OVER, OVER]):
        found = joint(GRID, more)
        assert len(found.needed) == 1
        assert found.win.tobytes() == alone.win.tobytes()
        assert found.fair_odds_dec.tobytes() == alone.fair_odds_dec.tobytes()
        assert (found.naive_odds_dec > found.fair_odds_dec).all()


def test_of_two_legs_that_say_the_same_the_first_is_needed() -> None:
    assert joint(GRID, [OVER, HOME, OVER]).needed == (0, 1)
    assert joint(GRID, [("draw_no_bet", "away", None), ("asian_handicap", "away", 0.0)]).needed == (0,)


def test_a_leg_implied_by_two_others_together_is_left_out() -> None:
    """A home win in a match in which both score has at least three goals."""
    assert joint(GRID, [HOME, ("both_to_score", "yes", None), OVER]).needed == (0, 1)


def test_a_leg_that_could_push_is_implied_only_by_one_that_settles_the_same_there() -> None:
    assert joint(GRID, [("totals", "over", 2.0), OVER]).needed == (1,)
    assert joint(GRID, [OVER, ("totals", "over", 3.0)]).needed == (1,)
    assert joint(GRID, [("totals", "over", 2.0), ("draw_no_bet", "home", None)]).needed == (0, 1)


def test_legs_that_contradict_each_other_have_probability_zero_and_no_price() -> None:
    found = joint(GRID, [HOME, AWAY])
    assert found.win.tolist() == [0.0, 0.0]
    assert np.isnan(found.fair_odds_dec).all()
    assert (found.naive_odds_dec > 1).all()


def test_a_draw_returns_the_stake_of_a_combination_with_draw_no_bet_unless_another_leg_loses() -> None:
    grid = few_scores(s20=0.3, s30=0.2, s11=0.1, s22=0.15, s01=0.25)
    found = joint(grid, [("draw_no_bet", "home", None), OVER])
    assert found.win[0] == pytest.approx(0.2)
    assert found.push[0] == pytest.approx(0.15)
    assert found.fair_odds_dec[0] == pytest.approx(1 + (1 - 0.2 - 0.15) / 0.2)


def test_the_product_of_two_prices_is_settled_half_by_half() -> None:
    grid = few_scores(s10=0.2, s20=0.3, s30=0.5)
    values, probs = joint(grid, [HOME, ("totals", "over", 2.25)]).product([1.5, 2.0])
    np.testing.assert_allclose(values, [0.0, 0.75, 3.0])
    np.testing.assert_allclose(probs, [[0.2, 0.3, 0.5]])


def test_one_leg_alone_has_its_single_price() -> None:
    single = price(GRID, ["asian_handicap"])
    column = single.selections.rows().index(("asian_handicap", "away", -0.25))
    found = joint(GRID, [("asian_handicap", "away", -0.25)])
    np.testing.assert_allclose(found.fair_odds_dec, single.fair_odds_dec[:, column], rtol=1e-12)
    np.testing.assert_allclose(found.naive_odds_dec, found.fair_odds_dec, rtol=1e-12)


def test_a_match_without_belief_has_no_joint_price() -> None:
    found = joint(ScoreGrid(np.full((1, GOALS, GOALS), np.nan)), [HOME, OVER])
    assert np.isnan(found.win).all()
    assert np.isnan(found.fair_odds_dec).all()


@pytest.mark.parametrize("market", ["anytime_scorer", "half_time_result"])
def test_what_final_scores_do_not_settle_is_refused_by_name(market: str) -> None:
    with pytest.raises(JointRefused, match=f"{market} has no joint distribution"):
        joint(GRID, [HOME, (market, "yes", None)])


def test_a_combination_without_a_leg_and_a_line_that_is_missing_are_refused() -> None:
    with pytest.raises(JointRefused, match="without a leg"):
        joint(GRID, [])
    with pytest.raises(ValueError, match="needs a line"):
        joint(GRID, [("totals", "over", None)])
