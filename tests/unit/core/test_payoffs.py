"""What a ticket pays at a final score, told in bets that every analyst has lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.market import payoffs
from core.market.markets import ASIAN_HANDICAP, MATCH_RESULT, TOTALS

WIN, HALF_WIN, PUSH, HALF_LOSS, LOSS = 1.0, 0.5, 0.0, -0.5, -1.0


@pytest.mark.parametrize(
    ("home", "away", "wins"), [(2, 1, "home"), (0, 0, "draw"), (1, 4, "away"), (3, 3, "draw"), (15, 0, "home")]
)
def test_one_of_the_three_results_wins_and_the_others_lose(home: int, away: int, wins: str) -> None:
    paid = {selection: float(payoffs.match_result(home, away, selection)) for selection in ("home", "draw", "away")}
    assert paid == {selection: WIN if selection == wins else LOSS for selection in paid}


@pytest.mark.parametrize(
    ("goals", "line", "over"),
    [(3, 2.5, WIN), (2, 2.5, LOSS), (2, 2.0, PUSH), (2, 2.25, HALF_LOSS), (3, 2.75, HALF_WIN), (3, 2.25, WIN)]
    + [(2, 1.75, HALF_WIN), (0, 0.5, LOSS), (0, 0.25, HALF_LOSS)],
)
def test_an_over_pays_by_the_goals_and_the_under_pays_the_opposite(goals: int, line: float, over: float) -> None:
    assert float(payoffs.total(goals, 0, "over", line)) == over
    assert float(payoffs.total(0, goals, "under", line)) == -over


@pytest.mark.parametrize(
    ("home", "away", "line", "pays"),
    [(1, 0, -0.5, WIN), (1, 1, -0.5, LOSS), (1, 1, 0.0, PUSH), (1, 1, -0.25, HALF_LOSS), (1, 1, 0.25, HALF_WIN)]
    + [
        (1, 0, -1.0, PUSH),
        (1, 0, -0.75, HALF_WIN),
        (1, 0, -1.25, HALF_LOSS),
        (0, 1, 1.5, WIN),
        (0, 2, 1.75, HALF_LOSS),
    ],
)
def test_a_handicap_is_the_home_sides_for_both_selections(home: int, away: int, line: float, pays: float) -> None:
    assert float(payoffs.asian_handicap(home, away, "home", line)) == pays
    assert float(payoffs.asian_handicap(home, away, "away", line)) == -pays


def test_a_half_win_earns_on_half_the_stake_and_a_half_loss_costs_half_of_it() -> None:
    paid = payoffs.profit([WIN, HALF_WIN, PUSH, HALF_LOSS, LOSS], 3.0)
    np.testing.assert_array_equal(paid, [2.0, 1.0, 0.0, -0.5, -1.0])


def test_a_whole_grid_of_scores_is_settled_at_once() -> None:
    home, away = np.indices((4, 4))
    paid = MATCH_RESULT.payoff(home, away, "home", None)
    np.testing.assert_array_equal(paid, np.where(home > away, WIN, LOSS))


@pytest.mark.parametrize("selection", ["home", "draw", "away"])
def test_a_match_without_a_score_settles_nobodys_result(selection: str) -> None:
    assert math.isnan(float(payoffs.match_result(math.nan, 1, selection)))


def test_a_match_without_a_score_settles_nobodys_total_or_handicap() -> None:
    assert math.isnan(float(payoffs.total(math.nan, 1, "over", 2.5)))
    assert math.isnan(float(payoffs.asian_handicap(1, math.nan, "home", -0.5)))


@pytest.mark.parametrize("line", [2.3, 2.1, -0.4])
def test_a_line_that_is_no_multiple_of_a_quarter_is_refused(line: float) -> None:
    with pytest.raises(ValueError, match="line"):
        TOTALS.payoff(2, 1, "over", line)


def test_a_selection_that_the_market_does_not_sell_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="totals has no selection 'draw'"):
        TOTALS.payoff(1, 1, "draw", 2.5)


def test_a_line_must_be_there_exactly_where_the_market_has_one() -> None:
    with pytest.raises(ValueError, match="asian_handicap needs a line"):
        ASIAN_HANDICAP.payoff(1, 1, "home", None)
    with pytest.raises(ValueError, match="1x2 has no line"):
        MATCH_RESULT.payoff(1, 1, "home", 0.5)
