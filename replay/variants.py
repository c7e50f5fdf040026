"""Simple staking rules on the matches of a backtest: the search that a result has to be deflated for.

The statistics are those of `overfitting`; the system's own tickets, with their bankroll and limits, are in `bets`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings, Staking
from lake.storage import Lake
from models.belief import OUTCOMES, Belief
from models.dataset import Dataset, prices_at_decision
from replay.overfitting import BLOCKS, Trials, deflated_sharpe_ratio, probability_of_overfitting

FORECASTERS = ("blend", "model", "market")
MINIMUM_EDGES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08)
MAXIMUM_PRICES_ODDS_DEC = (4.0, 8.0)
MINIMUM_BLOCKS = 8
"""Fewer blocks of months give fewer than 70 splits: too few to count how often a search misleads."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Variant:
    """One unit on the selection of largest edge at prices up to a maximum, where that edge reaches the minimum."""

    forecaster: str
    minimum_edge: float
    maximum_price_odds_dec: float

    @property
    def name(self) -> str:
        """Such as `blend/0.01/8`."""
        return f"{self.forecaster}/{self.minimum_edge:g}/{self.maximum_price_odds_dec:g}"


GRID = tuple(Variant(*rule) for rule in product(FORECASTERS, MINIMUM_EDGES, MAXIMUM_PRICES_ODDS_DEC))
"""Everything that is tried on the walk; fixed, so that no grid is chosen after its results were seen."""


def nearest(staking: Staking) -> Variant:
    """The rule on `blend` nearest to the policy in minimum edge, then in maximum price; of two the stricter."""

    def distance(rule: Variant) -> tuple[float, float, float, float]:
        edge, price = rule.minimum_edge, rule.maximum_price_odds_dec
        return abs(edge - staking.minimum_edge), -edge, abs(price - staking.maximum_price_odds_dec), price

    return min((rule for rule in GRID if rule.forecaster == "blend"), key=distance)


def profits(data: Dataset, beliefs: Mapping[str, Belief], prices: pl.DataFrame, staking: Staking) -> Trials:
    """Profit in units of every rule of the grid, by calendar month (UTC) of kick-off; months without a match are none.

    `data`: decisions whose matches have a result; bets are settled by the first one known. `beliefs`: by forecaster,
    in the order of `data`. `prices`: gold fct_match_prices; only those known at each decision count.
    """
    odds = best_prices(data.rows, prices, staking)
    won = _first_outcome(data)[:, None] == np.arange(len(OUTCOMES))
    payoff = np.where(won, odds - 1, -1.0)
    months, month = np.unique(data.rows["event_at_utc"].dt.strftime("%Y-%m").to_numpy(), return_inverse=True)
    columns = [
        np.bincount(month, _profit(rule, beliefs[rule.forecaster].probabilities, odds, payoff), len(months))
        for rule in GRID
    ]
    return Trials(tuple(rule.name for rule in GRID), np.column_stack(columns))


def best_prices(decisions: pl.DataFrame, prices: pl.DataFrame, staking: Staking) -> Values:
    """(n, 3) highest price of home, draw, away that could be taken at each decision; NaN where there is none.

    Those of the policy's books, known at the decision and not stale: what `optimizer.prices.edges` accepts.
    """
    age = pl.col("as_of_utc") - pl.col("known_at_utc")
    executable = prices_at_decision(decisions, prices).filter(
        ~pl.col("is_aggregate")
        & pl.col("bookmaker").is_in(staking.bookmakers)
        & (age <= timedelta(minutes=staking.maximum_price_age_minutes))
    )
    names = [f"{selection}_odds_dec" for selection in OUTCOMES]
    best = executable.group_by("match_id").agg(pl.col(names).max())
    found = decisions.select("match_id").join(best, on="match_id", how="left", maintain_order="left")
    return found.select(pl.col(names).fill_null(math.nan)).to_numpy()


def other_backtests(lake: Lake, settings: Settings, first: date, last: date, backtest_hash: str) -> int:
    """How many backtests of the same days and leagues, by other code, data or configuration, the lake holds."""
    other = of_range(settings, first, last) & (pl.col("backtest_hash") != backtest_hash)
    return len(lake.table(f"gold.{settings.sport}.backtests").read(other))


def of_range(settings: Settings, first: date, last: date) -> pl.Expr:
    """The rows of gold backtests over these days and the leagues of `settings`."""
    leagues = ",".join(sorted(settings.leagues))
    return (pl.col("first_day") == first) & (pl.col("last_day") == last) & (pl.col("leagues") == leagues)


def overfitting(trials: Trials, staking: Staking, others: int) -> dict[str, object]:
    """What is left of the rule nearest to the policy, and of the best one, once everything that was tried is counted.

    `trials`: of `profits`. `others`: how many backtests were run beside this one. Ratios are monthly; None where there
    are too few months.
    """
    count = trials.count + others
    best = GRID[int(np.argmax(trials.sharpe))]
    return _left(trials, nearest(staking), count) | {
        "trials": count,
        "variants": trials.count,
        "periods": trials.periods,
        "best": _left(trials, best, count) if np.isfinite(trials.sharpe).all() else None,
        "probability_of_overfitting": _known(_chance_of_overfitting(trials)),
    }


def _profit(rule: Variant, p: Values, odds: Values, payoff: Values) -> Values:
    """(n,) profit of one rule on each match; 0 without a bet."""
    edge = p * odds - 1
    allowed = np.isfinite(edge) & (odds <= rule.maximum_price_odds_dec)
    edge = np.where(allowed, edge, -np.inf)
    chosen = edge.argmax(axis=1)[:, None]
    taken = edge.max(axis=1) >= rule.minimum_edge
    return np.where(taken, np.take_along_axis(payoff, chosen, axis=1)[:, 0], 0.0)


def _first_outcome(data: Dataset) -> NDArray[np.int64]:
    first = data.results.unique("match_id", keep="first", maintain_order=True).select("match_id", "outcome")
    found = data.rows.select("match_id").join(first, on="match_id", how="left", maintain_order="left")
    return found["outcome"].to_numpy().astype(np.int64)


def _left(trials: Trials, rule: Variant, count: int) -> dict[str, object]:
    returns = trials.returns[:, trials.variants.index(rule.name)]
    sharpe = float(trials.sharpe[trials.variants.index(rule.name)])
    deflated = deflated_sharpe_ratio(returns, count, trials.sharpe_variance)
    return {"variant": asdict(rule), "sharpe": _known(sharpe), "deflated_sharpe": _known(deflated)}


def _chance_of_overfitting(trials: Trials) -> float:
    """By as many blocks of two months or more as there are, up to the usual 16; NaN for fewer than 16 months."""
    blocks = min(BLOCKS, trials.periods // 4 * 2)
    return probability_of_overfitting(trials.returns, blocks) if blocks >= MINIMUM_BLOCKS else math.nan


def _known(value: float) -> float | None:
    """JSON knows no NaN."""
    return value if math.isfinite(value) else None
