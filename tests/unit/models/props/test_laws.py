"""What moves men of one game together is found again in nights that were made to have it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.props import laws
from models.props.laws import Surprises, standard_score
from tests.unit.models.props.nights import INDEPENDENT

GAMES, MEN = 600, 8
N = GAMES * MEN


def made(
    blow_out: float = 0.0, absent: float = 0.0, points: float = 0.0, shared: float = 0.0, excess: float = 0.0
) -> Surprises:
    """Surprises of invented games with these pulls."""
    random = np.random.default_rng(11)
    rows = pl.DataFrame({"match_id": np.repeat(np.arange(GAMES), MEN), "team_id": np.repeat(np.arange(GAMES), MEN)})
    margin = np.repeat(random.normal(0, 13, GAMES), MEN)
    team_points = np.repeat(random.normal(0, 0.1, GAMES), MEN)
    own = random.normal(size=(GAMES, MEN))
    own = (own - shared * own.mean(axis=1, keepdims=True)).ravel()
    more_absent = random.normal(0, 20, N)
    score = own + blow_out * standard_score(np.abs(margin)) + absent * more_absent / 30.0
    rates = np.full((N, 7), 0.2)
    mean = 25.0 * rates * np.exp(points * team_points)[:, None]
    size = random.gamma(1.0 / max(excess, 1e-9), max(excess, 1e-9), (N, 1)) if excess else 1.0
    counts = random.poisson(mean * size).astype(float)
    minutes = np.full(N, 25.0)
    no_points, weight = np.zeros(N), np.ones(N)
    return Surprises(rows, minutes, score, more_absent, margin, team_points, no_points, minutes, rates, counts, weight)


def test_pulls_on_minutes_are_found() -> None:
    found = laws.fit(made(blow_out=-0.3, absent=0.4))
    assert laws.blow_out(found, np.array([25.0]))[0] == pytest.approx(-0.3, abs=0.05)
    assert found.absent == pytest.approx(0.4, abs=0.05)


def test_team_mates_who_share_minutes_are_found() -> None:
    assert laws.fit(made()).team_mates == pytest.approx(0.0, abs=0.02)
    assert laws.fit(made(shared=0.5)).team_mates < -0.05


def test_counts_that_follow_the_teams_points_are_found() -> None:
    assert laws.fit(made(points=0.8)).moves[:, 1] == pytest.approx(np.full(7, 0.8), abs=0.15)


def test_excess_variance_and_what_a_man_shares_are_found() -> None:
    plain, mixed = laws.fit(made()), laws.fit(made(excess=0.2))
    assert plain.linear.max() + 5.0 * plain.quadratic.max() < 0.15
    assert mixed.linear + 5.0 * mixed.quadratic == pytest.approx(np.full(7, 1.0), abs=0.25)
    assert mixed.own[0, 1] > 0.3
    assert np.linalg.eigvalsh(mixed.own).min() > 0


def test_normal_scores_keep_order_and_share_ties() -> None:
    scores = standard_score(np.array([3.0, 1.0, 3.0, 9.0]))
    assert scores[0] == scores[2]
    assert scores[1] < scores[0] < scores[3]
    assert scores.sum() == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize(
    "wrong", [{"linear": np.full(7, -0.1)}, {"team_mates": 0.1}, {"own": np.zeros((7, 7))}, {"moves": np.zeros((7, 2))}]
)
def test_laws_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(INDEPENDENT, **wrong)
