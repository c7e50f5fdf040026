"""A team's men score together what is expected of their team, part of the way."""

from __future__ import annotations

import numpy as np
import pytest

from models.props.sums import MOST, PART, towards_team
from models.props.words import COMPONENTS, VALUES

IS_HOME = np.array([True, True, False, False])
ON_FLOOR = np.array([30.0, 10.0, 36.0, 4.0])
RATES = np.outer([1.0, 0.5, 1.2, 0.7], [0.2, 0.1, 0.1, 0.2, 0.12, 0.03, 0.02])
WORTH = [VALUES.get(name, 0) for name in COMPONENTS]
HOME, AWAY = (float((ON_FLOOR * (RATES @ WORTH))[side].sum()) for side in (IS_HOME, ~IS_HOME))


def test_men_who_make_what_is_expected_stay_as_they_are() -> None:
    assert towards_team(RATES, ON_FLOOR, IS_HOME, HOME, AWAY) == pytest.approx(RATES)


def test_shots_and_assists_of_one_team_are_moved_and_nothing_else() -> None:
    moved = towards_team(RATES, ON_FLOOR, IS_HOME, 1.1 * HOME, AWAY) / RATES
    scoring = [name in ("twos", "threes", "free_throws", "assists") for name in COMPONENTS]
    assert moved[IS_HOME] == pytest.approx(np.tile(np.where(scoring, 1.1**PART, 1.0), (2, 1)))
    assert moved[~IS_HOME] == pytest.approx(np.ones((2, 7)))


def test_the_sum_comes_nearer_to_the_team_from_above_too() -> None:
    moved = towards_team(RATES, ON_FLOOR, IS_HOME, HOME, 0.9 * AWAY)
    together = (ON_FLOOR * (moved @ WORTH))[~IS_HOME].sum()
    assert together == pytest.approx(AWAY * 0.9**PART)


def test_a_team_most_of_whose_men_are_not_known_is_believed_no_further_than_the_limit() -> None:
    moved = towards_team(RATES, ON_FLOOR, IS_HOME, 5.0 * HOME, 0.1 * AWAY)[:, 0] / RATES[:, 0]
    assert moved == pytest.approx(np.where(IS_HOME, MOST, 1.0 / MOST) ** PART)


def test_a_team_that_nobody_plays_for_keeps_its_rates() -> None:
    assert np.array_equal(towards_team(RATES, np.zeros(4), IS_HOME, 110.0, 110.0), RATES)
    assert towards_team(RATES[:0], ON_FLOOR[:0], IS_HOME[:0], 110.0, 110.0).shape == (0, 7)
