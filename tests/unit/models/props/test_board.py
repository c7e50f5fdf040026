"""The board of a night: half lines around each median, both sides priced, and one distribution behind them."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from models.props.board import MARKETS, board
from tests.unit.models.props.nights import night

BOARD = board(night(3000))


def test_every_market_of_every_man_has_lines_around_his_median() -> None:
    assert set(BOARD["market"]) == set(MARKETS)
    counts = BOARD.filter(pl.col("market") == "points")
    assert counts["player_id"].n_unique() == 16
    assert ((counts["line"] % 1) == 0.5).all()
    assert (counts["line"] - counts["q50"]).abs().max() <= 9
    stars = counts.filter(pl.col("player_id") == "a0")
    assert stars["line"].is_sorted()
    assert len(stars) == 9
    assert stars["line"].min() < stars["q50"][0] < stars["line"].max()


def test_prices_are_fair_and_over_a_higher_line_is_never_likelier() -> None:
    assert (1 / BOARD["over_fair_odds_dec"] + 1 / BOARD["under_fair_odds_dec"]).to_list() == pytest.approx(
        [1.0] * len(BOARD)
    )
    assert (BOARD["over_prob"] + BOARD["under_prob"]).to_list() == pytest.approx([1.0] * len(BOARD))
    rising = BOARD.sort("market", "player_id", "line").select(
        (pl.col("over_prob").diff().over("market", "player_id") <= 0).fill_null(True)
    )
    assert rising.to_series().all()


def test_quantiles_rise_and_agree_with_the_prices() -> None:
    names = ("q03", "q10", "q25", "q50", "q75", "q90", "q97")
    for low, high in pairwise(names):
        assert (BOARD[low] <= BOARD[high]).all()
    above = BOARD.filter(pl.col("line") > pl.col("q50"))
    assert (above["over_prob"] <= 0.5 + 1e-9).all()


def test_what_hardly_ever_happens_has_no_price() -> None:
    assert BOARD.select(pl.min_horizontal("over_prob", "under_prob").min()).item() >= 0.01
