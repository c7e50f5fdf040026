"""What a belief about both scores may be."""

from __future__ import annotations

import numpy as np
import pytest

from models.basketball.belief import ScoreBelief


def test_numbers_broadcast_and_any_nan_is_no_belief() -> None:
    belief = ScoreBelief.of([3.0, np.nan, -2.0], 12.0, [220.0, 221.0, np.nan], 17.0)
    assert belief.present.tolist() == [True, False, False]
    assert np.isnan(belief.total_mean[1])
    assert np.isnan(belief.correlation[2])
    assert len(belief) == 3
    assert belief.where(belief.present).margin_mean.tolist() == [3.0]


def test_a_belief_is_a_read_only_copy() -> None:
    means = np.array([1.0])
    belief = ScoreBelief.of(means, 12.0, 220.0, 17.0)
    means[0] = 9.0
    assert belief.margin_mean[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        belief.margin_mean[0] = 2.0


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        (([1.0], [0.0], [220.0], [17.0], [0.0]), "not above 0"),
        (([1.0], [12.0], [220.0], [-1.0], [0.0]), "not above 0"),
        (([1.0], [12.0], [220.0], [17.0], [1.0]), "correlation"),
        (([1.0], [np.nan], [220.0], [17.0], [0.0]), "NaN in part"),
        (([np.inf], [12.0], [220.0], [17.0], [0.0]), "infinite"),
        (([1.0, 2.0], [12.0], [220.0], [17.0], [0.0]), "one number a game"),
    ],
)
def test_what_is_no_belief_is_refused(columns: tuple[list[float], ...], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        ScoreBelief(*map(np.array, columns))
