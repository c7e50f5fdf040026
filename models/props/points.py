"""The final scores that a game's props hang on: drawn from its score grid, or from an expected margin and total.

The draws are systematic (one in each of s equal slices of the grid), so that spreads and totals of the draws are nearer
to the grid's than those of as many independent ones; see Madow and Madow (1944).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.basketball.belief import ScoreBelief
from models.basketball.grid import PointGrid, scores

Floats = NDArray[np.float64]

_USUAL_SD = (14.0, 18.5)
"""Points about the expected margin and total: root mean squares of the first half of 2023-24, rounded."""
_USUAL_GAMES = 200.0
"""Games that these count as, beside those whose results are known."""
_STREAM = 1
_MARGINS, _TOTALS, _MARGIN_SDS, _TOTAL_SDS = (-30.0, 30.0), (170.0, 280.0), (8.0, 18.0), (10.0, 22.0)


@dataclass(frozen=True)
class Spread:
    """How far final scores lie from what is expected: standard deviations of margin and total, points."""

    margin: float = _USUAL_SD[0]
    total: float = _USUAL_SD[1]


def spread_of(lessons: pl.DataFrame) -> Spread:
    """Learned from lessons (rows of lessons.lessons); with few games it stays near the usual one."""
    games = lessons.filter("is_home").unique("match_id").drop_nulls(["expected_margin", "expected_total"])
    own, theirs = pl.col("team_points"), pl.col("opponent_points")
    surprise = games.select(own - theirs - pl.col("expected_margin"), total=own + theirs - pl.col("expected_total"))
    found = ((surprise.to_numpy() ** 2).sum(axis=0) + _USUAL_GAMES * np.array(_USUAL_SD) ** 2) / (
        len(games) + _USUAL_GAMES
    )
    return Spread(*np.sqrt(found).tolist())


@dataclass(frozen=True, eq=False)
class FinalScores:
    """What is believed of one game's final score: `home` and `away` points (c,), and `prob` (c,), which sums to 1."""

    home: NDArray[np.int64]
    away: NDArray[np.int64]
    prob: Floats

    @classmethod
    def of_moments(cls, margin: float, total: float, spread: Spread) -> FinalScores:
        """From the expected home margin and total, as far as a grid of points can hold them; overtime counted."""
        belief = ScoreBelief.of(
            np.clip(margin, *_MARGINS), np.clip(spread.margin, *_MARGIN_SDS),
            np.clip(total, *_TOTALS), np.clip(spread.total, *_TOTAL_SDS),
        )  # fmt: skip
        return cls(*scores(), PointGrid.of(belief).flat[0])

    @classmethod
    def of_rows(cls, rows: pl.DataFrame) -> FinalScores:
        """From one game's rows of gold score_grids: home_points, away_points, prob."""
        told = rows.sort("home_points", "away_points")
        prob = told["prob"].to_numpy()
        return cls(told["home_points"].to_numpy(), told["away_points"].to_numpy(), prob / prob.sum())

    @property
    def margin(self) -> float:
        """Expected points of the home side less those of the away side."""
        return float(self.prob @ (self.home - self.away))

    @property
    def total(self) -> float:
        """Expected points of both sides."""
        return float(self.prob @ (self.home + self.away))

    def draw(self, number: int, seed: int) -> tuple[Floats, Floats]:
        """So many equally likely final scores: home and away points, (s,), in random order.

        The stream is not that of a night of the same seed, whose draws would else hang on the order of the scores.
        """
        random = np.random.default_rng([seed, _STREAM])
        order = np.lexsort((self.home + self.away, self.home - self.away))
        reached = np.cumsum(self.prob[order])
        places = (np.arange(number) + random.random()) / number * reached[-1]
        cells = order[np.minimum(np.searchsorted(reached, places), len(order) - 1)]
        drawn = random.permutation(cells)
        return self.home[drawn].astype(float), self.away[drawn].astype(float)
