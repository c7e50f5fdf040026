"""Final scores that props hang on: the grid's own, and as wide as results have been."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.props.points import FinalScores, Spread, spread_of

GRID = pl.DataFrame(
    {"home_points": [110, 100, 120], "away_points": [100, 105, 118], "prob": [0.5, 0.3, 0.2]},
    schema_overrides={"home_points": pl.Int64, "away_points": pl.Int64},
)


def test_draws_of_a_grid_are_its_scores_as_often_as_it_says() -> None:
    home, away = FinalScores.of_rows(GRID).draw(1000, seed=1)
    drawn = {(h, a): int(((home == h) & (away == a)).sum()) for h, a, _ in GRID.iter_rows()}
    assert sum(drawn.values()) == 1000
    for h, a, prob in GRID.iter_rows():
        assert drawn[h, a] == pytest.approx(1000 * prob, abs=1)


def test_expected_margin_and_total_come_back() -> None:
    told = FinalScores.of_moments(6.5, 231.0, Spread(13.0, 18.0))
    assert (told.margin, told.total) == pytest.approx((6.5, 231.0), abs=0.1)
    home, away = told.draw(4000, seed=2)
    assert (home - away).mean() == pytest.approx(6.5, abs=0.05)
    assert (home + away).mean() == pytest.approx(231.0, abs=1.0)
    assert (home - away).std() == pytest.approx(13.0, rel=0.02)
    assert (home != away).all()
    assert np.array_equal(home, told.draw(4000, seed=2)[0])


def test_what_no_grid_can_hold_is_brought_to_its_edge() -> None:
    assert FinalScores.of_moments(55.0, 120.0, Spread(30.0, 2.0)).margin == pytest.approx(30.0, abs=0.5)


def test_the_spread_is_learned_from_results_and_stays_usual_without_them() -> None:
    random = np.random.default_rng(3)
    margin, total = random.normal(0, 20, 5000), random.normal(220, 10, 5000)
    games = pl.DataFrame({
        "match_id": [f"m{n}" for n in range(5000)], "is_home": True, "expected_margin": 0.0, "expected_total": 220.0,
        "team_points": (total + margin) / 2, "opponent_points": (total - margin) / 2,
    })  # fmt: skip
    found = spread_of(games)
    assert found.margin == pytest.approx(20.0, rel=0.05)
    assert found.total == pytest.approx(10.0, rel=0.08)
    assert spread_of(games.clear()) == Spread()
