"""Points, sums and double-doubles follow from the seven counts and from nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from models.props.words import COMPONENTS, DOUBLE_DOUBLE, STATISTICS, statistic

NIGHT = np.array([[5, 2, 3, 10, 4, 1, 0], [4, 1, 0, 9, 9, 9, 9], [0, 0, 1, 10, 2, 0, 10]], dtype=np.int16)


def test_points_are_twos_threes_and_free_throws() -> None:
    assert statistic(NIGHT, "points").tolist() == [19, 11, 1]


def test_the_sum_of_three_is_the_sum_of_three() -> None:
    three = sum(statistic(NIGHT, name) for name in ("points", "rebounds", "assists"))
    assert np.array_equal(statistic(NIGHT, "points_rebounds_assists"), three)


def test_a_double_double_needs_ten_of_two() -> None:
    assert statistic(NIGHT, DOUBLE_DOUBLE).tolist() == [1, 0, 1]


@pytest.mark.parametrize("name", [name for name in STATISTICS if name in COMPONENTS])
def test_a_component_is_itself(name: str) -> None:
    assert np.array_equal(statistic(NIGHT, name), NIGHT[:, COMPONENTS.index(name)])


def test_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="dunks"):
        statistic(NIGHT, "dunks")
