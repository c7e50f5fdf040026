"""Learning members, pools and calibration from earlier decisions only, season by season."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import pool
from models.belief import Belief
from models.catalog import BLEND_MEMBERS, MEMBERS, MINIMUM_MATCHES, MODEL_MEMBERS
from models.dataset import Dataset
from models.pool import Pool
from models.recipe import Recipe

POOL_YEARS = 3
"""Seasons of out-of-fold beliefs that the pools learn from."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Members:
    """Fitted members by name; one that had too little to learn from is missing."""

    fitted: Mapping[str, Any]

    def predict(self, data: Dataset) -> dict[str, Belief]:
        """Each member's belief, a stand-in's where it is missing; the market needs no fitting."""
        beliefs: dict[str, Belief] = {}
        for spec in MEMBERS:
            is_there = spec.name in self.fitted
            beliefs[spec.name] = spec.answer(self.fitted[spec.name], data) if is_there else beliefs[spec.stand_in]
        return beliefs | {"market": data.market}


@dataclass(frozen=True)
class Trained:
    """Members with the two pools: `model` sees no price of the match, `blend` has the market as a member."""

    members: Members
    model: Pool
    blend: Pool
    matches: int

    def predict(self, data: Dataset) -> dict[str, Belief]:
        """Beliefs by forecaster: every member, market, model, and blend (the model where a match has no price)."""
        found = self.members.predict(data)
        model = self.model.blend(found)
        blended = self.blend.blend(found).probabilities
        without_price = np.isnan(blended).any(axis=1)
        blended[without_price] = model.probabilities[without_price]
        return found | {"model": model, "blend": Belief(blended)}


def fit_members(data: Dataset, recipe: Recipe) -> Members:
    """Fit every member on the labelled decisions of `data`. Raises ValueError where there are none."""
    labelled = data.where(data.outcome >= 0)
    matches = len(labelled.outcome)
    if matches == 0:
        raise ValueError("No finished match to learn from.")
    return Members({spec.name: spec.learn(labelled, recipe) for spec in MEMBERS if spec.can_learn(labelled)})


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


def fit_pools(beliefs: Mapping[str, Belief], data: Dataset, rows: NDArray[np.bool_]) -> tuple[Pool, Pool]:
    """The pools `model` and `blend`, learned on the out-of-fold decisions `rows` that have a result.

    Labels are the closing prices, which say more than results do; results where a match has no close.
    """
    known = rows & (data.outcome >= 0)
    chosen = {name: Belief(belief.probabilities[known]) for name, belief in beliefs.items()}
    label = np.where(data.close.present[:, None], data.close.probabilities, np.eye(3)[data.outcome])[known]
    model = pool.fit({name: chosen[name] for name in MODEL_MEMBERS}, label)
    return model, pool.fit({name: chosen[name] for name in BLEND_MEMBERS}, label)


def train(data: Dataset, recipe: Recipe, progress: Progress) -> tuple[Trained, dict[str, Belief]]:
    """Members on everything known, pools on the last seasons out of fold.

    Returns what was trained, and the members' and pools' out-of-fold beliefs shaped like `data` (for its score card).
    """
    last = int(data.years[data.outcome >= 0].max())
    beliefs, forecast = out_of_fold(data, range(last - POOL_YEARS + 1, last + 1), recipe, progress)
    model, blend = fit_pools(beliefs, data, forecast)
    progress(f"final fit: {int((data.outcome >= 0).sum()):,} matches")
    trained = Trained(fit_members(data, recipe), model, blend, int((data.outcome >= 0).sum()))
    return trained, beliefs
