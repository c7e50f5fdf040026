"""From expected margins and totals to one calibrated belief: how sure each member may be, and how they are pooled.

A member's line is set straight against the closing lines, and its doubt is what results showed of it, both on games
known before. Pooled are the members' normal laws, logarithmically: precisions add up by weight (Genest and Zidek,
1986). The weights' size sharpens or flattens, so that they are the calibration of the pooled doubt as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import nnls

from models.basketball.belief import ScoreBelief
from models.schedule import Refit, boundaries

Floats = NDArray[np.float64]
MEMORY_DAYS = 3 * 365.25
"""How far back calibrations and weights look: three seasons."""
    known = known_at.is_between(moment - timedelta(days=MEMORY_DAYS), moment)
    return np.asarray(known.fill_null(False).to_numpy(), dtype=bool)


def learned(
    lines: Mapping[str, Floats], closing: Floats, result: Floats, known_at: pl.Series, moment: datetime
) -> tuple[dict[str, Calibration], Pool] | None:
    """How each member is read and how they are pooled, from three seasons of games known at `moment`.

    Arguments as in `walk`. None while fewer than `MINIMUM_GAMES` games are known of which every member told a line.
    """
    known = window(known_at, moment)
    told = np.logical_and.reduce([np.isfinite(line).all(axis=1) for line in (*lines.values(), result)])
    if (known & told).sum() < MINIMUM_GAMES:
        return None
    readers = {name: calibrate(line[known], closing[known], result[known]) for name, line in lines.items()}
    members = {name: reader.read(lines[name][known]) for name, reader in readers.items()}
    return readers, fit(members, closing[known], result[known])


def walk(lines: Mapping[str, Floats], closing: Floats, result: Floats, as_of: pl.Series, known_at: pl.Series) -> Walked:
    """Calibrations and weights learned anew each month from three seasons of games known before it.

    `lines`: (n, 2) margins and totals of each member at n decisions, out of fold. `closing`, `result` as in `fit`;
    `as_of` of each decision and `known_at` of its line and result (UTC, null while unknown). No belief while fewer than
    `MINIMUM_GAMES` games are known.
    """
    found = {name: np.full((5, len(as_of)), np.nan) for name in (*lines, "model")}
    months = boundaries(as_of, Refit.MONTH)
    for month in months.unique().sort():
        taught = learned(lines, closing, result, known_at, month)
        if taught is None:
            continue
        readers, pool = taught
        inside = (months == month).to_numpy()
        said = {name: reader.read(lines[name][inside]) for name, reader in readers.items()}
        for name, belief in (said | {"model": pool.blend(said)}).items():
            found[name][:, inside] = [
                belief.margin_mean, belief.margin_sd, belief.total_mean, belief.total_sd, belief.correlation,
            ]  # fmt: skip
    beliefs = {name: ScoreBelief(*columns) for name, columns in found.items()}
    return Walked({name: beliefs[name] for name in lines}, beliefs["model"])
