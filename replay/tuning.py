"""Finding parameters of market memory by Optuna, on seasons up to 2020/21 only; a search that was stopped goes on.

What is minimised is the mean divergence from the closing price, which measures far more sharply than results do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from core.errors import PermanentError
from core.settings import Settings
from lake.storage import Lake
from models import scores
from models.dataset import Dataset
from models.families import memory
from models.families.memory import MemoryParameters
from models.recipe import Recipe
from models.signals import seen_matches
from replay.evidence import Evidence

if TYPE_CHECKING:
    from optuna import Study, Trial

FIRST_YEAR, LAST_YEAR = 2013, 2020
"""Seasons that a search may look at, by the year in which they begin: later ones are for testing."""
RANGES: Mapping[str, tuple[float, float]] = {
    "observation_variance": (0.005, 0.2), "daily_variance": (0.00005, 0.002), "off_season_variance": (0.0, 0.2),
    "first_variance": (0.05, 1.0), "off_season_keep": (0.7, 1.0), "newcomer": (-1.5, 0.0),
    "newcomer_draw": (-0.1, 0.1), "home_gain": (0.001, 0.05), "draw_gain": (0.01, 0.4), "draw_curvature": (-0.1, 0.0),
    "goal_gain": (0.0, 0.06), "shot_on_target_gain": (0.0, 0.02), "shot_gain": (0.0, 0.01),
    "total_goal_gain": (0.0, 0.01), "division_gap": (0.0, 2.0),
}  # fmt: skip
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """The best parameters, their divergence from the close in nats, that of the defaults, and how many were tried."""

    parameters: MemoryParameters
    divergence: float
    divergence_of_defaults: float
    trials: int
    matches: int


def tune_memory(lake: Lake, settings: Settings, trials: int, minutes: float, progress: Progress) -> Found:
    """Search until `trials` in all were made or `minutes` are over. Raises PermanentError where gold is empty.

    The search stands in `<lake>/tuning/memory.log`; the same lake, asked again, goes on from there.
    """
    judge = _judge(lake, settings)
    study = _study(lake.root / "tuning" / "memory.log", settings.seed % 2**31)
    defaults = MemoryParameters()
    study.enqueue_trial({name: getattr(defaults, name) for name in RANGES}, skip_if_exists=True)
    left = max(trials - _finished(study), 0)
    study.optimize(lambda trial: _try(trial, judge, progress), n_trials=left, timeout=minutes * 60)
    best = replace(defaults, **study.best_params)
    return Found(best, study.best_value, judge.divergence(defaults), _finished(study), judge.matches)


def as_text(parameters: MemoryParameters) -> str:
    """The fields as they stand in models/families/memory.py, rounded to four digits that count."""
    return "\n".join(f"{name}: float = {value:.4g}" for name, value in asdict(parameters).items())


@dataclass(frozen=True)
class _Judge:
    seen: pl.DataFrame
    data: Dataset

    @property
    def matches(self) -> int:
        return len(self.data.rows)

    def divergence(self, parameters: MemoryParameters) -> float:
        found = memory.signals(self.seen, self.data.rows, parameters)
        belief = memory.belief_of(found["memory_supremacy"].to_numpy(), found["memory_draw"].to_numpy())
        return float(scores.kl_divergence(self.data.close.probabilities, belief.probabilities).mean())


def _judge(lake: Lake, settings: Settings) -> _Judge:
    evidence = Evidence.of(lake, settings.sport)
    data = evidence.past(Recipe())
    inside = (data.years >= FIRST_YEAR) & (data.years <= LAST_YEAR) & data.close.present
    if not inside.any():
        raise PermanentError(
            f"{lake.root} has no match of {FIRST_YEAR}–{LAST_YEAR} with a closing price.",
            "Fill it by `fairline backtest` with the same --lake.",
        )
    seen = seen_matches(evidence.results, evidence.prices, evidence.statistics)
    return _Judge(seen.filter(pl.col("known_at_utc").dt.year() <= LAST_YEAR + 1), data.where(inside))


def _study(log: Path, seed: int) -> Study:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    log.parent.mkdir(parents=True, exist_ok=True)
    return optuna.create_study(
        study_name="memory",
        storage=JournalStorage(JournalFileBackend(str(log))),
        sampler=optuna.samplers.CmaEsSampler(seed=seed, n_startup_trials=1, sigma0=0.1, x0=_centre()),
        load_if_exists=True,
    )


def _finished(study: Study) -> int:
    return sum(trial.state.is_finished() for trial in study.trials)


def _centre() -> dict[str, float]:
    defaults = MemoryParameters()
    return {name: getattr(defaults, name) for name in RANGES}


def _try(trial: Trial, judge: _Judge, progress: Progress) -> float:
    chosen = {name: trial.suggest_float(name, *ends) for name, ends in RANGES.items()}
    value = judge.divergence(replace(MemoryParameters(), **chosen))
    if trial.number % 50 == 0:
        progress(f"trial {trial.number}: divergence from the close {value:.5f}")
    return value if np.isfinite(value) else 1.0
