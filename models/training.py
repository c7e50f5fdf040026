"""Pools learned from what members had said before: a month's pools by the three years that ended when it began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import pool
from models.belief import Belief
from models.catalog import BLEND_MEMBERS, MODEL_MEMBERS
from models.dataset import Dataset
from models.members import Mask, Members
from models.pool import Pool
from models.schedule import Refit, boundaries

POOL_DAYS = 3 * 365.25
"""How far back the pools look: three seasons of beliefs that were given before their results were known."""


@dataclass(frozen=True)
class Pools:
    """`model` sees no price of the match at hand; `blend` has the market as a member."""

    model: Pool
    blend: Pool

    def predict(self, beliefs: Mapping[str, Belief]) -> dict[str, Belief]:
        """Both pools' beliefs; the blend is the model where a match has no price."""
        model = self.model.blend(beliefs)
        blended = self.blend.blend(beliefs).probabilities
        without_price = np.isnan(blended).any(axis=1)
        blended[without_price] = model.probabilities[without_price]
        return {"model": model, "blend": Belief(blended)}


@dataclass(frozen=True)
class Trained:
    """The forecaster of a moment: its members, its pools, and how many finished matches were known."""

    members: Members
    model: Pool
    blend: Pool
    matches: int

    def predict(self, data: Dataset) -> dict[str, Belief]:
        """Beliefs by forecaster: every member, market, model and blend."""
        found = self.members.predict(data)
        return found | Pools(self.model, self.blend).predict(found)


def asked_before(data: Dataset, first: datetime, last: datetime) -> Mask:
    """The decisions that pools of the moments from `first` to `last` learn from, and those moments' own."""
    since = first - timedelta(days=POOL_DAYS)
    asked: Mask = data.rows["as_of_utc"].is_between(since, last).to_numpy()
    return asked


def fit_pools(beliefs: Mapping[str, Belief], data: Dataset, learned: Mask, cutoff: datetime) -> Pools:
    """The pools of a month, by the `learned` decisions of three years before `cutoff` whose results were known then.

    Labels are the closing prices, which say more than results do; results where a match has no close.
    """
    recent = learned & asked_before(data, cutoff, cutoff)
    chosen = data.where(recent)
    known = chosen.labelled(cutoff)
    rows = np.flatnonzero(recent)[chosen.rows["match_id"].is_in(known.rows["match_id"].implode()).to_numpy()]
    members = {name: Belief(belief.probabilities[rows]) for name, belief in beliefs.items()}
    label = np.where(known.close.present[:, None], known.close.probabilities, np.eye(3)[known.outcome])
    model = pool.fit({name: members[name] for name in MODEL_MEMBERS}, label)
    return Pools(model, pool.fit({name: members[name] for name in BLEND_MEMBERS}, label))


def pooled(beliefs: Mapping[str, Belief], data: Dataset, learned: Mask, rows: Mask) -> dict[str, Belief]:
    """Beliefs of `model` and `blend` on the decisions `rows`, month by month; NaN elsewhere."""
    found: dict[str, NDArray[np.float64]] = {name: np.full((len(rows), 3), np.nan) for name in ("model", "blend")}
    months = boundaries(data.rows["as_of_utc"], Refit.MONTH)
    for month in months.filter(pl.Series(rows)).unique().sort():
        inside = rows & (months == month).to_numpy()
        pools = fit_pools(beliefs, data, learned, month)
        said = pools.predict({name: Belief(belief.probabilities[inside]) for name, belief in beliefs.items()})
        for name, belief in said.items():
            found[name][inside] = belief.probabilities
    return {name: Belief(values) for name, values in found.items()}
