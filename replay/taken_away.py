"""What ablations of all sports share: which change was made, how sure its cost is, and the backtest it belongs to."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.errors import PermanentError
from core.resampling import block_mean_interval
from core.settings import Settings
from lake.storage import Lake
from replay.variants import of_range

Interval = tuple[float, float] | None


class Kind(StrEnum):
    """What was changed of a forecaster."""

    WITHOUT_MEMBER = "without_member"
    """A pool, fitted again every month without one member."""
    MEMBER_ALONE = "member_alone"
    """A pool of one member, calibrated as the whole pool is."""
    WITHOUT_FEATURES = "without_features"
    """The learner of the close, fitted again every season without one group of features."""


def interval(values: NDArray[np.float64], days: NDArray[np.int64], seed: int) -> Interval:
    """The 95% interval of a mean (n,) over whole match days (n,); None for fewer than two."""
    low, high = block_mean_interval(values, days, seed)
    return None if np.isnan(low) else (low, high)


def require_backtest(lake: Lake, settings: Settings, first: date, last: date) -> None:
    """Raises PermanentError where the lake has no backtest of these days and leagues, or one without a match."""
    found = lake.table(f"gold.{settings.sport}.backtests").read(of_range(settings, first, last))
    if not found["matches"].sum():
        leagues = ",".join(sorted(settings.leagues))
        asked = f" --leagues {leagues}" if leagues else ""
        raise PermanentError(
            f"{lake.root} has no backtest of {settings.sport} with matches from {first} to {last} of "
            f"{leagues or 'all leagues'}.",
            f"Run `fairline backtest --sport {settings.sport} --from {first} --to {last}{asked}` with the same --lake "
            "first.",
        )
