"""From expected margins and totals to one calibrated belief: how sure each member may be, and how they are pooled.

A member's line is set straight against the closing lines, and its doubt is what results showed of it, both on games
known before. Pooled are the members' normal laws, logarithmically: precisions add up by weight (Genest and Zidek,
1986). The weights' size sharpens or flattens, so that they are the calibration of the pooled doubt as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import nnls

from models.basketball.belief import ScoreBelief
from models.schedule import Refit, boundaries

Floats = NDArray[np.float64]
MEMORY_DAYS = 3 * 365.25
"""How far back calibrations and weights look: three seasons."""
MINIMUM_GAMES = 300
"""Earlier games under which nothing is learned, and so nothing is believed."""
_SURE = 1e4
"""Weight of "shares sum to one" beside the games, in points."""


@dataclass(frozen=True)
class Calibration:
    """How one member's lines are read: closing line = `offset` + `slope` * its line, and results around it.

    Each (2,): for margin and total. `offset` and `sd` in points; `correlation` of the two surprises.
    """

    offset: tuple[float, float]
    slope: tuple[float, float]
    sd: tuple[float, float]
    correlation: float

    def read(self, lines: Floats) -> ScoreBelief:
        """The belief that a member's margins and totals (n, 2) stand for; NaN is no belief."""
        means = np.asarray(self.offset) + np.asarray(self.slope) * lines
        return ScoreBelief.of(means[:, 0], self.sd[0], means[:, 1], self.sd[1], self.correlation)


def calibrate(lines: Floats, closing: Floats, result: Floats) -> Calibration:
    """Least squares of the closing lines on a member's, and the root mean squares of results around them.

    All (n, 2) of margins and totals, in points. Where a game has no closing line its result stands for it; games with
    a NaN line or result are left out. Lines that are all the same say nothing: their slope is 0. Raises ValueError
    under three games.
    """
    kept = np.isfinite(lines).all(axis=1) & np.isfinite(result).all(axis=1)
    if kept.sum() < 3:
        raise ValueError("Three games are needed to calibrate a member.")
    told, happened = lines[kept], result[kept]
    goal = np.where(np.isfinite(closing[kept]), closing[kept], happened)
    spread = told - told.mean(axis=0)
    along, width = (spread * (goal - goal.mean(axis=0))).sum(axis=0), (spread**2).sum(axis=0)
    slope = np.divide(along, width, out=np.zeros(2), where=width > 1e-9)
    offset = goal.mean(axis=0) - slope * told.mean(axis=0)
    surprise = happened - offset - slope * told
    sd = np.sqrt((surprise**2).mean(axis=0))
    correlation = float((surprise[:, 0] * surprise[:, 1]).mean() / sd.prod())
    return Calibration(tuple(offset.tolist()), tuple(slope.tolist()), tuple(sd.tolist()), correlation)


@dataclass(frozen=True)
class Pool:
    """Weights by member, each at least 0, apart for margin and total."""

    margin: Mapping[str, float]
    total: Mapping[str, float]

    def __post_init__(self) -> None:
        for weights in (self.margin, self.total):
            if not weights or min(weights.values()) < 0 or max(weights.values()) <= 0:
                raise ValueError("A pool needs weights of at least 0, and one above it.")
        if set(self.margin) != set(self.total):
            raise ValueError("A pool weighs the same members for margin and total.")

    def blend(self, members: Mapping[str, ScoreBelief]) -> ScoreBelief:
        """The pooled belief of n games; "no belief" where a member with weight has none.

        The correlation is the members' mean by their margins' weights.
        """
        ours = {name: members[name] for name in self.margin}
        margin = _blended({name: (one.margin_mean, one.margin_sd) for name, one in ours.items()}, self.margin)
        total = _blended({name: (one.total_mean, one.total_sd) for name, one in ours.items()}, self.total)
        weight = sum(self.margin.values())
        pulled = [share * ours[name].correlation for name, share in self.margin.items() if share > 0]
        return ScoreBelief.of(*margin, *total, np.sum(pulled, axis=0) / weight)


def _blended(members: Mapping[str, tuple[Floats, Floats]], weights: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Mean and standard deviation of weighted normals, each (n,)."""
    used = [(weights[name] / sd**2, mean) for name, (mean, sd) in members.items() if weights[name] > 0]
    precision = np.sum([weight for weight, _ in used], axis=0)
    return np.sum([weight * mean for weight, mean in used], axis=0) / precision, 1 / np.sqrt(precision)


def fit(members: Mapping[str, ScoreBelief], closing: Floats, result: Floats) -> Pool:
    """Weights whose pooled mean is nearest to the closing lines, as sure as results allow.

    `members`: beliefs about n games, out of fold. `closing`, `result` (n, 2): margins and totals in points, NaN while
    unknown; a game without a closing line counts by its result. Games for which any member has no belief are left out.
    Raises ValueError under three games.
    """
    names = list(members)
    present = np.logical_and.reduce([members[name].present for name in names]) & np.isfinite(result).all(axis=1)
    if present.sum() < 3:
        raise ValueError("Three games are needed to weigh members.")
    happened = result[present]
    goal = np.where(np.isfinite(closing[present]), closing[present], happened)
    means = [[_column(members[name], part, "mean")[present] for name in names] for part in range(2)]
    sds = [[_column(members[name], part, "sd")[present] for name in names] for part in range(2)]
    return Pool(*(_weights(names, means[part], sds[part], goal[:, part], happened[:, part]) for part in range(2)))


def _column(belief: ScoreBelief, part: int, what: str) -> Floats:
    column: Floats = getattr(belief, f"{('margin', 'total')[part]}_{what}")
    return column


def _weights(
    names: list[str], means: list[Floats], sds: list[Floats], goal: Floats, happened: Floats
) -> dict[str, float]:
    """Shares of a mean by non-negative least squares (Lawson and Hanson, 1974), over the members' own precisions."""
    told = np.column_stack(means)
    ballast = _SURE * np.sqrt(len(told))
    shares, _ = nnls(np.vstack([told, np.full(len(names), ballast)]), np.append(goal, ballast))
    shares /= shares.sum()
    variance = float(((happened - told @ shares) ** 2).mean())
    weights = shares * np.array([float((sd**2).mean()) for sd in sds]) / variance
    return {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)}


@dataclass(frozen=True)
class Walked:
    """Beliefs of every member and of the pool (`model`) at n decisions, each by what was known at its month's begin."""

    members: Mapping[str, ScoreBelief]
    model: ScoreBelief


def learned(
    lines: Mapping[str, Floats], closing: Floats, result: Floats, known_at: pl.Series, moment: datetime
) -> tuple[dict[str, Calibration], Pool] | None:
    """How each member is read and how they are pooled, from three seasons of games known at `moment`.

    Arguments as in `walk`. None while fewer than `MINIMUM_GAMES` games are known of which every member told a line.
    """
    known = known_at.is_between(moment - timedelta(days=MEMORY_DAYS), moment).fill_null(False).to_numpy()
    told = np.logical_and.reduce([np.isfinite(line).all(axis=1) for line in (*lines.values(), result)])
    if (known & told).sum() < MINIMUM_GAMES:
        return None
    readers = {name: calibrate(line[known], closing[known], result[known]) for name, line in lines.items()}
    members = {name: reader.read(lines[name][known]) for name, reader in readers.items()}
    return readers, fit(members, closing[known], result[known])


def walk(lines: Mapping[str, Floats], closing: Floats, result: Floats, as_of: pl.Series, known_at: pl.Series) -> Walked:
    """Calibrations and weights learned anew each month from three seasons of games known before it.

    `lines`: (n, 2) margins and totals of each member at n decisions, out of fold. `closing`, `result` as in `fit`;
    `as_of` of each decision and `known_at` of its line and result (UTC, null while unknown). No belief while fewer than
    `MINIMUM_GAMES` games are known.
    """
    found = {name: np.full((5, len(as_of)), np.nan) for name in (*lines, "model")}
    months = boundaries(as_of, Refit.MONTH)
    for month in months.unique().sort():
        taught = learned(lines, closing, result, known_at, month)
        if taught is None:
            continue
        readers, pool = taught
        inside = (months == month).to_numpy()
        said = {name: reader.read(lines[name][inside]) for name, reader in readers.items()}
        for name, belief in (said | {"model": pool.blend(said)}).items():
            found[name][:, inside] = [
                belief.margin_mean, belief.margin_sd, belief.total_mean, belief.total_sd, belief.correlation,
            ]  # fmt: skip
    beliefs = {name: ScoreBelief(*columns) for name, columns in found.items()}
    return Walked({name: beliefs[name] for name in lines}, beliefs["model"])
