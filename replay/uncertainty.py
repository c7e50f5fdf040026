"""What the system does not know: how far the posterior of a sport's strengths leaves the coming probabilities open.

A competition's posterior is sampled from what was known at the first of the month, so a decision and ten years of them
are answered by the same draws. One that has not converged is withheld, with the reason. The sampler belongs in
models/families/bayes; what is sampled, the craft of the sport says.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from core.countdown import Countdown, Say
from core.settings import Settings
from lake.storage import Lake
from models.families.bayes.walk import DIAGNOSTICS, ENDS, Strengths, Walk, walk
from models.schedule import Refit, boundary
from replay.catalog import craft_of
from replay.kept import posteriors

_TOLD = dict(zip(("prob", "low_prob", "high_prob"), ENDS, strict=True))
_WITHHELD = "withheld_because"
_MEASURES = ("max_r_hat", "min_bulk_ess", "divergences")
_IDENTITY = ("match_id", "competition_id", "season_code", "as_of_utc")


def intervals(lake: Lake, settings: Settings, as_of: datetime, progress: Say) -> pl.DataFrame:
    """Rows of gold outcome_intervals, one for each outcome of each coming match of the settings' sport.

    None where the setting `posterior` is off. Probabilities are null where the competition's posterior misses a
    threshold of `Diagnostics.faults` or its sampler failed; `withheld_because` says so.
    """
    gold, craft = f"gold.{settings.sport}", craft_of(settings.sport)
    contract = lake.table(f"{gold}.outcome_intervals").contract
    coming = lake.table(f"{gold}.spn_decisions").read(pl.col("is_upcoming")).sort("competition_id", "match_id")
    if not settings.samples_posterior or coming.is_empty():
        return contract.empty()
    if craft.seen is None or craft.strengths is None:
        return contract.empty()
    seen, strengths = craft.seen(lake, settings), craft.strengths()
    competitions = coming.partition_by("competition_id", maintain_order=True)
    countdown, found = Countdown(len(competitions), progress), []
    for matches in competitions:
        walked = _walked(seen, matches, boundary(as_of, Refit.MONTH), strengths, posteriors(lake))
        found.append(_long(matches, walked, strengths).select(contract.column_names))
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


def _walked(
    seen: pl.DataFrame, matches: pl.DataFrame, cutoff: datetime, strengths: Strengths[Any], folder: Path
) -> Walk:
    """The walk over one competition's coming matches; no signals, and the reason, where its sampler failed."""
    try:
        return walk(seen, matches, strengths, folder, lambda _: None)
    except Exception as fault:  # whatever the sampler throws, tickets are issued without it
        why = f"The sampler failed: {type(fault).__name__}: {fault}."
        went = {"competition_id": matches["competition_id"][0], "cutoff_at_utc": cutoff, "faults": [why]}
        silent = np.full((len(matches), len(strengths.signals)), np.nan)
        return Walk(pl.DataFrame(silent, schema=list(strengths.signals)), pl.DataFrame([went], schema=DIAGNOSTICS))


def _long(matches: pl.DataFrame, walked: Walk, strengths: Strengths[Any]) -> pl.DataFrame:
    """One row a match and outcome; probabilities only where nothing speaks against the posterior."""
    why = pl.col("faults").list.join(" ")
    went = walked.diagnostics.select(
        "competition_id", "cutoff_at_utc", *(pl.col(name).fill_nan(None) for name in _MEASURES),
        pl.when(why != "").then(why).alias(_WITHHELD),
    )  # fmt: skip
    wide = matches.select(_IDENTITY).hstack(walked.signals).join(went, on="competition_id")
    kept = (*_IDENTITY, "cutoff_at_utc", *_MEASURES, _WITHHELD, pl.lit(strengths.market).alias("market"))
    return pl.concat(
        wide.select(*kept, pl.lit(outcome).alias("selection"), *_told(outcome)) for outcome in strengths.outcomes
    )


def _told(outcome: str) -> list[pl.Expr]:
    trusted = pl.when(pl.col(_WITHHELD).is_null())
    return [trusted.then(f"bayes_{outcome}{end}").alias(name) for name, end in _TOLD.items()]
