"""The array types that the sandbox shares, and its independent streams of random numbers."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the random stream of one purpose, so that a new purpose never shifts the numbers of another."""
    key = zlib.crc32("/".join(map(str, purpose)).encode())
    return np.random.default_rng([seed, key])
