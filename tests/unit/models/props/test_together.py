"""Combinations of one game: each leg keeps its own price, and what goes together is priced so."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market.markets import BASKETBALL
from models.props.night import Night
from models.props.pricing import lines
from models.props.together import GameLeg, Leg, combination
from models.props.words import DOUBLE_DOUBLE, STATISTICS
from tests.unit.models.props.nights import night

NIGHT: Night = night(1500)
PLAYERS = NIGHT.rows["player_id"].to_list()
PROPS = st.builds(
    Leg, st.sampled_from(PLAYERS), st.sampled_from([*STATISTICS, DOUBLE_DOUBLE]), st.sampled_from(["over", "under"]),
    st.integers(0, 50).map(lambda half: half / 2),
)  # fmt: skip
GAME_LEGS = st.builds(
    GameLeg, st.just("spread"), st.sampled_from(["home", "away"]), st.integers(-60, 60).map(lambda half: half / 4)
) | st.builds(
    GameLeg, st.just("totals"), st.sampled_from(["over", "under"]), st.integers(400, 520).map(lambda half: half / 2)
)


def alone(leg: Leg | GameLeg) -> float:
    if isinstance(leg, GameLeg):
        paid = BASKETBALL[leg.market].payoff(NIGHT.home_points, NIGHT.away_points, leg.selection, leg.line)
        return float(np.maximum(paid, 0.0).mean())
    asked = pl.DataFrame({"player_id": [leg.player_id], "line": leg.line})
    return float(lines(NIGHT, leg.statistic, asked)[f"{leg.side}_prob"][0])


@settings(deadline=None, max_examples=80)
@given(st.lists(PROPS | GAME_LEGS, min_size=1, max_size=4))
def test_the_legs_of_a_combination_have_their_single_prices(legs: list[Leg | GameLeg]) -> None:
    found = combination(NIGHT, legs)
    assert found is not None
    assert found.legs_win_prob == pytest.approx([alone(leg) for leg in legs], abs=1e-9)
    assert found.win_prob <= min(found.legs_win_prob) + 1e-12
    assert found.win_prob >= 1.0 - sum(1.0 - own for own in found.legs_win_prob) - 1e-9


def test_an_implied_leg_adds_nothing_and_opposites_never_win() -> None:
    low, high = Leg("a0", "points", "over", 9.5), Leg("a0", "points", "over", 14.5)
    one, both = combination(NIGHT, [high]), combination(NIGHT, [low, high])
    assert one is not None
    assert both is not None
    assert both.win_prob == one.win_prob
    never = combination(NIGHT, [high, Leg("a0", "points", "under", 14.5)])
    assert never is not None
    assert (never.win_prob, never.fair_odds_dec) == (0.0, None)


def test_points_and_the_sum_with_points_are_not_independent() -> None:
    legs = [Leg("a0", "points", "over", 18.5), Leg("a0", "points_rebounds_assists", "over", 29.5)]
    found = combination(NIGHT, legs)
    assert found is not None
    assert found.win_prob > 1.3 * np.prod(found.legs_win_prob)


@pytest.mark.parametrize(
    ("leg", "together"),
    [
        (GameLeg("totals", "over", 228.5), True),
        (GameLeg("team_total_home", "over", 114.5), True),
        (GameLeg("totals", "under", 228.5), False),
        (GameLeg("spread", "home", 12.5), False),
    ],
)
def test_points_of_a_star_go_with_the_points_of_his_team_and_not_with_a_close_game_lost(
    leg: GameLeg, together: bool
) -> None:
    """Over his line and over the total win together more often than by chance; over and under less often."""
    drawn = night(20_000)
    star = Leg("a0", "points", "over", 18.5)
    found = combination(drawn, [star, leg])
    assert found is not None
    by_chance = float(np.prod(found.legs_win_prob))
    if leg.market == "spread":
        assert found.win_prob == pytest.approx(by_chance, rel=0.2)
    else:
        assert (found.win_prob > 1.02 * by_chance) is together


def test_who_is_not_in_the_night_has_no_price_and_a_game_alone_names_nobody() -> None:
    assert combination(NIGHT, [Leg("nobody", "points", "over", 9.5)]) is None
    found = combination(NIGHT, [GameLeg("moneyline", "home")])
    assert found is not None
    assert found.plays_prob == 1.0


@pytest.mark.parametrize("wrong", [("a0", "dunks", "over", 1.5), ("a0", "points", "yes", 1.5)])
def test_legs_that_nobody_lays_are_refused(wrong: tuple[str, str, str, float]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Leg(*wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="without a leg"):
        combination(NIGHT, [])


def test_markets_that_a_final_score_does_not_settle_are_refused() -> None:
    with pytest.raises(ValueError, match="not settled"):
        GameLeg("both_to_score", "yes")
    with pytest.raises(ValueError, match="needs a line"):
        combination(NIGHT, [GameLeg("spread", "home")])
