"""Every member of the ensemble: how it learns from decisions, answers, and is written down. New ones are added here.

Members that see no price of the match at hand are pooled into the forecaster `model`; with the market, into `blend`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.market.grid import ScoreGrid
from core.market.pricing import price
from models.belief import Belief
from models.dataset import Dataset
from models.families import boosting, closing, elo, memory
from models.recipe import Recipe
from models.schedule import Refit
from models.signals import GOALS

GOALS_AT_MOST = 12.0
"""Expected goals beyond which a grid of 15 goals would cut off too much."""
MINIMUM_MATCHES = 500
"""Labelled decisions below which learners stay out: a first day has ratings only."""
MINIMUM_LINKED = 30
"""Labelled decisions below which even a rating's link cannot be fitted."""


@dataclass(frozen=True)
class ModelSpec:
    """One member. `learn` sees finished matches only; what it returns goes through `write` and `read` unchanged.

    `refit`: at which boundaries it learns again (models/schedule.py).
    `minimum_matches`: below so many labelled decisions another member answers for it (`stand_in`); labels are results,
    or closes where `is_fitted_to_close`.
    """

    name: str
    learn: Callable[[Dataset, Recipe], Any]
    answer: Callable[[Any, Dataset], Belief]
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    minimum_matches: int = 0
    stand_in: str = "elo"
    is_fitted_to_close: bool = False
    refit: Refit = Refit.SEASON

    def can_learn(self, labelled: Dataset) -> bool:
        """Whether finished matches are enough for it."""
        known = labelled.close.present if self.is_fitted_to_close else labelled.outcome >= 0
        return int(known.sum()) >= self.minimum_matches


def _match_result(data: Dataset) -> Belief:
    """1X2 of the score grid that the weekly Dixon-Coles fits give (models/families/goals/walk.py)."""
    home, away, rho = (data.signal(name) for name in GOALS)
    grid = ScoreGrid.poisson(np.minimum(home, GOALS_AT_MOST), np.minimum(away, GOALS_AT_MOST), rho)
    return Belief.of(price(grid, ["1x2"]).win)


ELO = ModelSpec(
    "elo",
    learn=lambda data, recipe: elo.fit(data.signal("elo_difference"), data.outcome, recipe.elo),
    answer=lambda fitted, data: fitted.predict(data.signal("elo_difference")),
    write=lambda fitted: json.dumps(fitted.to_json(), sort_keys=True),
    read=lambda text: elo.EloBelief.from_json(json.loads(text)),
    minimum_matches=MINIMUM_LINKED,
    stand_in="dixon_coles",
    refit=Refit.MONTH,
)
MEMORY = ModelSpec(
    "memory",
    learn=lambda _data, _recipe: "",
    answer=lambda _fitted, data: memory.belief_of(data.signal("memory_supremacy"), data.signal("memory_draw")),
    write=str,
    read=str,
)
DIXON_COLES = ModelSpec(
    "dixon_coles",
    learn=lambda _data, _recipe: "",
    answer=lambda _fitted, data: _match_result(data),
    write=str,
    read=str,
)
BOOSTING = ModelSpec(
    "boosting",
    learn=lambda data, recipe: boosting.fit(data.features, data.outcome, recipe.boosting, recipe.seed, recipe.threads),
    answer=lambda fitted, data: fitted.predict(data.features),
    write=lambda fitted: fitted.to_text(),
    read=boosting.BoostingBelief.from_text,
    minimum_matches=MINIMUM_MATCHES,
)
CLOSING = ModelSpec(
    "closing",
    learn=lambda data, recipe: closing.fit(data.features, data.close, recipe.closing, recipe.seed, recipe.threads),
    answer=lambda fitted, data: fitted.predict(data.features),
    write=lambda fitted: fitted.to_text(),
    read=closing.ClosingBelief.from_text,
    minimum_matches=MINIMUM_MATCHES,
    stand_in="memory",
    is_fitted_to_close=True,
)

MEMBERS = (DIXON_COLES, ELO, MEMORY, BOOSTING, CLOSING)
"""In the order in which they are fitted; a stand-in comes before the member that it answers for."""
MODEL_MEMBERS = tuple(spec.name for spec in MEMBERS)
BLEND_MEMBERS = (*MODEL_MEMBERS, "market")
