"""Bets on a player's count: what each selection pays, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.market.markets import MARKETS
from core.market.player_markets import PLAYER_MARKETS, selections_of
from core.market.sports import SPORTS
from models.props.words import DOUBLE_DOUBLE, STATISTICS

POINTS, DOUBLE = PLAYER_MARKETS["player_points"], PLAYER_MARKETS["player_double_double"]


@given(count=st.integers(0, 60), halves=st.integers(-1, 120))
def test_over_and_under_pay_each_other(count: int, halves: int) -> None:
    line = halves / 2
    over, under = (float(POINTS.payoff(count, side, line)) for side in POINTS.selections)
    assert over == -under == np.sign(count - line)


def test_yes_and_no_need_no_line() -> None:
    assert DOUBLE.payoff(np.array([0, 1]), "yes", None).tolist() == [-1.0, 1.0]
    assert DOUBLE.payoff(np.array([0, 1]), "no", None).tolist() == [1.0, -1.0]


def test_no_count_pays_nothing_that_is_a_number() -> None:
    assert np.isnan(POINTS.payoff(np.nan, "over", 20.5))


@pytest.mark.parametrize(("selection", "line"), [("yes", 20.5), ("over", None), ("home", 20.5)])
def test_a_selection_or_line_that_the_market_lacks_is_refused(selection: str, line: float | None) -> None:
    with pytest.raises(ValueError, match="player_points"):
        POINTS.payoff(10, selection, line)


def test_a_double_double_at_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="has no line"):
        DOUBLE.payoff(1, "yes", 0.5)


def test_no_market_is_of_players_and_of_scores() -> None:
    assert not set(PLAYER_MARKETS) & set(MARKETS)
    assert selections_of("player_points") == ("over", "under")
    assert selections_of("moneyline") == ("home", "away")
    with pytest.raises(KeyError):
        selections_of("player_fouls")


def test_everything_that_is_counted_of_a_night_can_be_bet_on() -> None:
    counted = {PLAYER_MARKETS[name].count for name in SPORTS["basketball"].player_markets}
    assert counted == {*STATISTICS, DOUBLE_DOUBLE}
    assert SPORTS["football"].player_markets == ()
