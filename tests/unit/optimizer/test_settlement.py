"""Settlement against a table worked out by hand: every outcome of every market, and half a cent."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.conform import require
from lake.contracts.model import contract
from optimizer.settlement import returned_minor, settle
from tests.unit.optimizer.policies import AS_OF, KICKOFF, UTC_TIME

OVER = KICKOFF + timedelta(hours=2)
# market, selection, line, home goals, away goals, outcome; 10.00 staked at 1.91; what comes back in cents
BY_HAND = [
    ("1x2", "home", None, 2, 1, "won", 1910), ("1x2", "home", None, 1, 1, "lost", 0),
    ("1x2", "draw", None, 0, 0, "won", 1910), ("1x2", "away", None, 0, 3, "won", 1910),
    ("1x2", "away", None, 3, 0, "lost", 0),
    ("totals", "over", 2.5, 2, 1, "won", 1910), ("totals", "under", 2.5, 2, 1, "lost", 0),
    ("totals", "over", 3.0, 2, 1, "push", 1000), ("totals", "under", 3.0, 2, 1, "push", 1000),
    ("totals", "over", 2.75, 2, 1, "half_won", 1455), ("totals", "under", 2.75, 2, 1, "half_lost", 500),
    ("totals", "over", 2.25, 1, 1, "half_lost", 500), ("totals", "under", 2.25, 1, 1, "half_won", 1455),
    ("totals", "over", 2.25, 2, 1, "won", 1910), ("totals", "under", 2.75, 1, 1, "won", 1910),
    ("asian_handicap", "home", -0.5, 1, 0, "won", 1910), ("asian_handicap", "away", -0.5, 1, 0, "lost", 0),
    ("asian_handicap", "home", 0.0, 1, 1, "push", 1000), ("asian_handicap", "away", 0.0, 1, 1, "push", 1000),
    ("asian_handicap", "home", -1.0, 1, 0, "push", 1000), ("asian_handicap", "away", 1.0, 0, 1, "push", 1000),
    ("asian_handicap", "home", -0.25, 0, 0, "half_lost", 500),
    ("asian_handicap", "away", -0.25, 0, 0, "half_won", 1455),
    ("asian_handicap", "home", 0.25, 1, 1, "half_won", 1455), ("asian_handicap", "away", 0.25, 1, 1, "half_lost", 500),
    ("asian_handicap", "home", -0.75, 2, 1, "half_won", 1455),
    ("asian_handicap", "away", -0.75, 2, 1, "half_lost", 500),
    ("asian_handicap", "home", -1.25, 1, 0, "half_lost", 500), ("asian_handicap", "home", 1.75, 0, 2, "half_lost", 500),
    ("asian_handicap", "away", 1.75, 0, 2, "half_won", 1455), ("asian_handicap", "home", -1.5, 2, 0, "won", 1910),
]  # fmt: skip


def ticket(name: str = "t1", stake: int = 1000) -> pl.DataFrame:
    return pl.DataFrame({"ticket_id": [name], "stake_minor": [stake], "currency": ["EUR"]})


def leg(market: str, selection: str, line: float | None, name: str = "t1", odds: float = 1.91) -> pl.DataFrame:
    row = (name, "m1", "2023-24", KICKOFF, market, selection, line, odds)
    schema = {
        "ticket_id": pl.String, "match_id": pl.String, "season_code": pl.String, "event_at_utc": UTC_TIME,
        "market": pl.String, "selection": pl.String, "line": pl.Float64, "price_odds_dec": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([row], schema=schema, orient="row")


def result(home: int, away: int, match: str = "m1") -> pl.DataFrame:
    frame = pl.DataFrame({"match_id": [match], "home_goals": [home], "away_goals": [away], "known_at_utc": [OVER]})
    return frame.with_columns(pl.col("known_at_utc").cast(UTC_TIME))


@pytest.mark.parametrize(("market", "selection", "line", "home", "away", "outcome", "back"), BY_HAND)
def test_every_outcome_pays_what_the_table_by_hand_says(
    market: str, selection: str, line: float | None, home: int, away: int, outcome: str, back: int
) -> None:
    settled = settle(ticket(), leg(market, selection, line), result(home, away), OVER)
    assert settled.select("outcome", "return_minor", "profit_minor").rows() == [(outcome, back, back - 1000)]
    assert len(require(settled, contract("gold.football.settlements"))) == 1


@pytest.mark.parametrize(
    ("stake", "share", "odds", "back"),
    [
        (1, 0.5, 2.0, 2), (3, 0.5, 2.0, 4), (5, 0.5, 2.0, 8), (1, -0.5, 2.0, 0), (3, -0.5, 2.0, 2), (5, -0.5, 2.0, 2),
        (10, 1.0, 1.25, 12), (30, 1.0, 1.25, 38), (50, 1.0, 1.91, 96), (150, 1.0, 1.91, 286), (100, 1.0, 1.005, 100),
    ],
)  # fmt: skip
def test_half_a_cent_goes_to_the_even_cent(stake: int, share: float, odds: float, back: int) -> None:
    assert returned_minor(stake, share, odds) == back


@given(
    stake=st.integers(1, 10**9), share=st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]),
    cents=st.integers(101, 100_100),
)  # fmt: skip
def test_what_comes_back_is_the_exact_fraction_rounded_to_even(stake: int, share: float, cents: int) -> None:
    price = Fraction(cents, 100)
    exact = stake + stake * Fraction(share) * ((price - 1) if share > 0 else 1)
    assert returned_minor(stake, share, cents / 100) == round(exact)


def test_a_result_that_is_not_known_yet_settles_nothing_and_one_known_now_does() -> None:
    early = settle(ticket(), leg("1x2", "home", None), result(1, 0), OVER - timedelta(microseconds=1))
    assert early.is_empty()
    settled = settle(ticket(), leg("1x2", "home", None), result(1, 0), OVER)
    assert settled["known_at_utc"].to_list() == [OVER]
    assert early.schema == settled.schema


def test_each_ticket_is_settled_by_its_own_match_and_in_the_order_of_ids() -> None:
    tickets = pl.concat([ticket("t2"), ticket("t1"), ticket("t3")])
    legs = pl.concat([leg("1x2", side, None, name) for side, name in (("away", "t2"), ("home", "t1"))])
    elsewhere = leg("1x2", "home", None, "t3").with_columns(match_id=pl.lit("m9"))
    settled = settle(tickets, pl.concat([legs, elsewhere]), result(1, 0), AS_OF + timedelta(days=9))
    assert settled.select("ticket_id", "outcome").rows() == [("t1", "won"), ("t2", "lost")]
