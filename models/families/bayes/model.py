"""The hierarchical goals model.

Goals are Poisson; log rates are base + home advantage + attack - defence of the other side (Maher, 1982; Baio and
Blangiardo, 2010). What a tally is belongs in `tally`, how it is sampled in `sampler`, what is done with the draws in
`posterior`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.families.bayes.posterior import Posterior
from models.families.bayes.sampler import Drawn, Sampling, places_for, sample
from models.families.bayes.tally import Tally

Floats = NDArray[np.float64]
VERSION = 1
"""Of the model below: a posterior of another version is not reread."""
_DRAWN = ("base", "home_advantage", "newcomer", "scale", "strength")


def fit(tally: Tally, sampling: Sampling) -> Posterior:
    """Draws of every strength in one league; the same tally and sampling give the same bits."""
    size = places_for(len(tally.clubs))
    drawn = sample(_model, _padded(tally, size), _starts(size, sampling), _DRAWN, size, sampling)
    return _posterior(tally, drawn, sampling.kept)


def _model(pm: Any, pt: Any, size: int) -> Any:
    """Places beyond the league's clubs have no match, and so no say.

    Strengths are non-centred: a standard normal times the league's scale, plus the newcomers' level for newcomers.
    Both parts are taken about their mean over the league's clubs, so that the base is the league's own.
    """
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
        pm.Potential("likelihood", _log_likelihood(pt, base, home_advantage, strength, matches, goals, side_goals))
    return model


def _log_likelihood(
    pt: Any, base: Any, home_advantage: Any, strength: Any, matches: Any, goals: Any, side_goals: Any
) -> Any:
    """Of the weighted Poisson goals, without their factorials: exact from the sums of a tally."""
    attack, defence = strength[0], strength[1]
    threat, leak = pt.exp(attack), pt.exp(-defence)
    at_home, visiting = threat @ matches @ leak, leak @ matches @ threat
    expected = pt.exp(base) * (pt.exp(home_advantage) * at_home + visiting)
    seen = (goals[0] * attack).sum() - (goals[1] * defence).sum()
    return seen + side_goals.sum() * base + side_goals[0] * home_advantage - expected


def _starts(size: int, sampling: Sampling) -> list[dict[str, Any]]:
    """Draws from the prior."""
    generator = np.random.default_rng(sampling.seed)
    return [
        {"base": generator.normal(0.15, 0.5), "level": generator.normal(0.0, 0.3, 2),
         "normal": generator.normal(size=(2, size))}
        for _ in range(sampling.chains)
    ]  # fmt: skip


def _padded(tally: Tally, size: int) -> dict[str, Floats]:
    beyond = (0, size - len(tally.clubs))
    return {
        "present": np.pad(np.ones(len(tally.clubs)), beyond),
        "is_newcomer": np.pad(tally.is_newcomer.astype(np.float64), beyond),
        "matches": np.pad(tally.matches, beyond),
        "goals": np.pad(np.stack([tally.scored, tally.conceded]), ((0, 0), beyond)),
        "side_goals": np.array([tally.home_goals, tally.away_goals]),
    }


def _posterior(tally: Tally, drawn: Drawn, kept: int) -> Posterior:
    ours = Drawn({**drawn.draws, "strength": drawn.draws["strength"][..., : len(tally.clubs)]}, drawn.divergences)
    thin = ours.kept(kept)
    return Posterior(
        leagues=(tally.league,),
        clubs=tuple((tally.league, club) for club in tally.clubs),
        base=thin["base"][:, None],
        home_advantage=thin["home_advantage"][:, None],
        strength=np.ascontiguousarray(thin["strength"].swapaxes(1, 2)),
        newcomer=thin["newcomer"][:, None],
        scale=thin["scale"][:, None],
        diagnostics=ours.diagnostics(),
    )
