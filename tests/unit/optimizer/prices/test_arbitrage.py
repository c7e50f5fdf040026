"""Sure profits and middles: worked by hand, and against the coherence test and every score."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.market.coherence import sure_profit
from core.market.grid import GOAL_SCORES, GOALS, ScoreGrid, scores
from core.market.markets import MARKETS
from core.market.payoffs import profit
from lake.contracts.model import contract
from optimizer.prices.arbitrage import arbitrages, profits, surest_stakes
from optimizer.prices.middles import middles
from optimizer.prices.offers import Terms
from tests.unit.optimizer.policies import AS_OF, policy, price, prices
from tests.unit.optimizer.prices.quotes import HANDICAP, TOTALS, lined, offered

MATCHES = pl.DataFrame({"match_id": ["m1"], "competition_id": ["E0"], "season_code": ["2023-24"]})
GRID = ScoreGrid.poisson([1.5], [1.2], -0.05)
SURE = (price("bwin", 3.3, 2.9, 2.8), price("bet365", 2.8, 3.5, 2.7), price("pinnacle", 2.9, 2.9, 3.4))


def found(offers: pl.DataFrame, **changes: Any) -> pl.DataFrame:
    return arbitrages(offers, MATCHES, policy(**changes), AS_OF)


def worst(row: dict[str, Any]) -> float:
    """What a slow clerk finds at the worst of all scores for the legs as they are told, without commission."""
    legs = json.loads(row["legs"])
    home, away = scores()
    paid = [
        leg["stake_share"]
        * profit(MARKETS[leg["market"]].payoff(home, away, leg["selection"], leg["line"]), leg["price_odds_dec"])
        for leg in legs
    ]
    return float(np.sum(paid, axis=0).min())


def test_three_books_below_hundred_percent_win_the_same_whoever_wins() -> None:
    rows = found(offered(prices(*SURE)))
    row = rows.row(0, named=True)
    margin = 1 / 3.3 + 1 / 3.5 + 1 / 3.4
    assert len(rows) == 1
    assert (row["kind"], row["market"], row["line"], row["legs_count"]) == ("arbitrage", "1x2", None, 3)
    assert row["worst_profit"] == pytest.approx(1 / margin - 1)
    assert row["best_profit"] == pytest.approx(1 / margin - 1)
    legs = json.loads(row["legs"])
    assert [(leg["selection"], leg["bookmaker"]) for leg in legs] == [
        ("away", "pinnacle"), ("draw", "bet365"), ("home", "bwin"),
    ]  # fmt: skip
    assert {round(leg["stake_share"] * leg["price_odds_dec"], 4) for leg in legs} == {round(1 / margin, 4)}
    assert worst(row) == pytest.approx(row["worst_profit"], abs=1e-5)


def test_coherent_prices_and_prices_with_a_margin_win_nothing_for_sure() -> None:
    assert found(offered(prices(price("bwin", 2.0, 3.5, 4.0)))).is_empty()
    assert found(offered(prices(price("bwin", 3.0, 3.0, 3.0)))).is_empty()


def test_only_fresh_prices_of_named_books_count() -> None:
    assert found(offered(prices(*SURE)), bookmakers=("bwin",)).is_empty()
    assert found(offered(prices(*SURE)), maximum_price_age_minutes=5).is_empty()
    assert found(offered(prices(price("market_max", 3.5, 3.5, 3.5)))).is_empty()


def test_a_market_of_which_one_selection_has_no_price_is_no_arbitrage() -> None:
    assert found(offered(prices(*SURE)).filter(pl.col("selection") != "draw")).is_empty()


def test_commission_can_take_a_sure_profit_away() -> None:
    named = policy(bookmakers=("betfair_exchange", "bwin"))
    quoted = lined(TOTALS, ("betfair_exchange", 2.5, 2.02, 1.7), ("bwin", 2.5, 1.7, 2.02))
    dear = {"betfair_exchange": Terms(commission_share=0.05, source="invented")}
    assert len(arbitrages(offered(prices(), quoted), MATCHES, named, AS_OF)) == 1
    assert arbitrages(offered(prices(), quoted, terms=dear), MATCHES, named, AS_OF).is_empty()


def test_a_whole_line_returns_everything_at_the_push() -> None:
    row = found(offered(prices(), lined(TOTALS, ("bwin", 3.0, 2.2, 1.6), ("bet365", 3.0, 1.7, 2.1)))).row(0, named=True)
    assert (row["line"], row["worst_profit"]) == (3.0, pytest.approx(0.0, abs=1e-12))
    assert row["best_profit"] == pytest.approx(1 / (1 / 2.2 + 1 / 2.1) - 1)


def test_a_profit_across_markets_is_found_where_no_single_market_has_one() -> None:
    """A home win at 3.2 and the other side's half a goal at 1.6 are the same two outcomes."""
    offers = offered(
        prices(price("bwin", 3.2, 2.5, 2.5)), handicaps=lined(HANDICAP, ("bet365", -0.5, 2.1, 1.6)),
    )  # fmt: skip
    row = found(offers).row(0, named=True)
    assert (row["market"], row["line"], row["legs_count"]) == ("several", None, 2)
    assert row["worst_profit"] == pytest.approx(1 / (1 / 3.2 + 1 / 1.6) - 1)


def test_the_surest_stakes_win_what_the_test_of_coherence_says() -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        sold = [("1x2", s, None) for s in ("home", "draw", "away")] + [("totals", s, 2.5) for s in ("over", "under")]
        sold += [("asian_handicap", s, -0.25) for s in ("home", "away")]
        legs = [
            {"market": m, "selection": s, "line": line, "net_odds_dec": float(odds)}
            for (m, s, line), odds in zip(sold, rng.uniform(1.6, 3.6, len(sold)), strict=True)
        ]
        stakes = surest_stakes(profits(legs, GOAL_SCORES))
        expected = sure_profit((leg["market"], leg["selection"], leg["line"], leg["net_odds_dec"]) for leg in legs)
        assert stakes.sum() == pytest.approx(1.0)
        assert (profits(legs, GOAL_SCORES) @ stakes).min() == pytest.approx(expected, abs=1e-9)


PAIR = lined(TOTALS, ("bwin", 2.25, 2.0, 1.8), ("bet365", 2.75, 1.9, 2.0))


def test_a_middle_is_hit_where_the_pair_does_better_than_its_usual_loss() -> None:
    """Over 2.25 and under 2.75 at even prices break even unless two or three goals fall."""
    cells = np.zeros((1, GOALS, GOALS))
    cells[0, 1, 1], cells[0, 2, 1], cells[0, 0, 0], cells[0, 3, 3] = 0.25, 0.2, 0.3, 0.25
    quoted = lined(TOTALS, ("bwin", 2.25, 1.95, 1.8), ("bet365", 2.75, 1.9, 1.95))
    row = middles(offered(prices(), quoted), MATCHES, ScoreGrid(cells), policy(), AS_OF).row(0, named=True)
    assert (row["kind"], row["market"], row["line"]) == ("middle", "totals", None)
    assert row["worst_profit"] == pytest.approx(1.95 / 2 - 1)
    two_or_three = 0.5 * 0.95 - 0.25
    assert row["best_profit"] == pytest.approx(two_or_three)
    assert row["prob"] == pytest.approx(0.45)
    assert row["expected_profit"] == pytest.approx(0.45 * two_or_three - 0.55 * 0.025)
    assert worst(row) == pytest.approx(row["worst_profit"], abs=1e-5)


def test_a_pair_that_cannot_lose_is_an_arbitrage_and_no_middle() -> None:
    assert middles(offered(prices(), PAIR), MATCHES, GRID, policy(), AS_OF).is_empty()
    better = lined(TOTALS, ("bwin", 2.25, 2.1, 1.8), ("bet365", 2.75, 1.9, 2.1))
    assert middles(offered(prices(), better), MATCHES, GRID, policy(), AS_OF).is_empty()
    assert found(offered(prices(), better))["worst_profit"].to_list() == [pytest.approx(0.05)]


def test_handicaps_meet_in_the_middle_where_the_home_side_gets_more_than_it_gives() -> None:
    quoted = lined(HANDICAP, ("bwin", 0.5, 1.95, 1.9), ("bet365", -0.5, 2.0, 1.98))
    row = middles(offered(prices(), handicaps=quoted), MATCHES, GRID, policy(), AS_OF).row(0, named=True)
    legs = {(leg["selection"], leg["line"]) for leg in json.loads(row["legs"])}
    assert legs == {("home", 0.5), ("away", -0.5)}
    draw = float(sum(GRID.cells[0, goals, goals] for goals in range(GOALS)))
    assert row["prob"] == pytest.approx(draw)


def test_a_middle_that_loses_on_average_or_whose_match_has_no_belief_is_not_told() -> None:
    dear = lined(TOTALS, ("bwin", 2.25, 1.6, 1.8), ("bet365", 2.75, 1.9, 1.6))
    assert middles(offered(prices(), dear), MATCHES, GRID, policy(), AS_OF).is_empty()
    fine = lined(TOTALS, ("bwin", 2.25, 1.98, 1.8), ("bet365", 2.75, 1.9, 1.98))
    assert len(middles(offered(prices(), fine), MATCHES, GRID, policy(), AS_OF)) == 1
    silent = ScoreGrid(np.full((1, GOALS, GOALS), np.nan))
    assert middles(offered(prices(), fine), MATCHES, silent, policy(), AS_OF).is_empty()
    with pytest.raises(ValueError, match="2 matches are named"):
        middles(offered(prices(), fine), pl.concat([MATCHES, MATCHES]), GRID, policy(), AS_OF)


def test_both_kinds_are_rows_of_the_contract_with_an_id_of_their_own() -> None:
    table = contract("gold.desk.arbitrages")
    fine = lined(TOTALS, ("bwin", 2.25, 1.98, 1.8), ("bet365", 2.75, 1.9, 1.98))
    offers = offered(prices(*SURE), fine)
    rows = [found(offers), middles(offers, MATCHES, GRID, policy(), AS_OF)]
    assert [frame.schema for frame in rows] == [table.schema] * 2
    both = pl.concat(rows)
    assert len(both) >= 2
    assert both["opportunity_id"].n_unique() == len(both)
    assert found(offered(prices())).schema == table.schema
