"""Beliefs of several sports side by side: each keeps its own scores, its own draws and its own spread."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from core.market.grid import ScoreGrid, Support
from core.market.scenarios import CERTAIN, Spread
from core.market.sports import SPORTS, Sport
from optimizer.candidates.model import Candidate
from optimizer.coming import Coming, Slate
from optimizer.decision import decide
from optimizer.scene import Stage, edge_spread
from tests.unit.optimizer.policies import believed, bet, bets, policy
from tests.unit.optimizer.test_decision import situation
from tests.unit.optimizer.test_scene import HALF, NO_TICKETS, legs, tickets

SMALL = Support(np.array([101, 101, 99, 90]), np.array([100, 95, 100, 100]), (4,))
"""Four invented scores: won by one and by six, lost by one and by ten."""
GAME = Sport("game", ("home_points", "away_points"), ("moneyline", "totals", "spread"), SMALL, CERTAIN, 18.0)
PROBS = (0.3, 0.2, 0.1, 0.4)


def game(match: str = "g1", probs: tuple[float, ...] = PROBS, spread: Spread = CERTAIN) -> Slate:
    """One believed game."""
    matches = pl.DataFrame({"match_id": [match], "competition_id": ["NBA"]})
    return Slate(matches, ScoreGrid(np.array([probs]), SMALL), spread)


def rows(*cells: tuple[str, int, int, float]) -> pl.DataFrame:
    """Rows of gold score_grids of (match, home, away, probability)."""
    schema = {"match_id": pl.String, "home_points": pl.Int64, "away_points": pl.Int64, "prob": pl.Float64}
    return pl.DataFrame(list(cells), schema=schema, orient="row").with_columns(pl.lit("NBA").alias("competition_id"))


def side_by_side(**probs: tuple[float, float, float]) -> Coming:
    """Football's matches and a game."""
    return Coming((*believed(**probs).slates, game()))


def on_game(selection: str = "home", prob: float = 0.5, odds: float = 2.2, **other: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"market": "moneyline", "competition_id": "NBA", "sport": "basketball"}
    return bet("g1", selection, prob, odds, **usual | other)


def test_scores_of_two_sports_stand_in_one_table_of_scenarios() -> None:
    coming = side_by_side(m1=HALF, m2=HALF)
    drawn = coming.draw(256, 3)
    assert coming.match_ids.to_list() == ["m1", "m2", "g1"]
    assert drawn.home.shape == (256, 3)
    assert drawn.home[:, :2].max() <= 1
    assert set(zip(drawn.home[:, 2].tolist(), drawn.away[:, 2].tolist(), strict=True)) == set(
        zip(SMALL.home.tolist(), SMALL.away.tolist(), strict=True)
    )
    for score, prob in zip(SMALL.home[[2, 3]], np.array(PROBS)[[2, 3]], strict=True):
        assert (drawn.home[:, 2] == score).mean() == pytest.approx(prob, abs=0.02)


def test_another_sport_moves_no_draw_of_football() -> None:
    alone, beside = believed(m1=HALF, m2=HALF), side_by_side(m1=HALF, m2=HALF)
    assert np.array_equal(alone.draw(128, 7).home, beside.draw(128, 7).home[:, :2])
    without = Coming((believed().slates[0], game()))
    assert np.array_equal(without.draw(128, 7).home[:, 0], beside.draw(128, 7).home[:, 2])


def test_two_sports_draw_from_streams_of_their_own() -> None:
    twice = Coming((game("g1"), game("g2"))).draw(512, 1)
    assert abs(np.corrcoef(twice.home.T)[0, 1]) < 0.15


def test_nothing_believed_is_drawn_as_nothing() -> None:
    assert Coming(()).draw(16, 1).home.shape == (16, 0)
    assert believed().draw(16, 1).home.shape == (16, 0)


def test_only_some_matches_stay_in_every_slate() -> None:
    kept = side_by_side(m1=HALF, m2=HALF).only(pl.Series(["m2", "g1"]))
    assert kept.match_ids.to_list() == ["m2", "g1"]
    assert [len(slate.grid) for slate in kept.slates] == [1, 1]
    assert [len(slate.grid) for slate in kept.only(pl.Series(["g1"])).slates] == [0, 1]


def test_a_candidate_of_each_sport_is_worth_its_edge() -> None:
    offers = bets(bet("m1", odds=2.3), on_game(odds=2.1), on_game("away", 0.6, 1.8, market="spread", line=-2.5))
    singles = [Candidate("single", (place,), ((place,),)) for place in range(3)]
    scene = Stage(offers, singles, side_by_side(m1=HALF), NO_TICKETS, legs(), 100_000).draw(256, 5)
    assert scene.weights @ scene.returns == pytest.approx(offers["edge"].to_numpy(), abs=1e-12)
    assert (scene.returns[:, 1] > 0).mean() == pytest.approx(0.5, abs=0.02)
    assert set(np.unique(scene.returns[:, 2] > 0)) == {False, True}


def test_each_slate_has_its_own_spread() -> None:
    wide = Coming((*believed(m1=HALF).slates, game(spread=Spread(0.02, 0.01, 0.0))))
    found = edge_spread(bets(bet("m1"), on_game()), wide)
    assert found[0] == 0.0
    assert found[1] > 0.0
    margin, won = (SMALL.home - SMALL.away) * 0.02, np.where(SMALL.home > SMALL.away, 1.2, -1.0)
    scores = (SMALL.home + SMALL.away) * 0.01
    p = np.array(PROBS)
    along = [p @ (won * tilt) - (p @ won) * (p @ tilt) for tilt in (margin, scores)]
    assert found[1] == pytest.approx(np.hypot(*along))


def test_one_decision_stakes_both_sports_under_one_limit_of_the_day() -> None:
    offers = bets(bet("m1", odds=2.6), on_game(odds=2.6))
    free = decide(offers, side_by_side(m1=HALF), situation(), policy(solve_gap=1e-4), 7)
    assert set(free.legs["sport"]) == {"football", "basketball"}
    bound = decide(offers, side_by_side(m1=HALF), situation(), policy(solve_gap=1e-4, maximum_day_share=0.03), 7)
    assert bound.tickets["stake_minor"].sum() == pytest.approx(3_000, abs=2)


def test_an_open_ticket_of_another_sport_stands_in_the_scene_and_takes_of_the_limits() -> None:
    stands = legs(("t1", 0, on_game(odds=2.0)))
    stage = Stage(
        bets(bet("m1")), [Candidate("single", (0,), ((0,),))], side_by_side(m1=HALF),
        tickets(("t1", "single", None, 4_000)), stands, 100_000,
    )  # fmt: skip
    standing = stage.draw(512, 1).standing
    assert set(np.unique(standing).round(4)) == {-0.04, 0.04}
    assert (standing > 0).mean() == pytest.approx(0.5, abs=0.02), "by the belief in the game"
    unpriced = Stage(stage.offers, stage.candidates, believed(m1=HALF), stage.open_tickets, stands, 100_000)
    assert set(np.unique(unpriced.draw(512, 1).standing).round(4)) == {-0.04, 0.04}, "as often as it was given"


def test_a_support_is_read_from_the_rows_where_the_sport_does_not_fix_it() -> None:
    cells = rows(("b", 101, 100, 0.5), ("b", 99, 100, 0.5), ("a", 101, 100, 0.25), ("a", 90, 100, 0.75))
    slate = Slate.of(cells.sample(fraction=1.0, shuffle=True, seed=1), SPORTS["basketball"], CERTAIN)
    scores = list(zip(slate.grid.support.home.tolist(), slate.grid.support.away.tolist(), strict=True))
    assert scores == [(90, 100), (99, 100), (101, 100)]
    assert slate.matches["match_id"].to_list() == ["a", "b"]
    assert slate.grid.flat == pytest.approx(np.array([[0.75, 0.0, 0.25], [0.0, 0.5, 0.5]]))


def test_a_sport_that_was_not_priced_has_a_slate_without_matches() -> None:
    assert len(Slate.of(rows(), SPORTS["basketball"], CERTAIN).matches) == 0
    assert len(Slate.of(rows(), GAME, CERTAIN).matches) == 0
