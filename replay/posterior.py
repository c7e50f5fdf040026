"""The posterior of a sport's strengths as a forecaster of past decisions, beside all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.countdown import Say
from models.families.bayes.walk import Strengths, Walk, walk


def forecaster(
    seen: pl.DataFrame,
    rows: pl.DataFrame,
    asked: NDArray[np.bool_],
    strengths: Strengths[Any],
    cache_dir: Path,
    progress: Say,
) -> Walk:
    """The posterior's signals on the decisions `asked` (n,) of `rows`, NaN elsewhere, and how the sampler went.

    `seen`: as the craft of the sport tells it. Each decision is answered by its month's posterior (`walk`), also by one
    that has faults: months with faults are told.
    """
    found = walk(seen, rows.filter(pl.Series(asked)), strengths, cache_dir, progress)
    signals = np.full((len(asked), len(strengths.signals)), np.nan)
    signals[asked] = found.signals.to_numpy()
    faulty = int((found.diagnostics["faults"].list.len() > 0).sum())
    progress(f"{len(found.diagnostics)} posteriors, {faulty} of them with faults of convergence")
    return Walk(pl.DataFrame(signals, schema=list(strengths.signals)), found.diagnostics)
