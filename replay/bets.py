"""The tickets that the optimizer would have issued over a range of decisions, and how they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from models.belief import OUTCOMES, Belief
from models.dataset import Dataset, prices_at_decision
from models.scores import block_bootstrap_mean
from optimizer import edges, settlement, tickets
from optimizer.stakes import NOTHING_OPEN, Exposure

BOOTSTRAP_DRAWS = 1000


@dataclass(frozen=True)
class Bets:
    """Issued tickets with legs and settlements, one row each: what the ledger would have booked."""

    rows: pl.DataFrame
    opening_minor: int

    def report(self, close: Belief, data: Dataset, seed: int) -> dict[str, object]:
        """n, yield, closing-line value (both with 95% block-bootstrap intervals over days) and the largest drawdown.

        Yield and its interval weigh tickets by stake; closing-line value is the mean of `price * p_close - 1`.
        """
        if self.rows.is_empty():
            return {"n": 0, "yield": None, "yield_ci95": None, "clv": None, "clv_ci95": None, "max_drawdown": 0.0}
        rows = self.rows.join(_closing(close, data), on=["match_id", "selection"], how="left")
        days = rows["event_at_utc"].dt.date().to_physical().to_numpy().astype(np.int64)
        stake, profit = rows["stake_minor"].to_numpy().astype(float), rows["profit_minor"].to_numpy().astype(float)
        value = (rows["price_odds_dec"] * rows["p_close"] - 1).to_numpy()
        seen = np.isfinite(value)
        low, high = _ratio_interval(profit, stake, days, seed)
        return {
            "n": len(rows),
            "yield": float(profit.sum() / stake.sum()),
            "yield_ci95": _interval(low, high),
            "clv": float(value[seen].mean()) if seen.any() else None,
            "clv_ci95": _interval(*block_bootstrap_mean(value[seen], days[seen], BOOTSTRAP_DRAWS, seed)),
            "max_drawdown": _max_drawdown(_by_moment(rows), self.opening_minor),
        }


def walk(data: Dataset, blend: Belief, prices: pl.DataFrame, results: pl.DataFrame, settings: Settings) -> Bets:
    """Decide moment by moment with the live functions: the bankroll and what stands open are those of that moment.

    `blend`: beliefs in the order of `data`. `prices`: gold fct_match_prices; only those known at each decision count.
    `results`: gold fct_results; bets are settled by the first result known.
    """
    decided = prices_at_decision(data.rows, prices)
    fair = _fair(data, blend)
    first = results.sort("known_at_utc").unique("match_id", keep="first", maintain_order=True)
    by_moment = fair.partition_by("as_of_utc", as_dict=True, maintain_order=True)
    quotes = decided.partition_by("as_of_utc", as_dict=True)
    opening = round(settings.staking.bankroll * 100)
    issued: list[pl.DataFrame] = []
    for (as_of,), rows in by_moment.items():
        if (as_of,) in quotes and isinstance(as_of, datetime):
            found = _decide(rows, quotes[(as_of,)], issued, opening, settings, as_of, first)
            issued += [found] if len(found) else []
    return Bets(pl.concat(issued) if issued else pl.DataFrame(), opening)


def _decide(
    fair: pl.DataFrame,
    prices: pl.DataFrame,
    issued: list[pl.DataFrame],
    opening: int,
    settings: Settings,
    as_of: datetime,
    results: pl.DataFrame,
) -> pl.DataFrame:
    """Tickets of one moment, each with its leg and, since the result is in the archive, its settlement."""
    before = pl.concat(issued) if issued else None
    bankroll, open_now = opening, NOTHING_OPEN if before is None else _standing(before, as_of)
    if before is not None:
        bankroll += int(before.filter(pl.col("known_at_utc") <= as_of)["profit_minor"].sum())
    bets = edges.value_bets(fair, prices.drop("as_of_utc"), settings.staking, as_of)
    made, legs = tickets.build(bets, bankroll, settings.staking, open_now, as_of, f"backtest-{as_of.isoformat()}")
    settled = settlement.settle(made, legs, results, datetime.max.replace(tzinfo=as_of.tzinfo))
    taken = made.select("ticket_id", "as_of_utc", "competition_id", "selection", "price_odds_dec", "edge", "bookmaker")
    return settled.join(taken, on="ticket_id", how="inner", maintain_order="left")


def _standing(before: pl.DataFrame, as_of: datetime) -> Exposure:
    settled = before.filter(pl.col("known_at_utc") <= as_of)
    return tickets.exposure(
        before.select("ticket_id", "as_of_utc", "stake_minor"), before.drop("stake_minor"), settled, as_of
    )


def _fair(data: Dataset, blend: Belief) -> pl.DataFrame:
    columns = ("match_id", "competition_id", "season_code", "as_of_utc", "event_at_utc", "home_team_id", "away_team_id")
    wide = data.rows.select(columns).with_columns(
        pl.Series(name, blend.probabilities[:, place]) for place, name in enumerate(OUTCOMES)
    )
    long = wide.unpivot(list(OUTCOMES), index=columns, variable_name="selection", value_name="prob")
    return (
        long.filter(pl.col("prob").is_not_nan())
        .sort("as_of_utc", "match_id")
        .with_columns(
            pl.lit("1x2").alias("market"),
            pl.lit(None, pl.Float64).alias("line"),
            (1 / pl.col("prob")).alias("fair_odds_dec"),
        )
    )


def _closing(close: Belief, data: Dataset) -> pl.DataFrame:
    wide = data.rows.select("match_id").with_columns(
        pl.Series(name, close.probabilities[:, place]) for place, name in enumerate(OUTCOMES)
    )
    return wide.unpivot(list(OUTCOMES), index="match_id", variable_name="selection", value_name="p_close")


def _ratio_interval(
    profit: NDArray[np.float64], stake: NDArray[np.float64], days: NDArray[np.int64], seed: int
) -> tuple[float, float]:
    """95% interval of profit over stake, resampling whole days; NaN, NaN for fewer than two of them."""
    _, index = np.unique(days, return_inverse=True)
    if not index.any():
        return float("nan"), float("nan")
    profits, stakes_ = np.bincount(index, profit), np.bincount(index, stake)
    picks = np.random.default_rng(seed).multinomial(
        len(profits), np.full(len(profits), 1 / len(profits)), BOOTSTRAP_DRAWS
    )
    low, high = np.quantile((picks @ profits) / (picks @ stakes_), [0.025, 0.975])
    return float(low), float(high)


def _interval(low: float, high: float) -> list[float] | None:
    """None where there are too few days to say."""
    return [low, high] if np.isfinite([low, high]).all() else None


def _by_moment(rows: pl.DataFrame) -> NDArray[np.int64]:
    """Profit of all results that became known at once, in the order of these moments."""
    return (
        rows.group_by("known_at_utc").agg(pl.col("profit_minor").sum()).sort("known_at_utc")["profit_minor"].to_numpy()
    )


def _max_drawdown(profit_minor: NDArray[np.int64], opening_minor: int) -> float:
    """Largest fall of the bankroll from an earlier peak, as a share of that peak: in [0, 1]."""
    path = opening_minor + np.concatenate([[0], np.cumsum(profit_minor)])
    return float((1 - path / np.maximum.accumulate(path)).max())
