"""Scenarios are beliefs drawn: as often as likely, unsure where beliefs are, together where leagues drift."""

from __future__ import annotations

import numpy as np
import pytest

from core.market import scenarios as kernel
from core.market.grid import ScoreGrid, Support, scores
from core.market.scenarios import CERTAIN, Scenarios, Spread, draw

RATES = np.random.default_rng(1).uniform(0.7, 2.2, (24, 2))
GRID = ScoreGrid.poisson(RATES[:, 0], RATES[:, 1], -0.05)
LEAGUES = ["E0", "SP1"] * 12
UNSURE = Spread(supremacy=0.2, goals=0.15, league_goals=0.1)


def _likely(event: np.ndarray) -> np.ndarray:
    return GRID.flat @ event.astype(float)


def test_the_same_seed_draws_the_same_scenarios_and_another_one_others() -> None:
    one, same, other = (draw(GRID, LEAGUES, UNSURE, 200, seed) for seed in (3, 3, 4))
    assert np.array_equal(one.home, same.home)
    assert np.array_equal(one.away, same.away)
    assert not np.array_equal(one.home, other.home)


def test_where_beliefs_are_the_truth_results_are_as_frequent_as_likely_to_a_few_scenarios() -> None:
    home, away = scores()
    found = draw(GRID, LEAGUES, CERTAIN, 1024, 7)
    for sign in (1, -1):
        seen = (np.sign(found.home - found.away) == sign).mean(axis=0)
        assert np.abs(seen - _likely(np.sign(home - away) == sign)).max() <= 6 / 1024


@pytest.mark.parametrize("spread", [CERTAIN, UNSURE], ids=["certain", "unsure"])
def test_the_mean_over_all_tilts_is_the_belief(spread: Spread) -> None:
    """Four standard errors of a mean of 40,000 draws, for each of 24 matches and two questions."""
    home, away = scores()
    found = draw(GRID, LEAGUES, spread, 40_000, 11)
    for seen, event in ((found.home > found.away, home > away), (found.home + found.away > 2.5, home + away > 2.5)):
        likely = _likely(event)
        assert (np.abs(seen.mean(axis=0) - likely) < 4 * np.sqrt(likely * (1 - likely) / 40_000)).all()


def test_matches_of_a_league_share_its_goals_and_leagues_do_not_share_theirs() -> None:
    found = draw(GRID, LEAGUES, Spread(0.0, 0.15, 0.15), 20_000, 5)
    goals = found.home + found.away
    english, spanish = goals[:, ::2], goals[:, 1::2]
    alone = english.var(axis=0).sum()
    assert english.sum(axis=1).var() > 1.3 * alone
    assert abs(np.corrcoef(english.sum(axis=1), spanish.sum(axis=1))[0, 1]) < 0.04


def test_without_a_shared_part_matches_are_independent() -> None:
    goals = (lambda found: found.home + found.away)(draw(GRID, LEAGUES, Spread(0.0, 0.15, 0.0), 20_000, 5))
    assert goals.sum(axis=1).var() == pytest.approx(goals.var(axis=0).sum(), rel=0.05)


def test_an_impossible_score_is_never_drawn() -> None:
    cells = np.zeros((1, 16, 16))
    cells[0, 2, 1], cells[0, 0, 0] = 0.25, 0.75
    found = draw(ScoreGrid(cells), ["E0"], UNSURE, 400, 2)
    assert set(zip(found.home.ravel(), found.away.ravel(), strict=True)) == {(2, 1), (0, 0)}
    assert (found.home == 2).mean() == pytest.approx(0.25, abs=0.06)


def test_scenarios_weigh_the_same_and_no_match_gives_empty_ones() -> None:
    none = draw(ScoreGrid(np.empty((0, 16, 16))), [], CERTAIN, 50, 1)
    assert none.home.shape == (50, 0)
    assert none.weights == pytest.approx(np.full(50, 0.02))


def test_what_cannot_be_drawn_is_refused() -> None:
    unknown = GRID.cells.copy()
    unknown[3] = np.nan
    for grid, leagues, number in ((GRID, LEAGUES[1:], 10), (GRID, LEAGUES, 0), (ScoreGrid(unknown), LEAGUES, 10)):
        with pytest.raises(ValueError, match="Scenarios are drawn"):
            draw(grid, leagues, CERTAIN, number, 1)
    with pytest.raises(ValueError, match="one row a scenario"):
        Scenarios(np.zeros((3, 2), dtype=np.int64), np.zeros((2, 3), dtype=np.int64))


@pytest.mark.parametrize("values", [(-0.1, 0.0, 0.0), (0.1, 1.5, 0.0), (0.1, 0.1, 0.2), (float("nan"), 0.0, 0.0)])
def test_a_spread_is_between_none_and_one_and_a_part_is_not_more_than_the_whole(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="spread"):
        Spread(*values)


def _slowly(grid: ScoreGrid, leagues: list[str], spread: Spread, number: int, seed: int) -> list[list[tuple[int, int]]]:
    """The same scenarios score by score: each match's tilted copies are written out in full."""
    rng = np.random.default_rng(seed)
    supremacy, goals, uniform = kernel._spread_out(number, len(grid), rng)
    total, difference = kernel._tilts(leagues, spread, supremacy, goals, rng)
    home, away = grid.support.home, grid.support.away
    order = np.lexsort((home + away, home - away))
    drawn = []
    for match, wanted in enumerate(grid.flat):
        tilts = np.exp(difference[:, match, None] * (home - away) + total[:, match, None] * (home + away))
        base = wanted.copy()
        for _ in range(20):
            copies = base * tilts
            mean = (copies / copies.sum(axis=1, keepdims=True)).mean(axis=0)
            base = np.divide(base * wanted, mean, out=np.zeros_like(base), where=mean > 0)
        so_far = np.cumsum((base * tilts)[:, order], axis=1)
        places = [np.searchsorted(row, u * row[-1], "right") for row, u in zip(so_far, uniform[:, match], strict=True)]
        drawn.append([(int(home[order][place]), int(away[order][place])) for place in places])
    return drawn


def _points() -> ScoreGrid:
    """Two invented games on a patch of points without ties, some of its scores impossible."""
    home, away = (one.ravel() for one in np.indices((12, 11)) + 90)
    kept = home != away
    support = Support(home[kept], away[kept], (int(kept.sum()),), "points")
    weights = np.random.default_rng(8).exponential(size=(2, len(support))) ** 2
    weights[:, ::5] = 0.0
    return ScoreGrid.of(weights, support)


@pytest.mark.parametrize(
    ("grid", "spread"), [(ScoreGrid(GRID.cells[:3]), Spread(0.06, 0.05, 0.02)), (_points(), Spread(0.02, 0.02, 0.01))]
)
def test_products_of_matrices_draw_what_scores_one_by_one_do(grid: ScoreGrid, spread: Spread) -> None:
    leagues = ["A", "A", "B"][: len(grid)]
    found = draw(grid, leagues, spread, 200, 9)
    drawn = [list(zip(home, away, strict=True)) for home, away in zip(found.home.T, found.away.T, strict=True)]
    assert drawn == _slowly(grid, leagues, spread, 200, 9)


def test_any_support_is_drawn_from_and_only_its_possible_scores() -> None:
    grid = _points()
    found = draw(grid, ["NBA", "NBA"], Spread(0.02, 0.02, 0.01), 4096, 1)
    for match in range(2):
        possible = grid.flat[match] > 0
        listed = set(zip(grid.support.home[possible].tolist(), grid.support.away[possible].tolist(), strict=True))
        assert set(zip(found.home[:, match].tolist(), found.away[:, match].tolist(), strict=True)) <= listed
        won = grid.flat[match] @ (grid.support.home > grid.support.away)
        assert (found.home[:, match] > found.away[:, match]).mean() == pytest.approx(won, abs=0.02)
