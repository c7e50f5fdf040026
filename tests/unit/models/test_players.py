"""Players' goals: a club's goals are shared out whole, whatever its players do, and draws agree with prices."""

from __future__ import annotations

from math import comb

import numpy as np
import polars as pl
import pytest

from core.market.grid import ScoreGrid
from models.families.players import MINUTES, SquadBelief, scenarios, thinned

POISSON = ScoreGrid.poisson([1.7], [1.1], -0.05).cells.sum(axis=2)
"""One club's goals in an invented match, (1, 16)."""
ALWAYS = (0.0, 0.0, 0.0, 0.0, 1.0)
NEVER = (1.0, 0.0, 0.0, 0.0, 0.0)
OFTEN = (0.2, 0.1, 0.1, 0.3, 0.3)


def squad(*players: tuple[tuple[float, ...], float]) -> SquadBelief:
    """A club of invented players, each with kinds of appearance and a share."""
    minutes = np.array([kinds for kinds, _ in players])
    names = [f"p{number}" for number in range(len(players))]
    rows = pl.DataFrame({"match_id": "m", "team_id": "a", "player_id": names, "position": "MID"})
    share = np.array([share for _, share in players])
    return SquadBelief(rows, minutes, 1.0 - minutes[:, :3].sum(axis=1), share)


def enumerated(team_goals: np.ndarray, share: float) -> list[float]:
    """The slow oracle: 0, 1, 2, 3+ goals by the binomial formula for each number of the club's goals."""
    found = [0.0] * 4
    for scored, chance in enumerate(team_goals):
        for own in range(scored + 1):
            found[min(own, 3)] += chance * comb(scored, own) * share**own * (1 - share) ** (scored - own)
    return found


@pytest.mark.parametrize("share", [0.0, 0.07, 0.35, 0.9, 1.0])
def test_thinning_is_the_binomial_of_every_number_of_goals(share: float) -> None:
    assert thinned(POISSON, np.array([share]))[0].tolist() == pytest.approx(enumerated(POISSON[0], share), abs=1e-12)


def test_who_plays_every_minute_of_a_club_that_is_he_alone_scores_what_the_club_scores() -> None:
    goals = squad((ALWAYS, 1.0)).goals_if_playing(POISSON)[0]
    assert goals[:3].tolist() == pytest.approx(POISSON[0, :3].tolist())
    assert goals[3] == pytest.approx(POISSON[0, 3:].sum())


def test_goals_given_minutes_are_mixed_over_the_minutes_of_one_who_plays() -> None:
    belief = squad((OFTEN, 0.4))
    slow = sum(
        chance / 0.8 * np.array(enumerated(POISSON[0], 0.4 * minutes / 90))
        for chance, minutes in zip(OFTEN[1:], MINUTES[1:], strict=True)
    )
    assert belief.goals_if_playing(POISSON)[0].tolist() == pytest.approx(slow.tolist())
    assert belief.minutes_if_playing[0] == pytest.approx((0.1 * 15 + 0.1 * 45 + 0.3 * 75 + 0.3 * 90) / 0.8)


def test_expected_goals_of_all_players_and_the_others_are_the_clubs() -> None:
    belief = squad((OFTEN, 0.4), (ALWAYS, 0.3), ((0.5, 0.5, 0.0, 0.0, 0.0), 0.9))
    expected = (POISSON * np.arange(16)).sum()
    others = belief.others()["others_share"][0]
    assert 0 < others < 1
    assert expected * (belief.goal_share.sum() + others) == pytest.approx(expected, abs=1e-12)


def test_a_player_who_never_plays_has_no_price() -> None:
    belief = squad((NEVER, 0.4), (ALWAYS, 0.3))
    assert np.isnan(belief.goals_if_playing(np.repeat(POISSON, 2, axis=0))[0]).all()
    assert belief.goal_share.tolist() == pytest.approx([0.0, 0.3])


def test_a_match_without_belief_gives_no_price() -> None:
    assert np.isnan(squad((ALWAYS, 0.3)).goals_if_playing(np.full((1, 16), np.nan))).all()


@pytest.mark.parametrize(
    ("kinds", "share", "said"),
    [
        ((0.5, 0.0, 0.0, 0.0, 0.4), 0.1, "sum to one"), ((1.2, -0.2, 0.0, 0.0, 0.0), 0.1, "sum to one"),
        (ALWAYS, 1.4, "between 0 and 1"), (ALWAYS, float("nan"), "between 0 and 1"),
    ],
)  # fmt: skip
def test_a_belief_that_is_none_is_refused(kinds: tuple[float, ...], share: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        squad((kinds, share))


def test_players_who_would_take_more_than_all_goals_are_refused() -> None:
    with pytest.raises(ValueError, match="more than all"):
        squad((ALWAYS, 0.6), (ALWAYS, 0.5))


def drawn(seed: int = 7) -> tuple[SquadBelief, np.ndarray, np.ndarray, np.ndarray]:
    """A club of fourteen, 40,000 draws of its goals, who played and who scored."""
    belief = squad(*[(OFTEN, 0.09)] * 6, *[(ALWAYS, 0.08)] * 6, (NEVER, 0.3), ((0.5, 0.3, 0.1, 0.1, 0.0), 0.2))
    goals = np.random.default_rng(3).choice(16, size=40_000, p=POISSON[0])
    return belief, goals, *scenarios(belief, goals, seed)


def test_in_every_scenario_nobody_scores_who_does_not_play_and_no_goal_is_given_twice() -> None:
    _, goals, plays, scored = drawn()
    assert plays.shape == scored.shape == (40_000, 14)
    assert scored[~plays].sum() == 0
    assert (scored.sum(axis=1) <= goals).all()
    assert (scored.sum(axis=1) < goals).any(), "others score too"


def test_the_marginals_of_the_scenarios_are_the_prices() -> None:
    belief, goals, plays, scored = drawn()
    assert plays.mean(axis=0).tolist() == pytest.approx(belief.plays.tolist(), abs=0.01)
    assert scored.mean(axis=0).tolist() == pytest.approx((goals.mean() * belief.goal_share).tolist(), abs=0.012)
    often = (scored[:, :6] > 0).sum() / plays[:, :6].sum()
    price = 1 - belief.goals_if_playing(np.repeat(POISSON, 14, axis=0))[0, 0]
    assert often == pytest.approx(price, rel=0.05)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    first, again, other = drawn(7)[3], drawn(7)[3], drawn(8)[3]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
