"""Fair prices, worked by hand on matches with three possible scores."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from core.market.grid import GOALS, ScoreGrid, Support
from core.market.markets import BASKETBALL, FOOTBALL, SELECTION_CODES
from core.market.pricing import FairPrices, payoff_matrix, price

WIN, HALF_WIN, PUSH, HALF_LOSS, LOSS = 1.0, 0.5, 0.0, -0.5, -1.0
HAND_WORKED = [
    ("double_chance", "home_draw", None, [(2, 1, WIN), (1, 1, WIN), (0, 1, LOSS)]),
    ("double_chance", "home_away", None, [(2, 1, WIN), (1, 1, LOSS), (0, 1, WIN)]),
    ("double_chance", "draw_away", None, [(2, 1, LOSS), (1, 1, WIN), (0, 1, WIN)]),
    ("draw_no_bet", "home", None, [(2, 1, WIN), (1, 1, PUSH), (0, 1, LOSS)]),
    ("draw_no_bet", "away", None, [(2, 1, LOSS), (1, 1, PUSH), (0, 1, WIN)]),
    ("team_total_home", "over", 1.5, [(2, 0, WIN), (1, 5, LOSS)]),
    ("team_total_home", "under", 1.75, [(2, 0, HALF_LOSS), (1, 5, WIN)]),
    ("team_total_away", "over", 1.25, [(5, 1, HALF_LOSS), (0, 2, WIN)]),
    ("team_total_away", "under", 1.0, [(5, 1, PUSH), (3, 0, WIN), (0, 2, LOSS)]),
    ("both_to_score", "yes", None, [(1, 1, WIN), (4, 0, LOSS), (0, 0, LOSS)]),
    ("both_to_score", "no", None, [(1, 1, LOSS), (4, 0, WIN), (0, 0, WIN)]),
    ("correct_score", "2-1", None, [(2, 1, WIN), (1, 2, LOSS), (2, 2, LOSS)]),
    ("correct_score", "6-6", None, [(6, 6, WIN), (7, 7, LOSS)]),
    ("correct_score", "other_home", None, [(7, 0, WIN), (15, 14, WIN), (6, 0, LOSS), (0, 7, LOSS), (7, 7, LOSS)]),
    ("correct_score", "other_draw", None, [(7, 7, WIN), (6, 6, LOSS), (8, 7, LOSS)]),
    ("correct_score", "other_away", None, [(0, 7, WIN), (7, 0, LOSS), (5, 6, LOSS)]),
]
NEW_CODES = {
    ("double_chance", "home_draw"): 48,
    ("double_chance", "draw_away"): 50,
    ("draw_no_bet", "home"): 52,
    ("draw_no_bet", "away"): 53,
    ("team_total_home", "over"): 56,
    ("team_total_home", "under"): 57,
    ("team_total_away", "over"): 60,
    ("team_total_away", "under"): 61,
    ("both_to_score", "yes"): 64,
    ("both_to_score", "no"): 65,
    ("correct_score", "0-0"): 192,
    ("correct_score", "2-1"): 207,
    ("correct_score", "other_home"): 241,
    ("correct_score", "other_away"): 243,
}


def grid(**probabilities: float) -> ScoreGrid:
    """One match of a few scores: `s21=0.5` is 2-1 with one half."""
    cells = np.zeros((1, GOALS, GOALS))
    for score, probability in probabilities.items():
        cells[0, int(score[1]), int(score[2])] = probability
    return ScoreGrid(cells)


def priced(prices: FairPrices, market: str, selection: str, line: float | None = None) -> dict[str, float | None]:
    """One row of the frame."""
    wanted = (pl.col("market") == market) & (pl.col("selection") == selection) & pl.col("line").eq_missing(line)
    return prices.frame().filter(wanted, match_index=0).row(0, named=True)


@pytest.mark.parametrize(("market", "selection", "line", "scores"), HAND_WORKED)
def test_a_market_pays_what_was_worked_by_hand(
    market: str, selection: str, line: float | None, scores: list[tuple[int, int, float]]
) -> None:
    paid = [float(FOOTBALL[market].payoff(home, away, selection, line)) for home, away, _ in scores]
    assert paid == [pays for _, _, pays in scores]


@pytest.mark.parametrize("market", FOOTBALL.values(), ids=lambda market: market.name)
@pytest.mark.parametrize("score", [(math.nan, 1), (1, math.nan), (math.nan, math.nan)])
def test_a_match_without_a_score_settles_nothing(market: object, score: tuple[float, float]) -> None:
    line = market.lines[0] if market.lines else None
    assert all(math.isnan(float(market.payoff(*score, selection, line))) for selection in market.selections)


def test_the_codes_of_these_markets_never_change_either() -> None:
    assert {pair: SELECTION_CODES[pair] for pair in NEW_CODES} == NEW_CODES


@pytest.mark.parametrize(
    ("market", "selection", "line", "shares", "odds"),
    [
        ("1x2", "home", None, (0.5, 0.0, 0.5), 2.0),
        ("double_chance", "draw_away", None, (0.5, 0.0, 0.5), 2.0),
        ("draw_no_bet", "home", None, (0.5, 0.3, 0.2), 1.4),
        ("totals", "over", 2.0, (0.5, 0.3, 0.2), 1.4),
        ("totals", "over", 2.25, (0.5, 0.15, 0.35), 1.7),
        ("totals", "over", 1.75, (0.65, 0.15, 0.2), 1 + 0.2 / 0.65),
        ("asian_handicap", "away", 0.25, (0.2, 0.15, 0.65), 4.25),
        ("team_total_home", "under", 1.5, (0.5, 0.0, 0.5), 2.0),
        ("both_to_score", "yes", None, (0.8, 0.0, 0.2), 1.25),
        ("correct_score", "1-1", None, (0.3, 0.0, 0.7), 1 + 0.7 / 0.3),
    ],
)
def test_shares_and_fair_odds_worked_by_hand(
    market: str, selection: str, line: float | None, shares: tuple[float, float, float], odds: float
) -> None:
    row = priced(price(grid(s21=0.5, s11=0.3, s01=0.2)), market, selection, line)
    assert (row["win_share"], row["push_share"], row["lose_share"]) == pytest.approx(shares, abs=1e-15)
    assert row["fair_odds_dec"] == pytest.approx(odds, abs=1e-12)


def test_what_cannot_win_has_no_fair_price_and_what_cannot_lose_pays_the_stake_back() -> None:
    prices = price(grid(s21=1.0))
    assert priced(prices, "1x2", "draw")["fair_odds_dec"] is None
    assert priced(prices, "totals", "over", 3.0) | {"fair_odds_dec": None} == {
        "match_index": 0, "market": "totals", "selection": "over", "line": 3.0,
        "win_share": 0.0, "push_share": 1.0, "lose_share": 0.0, "fair_odds_dec": None,
    }  # fmt: skip
    assert priced(prices, "1x2", "home")["fair_odds_dec"] == 1.0


def test_no_belief_is_no_price_and_leaves_the_neighbours_alone() -> None:
    believed, mixed = ScoreGrid.poisson([1.4], [1.1]), ScoreGrid.poisson([math.nan, 1.4], [1.0, 1.1])
    frame = price(mixed).frame()
    none = frame.filter(match_index=0).select("win_share", "push_share", "lose_share", "fair_odds_dec")
    assert none.null_count().row(0) == (none.height,) * 4
    assert frame.filter(match_index=1).drop("match_index").equals(price(believed).frame().drop("match_index"))


@pytest.mark.parametrize("company", [1, 2, 63, 64, 65, 200])
@pytest.mark.parametrize("markets", [tuple(FOOTBALL), ("1x2",), ("correct_score", "totals")], ids=["all", "one", "two"])
def test_a_match_has_the_same_bits_alone_and_in_any_company(company: int, markets: tuple[str, ...]) -> None:
    rates = np.random.default_rng(3).uniform(0.3, 3.0, (2, 600))
    whole, part = (price(ScoreGrid.poisson(*rates[:, -count:], -0.1), markets) for count in (600, company))
    for share in ("win", "push", "lose"):
        np.testing.assert_array_equal(getattr(whole, share)[-company:], getattr(part, share))


def test_the_frame_has_a_row_for_each_match_and_listed_selection_in_order() -> None:
    frame = price(ScoreGrid.poisson([1.4, 0.9], [1.1, 2.0]), ["1x2", "team_total_home"]).frame()
    assert frame["match_index"].to_list() == [0] * 37 + [1] * 37
    sold = [("1x2", side, None) for side in ("home", "draw", "away")]
    sold += [("team_total_home", side, 0.5 + step / 4) for step in range(17) for side in ("over", "under")]
    assert frame.head(37).select("market", "selection", "line").rows() == sold


def test_every_market_is_priced_at_its_lines() -> None:
    found = price(ScoreGrid.poisson([1.4], [1.1])).selections
    listed = {name: (market.lines or (None,)) for name, market in FOOTBALL.items()}
    for name, market in FOOTBALL.items():
        rows = found.filter(market=name).select("selection", "line").rows()
        assert set(rows) == {(selection, line) for selection in market.selections for line in listed[name]}
    assert (min(listed["totals"]), max(listed["totals"]), len(listed["totals"])) == (0.5, 6.5, 25)
    assert (min(listed["asian_handicap"]), max(listed["asian_handicap"])) == (-4.0, 4.0)


def test_the_payoff_matrix_is_built_once_and_cannot_be_spoilt() -> None:
    markets = (FOOTBALL["1x2"], FOOTBALL["totals"])
    assert payoff_matrix(markets) is payoff_matrix(markets)
    assert payoff_matrix(markets).shape == (256, 53)
    with pytest.raises(ValueError, match="read-only"):
        payoff_matrix(markets)[0, 0] = 0.0


def test_a_day_without_matches_has_no_prices() -> None:
    assert price(ScoreGrid.poisson([], [])).frame().height == 0


def test_an_unknown_market_and_shares_that_do_not_fit_are_refused() -> None:
    with pytest.raises(KeyError, match="corners"):
        price(ScoreGrid.poisson([1.0], [1.0]), ["corners"])
    right = price(ScoreGrid.poisson([1.0], [1.0]), ["1x2"])
    with pytest.raises(ValueError, match="one column a selection"):
        FairPrices(right.selections, right.win, right.push, right.lose[:, :2])


def test_basketball_is_priced_on_its_own_scores() -> None:
    support = Support(np.array([100, 101, 99]), np.array([99, 100, 101]), (3,))
    prices = price(ScoreGrid.of([[1.0, 1.0, 2.0]], support), catalogue=BASKETBALL)
    asked = prices.frame().filter(pl.col("line").is_null() | (pl.col("line") == 2.0) & (pl.col("market") == "spread"))
    assert asked.select("market", "selection", "win_share", "push_share").rows() == [
        ("moneyline", "home", 0.5, 0.0), ("moneyline", "away", 0.5, 0.0),
        ("spread", "home", 0.5, 0.5), ("spread", "away", 0.0, 0.5),
    ]  # fmt: skip


def test_asking_for_one_number_is_asking_for_the_whole_score() -> None:
    grid = ScoreGrid.poisson([60.0 / 8, math.nan], [55.0 / 8, 1.0])
    whole = {name: replace(market, statistic=None, lines=market.lines[::7]) for name, market in BASKETBALL.items()}
    apart = {name: replace(market, lines=market.lines[::7]) for name, market in BASKETBALL.items()}
    for name, lines in (("totals", (10.0, 14.5)), ("team_total_home", (6.0, 7.5))):
        whole[name], apart[name] = (replace(one[name], lines=lines) for one in (whole, apart))
    expected, found = price(grid, catalogue=whole), price(grid, catalogue=apart)
    assert found.selections.equals(expected.selections)
    for share in ("win", "push", "lose"):
        np.testing.assert_allclose(getattr(found, share), getattr(expected, share), atol=1e-14)
