"""Posteriors as known at month boundaries, kept on disk by what they were sampled from, and the beliefs they give."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from core.countdown import Countdown
from models.belief import OUTCOMES
from models.families.bayes import model
from models.families.bayes.model import Sampling
from models.families.bayes.posterior import Floats, Posterior
from models.families.bayes.tally import History, Tally, tally_as_known
from models.schedule import Refit, boundaries

Say = Callable[[str], None]
SIGNALS = tuple(f"bayes_{outcome}{end}" for end in ("", "_low", "_high") for outcome in OUTCOMES)
DIAGNOSTICS = pl.Schema({
    "competition_id": pl.String(), "cutoff_at_utc": pl.Datetime("us", "UTC"), "max_r_hat": pl.Float64(),
    "min_bulk_ess": pl.Float64(), "divergences": pl.Int64(), "chains": pl.Int64(), "faults": pl.List(pl.String),
})  # fmt: skip


@dataclass(frozen=True)
class BayesParameters:
    """Which results count, and how the posterior is sampled."""

    history: History = field(default_factory=History)
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True)
class Walk:
    """`signals`: the columns `SIGNALS`, a row a spine row. `diagnostics`: `DIAGNOSTICS`, a row a month and league."""

    signals: pl.DataFrame
    diagnostics: pl.DataFrame


def posterior_as_known(
    results: pl.DataFrame,
    competition_ids: Sequence[str],
    cutoff: datetime,
    parameters: BayesParameters,
    cache_dir: Path,
    progress: Say,
) -> Posterior:
    """The posterior of these leagues from results known at `cutoff` (UTC): sampled, or reread from `cache_dir`.

    `results`: as `tally_as_known` takes them. Each league is fitted apart, so that its answer does not depend on which
    others were asked; one without a result has its prior.
    """
    leagues = sorted(set(competition_ids))
    countdown = Countdown(len(leagues), progress)
    found = []
    for league in leagues:
        found.append(_kept(tally_as_known(results, league, cutoff, parameters.history), parameters.sampling, cache_dir))
        countdown.step(f"posterior of {league}")
    return Posterior.joined(found)


def signals(
    results: pl.DataFrame, spine: pl.DataFrame, parameters: BayesParameters, cache_dir: Path, progress: Say
) -> pl.DataFrame:
    """The columns `SIGNALS` for each spine row in its order: its month's belief and its 5% and 95%; never NaN.

    `results`: as `tally_as_known` takes them. `spine`: competition_id, as_of_utc, home_team_id, away_team_id. What
    answers a row was sampled from what was known at the first of its month, 00:00 UTC. A walk that was broken off goes
    on where it stopped.
    """
    return walk(results, spine, parameters, cache_dir, progress).signals


def walk(
    results: pl.DataFrame, spine: pl.DataFrame, parameters: BayesParameters, cache_dir: Path, progress: Say
) -> Walk:
    """`signals`, and how the sampler went in each month and league."""
    answers, went = np.empty((len(spine), len(SIGNALS))), []
    asks = spine.select("competition_id", "home_team_id", "away_team_id").with_columns(
        boundaries(spine["as_of_utc"], Refit.MONTH).alias("cutoff_at_utc"), pl.int_range(pl.len()).alias("row")
    )
    months = asks.sort("cutoff_at_utc").partition_by("cutoff_at_utc", maintain_order=True)
    countdown = Countdown(len(months), progress)
    for month in months:
        cutoff = month["cutoff_at_utc"][0]
        for of_league in month.sort("competition_id", "row").partition_by("competition_id", maintain_order=True):
            league = of_league["competition_id"][0]
            tally = tally_as_known(results, league, cutoff, parameters.history)
            posterior = _kept(tally, parameters.sampling, cache_dir)
            answers[of_league["row"].to_numpy()] = _answers(posterior, of_league)
            diagnostics = posterior.diagnostics
            went.append((league, cutoff, *asdict(diagnostics).values(), diagnostics.faults()))
        countdown.step(f"posteriors of {cutoff:%Y-%m}")
    return Walk(
        pl.DataFrame(answers, schema=dict.fromkeys(SIGNALS, pl.Float64)),
        pl.DataFrame(went, schema=DIAGNOSTICS, orient="row"),
    )


def _answers(posterior: Posterior, asks: pl.DataFrame) -> Floats:
    names = ("home_team_id", "away_team_id", "competition_id")
    found = posterior.belief(*(asks[name].to_list() for name in names))
    return np.hstack([found.mean.probabilities, found.low, found.high])


def _kept(tally: Tally, sampling: Sampling, cache_dir: Path) -> Posterior:
    """The posterior of this tally, sampled only if its file is not there or not whole."""
    key = _key(tally, sampling)
    path = cache_dir / f"{key}.nc"
    if path.is_file():
        try:
            return Posterior.read(path, key)
        except (ValueError, OSError):
            path.unlink()
    posterior = model.fit(tally, sampling)
    posterior.write(path, key)
    return posterior


def _key(tally: Tally, sampling: Sampling) -> str:
    """SHA-256 of everything that decides the draws."""
    sampler = {"model": model.VERSION, "pymc": version("pymc"), "sampling": asdict(sampling)}
    return sha256(f"{tally.digest()}{json.dumps(sampler, sort_keys=True)}".encode()).hexdigest()
