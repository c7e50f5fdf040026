"""NUTS for any model of strengths: the only door to PyMC. What a model is belongs in the `model` of its sport."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.families.bayes.diagnostics import Diagnostics

Floats = NDArray[np.float64]
Build = Callable[[Any, Any, int], Any]
"""Called with PyMC, PyTensor's tensors and a size: a PyMC model of that many places, its data all zero."""
_SIDES_AT_ONCE = 16
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Sampling:
    """How NUTS samples (Hoffman and Gelman, 2014): `tune` and `draws` steps in each chain, one chain after the other.

    `kept`: draws that a posterior holds, evenly spaced over all chains. Raises ValueError for fewer than two chains,
    for too few draws for R-hat, or for more kept than drawn.
    """

    chains: int = 2
    tune: int = 500
    draws: int = 2000
    kept: int = 200
    target_accept: float = 0.8
    seed: int = 20261120

    def __post_init__(self) -> None:
        if self.chains < 2 or self.draws < 4 or self.tune < 1:
            raise ValueError("R-hat needs two chains of four draws, and NUTS a step to tune.")
        if not 0 < self.kept <= self.chains * self.draws:
            raise ValueError("A posterior keeps at least one draw, and no more than there are.")


@dataclass(frozen=True)
class Drawn:
    """`draws`: every draw by name, (chain, draw, ...); `divergences`: transitions after tuning that diverged."""

    draws: Mapping[str, Floats]
    divergences: int

    def diagnostics(self) -> Diagnostics:
        """Over everything drawn."""
        import arviz as az

        r_hat, ess = az.rhat(dict(self.draws), method="rank"), az.ess(dict(self.draws), method="bulk")
        return Diagnostics(
            max(float(values.max()) for values in r_hat.values() if values.size),
            min(float(values.min()) for values in ess.values() if values.size),
            self.divergences,
            len(next(iter(self.draws.values()))),
        )

    def kept(self, number: int) -> dict[str, Floats]:
        """So many draws by name, (number, ...), evenly spaced over all chains."""
        first = next(iter(self.draws.values()))
        in_all = first.shape[0] * first.shape[1]
        flat = {name: values.reshape(in_all, *values.shape[2:]) for name, values in self.draws.items()}
        chosen = np.linspace(0, in_all - 1, number).round().astype(np.int64)
        return {name: values[chosen] for name, values in flat.items()}


def places_for(sides: int) -> int:
    """Places of the model that serves so many sides: a multiple of 16, so that few models are compiled."""
    return max(2, -(-sides // _SIDES_AT_ONCE)) * _SIDES_AT_ONCE


def sample(
    build: Build,
    data: Mapping[str, Floats],
    starts: list[dict[str, Any]],
    names: tuple[str, ...],
    size: int,
    sampling: Sampling,
) -> Drawn:
    """Draws of `names` from the model that `build` makes of `size` places, given `data` by name.

    `starts`: where each chain starts; draws from the prior, so that R-hat tells whether the chains met. The same of
    everything gives the same bits. Compiled by Numba once for each size, kept on disk by PyTensor: a C++ compiler is
    not needed.
    """
    with _ONE_AT_A_TIME, _pymc() as pm:
        compiled = _compiled(build, size, sampling.target_accept)
        with compiled.model:
            pm.set_data(dict(data))
            compiled.step.sampling_state = compiled.untouched
            found = pm.sample(
                draws=sampling.draws, tune=sampling.tune, chains=sampling.chains, cores=1, step=compiled.step,
                initvals=starts, random_seed=sampling.seed, compute_convergence_checks=False, progressbar=False,
                quiet=True,
            )  # fmt: skip
    draws = {name: found.posterior[name].values for name in names}
    return Drawn(draws, int(found.sample_stats["diverging"].sum()))


@dataclass(frozen=True)
class _Compiled:
    """A compiled model, and the state of its NUTS step before it saw any data."""

    model: Any
    step: Any
    untouched: Any


@contextmanager
def _pymc() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="(arviz|pytensor).*")
        import pymc as pm
        import pytensor

        with pytensor.config.change_flags(mode="NUMBA"):
            yield pm


@lru_cache(maxsize=4)
def _compiled(build: Build, size: int, target_accept: float) -> _Compiled:
    """PyMC compiles whenever it builds a step, so one step serves every fit of its size."""
    import pymc as pm
    import pytensor.tensor as pt

    model = build(pm, pt, size)
    step = pm.NUTS(model=model, target_accept=target_accept, rng=0)
    return _Compiled(model, step, step.sampling_state)
