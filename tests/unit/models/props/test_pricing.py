"""Prices of props agree with each other, whatever is asked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.props.night import Night
from models.props.pricing import lines, quantiles
from models.props.words import DOUBLE_DOUBLE, STATISTICS
from tests.unit.models.props.nights import night

NIGHT: Night = night(1500)
PLAYERS = NIGHT.rows["player_id"].to_list()


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


def test_quantiles_rise_and_halve_the_draws() -> None:
    found = quantiles(NIGHT, "rebounds", [0.1, 0.5, 0.9])
    assert (found["q10"] <= found["q50"]).all()
    assert (found["q50"] <= found["q90"]).all()
    assert found["q50"].to_list() == pytest.approx(np.median(NIGHT.statistic("rebounds"), axis=0).tolist(), abs=1.0)
