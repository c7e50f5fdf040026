"""The backtest: every decision forecast by what was learned before it, on the same rows for all, against the close."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import ScoreGrid
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
from models.scorecard import score
from models.training import Forecast, Hearing
from replay import bet_report, bets, fingerprint, provenance, variants
from replay.backtest_row import backtest_row, plain
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


@dataclass(frozen=True, eq=False)
class Benchmarks:
    """What the market believed of n decisions: at opening and at the close, and the books that said so, (n,) each."""

    opening: Belief
    opening_books: pl.Series
    close: Belief
    closing_books: pl.Series

    @property
    def beliefs(self) -> dict[str, Belief]:
        """By the names that they are reported under."""
        return {"market_open": self.opening, "market_close": self.close}

    @property
    def present(self) -> Mask:
        """(n,) whether both are told."""
        both: Mask = self.opening.present & self.close.present
        return both

    def counts(self, rows: Mask) -> dict[str, dict[str, int]]:
        """How many of the decisions `rows` each book was the benchmark of."""
        return {"market_open": _counts(self.opening_books, rows), "market_close": _counts(self.closing_books, rows)}


@dataclass(frozen=True, eq=False)
class Walked:
    """The matches that are judged: beliefs about result and over 2.5 of `CALIBRATED`, and the blend's score grids."""

    data: Dataset
    shown: Mapping[str, tuple[Belief, Belief]]
    grid: ScoreGrid

    @classmethod
    def of(cls, data: Dataset, said: Forecast, chosen: Mask) -> Walked:
        """The decisions `chosen` of everything that was said."""
        shown, walked = {name: _chosen(said, name, chosen) for name in CALIBRATED}, data.where(chosen)
        return cls(walked, shown, fair.grids(walked, *shown["blend"]))

    @property
    def results(self) -> dict[str, Belief]:
        """Beliefs about the result."""
        return {name: result for name, (result, _) in self.shown.items()}


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
    recipe, evidence = Recipe.of(settings), Evidence.of(lake, settings.sport)
    data = evidence.past(recipe)
    tested = tested_rows(data, settings, first, last)
    said, answered = forecast(data, tested, recipe, kept(lake), progress)
    market = Benchmarks(*evidence.open(data), *evidence.close(data))
    chosen = tested & answered & market.present & (data.outcome >= 0)
    everyone = dict(said.result) | market.beliefs
    if posterior:
        everyone["bayes"] = _posterior(lake, evidence, data, chosen, progress)
    progress(f"scoring {int(chosen.sum()):,} matches")
    walked = Walked.of(data, said, chosen)
    backtest_hash = _hash(lake, settings, recipe, first, last, posterior)
    others = variants.other_backtests(lake, settings, first, last, backtest_hash)
    report = {
        **_scores(data, everyone, market.close, chosen),
        **_trust(walked, evidence, settings, others),
        **_bets(lake, walked, evidence, settings, progress),
        "devig": devig_choice(data, chosen, evidence.prices),
        "benchmarks": market.counts(chosen),
    }
    return backtest_row(backtest_hash, settings, first, last, int(chosen.sum()), report)


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


def _trust(walked: Walked, evidence: Evidence, settings: Settings, others: int) -> dict[str, object]:
    """How far the probabilities can be trusted: calibration, luck of the best of all trials, doubt of the league."""
    data, leagues = walked.data, walked.data.rows["competition_id"].to_numpy()
    trials = variants.profits(data, walked.results, evidence.prices, settings.staking)
    doubt = spread.measure(walked.grid, data.close, data.over_close, leagues, data.match_days)
    return {
        "calibration": calibration(data, walked.shown, evidence.results, settings.seed),
        "overfitting": variants.overfitting(trials, settings.staking, others),
        "spread": doubt.to_json(),
    }


def _bets(lake: Lake, walked: Walked, evidence: Evidence, settings: Settings, progress: Progress) -> dict[str, object]:
    """The tickets that would have been issued, what became of them, and where their prices came from."""
    progress("tickets, decision by decision")
    quotes = Quotes.of(lake, settings.sport).of_matches(walked.data.rows["match_id"])
    sharpness = by_season(evidence.decisions, evidence.prices)
    issued = bets.walk(walked.data, walked.grid, quotes, evidence.results, settings, sharpness)
    return {
        "bets": bet_report.report(issued, settings.seed),
        "provenance": asdict(provenance.check(lake, settings.sport, issued.record.legs)),
    }


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
    return {"n": n, "forecasters": {name: plain(card) for name, card in cards.items()}}


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
