"""Every member of the ensemble: how it learns from decisions, answers, and is written down. New ones are added here.

Members that see no price of the match at hand are pooled into the forecaster `model`; with the market, into `blend`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.market.grid import ScoreGrid
from core.market.pricing import price
from models.belief import Belief
from models.dataset import Dataset
from models.families import boosting, closing, drift, elo, forest, link, memory, network, xgb
from models.panel import MARKET
from models.recipe import Recipe
from models.schedule import Refit
from models.signals import binomial_grid, bivariate_grid, goal_grid

MINIMUM_MATCHES = 500
"""Labelled decisions below which learners stay out: a first day has ratings only."""
MINIMUM_LINKED = 30
"""Labelled decisions below which even a rating's link cannot be fitted."""


@dataclass(frozen=True)
class ModelSpec:
    """One member. `learn` sees finished matches only; what it returns goes through `write` and `read` unchanged.

    `minimum_matches`: below so many labelled decisions another member answers for it (`stand_in`); labels are results,
    or closes where `is_fitted_to_close`. `sees_price`: it reads the price of the match at hand, so that only the blend
    hears it. `refit`: at which boundaries it learns again (models/schedule.py). `is_installed`: whether the library of
    an extra is there; where it is not, the stand-in answers.
    """

    name: str
    learn: Callable[[Dataset, Recipe], Any]
    answer: Callable[[Any, Dataset], Belief]
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    minimum_matches: int = 0
    stand_in: str = "dixon_coles"
    is_fitted_to_close: bool = False
    sees_price: bool = False
    refit: Refit = Refit.SEASON
    is_installed: Callable[[], bool] = lambda: True

    def can_learn(self, labelled: Dataset) -> bool:
        """Whether its library is there, and finished matches are enough for it."""
        known = labelled.close.present if self.is_fitted_to_close else labelled.outcome >= 0
        if self.sees_price:
            known = known & labelled.market.present
        return self.is_installed() and int(known.sum()) >= self.minimum_matches


def _goal_model(name: str, grid: Callable[[Dataset], ScoreGrid]) -> ModelSpec:
    """A member whose weekly fits are signals already: its score grid answers."""
    return ModelSpec(
        name,
        learn=lambda _data, _recipe: "",
        answer=lambda _fitted, data: Belief.of(price(grid(data), ["1x2"]).win),
        write=str,
        read=str,
        refit=Refit.MONTH,
    )


def _rating(name: str, difference: Callable[[Dataset], NDArray[np.float64]]) -> ModelSpec:
    """A member that reads a difference of ratings through an ordered logit."""
    return ModelSpec(
        name,
        learn=lambda data, _recipe: link.fit(difference(data), data.outcome),
        answer=lambda fitted, data: fitted.predict(difference(data)),
        write=lambda fitted: json.dumps(fitted.to_json(), sort_keys=True),
        read=lambda text: link.OrderedLogit.from_json(json.loads(text)),
        minimum_matches=MINIMUM_LINKED,
        refit=Refit.MONTH,
    )


def _of_the_close(name: str, family: Any, read: Callable[[str], Any], **other: Any) -> ModelSpec:
    """A learner of what the closing price says beyond market memory (models/families/residual.py)."""
    return ModelSpec(
        name,
        learn=lambda data, recipe: family.fit(
            data.features, data.close, getattr(recipe, name), recipe.seed, recipe.threads
        ),
        answer=lambda fitted, data: fitted.predict(data.features),
        write=lambda fitted: fitted.to_text(),
        read=read,
        minimum_matches=MINIMUM_MATCHES,
        stand_in="memory",
        is_fitted_to_close=True,
        **other,
    )


DIXON_COLES = _goal_model("dixon_coles", lambda data: goal_grid(data.signals))
BIVARIATE_POISSON = _goal_model("bivariate_poisson", lambda data: bivariate_grid(data.signals))
NEGATIVE_BINOMIAL = _goal_model("negative_binomial", lambda data: binomial_grid(data.signals))
ELO = ModelSpec(
    "elo",
    learn=lambda data, recipe: elo.fit(data.signal("elo_difference"), data.outcome, recipe.elo),
    answer=lambda fitted, data: fitted.predict(data.signal("elo_difference")),
    write=lambda fitted: json.dumps(fitted.to_json(), sort_keys=True),
    read=lambda text: elo.EloBelief.from_json(json.loads(text)),
    minimum_matches=MINIMUM_LINKED,
    refit=Refit.MONTH,
)
PI_RATINGS = _rating("pi_ratings", lambda data: data.signal("pi_difference"))
STATE_SPACE = _rating(
    "state_space", lambda data: np.log(data.signal("state_home_goals") / data.signal("state_away_goals"))
)
MEMORY = ModelSpec(
    "memory",
    learn=lambda _data, _recipe: "",
    answer=lambda _fitted, data: memory.belief_of(data.signal("memory_supremacy"), data.signal("memory_draw")),
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
    stand_in="elo",
)
CLOSING = _of_the_close("closing", closing, closing.ClosingBelief.from_text)
FOREST = _of_the_close("forest", forest, forest.ForestBelief.from_text)
NETWORK = _of_the_close("network", network, network.NetworkBelief.from_text)
XGBOOST = _of_the_close("xgboost", xgb, xgb.XgbBelief.from_text, is_installed=xgb.is_installed)

DRIFT = ModelSpec(
    "drift",
    learn=lambda data, recipe: drift.fit(data.priced_features, data.close, recipe.drift, recipe.seed, recipe.threads),
    answer=lambda fitted, data: fitted.predict(data.priced_features),
    write=lambda fitted: fitted.to_text(),
    read=drift.DriftBelief.from_text,
    minimum_matches=MINIMUM_MATCHES,
    stand_in=MARKET,
    is_fitted_to_close=True,
    sees_price=True,
)

MEMBERS = (
    DIXON_COLES, BIVARIATE_POISSON, NEGATIVE_BINOMIAL, ELO, PI_RATINGS, STATE_SPACE, MEMORY, BOOSTING, CLOSING, FOREST,
    NETWORK, XGBOOST, DRIFT,
)  # fmt: skip
"""In the order in which they are fitted; a stand-in comes before the member that it answers for."""
MODEL_MEMBERS = tuple(spec.name for spec in MEMBERS if not spec.sees_price)
BLEND_MEMBERS = (*(spec.name for spec in MEMBERS), MARKET)
