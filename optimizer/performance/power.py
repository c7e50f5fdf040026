"""How many bets it takes until an edge can be told from luck.

What the bets so far showed belongs in `summary`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite, sqrt

import polars as pl
from scipy.stats import norm

from core.resampling import block_spread

LEVEL = 0.05
POWER = 0.8


@dataclass(frozen=True)
class Signal:
    """Mean and standard deviation of one bet, such as of profit per unit staked or of closing-line value.

    Raises ValueError for a spread that is no positive number or a mean that is none.
    """

    mean: float
    spread: float

    def __post_init__(self) -> None:
        if not (isfinite(self.mean) and isfinite(self.spread) and self.spread > 0):
            raise ValueError(f"A signal has a mean and a positive spread, not {self.mean} and {self.spread}.")

    def bets_needed(self, power: float = POWER, level: float = LEVEL) -> float:
        """Bets until a one-sided z-test at `level` sees the mean with this probability; infinite for none above 0.

        `((z(1 - level) + z(power)) * spread / mean) ** 2`, rounded up: Cohen (1988), with the normal limit.
        """
        if self.mean <= 0:
            return inf
        return float(ceil(((norm.isf(level) + norm.ppf(power)) * self.spread / self.mean) ** 2))

    def power(self, bets: int, level: float = LEVEL) -> float:
        """Probability, in (0, 1), that a one-sided z-test at `level` sees the mean after so many bets."""
        return float(norm.sf(norm.isf(level) - self.mean / self.spread * sqrt(bets)))


def yield_signal(rows: pl.DataFrame) -> Signal | None:
    """Profit per unit staked of settled tickets, stake by stake, with a spread that takes days as wholes.

    `rows`: `summary.settled_rows`. The spread is that of the ratio's linear part, `(profit - yield * stake) / mean
    stake`, so that it over the root of n is the standard error. None for fewer than two days, or without any spread.
    """
    if rows.is_empty():
        return None
    stake, profit = rows["stake_minor"].to_numpy().astype(float), rows["profit_minor"].to_numpy()
    mean = float(profit.sum() / stake.sum())
    return _signal(mean, block_spread((profit - mean * stake) / stake.mean(), rows["day"].to_physical().to_numpy()))


def clv_signal(rows: pl.DataFrame) -> Signal | None:
    """Closing-line value of those of these tickets that have one, with a spread that takes days as wholes; or None."""
    closed = rows.filter(pl.col("clv").is_not_null())
    if closed.is_empty():
        return None
    values = closed["clv"].to_numpy()
    return _signal(float(values.mean()), block_spread(values, closed["day"].to_physical().to_numpy()))


def _signal(mean: float, spread: float) -> Signal | None:
    return Signal(mean, spread) if spread > 0 else None


def sentence(yield_signal: Signal, clv_signal: Signal | None, bets: int, power: float = POWER) -> str:
    """For the report: how many more bets would show the yield and the closing-line value, if both are what they seem.

    `bets`: how many there are. The estimates are taken as the truth, which is the hopeful case.
    """
    said = [_part("yield", yield_signal, bets, power)]
    said += [] if clv_signal is None else [_part("closing-line value", clv_signal, bets, power)]
    return " ".join(said)


def _part(what: str, signal: Signal, bets: int, power: float) -> str:
    given = f"At this {what} ({signal.mean:+.1%} a unit, spread {signal.spread:.2f})"
    needed = signal.bets_needed(power)
    if needed == inf:
        return f"{given} no number of bets would show an edge."
    if needed <= bets:
        return f"{given} {needed:,.0f} bets are enough for {power:.0%} power, and there are {bets:,}."
    return f"{given} {needed - bets:,.0f} more bets are needed for {power:.0%} power."
