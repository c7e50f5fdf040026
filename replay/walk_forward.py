"""The backtest: every decision forecast by what was learned before it, on the same rows for all, against the close."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from core.threads import one_blas_thread
from lake.keys import short_hash
from lake.storage import Lake
from models import fair, spread, training
from models.belief import Belief
from models.dataset import Dataset
from models.families.bayes import goals
from models.kept import Kept
from models.members import Mask, School
from models.recipe import Recipe
from models.registry import recipe_parameters
from models.scorecard import Score, score
from models.training import Forecast, Hearing
from replay import bet_report, bets, fingerprint, provenance, variants
from replay.calibration import calibration
from replay.evidence import TABLES, Evidence
from replay.kept import kept, posteriors
from replay.margins import devig_choice
from replay.moment import policy_of
from replay.posterior import forecaster
from replay.quotes import Quotes
from replay.sharp import by_season

Progress = Callable[[str], None]
CALIBRATED = ("model", "blend", "market")
"""Forecasters whose calibration is measured."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def backtest(
    lake: Lake, settings: Settings, first: date, last: date, progress: Progress, posterior: bool = False
) -> pl.DataFrame:
    """One row of gold backtests for the match days from `first` to `last`, inclusive.

    With `posterior` the monthly posterior of the goals model is scored too, as the forecaster `bayes`; that takes
    seconds for each league and month that were not sampled before.

    `report` holds scores overall, by league and by season for each forecaster, their calibration, the benchmarks'
    counts, the bets, what counting all trials leaves of a result, and the devig method that earlier seasons choose.
    Every forecast is by members and pools as they stood at its decision (models/schedule.py).
    """
    recipe = Recipe.of(settings)
    evidence = Evidence.of(lake, settings.sport)
    data = evidence.past(recipe)
    tested = tested_rows(data, settings, first, last)
    said, answered = forecast(data, tested, recipe, kept(lake), progress)
    forecasters = dict(said.result)
    (opening, open_books), (close, close_books) = evidence.open(data), evidence.close(data)
    chosen = tested & answered & opening.present & close.present & (data.outcome >= 0)
    everyone = forecasters | {"market_open": opening, "market_close": close}
    if posterior:
        everyone["bayes"] = _posterior(lake, evidence, data, chosen, progress)
    progress(f"scoring {int(chosen.sum()):,} matches")
    walked = data.where(chosen)
    shown = {name: _chosen(said, name, chosen) for name in CALIBRATED}
    results = {name: result for name, (result, _) in shown.items()}
    grid = fair.grids(walked, *shown["blend"])
    quotes = Quotes.of(lake, settings.sport).of_matches(walked.rows["match_id"])
    progress("tickets, decision by decision")
    issued = bets.walk(walked, grid, quotes, evidence.results, settings, by_season(evidence.decisions, evidence.prices))
    trials = variants.profits(walked, results, evidence.prices, settings.staking)
    backtest_hash = _hash(lake, settings, recipe, first, last, posterior)
    others = variants.other_backtests(lake, settings, first, last, backtest_hash)
    report = _scores(data, everyone, close, chosen) | {
        "calibration": calibration(walked, shown, evidence.results, settings.seed),
        "overfitting": variants.overfitting(trials, settings.staking, others),
        "spread": spread.measure(
            grid, walked.close, walked.over_close, walked.rows["competition_id"].to_numpy(), walked.match_days
        ).to_json(),
        "devig": devig_choice(data, chosen, evidence.prices),
        "benchmarks": {"market_open": _counts(open_books, chosen), "market_close": _counts(close_books, chosen)},
        "bets": bet_report.report(issued, settings.seed),
        "provenance": asdict(provenance.check(lake, settings.sport, issued.record.legs)),
        "data": "sandbox" if settings.simulated else "archive",
    }
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


def _posterior(lake: Lake, evidence: Evidence, data: Dataset, chosen: Mask, progress: Progress) -> Belief:
    """What the goals model's monthly posteriors say of results."""
    folder, strengths = posteriors(lake), goals.GoalStrengths()
    found = forecaster(evidence.results, data.rows, chosen, strengths, folder, progress)
    return Belief(found.signals.select(goals.PROBABILITIES).to_numpy())


def tested_rows(data: Dataset, settings: Settings, first: date, last: date) -> Mask:
    """The decisions of the leagues of `settings` whose match days lie from `first` to `last`, inclusive."""
    tested: Mask = data.rows["event_at_utc"].dt.date().is_between(first, last).to_numpy()
    if settings.leagues:
        tested = tested & data.rows["competition_id"].is_in(settings.leagues).to_numpy()
    return tested


def hear(data: Dataset, tested: Mask, recipe: Recipe, kept: Kept, progress: Progress) -> tuple[Hearing, Hearing]:
    """What members said of results and of goals on the tested decisions, and on those that their panels learn from."""
    moments = data.rows.filter(pl.Series(tested))["as_of_utc"]
    first, last = (moments.min(), moments.max()) if tested.any() else (NEVER, NEVER)
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    school = School(data, recipe, kept, fingerprint.code(), progress)
    return training.hear(school, data, first, last)


def forecast(data: Dataset, tested: Mask, recipe: Recipe, kept: Kept, progress: Progress) -> tuple[Forecast, Mask]:
    """Beliefs by forecaster on the tested decisions, each as it stood then; and which decisions have all of them."""
    with one_blas_thread():
        result, goals = hear(data, tested, recipe, kept, progress)
        progress("panels, month by month")
        found = Forecast(dict(result.beliefs) | result.pooled(tested), dict(goals.beliefs) | goals.pooled(tested))
    present = np.logical_and.reduce([belief.present for belief in found.result.values()])
    return found, result.learned & present


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
    days = data.match_days[rows]
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


def _hash(lake: Lake, settings: Settings, recipe: Recipe, first: date, last: date, posterior: bool) -> str:
    """Code, data versions, configuration and seed."""
    data = [lake.table(f"gold.{settings.sport}.{name}").content_hash() for name in (*TABLES, "fct_handicap_prices")]
    policy = [part.model_dump_json() for part in (policy_of(settings), settings.staking, settings.uncertainty)]
    return short_hash(
        fingerprint.code(),
        *data,
        sorted(recipe_parameters(replace(recipe, threads=0)).items()),
        *policy,
        settings.seed,
        first,
        last,
        *sorted(settings.leagues),
        *(["posterior"] if posterior else []),
    )
