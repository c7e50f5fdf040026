"""The hierarchical goals model and its sampler: the only door to PyMC.

Goals are Poisson; log rates are base + home advantage + attack - defence of the other side (Maher, 1982; Baio and
Blangiardo, 2010). What a tally is belongs in `tally`, what is done with the draws in `posterior`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.families.bayes.posterior import Diagnostics, Posterior
from models.families.bayes.tally import Tally

Floats = NDArray[np.float64]
VERSION = 1
"""Of the model below: a posterior of another version is not reread."""
_CLUBS_AT_ONCE = 16
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


def fit(tally: Tally, sampling: Sampling) -> Posterior:
    """Draws of every strength in one league; the same tally and sampling give the same bits.

    Compiled by Numba once for each multiple of 16 clubs, kept on disk by PyTensor: a C++ compiler is not needed.
    """
    size = max(2, -(-len(tally.clubs) // _CLUBS_AT_ONCE)) * _CLUBS_AT_ONCE
    with _ONE_AT_A_TIME, _pymc() as pm:
        sampler = _compiled(size, sampling.target_accept)
        return _posterior(tally, _sample(pm, sampler, tally, sampling), sampling.kept)


@dataclass(frozen=True)
class _Sampler:
    """A compiled model of `size` clubs, and the state of its NUTS step before it saw any data."""

    model: Any
    step: Any
    untouched: Any
    size: int


@contextmanager
def _pymc() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="(arviz|pytensor).*")
        import pymc as pm
        import pytensor

        with pytensor.config.change_flags(mode="NUMBA"):
            yield pm


@lru_cache(maxsize=4)
def _compiled(size: int, target_accept: float) -> _Sampler:
    """PyMC compiles whenever it builds a step, so one step serves every fit of its size."""
    import pymc as pm

    model = _model(size)
    step = pm.NUTS(model=model, target_accept=target_accept, rng=0)
    return _Sampler(model, step, step.sampling_state, size)


def _model(size: int) -> Any:
    """Places beyond the league's clubs have no match, and so no say.

    Strengths are non-centred: a standard normal times the league's scale, plus the newcomers' level for newcomers.
    Both parts are taken about their mean over the league's clubs, so that the base is the league's own.
    """
    import pymc as pm
    import pytensor.tensor as pt

    with pm.Model() as model:
        present, is_newcomer = (pm.Data(name, np.zeros(size)) for name in ("present", "is_newcomer"))
        matches, goals = pm.Data("matches", np.zeros((size, size))), pm.Data("goals", np.zeros((2, size)))
        side_goals = pm.Data("side_goals", np.zeros(2))
        base, home_advantage = pm.Normal("base", 0.15, 0.5), pm.Normal("home_advantage", 0.25, 0.25)
        level = pm.Normal("level", 0.0, 0.3, shape=2)
        scale = pm.HalfNormal("scale", 0.5, shape=2)
        normal = pm.Normal("normal", 0.0, 1.0, shape=(2, size))

        share = present / pt.maximum(present.sum(), 1.0)
        newcomers = (is_newcomer * share).sum()
        spread = normal - (normal * share).sum(axis=1, keepdims=True)
        strength = level[:, None] * (is_newcomer - newcomers) + scale[:, None] * spread
        pm.Deterministic("newcomer", level * (1.0 - newcomers))
        pm.Deterministic("strength", strength)
        pm.Potential("likelihood", _log_likelihood(base, home_advantage, strength, matches, goals, side_goals))
    return model


def _log_likelihood(base: Any, home_advantage: Any, strength: Any, matches: Any, goals: Any, side_goals: Any) -> Any:
    """Of the weighted Poisson goals, without their factorials: exact from the sums of a tally."""
    import pytensor.tensor as pt

    attack, defence = strength[0], strength[1]
    threat, leak = pt.exp(attack), pt.exp(-defence)
    at_home, visiting = threat @ matches @ leak, leak @ matches @ threat
    expected = pt.exp(base) * (pt.exp(home_advantage) * at_home + visiting)
    seen = (goals[0] * attack).sum() - (goals[1] * defence).sum()
    return seen + side_goals.sum() * base + side_goals[0] * home_advantage - expected


def _sample(pm: Any, sampler: _Sampler, tally: Tally, sampling: Sampling) -> Any:
    """ArviZ inference data; chains start at draws from the prior, so that R-hat tells whether they met."""
    generator = np.random.default_rng(sampling.seed)
    starts = [
        {"base": generator.normal(0.15, 0.5), "level": generator.normal(0.0, 0.3, 2),
         "normal": generator.normal(size=(2, sampler.size))}
        for _ in range(sampling.chains)
    ]  # fmt: skip
    with sampler.model:
        pm.set_data(_padded(tally, sampler.size))
        sampler.step.sampling_state = sampler.untouched
        return pm.sample(
            draws=sampling.draws, tune=sampling.tune, chains=sampling.chains, cores=1, step=sampler.step,
            initvals=starts, random_seed=sampling.seed, compute_convergence_checks=False, progressbar=False, quiet=True,
        )  # fmt: skip


def _padded(tally: Tally, size: int) -> dict[str, Floats]:
    beyond = (0, size - len(tally.clubs))
    return {
        "present": np.pad(np.ones(len(tally.clubs)), beyond),
        "is_newcomer": np.pad(tally.is_newcomer.astype(np.float64), beyond),
        "matches": np.pad(tally.matches, beyond),
        "goals": np.pad(np.stack([tally.scored, tally.conceded]), ((0, 0), beyond)),
        "side_goals": np.array([tally.home_goals, tally.away_goals]),
    }


def _posterior(tally: Tally, sampled: Any, kept: int) -> Posterior:
    n = len(tally.clubs)
    names = ("base", "home_advantage", "newcomer", "scale", "strength")
    draws = {name: sampled.posterior[name].values for name in names}
    draws["strength"] = draws["strength"][..., :n]
    diagnostics = _diagnostics(draws, int(sampled.sample_stats["diverging"].sum()))
    in_all = draws["base"].size
    flat = {name: values.reshape(in_all, *values.shape[2:]) for name, values in draws.items()}
    chosen = np.linspace(0, in_all - 1, kept).round().astype(np.int64)
    thin = {name: values[chosen] for name, values in flat.items()}
    return Posterior(
        leagues=(tally.league,),
        clubs=tuple((tally.league, club) for club in tally.clubs),
        base=thin["base"][:, None],
        home_advantage=thin["home_advantage"][:, None],
        strength=np.ascontiguousarray(thin["strength"].swapaxes(1, 2)),
        newcomer=thin["newcomer"][:, None],
        scale=thin["scale"][:, None],
        diagnostics=diagnostics,
    )


def _diagnostics(draws: dict[str, Floats], divergences: int) -> Diagnostics:
    """Over draws by name, (chain, draw, ...)."""
    import arviz as az

    r_hat, ess = az.rhat(draws, method="rank"), az.ess(draws, method="bulk")
    return Diagnostics(
        max(float(values.max()) for values in r_hat.values() if values.size),
        min(float(values.min()) for values in ess.values() if values.size),
        divergences,
        len(draws["base"]),
    )
