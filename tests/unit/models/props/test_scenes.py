"""Beliefs that a table keeps: the same nights come out of them, and bets on who sits are void in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.props import scenes
from models.props.night import GameBelief, draw
from models.props.scenes import Crowd, crowd_of, rows_of
from tests.unit.models.props.nights import LAWS, game, scores

HOME, AWAY = (points.astype(np.int64) for points in scores(3000))
UNEVEN = replace(LAWS, own=np.corrcoef(np.random.default_rng(5).normal(size=(7, 60))))


def belief(plays_prob: float = 0.9) -> GameBelief:
    told = game(plays_prob=plays_prob)
    return replace(told, rows=told.rows.with_columns(pl.lit(None, pl.String).alias("listed_status")))


def kept(plays_prob: float = 0.9) -> Crowd:
    found = crowd_of(rows_of(belief(plays_prob), UNEVEN))
    assert found is not None
    return found


def test_what_a_table_keeps_draws_the_same_night_to_the_last_bit() -> None:
    direct = draw(belief(), HOME.astype(float), AWAY.astype(float), UNEVEN, (7, 8))
    again = kept().draw("m", HOME, AWAY, (7, 8)).night
    assert np.array_equal(direct.counts, again.counts)
    assert np.array_equal(direct.plays, again.plays)
    assert np.array_equal(direct.minutes, again.minutes)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = rows_of(belief(), UNEVEN)
    shuffled = crowd_of(rows.sample(fraction=1.0, shuffle=True, seed=3))
    assert shuffled is not None
    one, other = (crowd.draw("m", HOME, AWAY, (1,)).night.counts for crowd in (kept(), shuffled))
    assert np.array_equal(one, other)


def test_nothing_is_believed_without_rows() -> None:
    assert crowd_of(rows_of(belief(), UNEVEN).clear()) is None


@pytest.mark.parametrize(("market", "selection", "line"), [
    ("player_points", "over", 20.5), ("player_rebounds", "under", 7.0), ("player_double_double", "yes", None),
])  # fmt: skip
def test_a_bet_is_void_where_he_takes_no_part_and_pays_by_his_count_elsewhere(
    market: str, selection: str, line: float | None
) -> None:
    drawn = kept(0.7).draw("m", HOME, AWAY, (4,))
    paid = drawn.paid("a0", market, selection, line)
    assert paid is not None
    place = drawn.night.rows["player_id"].to_list().index("a0")
    plays = drawn.night.plays[:, place]
    asked = scenes.BASKETBALL_PLAYERS[market]
    assert set(paid[~plays]) == {0.0}
    assert np.array_equal(paid[plays], asked.payoff(drawn.night.statistic(asked.count)[plays, place], selection, line))
    assert 0.6 < plays.mean() < 0.8


def test_a_star_who_scores_goes_with_a_team_that_scores() -> None:
    drawn = kept().draw("m", HOME, AWAY, (4,))
    paid = drawn.paid("a0", "player_points", "over", 20.5)
    other = drawn.paid("b0", "player_points", "over", 20.5)
    assert paid is not None
    assert other is not None
    assert np.corrcoef(paid, HOME)[0, 1] > 0.05
    assert np.corrcoef(other, HOME)[0, 1] < np.corrcoef(paid, HOME)[0, 1]


def test_who_is_not_in_the_night_has_no_payoff_and_another_market_is_unknown() -> None:
    drawn = kept().draw("m", HOME, AWAY, (4,))
    assert drawn.paid("nobody", "player_points", "over", 20.5) is None
    with pytest.raises(KeyError):
        drawn.paid("a0", "player_fouls", "over", 2.5)
    with pytest.raises(KeyError):
        kept().draw("another", HOME, AWAY, (4,))
