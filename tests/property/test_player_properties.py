"""Whatever a squad does, its players' goals are distributions, and share out the club's goals whole."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from core.market.grid import ScoreGrid
from models.families.players import MINUTES, SquadBelief, scenarios

Floats = NDArray[np.float64]
RATES = st.floats(0.05, 6.0)


@st.composite
def squad(draw: st.DrawFn) -> SquadBelief:
    """One to fifteen players of one club who take at most all of its goals."""
    players = draw(st.integers(1, 15))
    weights = draw(arrays(np.float64, (players, len(MINUTES)), elements=st.floats(0.01, 1.0)))
    minutes = weights / weights.sum(axis=1, keepdims=True)
    share = draw(arrays(np.float64, players, elements=st.floats(0.0, 1.0)))
    taken = share @ (minutes @ MINUTES) / 90.0
    names = [f"p{number:02d}" for number in range(players)]
    rows = pl.DataFrame({"match_id": "m", "team_id": "a", "player_id": names, "position": "MID"})
    return SquadBelief(rows, minutes, minutes[:, 4], share / max(taken * 1.000001, 1.0))


def goals_of_a_club(rate: float) -> Floats:
    return np.asarray(ScoreGrid.poisson([rate], [1.2], -0.05).cells.sum(axis=2), dtype=float)


@given(belief=squad(), rate=RATES)
@settings(max_examples=60, deadline=None)
def test_goals_of_a_player_are_a_distribution_and_more_goals_of_the_club_are_more_of_his(
    belief: SquadBelief, rate: float
) -> None:
    few, many = (
        belief.goals_if_playing(np.repeat(goals_of_a_club(r), len(belief.rows), axis=0)) for r in (rate, rate * 1.3)
    )
    assert ((few >= 0) & (few <= 1)).all()
    np.testing.assert_allclose(few.sum(axis=1), 1.0, atol=1e-12)
    assert (many[:, 0] <= few[:, 0] + 1e-12).all()


@given(belief=squad(), rate=RATES)
@settings(max_examples=60, deadline=None)
def test_players_and_others_have_the_clubs_expected_goals(belief: SquadBelief, rate: float) -> None:
    """A player's own mean, by his whole distribution and minutes, is his part; the parts and the rest are the whole."""
    club = goals_of_a_club(rate)[0]
    expected = club @ np.arange(16)
    means = np.zeros(len(belief.rows))
    for kind, on_pitch in enumerate(MINUTES):
        means += belief.minutes[:, kind] * expected * belief.share * on_pitch / 90.0
    np.testing.assert_allclose(means, expected * belief.goal_share, atol=1e-12)
    whole = means.sum() + expected * belief.others()["others_share"].to_numpy().sum()
    np.testing.assert_allclose(whole, expected, atol=1e-12)


@given(belief=squad(), goals=arrays(np.int64, 50, elements=st.integers(0, 15)), seed=st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_scenarios_never_invent_a_goal(belief: SquadBelief, goals: NDArray[np.int64], seed: int) -> None:
    plays, scored = scenarios(belief, goals, seed)
    assert (scored >= 0).all()
    assert (scored.sum(axis=1) <= goals).all()
    assert scored[~plays].sum() == 0
