"""The backtest: every decision forecast by what was learned before it, on the same rows for all, against the close."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from lake.keys import short_hash
from lake.storage import Lake
from models import training
from models.belief import Belief
from models.dataset import Dataset
from models.kept import Kept
from models.members import Mask, School
from models.recipe import Recipe
from models.registry import recipe_parameters
from models.schedule import Refit, boundary
from models.scorecard import Score, score
from models.training import Forecast
from replay import bets, fingerprint
from replay.calibration import calibration
from replay.evidence import TABLES, Evidence
from replay.learning import kept, recipe_of

Progress = Callable[[str], None]
CALIBRATED = ("model", "blend", "market")
"""Forecasters whose calibration is measured."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def backtest(lake: Lake, settings: Settings, first: date, last: date, progress: Progress) -> pl.DataFrame:
    """One row of gold backtests for the match days from `first` to `last`, inclusive.

    `report` holds scores overall, by league and by season for each forecaster, the benchmarks' counts, and the bets.
    Every forecast is by members and pools as they stood at its decision (models/schedule.py).
    """
    recipe = recipe_of(settings)
    evidence = Evidence.of(lake, settings.sport)
    data = evidence.past(recipe)
    days = data.rows["event_at_utc"].dt.date()
    tested = days.is_between(first, last).to_numpy()
    if settings.leagues:
        tested &= data.rows["competition_id"].is_in(settings.leagues).to_numpy()
    said, answered = forecast(data, tested, recipe, kept(lake), progress)
    forecasters = dict(said.result)
    (opening, open_books), (close, close_books) = evidence.open(data), evidence.close(data)
    chosen = tested & answered & opening.present & close.present & (data.outcome >= 0)
    everyone = forecasters | {"market_open": opening, "market_close": close}
    progress(f"scoring {int(chosen.sum()):,} matches")
    issued = bets.walk(
        data.where(chosen),
        Belief(forecasters["blend"].probabilities[chosen]),
        evidence.prices,
        evidence.results,
        settings,
    )
    shown = {name: _chosen(said, name, chosen) for name in CALIBRATED}
    report = _scores(data, everyone, close, chosen) | {
        "calibration": calibration(data.where(chosen), shown, evidence.results, settings.seed),
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


def forecast(data: Dataset, tested: Mask, recipe: Recipe, kept: Kept, progress: Progress) -> tuple[Forecast, Mask]:
    """Beliefs by forecaster on the tested decisions, each as it stood then; and which decisions have all of them."""
    moments = data.rows.filter(pl.Series(tested))["as_of_utc"]
    first, last = (moments.min(), moments.max()) if tested.any() else (NEVER, NEVER)
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    school = School(data, recipe, kept, fingerprint.code(), progress)
    members, learned = school.beliefs(training.asked_before(data, boundary(first, Refit.MONTH), last))
    progress("panels, month by month")
    result, goals = training.hearings(data, members, learned)
    found = Forecast(members | result.pooled(tested), dict(goals.beliefs) | goals.pooled(tested))
    present = np.logical_and.reduce([belief.present for belief in found.result.values()])
    return found, learned & present


def _chosen(said: Forecast, name: str, rows: Mask) -> tuple[Belief, Belief]:
    """One forecaster's result and over 2.5 on some decisions."""
    result, over = (Belief(beliefs[name].probabilities[rows]) for beliefs in (said.result, said.over))
    return result, over


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
    """JSON knows no NaN: an interval of fewer than two days is a pair of nulls."""
    values = asdict(card)
    ends = {name: [None if np.isnan(end) else end for end in values[name]] for name in values if name.endswith("_ci95")}
    return values | ends


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
