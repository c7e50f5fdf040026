"""What moves the nights of one game together: blow-outs, absent team-mates, points of both teams, and a man's own form.

All are learned of past games from the surprises that were left when each man's minutes and rates were foretold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from models.props import regression
from models.props.words import COMPONENTS

Floats = NDArray[np.float64]

_LEVEL = 20.0
"""Expected minutes at which a blow-out hardly matters."""
ABSENT_UNIT = 30.0
"""Minutes of absent team-mates that count as one."""
_MOST_DISPERSION = 4.0
_PENALTY = 50.0
_LEAST_MINUTES = 0.3
_MOST_MORE = 15.0
_FARTHEST = 1.0


@dataclass(frozen=True, eq=False)
class Laws:
    """Learned constants of a league.

    `blow_out`: (2,) shift of a man's minutes, in normal scores, for one standard score of the final margin's size, at
    20 expected minutes and for each 20 more. `absent`: shift for 30 more minutes of absent team-mates than expected.
    `team_mates`: correlation of what remains between team-mates, at most 0. `linear`, `quadratic`: (7,) variance of
    counts beyond Poisson, as `linear * mean + quadratic * mean ** 2`, given minutes and score. `own`: (7, 7)
    correlation of a man's own counts, given the same. `moves`: (7, 6) what the log of each count over minutes times
    rate is: a level, then a weight for the logs of his team's and of the opponent's points over those expected, for ten
    minutes more than expected (who plays well is left on, and a man who stands in for a star gets his shots as well as
    his minutes), and for each 20 expected minutes above 20, alone and times the former. Raises ValueError where these
    cannot be.
    """

    blow_out: tuple[float, float]
    absent: float
    team_mates: float
    linear: Floats
    quadratic: Floats
    own: Floats
    moves: Floats

    def __post_init__(self) -> None:
        n = len(COMPONENTS)
        if self.linear.shape != (n,) or self.quadratic.shape != (n,) or self.moves.shape != (n, 6):
            raise ValueError("Laws have one number, or six, for each component.")
        if self.own.shape != (n, n) or not np.allclose(np.diag(self.own), 1.0):
            raise ValueError("A man's own correlations are a square with ones on its diagonal.")
        if min(self.linear.min(), self.quadratic.min()) < 0 or not -0.2 < self.team_mates <= 0:
            raise ValueError("Variances are 0 or more, and team-mates' minutes never move together of themselves.")


@dataclass(frozen=True, eq=False)
class Surprises:
    """n players who took part, as foretold and as they were.

    `rows`: match_id, team_id. `expected`: (n,) minutes; `score`: (n,) normal score of his minutes among those foretold;
    `more_absent`: (n,) typical minutes of team-mates who were missing beyond those expected; `margin`: (n,) final,
    points; `team_points`, `opponent_points`: (n,) log of the points over those expected, whose means are taken out;
    `minutes`: (n,) played; `rates`, `counts`: (n, 7) expected a minute, and made; `weight`: (n,) what each counts for
    the level of the counts, which drifts within a season.
    """

    rows: pl.DataFrame
    expected: Floats
    score: Floats
    more_absent: Floats
    margin: Floats
    team_points: Floats
    opponent_points: Floats
    minutes: Floats
    rates: Floats
    counts: Floats
    weight: Floats

    def __post_init__(self) -> None:
        for name in ("team_points", "opponent_points"):
            points = getattr(self, name)
            object.__setattr__(self, name, points - points.mean())


def fit(seen: Surprises) -> Laws:
    """Learn all of them from players of past games."""
    size = standard_score(np.abs(seen.margin))
    level = (seen.expected - _LEVEL) / _LEVEL
    design = np.column_stack([size, size * level, seen.more_absent / ABSENT_UNIT, np.ones(len(size))])
    slopes = np.linalg.lstsq(design, seen.score, rcond=None)[0]
    moves = _moves(seen)
    mean = _mean(seen) * np.exp(moved(moves, seen.team_points, seen.opponent_points, seen.minutes, seen.expected))
    linear, quadratic = _dispersion(mean, seen.counts)
    return Laws(
        (float(slopes[0]), float(slopes[1])), float(slopes[2]), _team_mates(seen.rows, seen.score - design @ slopes),
        linear, quadratic, _own(mean, seen.counts), moves,
    )  # fmt: skip


def moved(moves: Floats, team_points: Floats, opponent_points: Floats, minutes: Floats, expected: Floats) -> Floats:
    """(..., 7) log of each count's mean over minutes times rate; all arguments but `moves` (...)."""
    columns = _columns(team_points, opponent_points, minutes, expected)
    found: Floats = np.clip(moves[:, 0] + columns @ moves[:, 1:].T, -_FARTHEST, _FARTHEST)
    return found


def blow_out(laws: Laws, expected: Floats) -> Floats:
    """(n,) shift of each man's minutes for one standard score of the margin's size."""
    return laws.blow_out[0] + laws.blow_out[1] * (expected - _LEVEL) / _LEVEL


def standard_score(values: Floats) -> Floats:
    """(n,) normal scores of the ranks of values (n,), ties at their mean rank: van der Waerden (1952)."""
    places = np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(float)
    _, group = np.unique(values, return_inverse=True)
    shared = np.bincount(group, places) / np.bincount(group)
    scores: Floats = ndtri((shared[group] + 0.5) / len(values))
    return scores


def _team_mates(rows: pl.DataFrame, left: Floats) -> float:
    """Mean product of what remains over all pairs of team-mates, over its variance."""
    club = rows.select(pl.struct("match_id", "team_id").rank("dense") - 1).to_series().to_numpy().astype(np.int64)
    number, total, squares = (np.bincount(club, weights) for weights in (np.ones(len(left)), left, left**2))
    pairs = (total**2 - squares).sum() / max(float((number * (number - 1)).sum()), 1.0)
    return float(np.clip(pairs / max(float((left**2).mean()), 1e-9), -0.08, 0.0))


def _dispersion(mean: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Least squares of the squared surprise less the mean, over the mean, on 1 and the mean, both 0 or more."""
    excess = ((counts - mean) ** 2 - mean) / mean
    found = [_two_slopes(column, own) for column, own in zip(excess.T, mean.T, strict=True)]
    return np.array([each[0] for each in found]), np.array([each[1] for each in found])


def _two_slopes(excess: Floats, mean: Floats) -> tuple[float, float]:
    weight = mean / (mean + 0.2)
    design = np.column_stack([np.ones(len(mean)), mean])
    level, slope = np.linalg.solve((design * weight[:, None]).T @ design, (design * weight[:, None]).T @ excess)
    if slope < 0:
        return float(np.clip(np.average(excess, weights=weight), 0.0, _MOST_DISPERSION)), 0.0
    if level < 0:
        return 0.0, max(float((weight * excess * mean).sum() / (weight * mean**2).sum()), 0.0)
    return float(min(level, _MOST_DISPERSION)), float(slope)


def _own(mean: Floats, counts: Floats) -> Floats:
    """Correlations of a man's surprises, over their Pearson size, shrunk until they are a correlation matrix."""
    pearson = (counts - mean) / np.sqrt(mean)
    found = np.corrcoef(np.clip(pearson, -5.0, 5.0), rowvar=False)
    values, vectors = np.linalg.eigh(found)
    repaired = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    scale = np.sqrt(np.diag(repaired))
    correlation: Floats = repaired / np.outer(scale, scale)
    return correlation


def _mean(seen: Surprises) -> Floats:
    return np.maximum(seen.minutes, _LEAST_MINUTES)[:, None] * seen.rates


def _moves(seen: Surprises) -> Floats:
    """Poisson regressions of counts on both teams' points and on minutes beyond those expected."""
    design = _columns(seen.team_points, seen.opponent_points, seen.minutes, seen.expected)
    columns = pl.DataFrame(design, schema=["own", "theirs", "more", "level", "more_by_level"])
    return np.array([
        _plain(regression.poisson(columns, counts, mean, seen.weight, _PENALTY))
        for counts, mean in zip(seen.counts.T, _mean(seen).T, strict=True)
    ])  # fmt: skip


def _columns(team_points: Floats, opponent_points: Floats, minutes: Floats, expected: Floats) -> Floats:
    """(..., 5): what moves counts, in the order of `Laws.moves` after the level."""
    more = np.clip(minutes - expected, -_MOST_MORE, _MOST_MORE) / 10.0
    level = (expected - _LEVEL) / _LEVEL
    return np.stack([team_points, opponent_points, more, level, more * level], axis=-1)


def _plain(model: regression.Linear) -> list[float]:
    """Level and weights of columns that are neither centred nor scaled."""
    weights = np.array(model.weights) / np.array(model.scales)
    return [model.level - float(weights @ np.array(model.means)), *weights.tolist()]
