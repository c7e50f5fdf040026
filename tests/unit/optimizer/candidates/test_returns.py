"""Returns of tickets in scenarios, against a clerk who settles line by line."""

from __future__ import annotations

import time
from math import prod

import numpy as np
import pytest

from core.market.markets import MARKETS
from optimizer.candidates.model import Candidate
from optimizer.candidates.returns import leg_factors, returns
from optimizer.systems import legs_of, lines
from tests.unit.optimizer.candidates.legs import frame, leg

KINDS = ("single", "double", "trixie", "lucky_15", "round_robin_2_of_4")


def ticket(kind: str, *legs: int) -> Candidate:
    return Candidate(kind, legs, tuple(tuple(legs[place] for place in line) for line in lines(kind)))


def test_a_leg_returns_its_net_price_a_push_the_stake_and_a_half_loss_half_of_it() -> None:
    legs = frame(
        leg("a", odds=3.0, net_odds_dec=2.9),
        leg("a", market="asian_handicap", selection="away", line=-0.25, odds=2.0),
        leg("b", market="totals", selection="under", line=2.0, odds=1.8),
    )
    home, away = np.array([[2, 1], [1, 1]]), np.array([[0, 0], [1, 1]])
    np.testing.assert_allclose(leg_factors(legs, home, away, np.array([0, 0, 1])), [[2.9, 0, 1.8], [0, 1.5, 1.0]])


def test_prices_without_a_net_price_count_as_displayed() -> None:
    legs = frame(leg("a", odds=3.0)).drop("net_odds_dec")
    assert leg_factors(legs, np.array([[1]]), np.array([[0]]), np.array([0])).tolist() == [[3.0]]


def test_a_pushed_leg_drops_out_of_its_line_and_a_lost_one_loses_it() -> None:
    factors = np.array([[2.0, 1.0, 3.0], [2.0, 0.0, 3.0]])
    paid = returns([ticket("treble", 0, 1, 2), ticket("trixie", 0, 1, 2)], factors)
    np.testing.assert_allclose(paid, [[5.0, (2 + 6 + 3 + 6) / 4 - 1], [-1.0, (0 + 6 + 0 + 0) / 4 - 1]])


def test_a_quoted_price_is_paid_for_the_whole_or_not_at_all() -> None:
    both = Candidate("same_match", (0, 1), ((0, 1),), 3.4)
    assert returns([both], np.array([[2.0, 2.0], [2.0, 0.0]])).tolist() == [[pytest.approx(2.4)], [-1.0]]


def test_random_tickets_are_paid_as_the_clerk_pays_them() -> None:
    rng = np.random.default_rng(2)
    sold = [("1x2", "draw", None), ("totals", "over", 2.25), ("asian_handicap", "home", -0.5), ("totals", "under", 3.0)]
    rows = [leg(f"m{n}", odds=1.5 + n / 4, **dict(zip(("market", "selection", "line"), sold[n % 4], strict=True)))
            for n in range(8)]  # fmt: skip
    home, away = rng.poisson(1.5, (40, 8)), rng.poisson(1.2, (40, 8))
    tickets = [ticket(kind, *rng.choice(8, legs_of(kind), replace=False).tolist()) for kind in KINDS * 5]
    found = returns(tickets, leg_factors(frame(*rows), home, away, np.arange(8)))

    def clerk(scenario: int, place: int) -> float:
        row = rows[place]
        paid = float(
            MARKETS[row["market"]].payoff(home[scenario, place], away[scenario, place], row["selection"], row["line"])
        )
        return 1 + paid * (row["price_odds_dec"] - 1) if paid > 0 else 1 + paid

    expected = [
        [sum(prod(clerk(s, leg) for leg in line) for line in one.lines) / len(one.lines) - 1 for one in tickets]
        for s in range(40)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    assert found.min() >= -1.0


def test_six_hundred_candidates_in_two_thousand_scenarios_take_the_blink_of_an_eye() -> None:
    rng = np.random.default_rng(1)
    factors = np.where(rng.random((2000, 150)) < 0.5, 2.1, 0.0)
    tickets = [ticket("single", n) for n in range(150)]
    tickets += [ticket("double", *rng.choice(150, 2, replace=False).tolist()) for _ in range(450)]
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        assert returns(tickets, factors).shape == (2000, 600)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.1, "under 0.05 s on an idle machine; doubled here because tests share it"


@pytest.mark.parametrize(
    ("legs", "split", "price"),
    [
        ((0, 0), ((0, 0),), None), ((0, 1), ((0,),), None), ((0,), ((0, 1),), None), ((0,), ((0,), ()), None),
        ((0, 1), ((0, 1),), 1.0), ((0, 1), ((0,), (1,)), 3.0),
    ],
)  # fmt: skip
def test_a_candidate_whose_lines_are_not_its_legs_is_refused(
    legs: tuple[int, ...], split: tuple[tuple[int, ...], ...], price: float | None
) -> None:
    with pytest.raises(ValueError, match="double"):
        Candidate("double", legs, split, price)
