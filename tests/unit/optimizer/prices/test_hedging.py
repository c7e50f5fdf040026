"""Hedges and cash-outs of open tickets: worked by hand, and against a search over all stakes."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.prices.hedging import certain_worth, equalising_stakes, growth_stakes, suggestions
from tests.unit.optimizer.policies import AS_OF, fair, policy, price, prices
from tests.unit.optimizer.prices.quotes import TOTALS, lined, offered

NO_PUSH = pl.lit(None, pl.Float64).alias("push_share")
TICKET = {
    "ticket_id": "T1", "match_id": "m1", "market": "1x2", "selection": "home", "line": None, "price_odds_dec": 3.0,
    "stake_minor": 1000,
}  # fmt: skip
BELIEF = fair(("m1", "home", 0.5), ("m1", "draw", 0.3), ("m1", "away", 0.2)).with_columns(NO_PUSH)


def opened(**changes: object) -> pl.DataFrame:
    return pl.DataFrame([TICKET | changes], schema_overrides={"line": pl.Float64})


def suggested(
    belief: pl.DataFrame = BELIEF, offers: pl.DataFrame | None = None, bankroll: int = 100_000, **changes: object
) -> dict[str, object]:
    """The suggestion for one invented ticket of 10.00."""
    today = offered(prices(price("bwin", 1.9, 4.0, 6.0))) if offers is None else offers
    found = suggestions(opened(**changes), today, belief, bankroll, policy(), AS_OF)
    return found.row(0, named=True)


def test_equal_stakes_bring_the_same_whoever_wins() -> None:
    found = suggested()
    draw, away = 3000 / 4.0, 3000 / 6.0
    assert equalising_stakes(3000, [4.0, 6.0]).tolist() == [draw, away]
    assert found["equal_stake_minor"] == 1250
    assert found["equal_profit_minor"] == 750
    assert [3000, draw * 4, away * 6] == [3000] * 3


def test_a_fair_cash_out_is_the_expected_return_and_the_least_one_is_a_little_less() -> None:
    found = suggested()
    assert found["fair_cash_out_minor"] == 1500
    assert 1400 < found["least_cash_out_minor"] < 1500


def test_the_least_cash_out_is_what_growth_says_by_hand_where_nothing_hedges() -> None:
    found = suggested(offers=offered(prices()), bankroll=5_000)
    cash = 4_000
    worth = float(np.exp(0.5 * np.log(cash + 3000) + 0.5 * np.log(cash)))
    assert found["least_cash_out_minor"] == round(worth - cash)
    assert (found["growth_stake_minor"], found["hedges"], found["equal_stake_minor"]) == (0, "[]", None)


def test_a_hedge_at_a_fair_price_evens_the_ticket_out_and_at_a_poor_one_nothing_is_hedged() -> None:
    generous = suggested(offers=offered(prices(price("bwin", 1.9, 1 / 0.3, 1 / 0.2))))
    assert generous["growth_stake_minor"] == pytest.approx(3000 * 0.5, rel=1e-3)
    assert generous["growth_gain"] > 0
    poor = suggested(offers=offered(prices(price("bwin", 1.9, 2.6, 3.9))))
    assert poor["growth_stake_minor"] == 0
    assert poor["growth_gain"] == pytest.approx(0.0, abs=1e-9)


def test_a_hedge_names_its_book_and_both_stakes() -> None:
    hedges = json.loads(str(suggested()["hedges"]))
    assert [(one["selection"], one["bookmaker"], one["equal_stake_minor"]) for one in hedges] == [
        ("draw", "bwin", 750), ("away", "bwin", 500),
    ]  # fmt: skip


def test_a_push_returns_the_stake_of_ticket_and_hedge() -> None:
    """Over 2.0 at 2.1: 40% won, 25% returned, 35% lost; under at 2.2."""
    belief = pl.concat([
        fair(("m1", side, prob), market="totals").with_columns(line=pl.lit(2.0), push_share=pl.lit(0.25))
        for side, prob in (("over", 0.40), ("under", 0.35))
    ])  # fmt: skip
    today = offered(prices(), lined(TOTALS, ("bwin", 2.0, 1.8, 2.2)))
    found = suggested(belief, today, market="totals", selection="over", line=2.0, price_odds_dec=2.1)
    assert found["fair_cash_out_minor"] == round(0.40 * 2100 + 0.25 * 1000)
    assert found["equal_stake_minor"] == round(2100 / 2.2)


def test_a_ticket_that_is_priced_no_more_gets_no_suggestion() -> None:
    today = offered(prices(price("bwin", 1.9, 4.0, 6.0)))
    assert suggestions(opened(match_id="m9"), today, BELIEF, 100_000, policy(), AS_OF).is_empty()
    assert suggestions(opened(), today, BELIEF.head(2), 100_000, policy(), AS_OF).is_empty()
    assert suggestions(opened().clear(), today, BELIEF, 100_000, policy(), AS_OF).is_empty()


@given(
    prob=st.floats(0.1, 0.9), back=st.floats(0.1, 2.0), first=st.floats(1.2, 8.0), second=st.floats(1.2, 8.0),
    split=st.floats(0.1, 0.9),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_no_stakes_on_a_fine_grid_grow_more_than_those_suggested(
    prob: float, back: float, first: float, second: float, split: float
) -> None:
    p = np.array([prob, (1 - prob) * split, (1 - prob) * (1 - split)])
    wealth = np.array([1.0 + back, 1.0, 1.0])
    profit = np.array([[-1.0, -1.0], [first - 1, -1.0], [-1.0, second - 1]])
    found = growth_stakes(p, wealth, profit)
    assert (found >= 0).all()
    assert found.sum() < 1.0
    steps = np.linspace(0.0, 0.99, 67)
    one, other = (side.ravel() for side in np.meshgrid(steps, steps))
    tried = np.stack([one, other])[:, one + other < 0.995]
    best = (p @ np.log(wealth[:, None] + profit @ tried)).max()
    assert p @ np.log(wealth + profit @ found) >= best - 1e-9


def test_certain_worth_of_one_outcome_is_its_wealth_and_of_two_lies_below_the_mean() -> None:
    assert certain_worth([1.0], [7.0]) == pytest.approx(7.0)
    assert certain_worth([0.5, 0.5], [4.0, 9.0]) == pytest.approx(6.0)
