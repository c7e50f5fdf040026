"""1,024 scenarios of a night of 12 games of basketball, by products of matrices and score by score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.market.grid import ScoreGrid
from core.market.scenarios import Spread, draw
from models.basketball.belief import ScoreBelief
from models.basketball.scores import score_grid

pytestmark = pytest.mark.benchmark(group="1,024 scenarios of 12 games of basketball")
GAMES, NUMBER, SPREAD = 12, 1024, Spread(0.0139, 0.0077, 0.0007)


@pytest.fixture(scope="module")
def grid() -> ScoreGrid:
    """Invented games from large underdogs to large favourites."""
    margins, totals = np.linspace(-15, 15, GAMES), np.linspace(200, 245, GAMES)
    return score_grid(ScoreBelief.of(margins, 12.5, totals, 18.0, 0.05))


def _ours(grid: ScoreGrid) -> np.ndarray:
    return draw(grid, ["NBA"] * len(grid), SPREAD, NUMBER, 1).home


def _score_by_score(grid: ScoreGrid) -> np.ndarray:
    """Tilted copies of each grid written out in full, without the corrections that centre them."""
    rng = np.random.default_rng(1)
    home, away = grid.support.home, grid.support.away
    drawn = np.empty((NUMBER, len(grid)), dtype=np.int64)
    for match, cells in enumerate(grid.flat):
        tilts = rng.standard_normal((NUMBER, 2)) * (SPREAD.supremacy, SPREAD.goals)
        for scenario, (margin, total) in enumerate(tilts):
            bent = np.cumsum(cells * np.exp(margin * (home - away) + total * (home + away)))
            drawn[scenario, match] = home[np.searchsorted(bent, rng.random() * bent[-1])]
    return drawn


@pytest.mark.parametrize(("peer", "drawn"), [("fairline", _ours), ("score by score", _score_by_score)])
def test_draw(benchmark: Any, grid: ScoreGrid, peer: str, drawn: Any) -> None:
    benchmark.extra_info["peer"] = peer
    benchmark.pedantic(drawn, args=(grid,), rounds=3, warmup_rounds=1)
