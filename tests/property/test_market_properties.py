"""Prices of one grid agree with each other: told bet by bet, and by a linear program that looks for a sure profit."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from core.market import payoffs
from core.market.grid import GOALS, ScoreGrid, scores
from core.market.markets import FOOTBALL
from core.market.odds import is_price
from core.market.pricing import FairPrices, payoff_matrix, price
from core.market.tilt import Marginal, tilt

ALL = tuple(FOOTBALL.values())
RATES = st.floats(0.2, 4.0)
EXACT = {"abs": 1e-12}


@st.composite
def grids(draw: st.DrawFn) -> ScoreGrid:
    """A rugged distribution, many of its scores impossible: coherence must not lean on Poisson."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weights = generator.exponential(size=(1, GOALS, GOALS)) ** 3
    weights[generator.random(weights.shape) < draw(st.floats(0.0, 0.95))] = 0.0
    weights[0, 1, 1] += 1e-3
    return ScoreGrid.of(weights)


poissons = st.builds(lambda home, away, rho: ScoreGrid.poisson([home], [away], rho), RATES, RATES, st.floats(-0.2, 0.2))


@cache
def places() -> dict[tuple[str, str, float | None], int]:
    """The column of each selection."""
    return {row: place for place, row in enumerate(price(ScoreGrid.poisson([1], [1])).selections.rows())}


def shares(prices: FairPrices, market: str, selection: str, line: float | None = None) -> tuple[float, float, float]:
    """What is won, returned and lost of the first match."""
    place = places()[market, selection, line]
    return prices.win[0, place], prices.push[0, place], prices.lose[0, place]


def sure_profit(paid: np.ndarray, odds: np.ndarray, lay: bool = False) -> float:
    """Largest profit at every score at once, with stakes up to 1 a bet; `lay` sells at these prices too."""
    profits = payoffs.profit(paid, odds)
    bets = profits.shape[1]
    found = linprog(
        np.append(np.zeros(bets), -1.0),
        A_ub=np.hstack([-profits, np.ones((len(profits), 1))]),
        b_ub=np.zeros(len(profits)),
        bounds=[(-1.0 if lay else 0.0, 1.0)] * bets + [(None, None)],
    )
    assert found.success, found.message
    return -found.fun


def quotable(prices: FairPrices) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns that a book could quote, what they pay (256, k), and their fair prices (k,)."""
    odds = prices.fair_odds_dec[0]
    kept = np.flatnonzero(is_price(odds))
    return kept, payoff_matrix(ALL)[:, kept], odds[kept]


@given(poissons, st.booleans())
@settings(max_examples=5, deadline=None)
def test_no_portfolio_at_fair_prices_wins_for_sure_even_if_it_may_sell(grid: ScoreGrid, tilted: bool) -> None:
    wanted = Marginal.of("1x2", [[0.4, 0.25, 0.35]])
    kept, paid, odds = quotable(price(tilt(grid, [wanted]) if tilted else grid))
    assert len(kept) > 100
    assert sure_profit(paid, odds, lay=True) < 1e-6


@pytest.mark.parametrize(
    ("market", "selection", "line"),
    [
        ("1x2", "draw", None),
        ("double_chance", "home_away", None),
        ("draw_no_bet", "home", None),
        ("totals", "over", 2.25),
        ("asian_handicap", "away", -0.75),
        ("team_total_away", "under", 1.25),
        ("both_to_score", "yes", None),
        ("correct_score", "0-0", None),
    ],
)
def test_a_planted_price_two_percent_too_high_is_found_without_the_rest_of_its_market(
    market: str, selection: str, line: float | None
) -> None:
    prices = price(ScoreGrid.poisson([1.5], [1.2], -0.08))
    kept, paid, odds = quotable(prices)
    planted = kept == places()[market, selection, line]
    others = planted | (prices.selections["market"] != market).to_numpy()[kept]
    assert sure_profit(paid[:, others], odds[others]) < 1e-6
    assert sure_profit(paid[:, others], np.where(planted, odds * 1.02, odds)[others]) > 1e-3


def test_markets_priced_from_two_different_grids_are_found_out() -> None:
    one, other = (price(ScoreGrid.poisson([home], [1.2])) for home in (1.5, 1.6))
    from_other = (one.selections["market"] == "team_total_home").to_numpy()
    odds = np.where(from_other, other.fair_odds_dec[0], one.fair_odds_dec[0])
    kept = np.flatnonzero(is_price(odds))
    assert sure_profit(payoff_matrix(ALL)[:, kept], odds[kept]) > 1e-3


@given(st.one_of(grids(), poissons))
@settings(max_examples=40, deadline=None)
def test_a_bet_at_its_fair_price_is_expected_to_earn_nothing(grid: ScoreGrid) -> None:
    odds = price(grid).fair_odds_dec[0]
    wins = ~np.isnan(odds)
    per_unit = grid.flat[0] @ payoffs.profit(payoff_matrix(ALL)[:, wins], odds[wins])
    assert np.abs(per_unit).max() < 1e-12


@given(st.one_of(grids(), poissons))
@settings(max_examples=40, deadline=None)
def test_shares_are_shares_and_the_product_is_the_sum_over_scores(grid: ScoreGrid) -> None:
    prices = price(grid)
    for share in (prices.win, prices.push, prices.lose):
        assert 0.0 <= share.min() <= share.max() <= 1.0
    np.testing.assert_allclose(prices.win + prices.push + prices.lose, 1.0, atol=1e-12)
    expected = sum(float(cell) * payoff for cell, payoff in zip(grid.flat[0], payoff_matrix(ALL), strict=True))
    np.testing.assert_allclose((prices.win - prices.lose)[0], expected, atol=1e-12)


@given(grids())
@settings(max_examples=40, deadline=None)
def test_quarter_lines_are_halves_of_their_neighbours(grid: ScoreGrid) -> None:
    prices = price(grid)
    for market in filter(lambda found: found.has_line, ALL):
        for line in market.lines[1:-1]:
            for selection in market.selections if line * 2 % 1 else ():
                below, at, above = (
                    np.array(shares(prices, market.name, selection, line + step)) for step in (-0.25, 0.0, 0.25)
                )
                np.testing.assert_allclose(at, (below + above) / 2, atol=1e-12)


@given(grids())
@settings(max_examples=40, deadline=None)
def test_an_over_contains_the_over_of_every_higher_line(grid: ScoreGrid) -> None:
    prices = price(grid)
    for market in ("totals", "team_total_home", "team_total_away"):
        lines = FOOTBALL[market].lines
        won, _, lost = np.transpose([shares(prices, market, "over", line) for line in lines])
        assert (np.diff(won) <= 1e-12).all()
        assert (np.diff(lost) >= -1e-12).all()
    assert shares(prices, "totals", "over", 2.5)[0] >= shares(prices, "totals", "over", 3.5)[0]


@given(grids())
@settings(max_examples=40, deadline=None)
def test_markets_that_ask_the_same_question_have_the_same_answer(grid: ScoreGrid) -> None:
    prices = price(grid)
    home, draw, away = (shares(prices, "1x2", side)[0] for side in ("home", "draw", "away"))
    assert home + draw + away == pytest.approx(1.0, **EXACT)
    assert shares(prices, "double_chance", "home_draw")[0] == pytest.approx(home + draw, **EXACT)
    assert shares(prices, "double_chance", "home_away")[0] == pytest.approx(home + away, **EXACT)
    assert shares(prices, "double_chance", "draw_away")[2] == pytest.approx(home, **EXACT)
    assert shares(prices, "draw_no_bet", "home") == pytest.approx((home, draw, away), **EXACT)
    for side in ("home", "away"):
        assert shares(prices, "draw_no_bet", side) == shares(prices, "asian_handicap", side, 0.0)
    assert shares(prices, "asian_handicap", "home", -0.5)[0] == pytest.approx(home, **EXACT)
    both, nil = shares(prices, "both_to_score", "yes")[0], shares(prices, "correct_score", "0-0")[0]
    blanks = [shares(prices, f"team_total_{side}", "under", 0.5)[0] for side in ("home", "away")]
    assert both == pytest.approx(1.0 - sum(blanks) + nil, **EXACT)


@given(grids())
@settings(max_examples=40, deadline=None)
def test_correct_scores_add_up_to_the_results(grid: ScoreGrid) -> None:
    prices = price(grid)
    for side, wins in (("home", int.__gt__), ("draw", int.__eq__), ("away", int.__lt__)):
        listed = [f"{home}-{away}" for home in range(7) for away in range(7) if wins(home, away)]
        total = sum(shares(prices, "correct_score", score)[0] for score in [*listed, f"other_{side}"])
        assert total == pytest.approx(shares(prices, "1x2", side)[0], **EXACT)


@given(st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_every_score_belongs_to_exactly_one_correct_score(home: int, away: int) -> None:
    market = FOOTBALL["correct_score"]
    paid = {selection: float(market.payoff(home, away, selection, None)) for selection in market.selections}
    (won,) = [selection for selection, pays in paid.items() if pays == 1.0]
    assert set(paid.values()) == {1.0, -1.0}
    assert won == f"{home}-{away}" or (won.startswith("other_") and max(home, away) > 6)


@given(grids())
@settings(max_examples=40, deadline=None)
def test_a_mirrored_grid_swaps_the_sides(grid: ScoreGrid) -> None:
    here, mirrored = price(grid), price(ScoreGrid(grid.cells.transpose(0, 2, 1)))
    for line in FOOTBALL["asian_handicap"].lines:
        assert shares(here, "asian_handicap", "home", line) == pytest.approx(
            shares(mirrored, "asian_handicap", "away", -line), **EXACT
        )
    for line in FOOTBALL["team_total_home"].lines:
        assert shares(here, "team_total_home", "over", line) == pytest.approx(
            shares(mirrored, "team_total_away", "over", line), **EXACT
        )


@given(grids(), poissons)
@settings(max_examples=30, deadline=None)
def test_a_tilted_grid_meets_its_target_and_moves_nothing_that_the_target_cannot_tell_apart(
    opinion: ScoreGrid, base: ScoreGrid
) -> None:
    home, away = scores()
    wanted = np.clip([opinion.flat[0, event].sum() for event in (home > away, home == away, home < away)], 0.01, None)
    after = tilt(base, [Marginal.of("1x2", [wanted / wanted.sum()])])
    np.testing.assert_allclose(price(after, ["1x2"]).win[0], wanted / wanted.sum(), atol=1e-10)
    for event in (home > away, home == away, home < away):
        inside = [np.where(event, cells, 0.0) / cells[event].sum() for cells in (base.flat[0], after.flat[0])]
        np.testing.assert_allclose(inside[0], inside[1], rtol=1e-9)


def test_the_frame_and_the_arrays_say_the_same() -> None:
    prices = price(ScoreGrid.poisson([1.4, 0.8], [1.1, 1.9]))
    frame = prices.frame().with_columns(pl.col("line").fill_null(99.0))
    for match in range(2):
        rows = frame.filter(match_index=match)
        np.testing.assert_array_equal(rows["win_share"].to_numpy(), prices.win[match])
        np.testing.assert_array_equal(rows["fair_odds_dec"].to_numpy(), prices.fair_odds_dec[match])
