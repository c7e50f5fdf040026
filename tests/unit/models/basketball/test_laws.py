"""Prices of markets: equal to what the football catalogue's payoffs say of the joint grid, and coherent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market import payoffs
from models.basketball import laws
from models.basketball.belief import ScoreBelief
from models.basketball.grid import PointGrid, scores
from models.basketball.laws import Laws

BELIEF = ScoreBelief.of([6.5, -3.0, 0.2], [12.0, 13.0, 11.5], [221.0, 214.5, 230.0], 17.5, [0.1, 0.0, -0.2])
LAWS, GRID = Laws.of(BELIEF), PointGrid.of(BELIEF)
quarters = st.integers(-120, 120).map(lambda number: number / 4)


def slow(rule: object, selection: str, line: float) -> np.ndarray:
    """Won, returned and lost by the payoff of every score, (n, 3)."""
    paid = rule(*scores(), selection, line)  # type: ignore[operator]
    shares = (np.maximum(paid, 0), 1 - np.abs(paid), np.maximum(-paid, 0))
    return np.column_stack([GRID.flat @ share for share in shares])


@settings(max_examples=40, deadline=None)
@given(line=quarters)
def test_a_spread_is_worth_what_the_payoffs_of_all_scores_say(line: float) -> None:
    assert LAWS.spread(line) == pytest.approx(slow(payoffs.asian_handicap, "home", line), abs=1e-12)
    assert LAWS.spread(line)[:, ::-1] == pytest.approx(slow(payoffs.asian_handicap, "away", line), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(line=quarters.map(lambda number: number + 215))
def test_a_total_is_worth_what_the_payoffs_of_all_scores_say(line: float) -> None:
    assert LAWS.over(line) == pytest.approx(slow(payoffs.total, "over", line), abs=1e-12)


def test_markets_agree_with_each_other() -> None:
    winner = LAWS.moneyline()
    assert winner.sum(axis=1) == pytest.approx([1.0] * 3, abs=1e-12)
    assert LAWS.spread(-0.5)[:, 0] == pytest.approx(winner[:, 0], abs=1e-12)
    assert LAWS.spread(0.5)[:, 0] == pytest.approx(winner[:, 0], abs=1e-12)
    assert LAWS.spread(0.0)[:, 1] == pytest.approx([0.0] * 3, abs=1e-12)
    wins = np.stack([LAWS.spread(line)[:, 0] for line in np.arange(-20, 20.5, 0.5)])
    assert (np.diff(wins, axis=0) >= -1e-12).all()
    assert (LAWS.spread(-3.0)[:, 1] > 0.02).all()
    assert LAWS.spread(-3.5)[:, 1].tolist() == [0.0] * 3


def test_lines_may_differ_by_game_and_be_missing() -> None:
    found = LAWS.over([220.5, np.nan, 230.0])
    assert found[0].tolist() == LAWS.over(220.5)[0].tolist()
    assert np.isnan(found[1]).all()
    assert found[2].tolist() == LAWS.over(230.0)[2].tolist()
    with pytest.raises(ValueError, match="quarters"):
        LAWS.over(220.3)


def test_a_line_beyond_all_scores_is_certain() -> None:
    assert LAWS.over(900.0).tolist() == [pytest.approx([0.0, 0.0, 1.0])] * 3
    assert LAWS.spread(500.0).tolist() == [pytest.approx([1.0, 0.0, 0.0])] * 3


def test_blocks_are_the_whole_and_no_belief_stays_none(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = ScoreBelief.of([6.5, np.nan, 0.2, -8.0, 1.0], 12.0, 220.0, 17.5)
    whole = Laws.of(mixed)
    monkeypatch.setattr(laws, "BLOCK", 2)
    pieces = Laws.of(mixed)
    for name in ("margin", "total"):
        assert np.array_equal(getattr(pieces, name), getattr(whole, name), equal_nan=True)
    assert np.isnan(whole.moneyline()[1]).all()
    assert np.isnan(whole.spread(-2.5)[1]).all()
    assert whole.moneyline()[0].sum() == pytest.approx(1.0)
