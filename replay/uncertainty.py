"""What the system does not know: how far the posterior of the goals model leaves the coming probabilities open.

A competition's posterior is sampled from what was known at the first of the month, so a decision and ten years of them
are answered by the same draws. One that has not converged is withheld, with the reason. The sampler belongs in
models/families/bayes.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from core.countdown import Countdown, Say
from core.settings import Settings
from lake.storage import Lake
from models.belief import OUTCOMES, Belief
from models.dataset import Dataset
from models.families.bayes.walk import DIAGNOSTICS, SIGNALS, BayesParameters, Walk, walk
from models.members import Mask
from models.schedule import Refit, boundary

_ENDS = {"prob": "", "low_prob": "_low", "high_prob": "_high"}
_WITHHELD = "withheld_because"
_MEASURES = ("max_r_hat", "min_bulk_ess", "divergences")
_IDENTITY = ("match_id", "competition_id", "season_code", "as_of_utc")


def posteriors(lake: Lake) -> Path:
    """Where sampled posteriors stand that may be used again."""
    return lake.root / "learned" / "bayes"


def intervals(
    lake: Lake, settings: Settings, as_of: datetime, progress: Say, parameters: BayesParameters | None = None
) -> pl.DataFrame:
    """Three rows of gold outcome_intervals for each coming match; none where the setting `posterior` is off.

    Probabilities are null where the competition's posterior misses a threshold of `Diagnostics.faults` or its sampler
    failed; `withheld_because` says so. `parameters`: defaults where None.
    """
    gold = f"gold.{settings.sport}"
    contract = lake.table(f"{gold}.outcome_intervals").contract
    coming = lake.table(f"{gold}.spn_decisions").read(pl.col("is_upcoming")).sort("competition_id", "match_id")
    if not settings.samples_posterior or coming.is_empty():
        return contract.empty()
    results, parameters = lake.table(f"{gold}.fct_results").read(), parameters or BayesParameters()
    competitions = coming.partition_by("competition_id", maintain_order=True)
    countdown, found = Countdown(len(competitions), progress), []
    for matches in competitions:
        walked = _walked(results, matches, boundary(as_of, Refit.MONTH), parameters, posteriors(lake))
        found.append(_long(matches, walked).select(contract.column_names))
        countdown.step(f"posterior of {matches['competition_id'][0]}")
    return pl.concat(found).sort(contract.key)


def faults(lake: Lake, settings: Settings) -> dict[str, str]:
    """Why coming matches have no interval, by competition; empty where all have one or none was asked for."""
    if not settings.samples_posterior:
        return {}
    gold = f"gold.{settings.sport}"
    coming = lake.table(f"{gold}.spn_decisions").read(pl.col("is_upcoming")).select(_IDENTITY)
    asked = pl.col("match_id").is_in(coming["match_id"].implode())
    told = lake.table(f"{gold}.outcome_intervals").read(asked).select("match_id", "as_of_utc", "prob", _WITHHELD)
    missing = coming.join(told, on=["match_id", "as_of_utc"], how="left").filter(pl.col("prob").is_null())
    why = missing.select("competition_id", pl.col(_WITHHELD).fill_null("Nothing was sampled for this moment."))
    return dict(why.unique().sort("competition_id", _WITHHELD).iter_rows())


def forecaster(
    results: pl.DataFrame, data: Dataset, asked: Mask, parameters: BayesParameters, cache_dir: Path, progress: Say
) -> tuple[Belief, pl.DataFrame]:
    """The posterior's mean on the decisions `asked` (n,), NaN elsewhere, and how the sampler went.

    `results`: gold fct_results. Each decision is answered by its month's posterior (`walk`), also by one that has
    faults: the frame has the columns `DIAGNOSTICS`, a row a month and competition, to be looked at first.
    """
    found = walk(results, data.rows.filter(pl.Series(asked)), parameters, cache_dir, progress)
    probabilities = np.full((len(asked), len(OUTCOMES)), np.nan)
    probabilities[asked] = found.signals.select(SIGNALS[: len(OUTCOMES)]).to_numpy()
    return Belief(probabilities), found.diagnostics


def _walked(
    results: pl.DataFrame, matches: pl.DataFrame, cutoff: datetime, parameters: BayesParameters, folder: Path
) -> Walk:
    """The walk over one competition's coming matches; no signals, and the reason, where its sampler failed."""
    try:
        return walk(results, matches, parameters, folder, lambda _: None)
    except Exception as fault:  # whatever the sampler throws, tickets are issued without it
        why = f"The sampler failed: {type(fault).__name__}: {fault}."
        went = {"competition_id": matches["competition_id"][0], "cutoff_at_utc": cutoff, "faults": [why]}
        silent = np.full((len(matches), len(SIGNALS)), np.nan)
        return Walk(pl.DataFrame(silent, schema=list(SIGNALS)), pl.DataFrame([went], schema=DIAGNOSTICS))


def _long(matches: pl.DataFrame, walked: Walk) -> pl.DataFrame:
    """One row a match and outcome; probabilities only where nothing speaks against the posterior."""
    why = pl.col("faults").list.join(" ")
    went = walked.diagnostics.select(
        "competition_id", "cutoff_at_utc", *(pl.col(name).fill_nan(None) for name in _MEASURES),
        pl.when(why != "").then(why).alias(_WITHHELD),
    )  # fmt: skip
    wide = matches.select(_IDENTITY).hstack(walked.signals).join(went, on="competition_id")
    kept = (*_IDENTITY, "cutoff_at_utc", *_MEASURES, _WITHHELD)
    return pl.concat(
        wide.select(*kept, pl.lit("1x2").alias("market"), pl.lit(outcome).alias("selection"), *_told(outcome))
        for outcome in OUTCOMES
    )


def _told(outcome: str) -> list[pl.Expr]:
    trusted = pl.when(pl.col(_WITHHELD).is_null())
    return [trusted.then(f"bayes_{outcome}{end}").alias(name) for name, end in _ENDS.items()]
