"""The backtest: every season forecast by models fitted on earlier ones, on the same rows for all, against the close."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from lake.keys import short_hash
from lake.storage import Lake
from models import training
from models.belief import Belief
from models.catalog import BLEND_MEMBERS
from models.dataset import Dataset
from models.recipe import Recipe
from models.registry import recipe_parameters
from models.scorecard import Score, score
from replay import bets, fingerprint
from replay.evidence import TABLES, Evidence

Progress = Callable[[str], None]


def backtest(lake: Lake, settings: Settings, first: date, last: date, progress: Progress) -> pl.DataFrame:
    """One row of gold backtests for the match days from `first` to `last`, inclusive.

    `report` holds scores overall, by league and by season for each forecaster, the benchmarks' counts, and the bets.
    Pools of a season are learned on the out-of-fold seasons before it.
    """
    recipe = Recipe(seed=settings.seed % 2**31, threads=settings.threads)
    evidence = Evidence.of(lake, settings.sport)
    data = evidence.past(recipe)
    days = data.rows["event_at_utc"].dt.date()
    tested = days.is_between(first, last).to_numpy()
    if settings.leagues:
        tested &= data.rows["competition_id"].is_in(settings.leagues).to_numpy()
    forecasters, forecast = _forecasters(data, tested, recipe, progress)
    (opening, open_books), (close, close_books) = evidence.open(data), evidence.close(data)
    chosen = tested & forecast & opening.present & close.present & (data.outcome >= 0)
    everyone = forecasters | {"market_open": opening, "market_close": close}
    progress(f"scoring {int(chosen.sum()):,} matches")
    issued = bets.walk(
        data.where(chosen),
        Belief(forecasters["blend"].probabilities[chosen]),
        evidence.prices,
        evidence.results,
        settings,
    )
    report = _scores(data, everyone, close, chosen) | {
        "benchmarks": {"market_open": _counts(open_books, chosen), "market_close": _counts(close_books, chosen)},
        "bets": issued.report(Belief(close.probabilities[chosen]), data.where(chosen), settings.seed),
        "data": "sandbox" if settings.simulated else "archive",
    }
    backtest_hash = _hash(lake, settings, recipe, first, last)
    return pl.DataFrame(
        {
            "backtest_hash": [backtest_hash],
            "first_day": [first],
            "last_day": [last],
            "leagues": [",".join(sorted(settings.leagues))],
            "matches": [int(chosen.sum())],
            "report": [json.dumps(report | {"hash": backtest_hash}, sort_keys=True)],
        }
    )


def _forecasters(
    data: Dataset, tested: NDArray[np.bool_], recipe: Recipe, progress: Progress
) -> tuple[dict[str, Belief], NDArray[np.bool_]]:
    """Members and pools on the tested seasons, out of fold; and which decisions have all of them."""
    years = sorted(set(data.years[tested].tolist()))
    if not years:
        return {name: Belief(np.full((len(tested), 3), np.nan)) for name in (*BLEND_MEMBERS, "model", "blend")}, tested
    members, forecast = training.out_of_fold(
        data, range(years[0] - training.POOL_YEARS, years[-1] + 1), recipe, progress
    )
    pooled = {name: np.full((len(tested), 3), np.nan) for name in ("model", "blend")}
    for year in years:
        model, blend = training.fit_pools(members, data, forecast & (data.years < year))
        inside = data.years == year
        for name, pool in (("model", model), ("blend", blend)):
            pooled[name][inside] = pool.blend(
                {k: Belief(v.probabilities[inside]) for k, v in members.items()}
            ).probabilities
    found = members | {name: Belief(values) for name, values in pooled.items()}
    present = np.logical_and.reduce([belief.present for belief in found.values()])
    return found, forecast & present


def _scores(
    data: Dataset, forecasters: dict[str, Belief], close: Belief, chosen: NDArray[np.bool_]
) -> dict[str, object]:
    leagues, seasons = data.rows["competition_id"].to_numpy(), data.rows["season_code"].to_numpy()
    return {
        "overall": _scope(data, forecasters, close, chosen),
        "by_league": {
            name: _scope(data, forecasters, close, chosen & (leagues == name)) for name in np.unique(leagues[chosen])
        },
        "by_season": {
            name: _scope(data, forecasters, close, chosen & (seasons == name)) for name in np.unique(seasons[chosen])
        },
    }


def _scope(data: Dataset, forecasters: dict[str, Belief], close: Belief, rows: NDArray[np.bool_]) -> dict[str, object]:
    inside = {name: Belief(belief.probabilities[rows]) for name, belief in forecasters.items()}
    days = data.rows["event_at_utc"].dt.date().to_physical().to_numpy().astype(np.int64)[rows]
    n, cards = score(inside, Belief(close.probabilities[rows]), data.outcome[rows], days)
    return {"n": n, "forecasters": {name: _plain(card) for name, card in cards.items()}}


def _plain(card: Score) -> dict[str, object]:
    values = {name: getattr(card, name) for name in ("log_loss", "brier", "rps", "kl_to_close", "log_loss_minus_close")}
    interval = [None if np.isnan(end) else end for end in card.log_loss_minus_close_ci95]
    return values | {"log_loss_minus_close_ci95": interval}


def _counts(books: pl.Series, rows: NDArray[np.bool_]) -> dict[str, int]:
    counted = books.filter(pl.Series(rows)).value_counts().sort(books.name)
    return {str(name): int(count) for name, count in counted.iter_rows()}


def _hash(lake: Lake, settings: Settings, recipe: Recipe, first: date, last: date) -> str:
    """Code, data versions, configuration and seed."""
    data = [lake.table(f"gold.{settings.sport}.{name}").content_hash() for name in TABLES]
    policy = settings.staking.model_dump_json()
    return short_hash(
        fingerprint.code(),
        *data,
        sorted(recipe_parameters(recipe).items()),
        policy,
        settings.seed,
        first,
        last,
        *sorted(settings.leagues),
    )
