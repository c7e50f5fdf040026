"""Fast payoffs against a slow clerk who settles every half of every stake by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market import payoffs
from core.market.markets import ASIAN_HANDICAP, MATCH_RESULT, TOTALS

GOALS = st.integers(0, 15)
QUARTERS = st.integers(-60, 60).map(lambda quarters: quarters / 4)
SIDES = st.sampled_from(["home", "away"])
TOTAL_SIDES = st.sampled_from(["over", "under"])


def half_stakes(line: float) -> list[Fraction]:
    """The two half lines or whole lines on which the clerk puts half of the stake each."""
    exact = Fraction(line)
    is_whole_or_half = (exact * 2).denominator == 1
    return [exact, exact] if is_whole_or_half else [exact - Fraction(1, 4), exact + Fraction(1, 4)]


def settled(margin: Fraction) -> int:
    """One half stake: 1 won, 0 returned, -1 lost."""
    return (margin > 0) - (margin < 0)


def clerk_handicap(home: int, away: int, selection: str, line: float) -> float:
    halves = [settled(Fraction(home - away) + half) for half in half_stakes(line)]
    return sum(halves) / 2 * (1 if selection == "home" else -1)


def clerk_total(home: int, away: int, selection: str, line: float) -> float:
    halves = [settled(Fraction(home + away) - half) for half in half_stakes(line)]
    return sum(halves) / 2 * (1 if selection == "over" else -1)


@given(GOALS, GOALS, SIDES, QUARTERS)
@settings(max_examples=200, deadline=None)
def test_a_handicap_pays_what_the_clerk_pays(home: int, away: int, selection: str, line: float) -> None:
    assert float(ASIAN_HANDICAP.payoff(home, away, selection, line)) == clerk_handicap(home, away, selection, line)


@given(GOALS, GOALS, TOTAL_SIDES, QUARTERS)
@settings(max_examples=200, deadline=None)
def test_a_total_pays_what_the_clerk_pays(home: int, away: int, selection: str, line: float) -> None:
    assert float(TOTALS.payoff(home, away, selection, line)) == clerk_total(home, away, selection, line)


@given(GOALS, GOALS, st.integers(-30, 30).map(lambda halves: halves / 2 + 0.25))
@settings(max_examples=100, deadline=None)
def test_a_quarter_line_is_the_mean_of_its_two_neighbours(home: int, away: int, line: float) -> None:
    for market, selection in ((TOTALS, "over"), (TOTALS, "under"), (ASIAN_HANDICAP, "home"), (ASIAN_HANDICAP, "away")):
        below, at, above = (float(market.payoff(home, away, selection, line + step)) for step in (-0.25, 0.0, 0.25))
        assert at == (below + above) / 2


@given(GOALS, GOALS, QUARTERS)
@settings(max_examples=100, deadline=None)
def test_over_and_under_and_the_two_sides_of_a_handicap_cancel(home: int, away: int, line: float) -> None:
    assert float(TOTALS.payoff(home, away, "over", line) + TOTALS.payoff(home, away, "under", line)) == 0.0
    both = ASIAN_HANDICAP.payoff(home, away, "home", line) + ASIAN_HANDICAP.payoff(home, away, "away", line)
    assert float(both) == 0.0


@given(GOALS, GOALS, QUARTERS)
@settings(max_examples=100, deadline=None)
def test_a_mirrored_match_with_a_mirrored_line_pays_the_other_side(home: int, away: int, line: float) -> None:
    here = ASIAN_HANDICAP.payoff(home, away, "home", line)
    assert float(here) == float(ASIAN_HANDICAP.payoff(away, home, "away", -line))
    mirrored = MATCH_RESULT.payoff(away, home, "away", None)
    assert float(MATCH_RESULT.payoff(home, away, "home", None)) == float(mirrored)


@given(GOALS, GOALS)
@settings(max_examples=60, deadline=None)
def test_exactly_one_result_of_three_wins(home: int, away: int) -> None:
    paid = [float(MATCH_RESULT.payoff(home, away, selection, None)) for selection in MATCH_RESULT.selections]
    assert sorted(paid) == [-1.0, -1.0, 1.0]


@given(GOALS, GOALS)
@settings(max_examples=60, deadline=None)
def test_the_handicap_at_minus_one_half_is_the_home_win(home: int, away: int) -> None:
    handicap = float(ASIAN_HANDICAP.payoff(home, away, "home", -0.5))
    assert handicap == float(MATCH_RESULT.payoff(home, away, "home", None))


@given(GOALS, GOALS, QUARTERS, QUARTERS)
@settings(max_examples=100, deadline=None)
def test_a_friendlier_line_never_pays_less(home: int, away: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert TOTALS.payoff(home, away, "over", low) >= TOTALS.payoff(home, away, "over", high)
    assert ASIAN_HANDICAP.payoff(home, away, "home", low) <= ASIAN_HANDICAP.payoff(home, away, "home", high)


@given(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), st.floats(1.001, 1001))
@settings(max_examples=100, deadline=None)
def test_a_bet_never_loses_more_than_its_stake_nor_earns_more_than_its_price(payoff: float, odds: float) -> None:
    profit = float(payoffs.profit(payoff, odds))
    assert -1.0 <= profit <= odds - 1.0
    assert np.sign(profit) == np.sign(payoff)
