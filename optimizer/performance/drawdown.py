"""The path of the bankroll: its falls from earlier peaks, and how long they lasted.

Averages and their intervals belong in `summary`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from core.resampling import DRAWS

_ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Drawdown:
    """The largest fall from an earlier peak, as a share of that peak in [0, 1] (above 1 where more than all was lost).

    `peak_at_utc` and `low_at_utc` are null where nothing ever fell; `recovered_at_utc` while the peak is not reached
    again; a peak that no bet had risen to is the opening bankroll, at the time of the first settlement.
    """

    share: float
    peak_at_utc: datetime | None
    low_at_utc: datetime | None
    recovered_at_utc: datetime | None


@dataclass(frozen=True, eq=False)
class Path:
    """The bankroll after each moment at which something was settled, in minor units.

    `frame`: settled_at_utc (rising), profit_minor of the moment, bankroll_minor after it, drawdown_share below the
    highest bankroll until then, the opening one included.
    """

    opening_minor: int
    frame: pl.DataFrame

    @classmethod
    def of(cls, settled: pl.DataFrame, opening_minor: int) -> Self:
        """The path of settlements (known_at_utc, profit_minor); raises ValueError for an opening of nothing."""
        if opening_minor <= 0:
            raise ValueError(f"A bankroll opens above nothing, not at {opening_minor}.")
        moments = settled.group_by(pl.col("known_at_utc").alias("settled_at_utc")).agg(pl.col("profit_minor").sum())
        bankroll = opening_minor + pl.col("profit_minor").cum_sum()
        peak = pl.max_horizontal(pl.col("bankroll_minor").cum_max(), pl.lit(opening_minor))
        path = moments.sort("settled_at_utc").with_columns(bankroll.alias("bankroll_minor"))
        return cls(opening_minor, path.with_columns((1 - pl.col("bankroll_minor") / peak).alias("drawdown_share")))

    def largest(self) -> Drawdown:
        """The deepest drawdown; of equal ones the first."""
        falls = self.frame["drawdown_share"].to_numpy()
        if not (falls > 0).any():
            return Drawdown(0.0, None, None, None)
        low = int(falls.argmax())
        times, level = self.frame["settled_at_utc"], falls == 0
        before, after = np.flatnonzero(level[:low]), np.flatnonzero(level[low:])
        return Drawdown(
            float(falls[low]),
            times[int(before[-1]) if len(before) else 0],
            times[low],
            times[low + int(after[0])] if len(after) else None,
        )

    def longest_under_water(self, as_of: datetime) -> timedelta:
        """Longest time from a settlement that left the bankroll below its peak until the peak was reached again.

        A fall that stands counts until `as_of`.
        """
        under = pl.col("drawdown_share") > 0
        spells = self.frame.with_columns(pl.col("settled_at_utc").shift(-1, fill_value=as_of).alias("until"))
        lengths = spells.with_columns(under.rle_id().alias("spell")).filter(under).group_by("spell")
        longest = lengths.agg(pl.col("until").max() - pl.col("settled_at_utc").min())["until"].max()
        return longest if isinstance(longest, timedelta) else timedelta(0)


def drawdown_interval(path: Path, seed: int, draws: int = DRAWS) -> tuple[float, float]:
    """95% interval of the largest drawdown if the same settlement moments had come in another order and mix.

    Each draw takes as many moments as there are, with replacement, and multiplies their growth factors. NaN, NaN for
    fewer than two moments, and once the bankroll is lost.
    """
    after = path.frame["bankroll_minor"].to_numpy().astype(float)
    before = after - path.frame["profit_minor"].to_numpy()
    if len(after) < 2 or min(after.min(), before.min()) <= 0:
        return float("nan"), float("nan")
    grown = np.log(after / before)
    picks = np.random.default_rng(seed).integers(0, len(grown), (draws, len(grown)))
    wealth = np.cumsum(np.concatenate([np.zeros((draws, 1)), grown[picks]], axis=1), axis=1)
    falls = 1 - np.exp((wealth - np.maximum.accumulate(wealth, axis=1)).min(axis=1))
    low, high = np.quantile(falls, _ENDS)
    return float(low), float(high)


def longest_losing_run(profits: ArrayLike) -> int:
    """Most tickets lost one after the other: `profits` (n,) in the order of settlement; a push breaks the run."""
    lost = np.asarray(profits, dtype=float) < 0
    ends = np.flatnonzero(np.concatenate([[True], ~lost, [True]]))
    return int(np.diff(ends).max() - 1)
