"""The hierarchical model of points.

Each side scores the league's level + half the home court (less it away) + its offence - the other's defence, with
normal errors of equal spread that are correlated between the sides. So margins and totals have independent errors, and
their four means are sums of strengths (Glickman and Stern, 1998, for margins). A past closing line is the same mean
seen with another, smaller error; given the strengths, it is taken to say nothing of the result. Offences and defences
are normal about the league's mean with learned standard deviations (partial pooling). How it is sampled belongs in
`models.families.bayes.sampler`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.basketball.bayes.posterior import Posterior
from models.basketball.bayes.tally import CHANNELS, Tally
from models.families.bayes.sampler import Drawn, Sampling, places_for, sample

Floats = NDArray[np.float64]
VERSION = 1
"""Of the model below: a posterior of another version is not reread."""
_DRAWN = ("level", "home_court", "scale", "error_sd", "strength")
_LEVEL, _HOME_COURT = (105.0, 10.0), (2.5, 1.5)
_SCALE, _LOG_SCALE_SD = 3.5, 0.4
_ERROR_SD, _LOG_ERROR_SD = np.array([13.0, 19.0, 3.5, 5.5]), np.array([0.05, 0.05, 0.3, 0.3])
"""Priors in points: means and standard deviations; of the spread of strengths and of each error the middle and the
spread of its log. Teams are never all alike, and chains would be caught where they are (Neal, 2003). How far results
fall from what is expected hardly changes with the years, so it is told narrowly: errors of the seasons 2015-16 to
2020-21, when the decays of `tally.History` were chosen.
"""


def fit(tally: Tally, sampling: Sampling) -> Posterior:
    """Draws of every strength in one league; the same tally and sampling give the same bits."""
    size = places_for(len(tally.teams))
    drawn = sample(_model, _padded(tally, size), _starts(size, sampling), _DRAWN, size, sampling)
    return _posterior(tally, drawn, sampling.kept)


def _model(pm: Any, pt: Any, size: int) -> Any:
    """Places beyond the league's teams have no game, and so no say.

    Strengths are centred, since a season tells much of each team; they are taken about their mean over the teams, so
    that level is the league's own.
    """
    with pm.Model() as model:
        present = pm.Data("present", np.zeros(size))
        sums = (
            pm.Data("gram", np.zeros((len(CHANNELS), size + 1, size + 1))),
            pm.Data("cross", np.zeros((len(CHANNELS), size + 1))),
            pm.Data("square", np.zeros(len(CHANNELS))),
            pm.Data("games", np.zeros(len(CHANNELS))),
        )
        level, home_court = pm.Normal("level", *_LEVEL), pm.Normal("home_court", *_HOME_COURT)
        scale = pm.LogNormal("scale", np.log(_SCALE), _LOG_SCALE_SD, shape=2)
        error_sd = pm.LogNormal("error_sd", np.log(_ERROR_SD), _LOG_ERROR_SD, shape=len(CHANNELS))
        spread = present * scale[:, None] + (1.0 - present)
        free = pm.Normal("free", 0.0, spread, shape=(2, size))
        share = present / pt.maximum(present.sum(), 1.0)
        strength = free - (free * share).sum(axis=1, keepdims=True)
        pm.Deterministic("strength", strength)
        pm.Potential("likelihood", _log_likelihood(pt, level, home_court, strength, error_sd, *sums))
    return model


def _log_likelihood(
    pt: Any, level: Any, home_court: Any, strength: Any, error_sd: Any, gram: Any, cross: Any, square: Any, games: Any
) -> Any:
    """Of the weighted normal margins and totals, without their constant: exact from the sums of a tally."""
    offence, defence = strength[0], strength[1]
    margin = pt.concatenate([home_court.reshape((1,)), offence + defence])
    total = pt.concatenate([2.0 * level.reshape((1,)), offence - defence])
    said = 0.0
    for channel, mean in enumerate((margin, total, margin, total)):
        missed = square[channel] - 2.0 * (cross[channel] * mean).sum() + (mean * pt.dot(gram[channel], mean)).sum()
        said -= games[channel] * pt.log(error_sd[channel]) + 0.5 * missed / error_sd[channel] ** 2
    return said


def _starts(size: int, sampling: Sampling) -> list[dict[str, Any]]:
    """Draws from the prior."""
    generator = np.random.default_rng(sampling.seed)
    return [
        {"level": generator.normal(*_LEVEL), "home_court": generator.normal(*_HOME_COURT),
         "scale": _SCALE * np.exp(generator.normal(0.0, _LOG_SCALE_SD, 2)), "free": generator.normal(size=(2, size)),
         "error_sd": _ERROR_SD * np.exp(generator.normal(0.0, _LOG_ERROR_SD))}
        for _ in range(sampling.chains)
    ]  # fmt: skip


def _padded(tally: Tally, size: int) -> dict[str, Floats]:
    beyond = (0, size - len(tally.teams))
    return {
        "present": np.pad(np.ones(len(tally.teams)), beyond),
        "gram": np.pad(tally.gram, ((0, 0), beyond, beyond)),
        "cross": np.pad(tally.cross, ((0, 0), beyond)),
        "square": tally.square,
        "games": tally.games,
    }


def _posterior(tally: Tally, drawn: Drawn, kept: int) -> Posterior:
    ours = Drawn({**drawn.draws, "strength": drawn.draws["strength"][..., : len(tally.teams)]}, drawn.divergences)
    thin = ours.kept(kept)
    strength = np.ascontiguousarray(thin.pop("strength").swapaxes(1, 2))
    return Posterior(tally.league, tally.teams, **thin, strength=strength, diagnostics=ours.diagnostics())
