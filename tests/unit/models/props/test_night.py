"""Joint scenarios: everybody's own distribution is kept, and games pull their men the way games do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.props.minutes import LEVELS
from models.props.night import GameBelief, draw
from models.props.sums import PART, towards_team
from models.props.words import COMPONENTS
from tests.unit.models.props.nights import INDEPENDENT, LAWS, game, night, scores

STAR, BENCH = 0, 7


def test_no_coupling_bends_a_mans_own_minutes() -> None:
    belief, drawn = game(), night()
    assert np.abs(np.quantile(drawn.minutes, LEVELS, axis=0).T - belief.minutes).max() < 0.2


def test_three_kinds_of_points_make_the_points_of_every_draw() -> None:
    drawn = night(500)
    twos, threes, free = (drawn.counts[..., COMPONENTS.index(name)] for name in ("twos", "threes", "free_throws"))
    assert np.array_equal(drawn.statistic("points"), 2 * twos + 3 * threes + free)
    three = sum(drawn.statistic(name) for name in ("points", "rebounds", "assists"))
    assert np.array_equal(drawn.statistic("points_rebounds_assists"), three)


def test_a_blow_out_takes_minutes_from_the_star_and_gives_them_to_the_bench() -> None:
    home, away = scores(4000)
    size = np.abs(home - away)
    minutes = night().minutes
    assert np.corrcoef(size, minutes[:, STAR])[0, 1] < -0.25
    assert np.corrcoef(size, minutes[:, BENCH])[0, 1] > 0.1


def test_points_of_a_player_follow_those_of_his_team() -> None:
    home, away = scores(4000)
    points = night().statistic("points")[:, STAR]
    assert np.corrcoef(home, points)[0, 1] > 0.1
    assert np.corrcoef(away, points)[0, 1] < np.corrcoef(home, points)[0, 1]


def test_a_missing_star_leaves_minutes_to_his_team_mates() -> None:
    drawn = night(belief=game(plays_prob=0.7))
    mate = drawn.minutes[:, 3]
    assert mate[~drawn.plays[:, STAR]].mean() > mate[drawn.plays[:, STAR]].mean() + 1.0
    stranger = drawn.minutes[:, 8 + 3]
    assert stranger[~drawn.plays[:, STAR]].mean() == pytest.approx(stranger[drawn.plays[:, STAR]].mean(), abs=0.6)


def test_men_take_part_as_often_as_believed() -> None:
    assert night().plays.mean(axis=0) == pytest.approx(np.full(16, 0.9), abs=0.02)


def test_with_no_coupling_counts_are_poisson_of_minutes_times_rate() -> None:
    belief = game()
    certain = replace(belief, minutes=np.repeat(belief.expected[:, None], len(LEVELS), axis=1))
    home, away = scores(8000)
    drawn = draw(certain, home, away, INDEPENDENT, seed=4)
    likely, is_home = belief.plays_prob * belief.expected, belief.rows["is_home"].to_numpy()
    mean = belief.expected[:, None] * towards_team(belief.rates, likely, is_home, home.mean(), away.mean())
    assert drawn.counts.mean(axis=0) == pytest.approx(mean, rel=0.1, abs=0.03)
    assert drawn.counts.var(axis=0) == pytest.approx(mean, rel=0.15, abs=0.05)


def test_men_of_a_team_of_which_more_is_expected_make_more_points_and_no_more_rebounds() -> None:
    home, away = scores(4000)
    usual, raised = (draw(game(), home * level, away, INDEPENDENT, seed=4) for level in (0.8, 0.88))
    mean = {name: [night.statistic(name).mean(axis=0) for night in (usual, raised)] for name in ("points", "rebounds")}
    ratio = mean["points"][1] / mean["points"][0]
    assert ratio[:8] == pytest.approx(1.1**PART, abs=0.02)
    assert ratio[8:] == pytest.approx(1.0)
    assert np.array_equal(*mean["rebounds"])


def test_a_seed_is_a_night() -> None:
    assert np.array_equal(night(200).counts, night(200).counts)
    assert not np.array_equal(night(200).counts, night(200, seed=9).counts)


def test_too_many_at_once_and_scores_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        draw(game(), *scores(60_000), LAWS, seed=1)
    with pytest.raises(ValueError, match="above 0"):
        draw(game(), np.zeros(10), np.ones(10), LAWS, seed=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"plays_prob": np.full(16, 1.2)}, {"rates": np.zeros((16, 7))}, {"expected": np.ones(3)},
        {"minutes": game().minutes[:, ::-1]},
        {"rows": game().rows.with_columns(pl.lit("a0").alias("player_id"))},
    ],
)  # fmt: skip
def test_beliefs_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(game(), **wrong)
    assert isinstance(game(), GameBelief)
