"""Whether a challenger takes the crown: a paired test on matches that neither forecaster was fitted on.

What is compared is log-loss, match by match; match days are the blocks, because the matches of a day share their luck.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

Values = NDArray[np.float64]
Blocks = NDArray[np.int64]

LEVEL = 0.025
"""Chance that a challenger no better than the champion is promoted: one side of a 95% interval."""
DRAWS = 1000
MINIMUM_MATCHES, MINIMUM_BLOCKS = 500, 50
"""Below this only differences far larger than those between good forecasters can be seen."""
PAIRED_SD = 0.10
"""Standard deviation over matches of the difference in log-loss between two good forecasters.

Boosted trees fitted to results against trees fitted to the close, five leagues, out of fold in 2018/19 to 2020/21
(5,376 matches): 0.095, and the variance of whole match days was 0.9 times that of as many independent matches.
"""


@dataclass(frozen=True)
class Verdict:
    """Challenger against champion on n matches: mean difference in log-loss (below 0: better), its 95% interval.

    `reason` is a sentence for people. Low and high are NaN, and nobody is promoted, where n or the days are too few.
    """

    n: int
    difference: float
    low: float
    high: float
    promoted: bool
    reason: str

    def __post_init__(self) -> None:
        if self.promoted and not self.high < 0:
            raise ValueError("A challenger is promoted only where the whole interval lies below zero.")

    @property
    def is_tie(self) -> bool:
        """Both gave every match the same forecast: a change of code that changed no belief."""
        return self.low == self.high == 0


@dataclass(frozen=True)
class Crowning:
    """Whether a newly registered version becomes the champion, and why (or why not) as a sentence."""

    is_crowned: bool
    because: str


def compare(champion_loss: Values, challenger_loss: Values, blocks: Blocks, seed: int) -> Verdict:
    """Test by a studentised block bootstrap (Hall, 1992, 3.2; blocks: Künsch, 1989) that the challenger is better.

    `champion_loss`, `challenger_loss`: (n,) log-losses in nats of the same matches, which neither was fitted on; NaN is
    no forecast and leaves the match out. `blocks`: (n,) numbers of match days; whole days are resampled. Promoted is a
    challenger whose interval lies below zero, so one that is no better is promoted with a chance of `LEVEL`.
    A challenger better by 0.005 is found with 80% power within `matches_needed(PAIRED_SD, 0.005)` = 3,140 matches.
    Raises ValueError where the shapes differ or a loss is infinite.
    """
    if not champion_loss.shape == challenger_loss.shape == blocks.shape:
        raise ValueError("Losses and blocks must be of the same matches.")
    difference = challenger_loss - champion_loss
    if np.isinf(champion_loss).any() or np.isinf(challenger_loss).any():
        raise ValueError("A log-loss is infinite: something that happened was called impossible.")
    paired = np.isfinite(difference)
    return _verdict(difference[paired], blocks[paired], seed)


def compare_out_of_fold(champion: pl.DataFrame, challenger: pl.DataFrame, seed: int) -> Verdict:
    """`compare` on the matches that both forecast out of fold.

    Both frames: `match_id`, `event_at_utc` (its date is the match day) and `log_loss`, one row a match.
    """
    paired = champion.join(challenger.select("match_id", "log_loss"), on="match_id", suffix="_of_challenger")
    days = paired["event_at_utc"].dt.date().to_physical().to_numpy().astype(np.int64)
    return compare(paired["log_loss"].to_numpy(), paired["log_loss_of_challenger"].to_numpy(), days, seed)


def crowning(champion: str | None, is_refit: bool, verdict: Verdict | None, is_held: bool) -> Crowning:
    """Who is crowned: the first version, a refit of the champion, and a challenger that the verdict promotes.

    `champion`: version that stands, if any can be read. `is_refit`: the champion's own recipe and code, fitted on
    newer data. `is_held`: somebody rolled back, so challengers wait until a newer version is chosen by hand.
    """
    if champion is None:
        return Crowning(True, "It is the first version, or the first that can be read.")
    if is_refit:
        return Crowning(True, f"It is version {champion} refitted on newer data.")
    if verdict is None:
        return Crowning(False, f"It was not compared with version {champion}.")
    if verdict.is_tie:
        return Crowning(True, f"It forecasts what version {champion} forecasts, and is fitted on newer data.")
    if verdict.promoted and is_held:
        return Crowning(False, f"{verdict.reason} But version {champion} was chosen by hand.")
    return Crowning(verdict.promoted, verdict.reason)


def matches_needed(sd: float, gain: float, power: float = 0.8, day_effect: float = 1.0) -> int:
    """Matches on which a challenger better by `gain` (mean log-loss) is promoted with this power.

    `sd`: of the paired difference over matches. `day_effect`: variance of day sums over that of independent matches
    (design effect; Kish, 1965). Normal approximation of a one-sided paired test at `LEVEL`.
    """
    distance = NormalDist().inv_cdf(1 - LEVEL) + NormalDist().inv_cdf(power)
    return math.ceil(day_effect * (distance * sd / gain) ** 2)


def _verdict(difference: Values, blocks: Blocks, seed: int) -> Verdict:
    n, days = len(difference), len(np.unique(blocks))
    mean = float(difference.mean()) if n else math.nan
    if n < MINIMUM_MATCHES or days < MINIMUM_BLOCKS:
        needed = f"{MINIMUM_MATCHES} matches on {MINIMUM_BLOCKS} days are needed"
        return Verdict(
            n, mean, math.nan, math.nan, False, f"{n:,} common matches on {days} days are too few: {needed}."
        )
    if not difference.any():
        return Verdict(n, 0.0, 0.0, 0.0, False, f"Both forecast the same on {n:,} matches.")
    mean, low, high = _interval(difference, blocks, seed)
    told = f"{mean:+.4f} [{low:+.4f}, {high:+.4f}] log-loss on {n:,} matches"
    if high < 0:
        return Verdict(n, mean, low, high, True, f"The challenger is better: {told}.")
    return Verdict(n, mean, low, high, False, f"The challenger is not better beyond chance: {told}.")


def _interval(difference: Values, blocks: Blocks, seed: int) -> tuple[float, float, float]:
    """Mean and its studentised interval at `LEVEL` on each side; rows are sorted, so their order changes no bit."""
    order = np.lexsort((difference, blocks))
    _, index = np.unique(blocks[order], return_inverse=True)
    sums, sizes = np.bincount(index, difference[order]), np.bincount(index).astype(float)
    moments = np.stack([sums, sizes, sums**2, sums * sizes, sizes**2])
    mean, error = _ratio(moments.sum(axis=1), len(sums))
    drawn, spread = _ratio(moments @ _counts(len(sums), seed), len(sums))
    t = np.divide(drawn - mean, spread, out=np.zeros_like(drawn), where=spread > 0)
    below, above = np.quantile(t, [LEVEL, 1 - LEVEL])
    return float(mean), float(mean - above * error), float(mean - below * error)


def _ratio(moments: Values, blocks: int) -> tuple[Values, Values]:
    """Ratio of sums to sizes and its standard error by linearisation (Cochran, 1977, 2.11).

    `moments`: sums of difference, size, difference², difference × size, size² over the blocks, shaped (5, ...).
    """
    total, size, squares, products, sizes = moments
    mean = total / size
    scatter = np.maximum(squares - 2 * mean * products + mean**2 * sizes, 0.0)
    return mean, np.sqrt(scatter * blocks / (blocks - 1)) / size


def _counts(blocks: int, seed: int) -> Values:
    """How often each block is drawn in each resample, shaped (blocks, DRAWS)."""
    picked = np.random.default_rng(seed).integers(blocks, size=(blocks, DRAWS)) * DRAWS + np.arange(DRAWS)
    return np.bincount(picked.ravel(), minlength=blocks * DRAWS).reshape(blocks, DRAWS).astype(float)
