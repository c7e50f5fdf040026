"""Learning members, pools and calibration from earlier decisions only, season by season."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models import pool
from models.belief import Belief
from models.dataset import Dataset
from models.families import boosting, elo
from models.pool import Pool

MODEL_MEMBERS = ("elo", "boosting")
"""Members that see no price of the match at hand: their pool is the forecaster `model`."""
BLEND_MEMBERS = (*MODEL_MEMBERS, "market")
POOL_YEARS = 3
"""Seasons of out-of-fold beliefs that the pools learn from."""
MINIMUM_MATCHES = 500
"""Labelled decisions below which the boosted trees stay out: a first day has ratings only."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what is learned, apart from the data."""

    elo: elo.EloParameters = field(default_factory=elo.EloParameters)
    boosting: boosting.BoostingParameters = field(default_factory=boosting.BoostingParameters)
    seed: int = 0
    threads: int = 2


@dataclass(frozen=True)
class Members:
    """Fitted members; `boosting` is None where there were too few matches to learn from."""

    elo: elo.EloBelief
    boosting: boosting.BoostingBelief | None

    def predict(self, data: Dataset) -> dict[str, Belief]:
        """Each member's belief; the market needs no fitting."""
        rated = self.elo.predict(data.elo_difference)
        learned = rated if self.boosting is None else self.boosting.predict(data.features)
        return {"elo": rated, "boosting": learned, "market": data.market}


@dataclass(frozen=True)
class Trained:
    """Members with the two pools: `model` sees no price of the match, `blend` has the market as a member."""

    members: Members
    model: Pool
    blend: Pool
    matches: int

    def predict(self, data: Dataset) -> dict[str, Belief]:
        """Beliefs by forecaster: elo, boosting, market, model, and blend (the model where a match has no price)."""
        found = self.members.predict(data)
        model = self.model.blend(found)
        blended = self.blend.blend(found).probabilities
        without_price = np.isnan(blended).any(axis=1)
        blended[without_price] = model.probabilities[without_price]
        return found | {"model": model, "blend": Belief(blended)}


def fit_members(data: Dataset, recipe: Recipe) -> Members:
    """Fit every member on the labelled decisions of `data`. Raises ValueError where there are none."""
    labelled = data.where(data.outcome >= 0)
    if len(labelled.outcome) == 0:
        raise ValueError("No finished match to learn from.")
    trees = None
    if len(labelled.outcome) >= MINIMUM_MATCHES:
        trees = boosting.fit(labelled.features, labelled.outcome, recipe.boosting, recipe.seed, recipe.threads)
    return Members(elo.fit(labelled.elo_difference, labelled.outcome, recipe.elo), trees)


def out_of_fold(
    data: Dataset, years: Sequence[int], recipe: Recipe, progress: Progress
) -> tuple[dict[str, Belief], NDArray[np.bool_]]:
    """Members' beliefs on the decisions of `years`, each season forecast by members fitted on earlier ones only.

    Returns beliefs shaped like `data` (NaN outside) and which decisions were forecast.
    """
    forecast = np.zeros(len(data.years), dtype=bool)
    beliefs = {name: np.full((len(data.years), 3), np.nan) for name in BLEND_MEMBERS}
    for year in years:
        inside = data.years == year
        earlier = data.where((data.years < year) & (data.outcome >= 0))
        if len(earlier.outcome) < MINIMUM_MATCHES or not inside.any():
            continue
        progress(f"season {year}/{(year + 1) % 100:02d}: {len(earlier.outcome):,} matches to learn from")
        for name, belief in fit_members(earlier, recipe).predict(data.where(inside)).items():
            beliefs[name][inside] = belief.probabilities
        forecast |= inside
    return {name: Belief(values) for name, values in beliefs.items()}, forecast


def fit_pools(beliefs: Mapping[str, Belief], outcome: NDArray[np.int64], rows: NDArray[np.bool_]) -> tuple[Pool, Pool]:
    """The pools `model` and `blend`, learned on the out-of-fold decisions `rows` that have a result."""
    known = rows & (outcome >= 0)
    chosen = {name: Belief(belief.probabilities[known]) for name, belief in beliefs.items()}
    model = pool.fit({name: chosen[name] for name in MODEL_MEMBERS}, outcome[known])
    return model, pool.fit({name: chosen[name] for name in BLEND_MEMBERS}, outcome[known])


def train(data: Dataset, recipe: Recipe, progress: Progress) -> tuple[Trained, dict[str, Belief]]:
    """Members on everything known, pools on the last seasons out of fold.

    Returns what was trained, and the members' and pools' out-of-fold beliefs shaped like `data` (for its score card).
    """
    last = int(data.years[data.outcome >= 0].max())
    beliefs, forecast = out_of_fold(data, range(last - POOL_YEARS + 1, last + 1), recipe, progress)
    model, blend = fit_pools(beliefs, data.outcome, forecast)
    progress(f"final fit: {int((data.outcome >= 0).sum()):,} matches")
    trained = Trained(fit_members(data, recipe), model, blend, int((data.outcome >= 0).sum()))
    return trained, beliefs
