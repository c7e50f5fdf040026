"""The grid of points: a law without ties, of one parity, with the moments that were believed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.basketball.belief import ScoreBelief
from models.basketball.endgame import EndGame
from models.basketball.grid import LOWEST_TOTAL, MARGINS, PointGrid, scores

PLAIN = EndGame(ties=1.0, near=())
beliefs = st.builds(
    ScoreBelief.of,
    st.floats(-25, 25), st.floats(9, 16), st.floats(185, 250), st.floats(12, 22), st.floats(-0.4, 0.4),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(belief=beliefs)
def test_a_grid_sums_to_one_has_no_tie_and_the_moments_believed(belief: ScoreBelief) -> None:
    grid = PointGrid.of(belief)
    home, away = scores()
    law = grid.flat[0]
    assert law.sum() == pytest.approx(1.0, abs=1e-12)
    assert law[home == away].max() == 0.0
    assert np.minimum(home, away)[law > 0].min() >= 0
    margin, total = home - away, home + away
    assert law @ margin == pytest.approx(belief.margin_mean[0], abs=1e-6)
    assert np.sqrt(law @ margin**2 - (law @ margin) ** 2) == pytest.approx(belief.margin_sd[0], rel=1e-6)
    assert law @ total == pytest.approx(belief.total_mean[0], abs=0.01)
    assert np.sqrt(law @ total**2 - (law @ total) ** 2) == pytest.approx(belief.total_sd[0], rel=1e-3)


@settings(max_examples=10, deadline=None)
@given(belief=beliefs)
def test_the_correlation_is_that_of_the_belief(belief: ScoreBelief) -> None:
    home, away = scores()
    law = PointGrid.of(belief).flat[0]
    margin, total = home - away - belief.margin_mean[0], home + away - belief.total_mean[0]
    assert law @ (margin * total) / belief.margin_sd[0] / belief.total_sd[0] == pytest.approx(
        belief.correlation[0], abs=0.01
    )


def test_scores_are_whole_points_of_one_parity() -> None:
    home, away = scores()
    assert (home - away == np.repeat(MARGINS, 160)).all()
    assert (home + away).min() == LOWEST_TOTAL
    assert len({*zip(home.tolist(), away.tolist(), strict=True)}) == len(home)


def test_the_mirrored_game_has_the_mirrored_grid() -> None:
    ours = PointGrid.of(ScoreBelief.of(6.5, 12.0, 221.0, 17.0, 0.1)).cells[0]
    theirs = PointGrid.of(ScoreBelief.of(-6.5, 12.0, 221.0, 17.0, -0.1)).cells[0]
    assert theirs[::-1] == pytest.approx(ours, abs=1e-15)


def test_overtime_is_as_likely_as_learned_and_lengthens_close_games() -> None:
    belief = ScoreBelief.of(0.0, 12.5, 220.0, 18.0)
    law, plain = PointGrid.of(belief).cells[0], PointGrid.of(belief, PLAIN).cells[0]
    totals = np.arange(160) * 2 + LOWEST_TOTAL + 1
    close, wide = law[MARGINS == 1][0], law[MARGINS == 41][0]
    assert close @ totals / close.sum() > wide @ totals / wide.sum() + 3
    by_one = [one[np.abs(MARGINS) == 1].sum() for one in (law, plain)]
    assert by_one[0] < by_one[1]


def test_no_belief_is_no_grid_and_leaves_others_alone() -> None:
    both = PointGrid.of(ScoreBelief.of([np.nan, 4.0], 12.0, 220.0, 18.0))
    assert both.is_belief.tolist() == [False, True]
    assert both.cells[1].tolist() == PointGrid.of(ScoreBelief.of(4.0, 12.0, 220.0, 18.0)).cells[0].tolist()
    assert len(PointGrid.of(ScoreBelief.of([], 12.0, 220.0, 18.0))) == 0


@pytest.mark.parametrize(
    "wrong", [(55.0, 12.0, 220.0, 18.0), (3.0, 3.0, 220.0, 18.0), (3.0, 12.0, 90.0, 18.0), (3.0, 12.0, 220.0, 40.0)]
)
def test_a_belief_that_a_grid_cannot_hold_is_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="outside what a grid"):
        PointGrid.of(ScoreBelief.of(*wrong))


def test_what_is_no_grid_is_refused() -> None:
    cells = PointGrid.of(ScoreBelief.of(4.0, 12.0, 220.0, 18.0)).cells
    tied = cells.copy()
    tied[0, 100, 70], tied[0, 101, 70] = tied[0, 101, 70], 0.0
    for wrong in (cells * 0.99, -cells, tied, np.where(cells > 1e-4, cells, np.nan)):
        with pytest.raises(ValueError, match="sum to 1"):
            PointGrid(wrong)
    with pytest.raises(ValueError, match="shape"):
        PointGrid(cells[:, 1:])
    with pytest.raises(ValueError, match="read-only"):
        PointGrid(cells).cells[0, 0, 0] = 1.0
