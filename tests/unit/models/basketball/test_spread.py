"""How far beliefs lie from the close is found again where it was put in."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.scenarios import Spread
from core.settings import Settings
from models.basketball.belief import ScoreBelief
from models.basketball.spread import measure

N = 20_000
NBA, DAYS = np.full(N, "NBA"), np.arange(N, dtype=np.int64) // 10


def test_tilts_that_made_the_close_are_measured() -> None:
    rng = np.random.default_rng(5)
    shared = rng.normal(0, 0.002, DAYS.max() // 30 + 1)[DAYS // 30]
    tilts = rng.normal(0, 0.014, N), shared + rng.normal(0, 0.008, N)
    covariance = 0.2 * 12.0 * 18.0
    closing = np.column_stack([
        5 + 12.0**2 * tilts[0] + covariance * tilts[1], 220 + 18.0**2 * tilts[1] + covariance * tilts[0],
    ])  # fmt: skip
    found = measure(ScoreBelief.of(np.full(N, 5.0), 12.0, 220.0, 18.0, 0.2), closing, NBA, DAYS)
    assert found.n == N
    assert found.spread.supremacy == pytest.approx(0.014, rel=0.03)
    assert found.spread.goals == pytest.approx(np.hypot(0.002, 0.008), rel=0.03)
    assert found.spread.league_goals == pytest.approx(0.002, rel=0.3)


def test_games_without_belief_or_line_count_for_nothing() -> None:
    belief = ScoreBelief.of([5.0, np.nan, 3.0], 12.0, 220.0, 18.0)
    closing = np.array([[6.0, np.nan], [4.0, 221.0], [3.5, 222.0]])
    assert measure(belief, closing, NBA[:3], DAYS[:3]).n == 1


def test_the_settings_of_each_sport_are_its_own_and_make_a_spread() -> None:
    settings = Settings()
    for sport, most in (("football", 1.0), ("basketball", 0.1)):
        spread = Spread(**settings.of(sport).uncertainty.model_dump())
        assert 0 < spread.league_goals <= spread.goals < most
    assert settings.of("basketball").uncertainty != settings.of("football").uncertainty


def test_a_number_of_one_sport_leaves_its_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Settings().of("basketball").uncertainty
    monkeypatch.setenv("FAIRLINE_UNCERTAINTIES__BASKETBALL__SUPREMACY", "0.02")
    changed = Settings().of("basketball").uncertainty
    assert (changed.supremacy, changed.goals, changed.league_goals) == (0.02, usual.goals, usual.league_goals)
