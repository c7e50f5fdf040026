"""Simple averages look back only, and equal slow means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from models.props.baselines import HALF_LIVES, averages, weighted

START = datetime(2024, 1, 1, tzinfo=UTC)
VALUES = [3, 8, 1, 0, 12, 7, 5]
GAMES = pl.DataFrame({
    "player_id": ["x"] * 7 + ["y"],
    "event_at_utc": [START + timedelta(days=day) for day in range(7)] + [START],
    "points": [*VALUES, 4],
})  # fmt: skip


def test_each_row_averages_what_came_before_it() -> None:
    found = averages(GAMES, "points")
    for row in range(1, 7):
        before = VALUES[:row]
        assert found["last_five"][row] == pytest.approx(np.mean(before[-5:]))
        assert found["season"][row] == pytest.approx(np.mean(before))
        for half_life in HALF_LIVES:
            weights = 0.5 ** (np.arange(row)[::-1] / half_life)
            assert found[weighted(half_life)][row] == pytest.approx(np.average(before, weights=weights))


def test_without_a_game_before_there_is_nothing_to_average() -> None:
    found = averages(GAMES, "points")
    assert np.isnan(found["season"][0])
    assert np.isnan(found["last_five"][7])


def test_the_order_of_rows_and_later_games_change_nothing() -> None:
    found = averages(GAMES.head(5), "points")
    turned = averages(GAMES.reverse(), "points").reverse()
    assert turned.equals(averages(GAMES, "points"))
    assert found.equals(averages(GAMES, "points").head(5))
