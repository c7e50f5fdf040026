"""What posteriors of all sports share: the interval that is told, their files, and draws of a side that nobody saw."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.families.bayes.diagnostics import Diagnostics

Floats = NDArray[np.float64]
INTERVAL = (0.05, 0.95)
"""Shares of the draws below the low end and below the high end of what is told."""
_WENT = ("max_r_hat", "min_bulk_ess", "divergences", "chains")


def unseen(name: str, draws: int) -> Floats:
    """Standard normals for both strengths of a side without a match, (draws, 2): its name alone decides them."""
    seed = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal((draws, 2))


def write(path: Path, key: str, variables: Mapping[str, Any], diagnostics: Diagnostics) -> None:
    """Write NetCDF under a name that nobody reads until it is whole.

    `variables`: (dimensions, values) by name, as xarray takes them; `key` says what was sampled from.
    """
    import xarray as xr

    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    xr.Dataset(dict(variables), attrs=vars(diagnostics) | {"key": key}).to_netcdf(fresh, engine="h5netcdf")
    os.replace(fresh, path)


def read(
    path: Path, key: str, words: Sequence[str], numbers: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], Diagnostics]:
    """The variables called `words` and `numbers` that `write` wrote.

    Raises ValueError or OSError if the file is not whole or was sampled from other data than `key` says.
    """
    import xarray as xr

    with xr.open_dataset(path, engine="h5netcdf") as stored:
        if stored.attrs.get("key") != key:
            raise ValueError(f"{path} was sampled from other data than was asked for.")
        try:
            found: dict[str, NDArray[Any]] = {name: stored[name].values.astype(str) for name in words}
            found |= {name: stored[name].values.astype(np.float64) for name in numbers}
            max_r_hat, min_bulk_ess, divergences, chains = (stored.attrs[name] for name in _WENT)
        except KeyError as missing:
            raise ValueError(f"{path} is no posterior: {missing} is missing.") from missing
    return found, Diagnostics(float(max_r_hat), float(min_bulk_ess), int(divergences), int(chains))
