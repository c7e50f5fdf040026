"""Prices of props agree with each other, whatever is asked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.props.night import Night
from models.props.pricing import Leg, combination, lines, quantiles
from models.props.words import DOUBLE_DOUBLE, STATISTICS
from tests.unit.models.props.nights import night

NIGHT: Night = night(1500)
PLAYERS = NIGHT.rows["player_id"].to_list()
LEGS = st.builds(
    Leg, st.sampled_from(PLAYERS), st.sampled_from([*STATISTICS, DOUBLE_DOUBLE]), st.sampled_from(["over", "under"]),
    st.integers(0, 50).map(lambda half: half / 2),
)  # fmt: skip


def asked(line: float, *players: str) -> pl.DataFrame:
    return pl.DataFrame({"player_id": players or PLAYERS, "line": line})


@pytest.mark.parametrize("name", [*STATISTICS, DOUBLE_DOUBLE])
def test_over_a_higher_line_is_never_likelier(name: str) -> None:
    over = np.array([lines(NIGHT, name, asked(half / 2))["over_prob"] for half in range(80)])
    assert (np.diff(over, axis=0) <= 0).all()


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(STATISTICS), st.integers(0, 60).map(lambda half: half / 2))
def test_over_push_and_under_are_everything_and_only_whole_lines_push(name: str, line: float) -> None:
    found = lines(NIGHT, name, asked(line))
    assert found.select(
        pl.sum_horizontal("over_prob", "push_prob", "under_prob")
    ).to_series().to_list() == pytest.approx([1.0] * len(PLAYERS))
    if line % 1:
        assert found["push_prob"].to_list() == [0.0] * len(PLAYERS)
        both = 1 / found["over_fair_odds_dec"] + 1 / found["under_fair_odds_dec"]
        assert both.drop_nulls().to_list() == pytest.approx([1.0] * both.drop_nulls().len())


def test_a_fair_price_returns_the_stake_on_average() -> None:
    found = lines(NIGHT, "points", asked(12.0, "a0")).row(0, named=True)
    assert found["over_prob"] * found["over_fair_odds_dec"] + found["push_prob"] == pytest.approx(1.0)


def test_who_is_not_in_the_night_has_no_price() -> None:
    found = lines(NIGHT, "points", asked(9.5, "a0", "nobody"))
    assert found["over_prob"].is_null().to_list() == [False, True]
    assert found["plays_prob"].is_null().to_list() == [False, True]
    assert combination(NIGHT, [Leg("nobody", "points", "over", 9.5)]) is None


@settings(deadline=None, max_examples=60)
@given(st.lists(LEGS, min_size=1, max_size=4))
def test_the_legs_of_a_combination_have_their_single_prices(legs: list[Leg]) -> None:
    found = combination(NIGHT, legs)
    assert found is not None
    for leg, own in zip(legs, found.legs_win_prob, strict=True):
        single = lines(NIGHT, leg.statistic, asked(leg.line, leg.player_id))[f"{leg.side}_prob"][0]
        assert own == pytest.approx(single, abs=1e-9)
    assert found.win_prob <= min(found.legs_win_prob) + 1e-12
    assert found.win_prob >= 1.0 - sum(1.0 - own for own in found.legs_win_prob) - 1e-9


def test_an_implied_leg_adds_nothing_and_opposites_never_win() -> None:
    low, high = Leg("a0", "points", "over", 9.5), Leg("a0", "points", "over", 14.5)
    alone, both = combination(NIGHT, [high]), combination(NIGHT, [low, high])
    assert alone is not None
    assert both is not None
    assert both.win_prob == alone.win_prob
    never = combination(NIGHT, [high, Leg("a0", "points", "under", 14.5)])
    assert never is not None
    assert (never.win_prob, never.fair_odds_dec) == (0.0, None)


def test_points_and_the_sum_with_points_are_not_independent() -> None:
    legs = [Leg("a0", "points", "over", 18.5), Leg("a0", "points_rebounds_assists", "over", 29.5)]
    found = combination(NIGHT, legs)
    assert found is not None
    assert found.win_prob > 1.3 * np.prod(found.legs_win_prob)


def test_quantiles_rise_and_halve_the_draws() -> None:
    found = quantiles(NIGHT, "rebounds", [0.1, 0.5, 0.9])
    assert (found["q10"] <= found["q50"]).all()
    assert (found["q50"] <= found["q90"]).all()
    assert found["q50"].to_list() == pytest.approx(np.median(NIGHT.statistic("rebounds"), axis=0).tolist(), abs=1.0)


@pytest.mark.parametrize("wrong", [("a0", "dunks", "over", 1.5), ("a0", "points", "yes", 1.5)])
def test_legs_that_nobody_lays_are_refused(wrong: tuple[str, str, str, float]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Leg(*wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="without a leg"):
        combination(NIGHT, [])
