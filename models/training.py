"""The forecaster of a moment: members, and the panels that weigh what they said before its month began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import over, panel
from models.belief import Belief
from models.calibrators import Calibrator
from models.catalog import MODEL_MEMBERS
from models.dataset import Dataset
from models.members import Mask, Members, School
from models.panel import Answered, Panel, Voice
from models.pool import Pool
from models.schedule import Refit, boundaries, boundary

POOL_DAYS = 3 * 365.25
"""How far back panels look: three seasons of beliefs that were given before their results were known."""
Label = Callable[[Dataset], tuple[NDArray[np.float64], NDArray[np.int64]]]


@dataclass(frozen=True)
class Forecast:
    """Beliefs by forecaster: of home, draw, away; and of over and under 2.5 goals."""

    result: Mapping[str, Belief]
    over: Mapping[str, Belief]


@dataclass(frozen=True)
class Trained:
    """The forecaster of a moment: its members, its panels, and how many finished matches were known."""

    members: Members
    result: Panel
    over: Panel
    matches: int

    @property
    def failures(self) -> Mapping[str, str]:
        """Why members are missing that had enough to learn from, by member."""
        return self.members.failed

    @property
    def stand_ins(self) -> str | None:
        """Who answers for members that failed, in words for a ticket; None where nobody failed."""
        return self.members.stand_ins

    def predict(self, data: Dataset) -> Forecast:
        """What every member, the market, `model` and `blend` say."""
        result, goals = self.members.predict(data), over.members(data)
        return Forecast(result | self.result.predict(result), goals | self.over.predict(goals))


@dataclass(frozen=True)
class Hearing:
    """Beliefs that were given in the past about one question, and which of them count.

    `beliefs`: by member, shaped like `data`; `unpriced` names those that see no price of the match. `learned`: the
    decisions whose members had enough to learn from. `label`: the soft labels and outcomes of labelled decisions.
    """

    data: Dataset
    beliefs: Mapping[str, Belief]
    unpriced: tuple[str, ...]
    learned: Mask
    label: Label

    def panel(self, moment: datetime) -> Panel:
        """The panel that answers a decision at `moment`."""
        return _together(self._pools(boundary(moment, Refit.MONTH)), self._calibrators(boundary(moment, Refit.SEASON)))

    def pooled(self, rows: Mask) -> dict[str, Belief]:
        """What `model` and `blend` say on the decisions `rows`, each by the panel of its month; NaN elsewhere."""
        columns = next(iter(self.beliefs.values())).probabilities.shape[1]
        found = {name: np.full((len(rows), columns), np.nan) for name in ("model", "blend")}
        moments = self.data.rows["as_of_utc"]
        months = boundaries(moments, Refit.MONTH)
        corrections = {
            season: self._calibrators(season)
            for season in boundaries(moments, Refit.SEASON).filter(pl.Series(rows)).unique()
        }
        for month in months.filter(pl.Series(rows)).unique().sort():
            inside = rows & (months == month).to_numpy()
            panel_ = _together(self._pools(month), corrections[boundary(month, Refit.SEASON)])
            said = panel_.predict({name: Belief(belief.probabilities[inside]) for name, belief in self.beliefs.items()})
            for name, belief in said.items():
                found[name][inside] = belief.probabilities
        return {name: Belief(values) for name, values in found.items()}

    def _pools(self, cutoff: datetime) -> tuple[Pool, Pool]:
        return panel.fit_pools(self._answered(cutoff))

    def _calibrators(self, cutoff: datetime) -> tuple[Calibrator, Calibrator]:
        return panel.fit_calibrators(self._answered(cutoff))

    def _answered(self, cutoff: datetime) -> Answered:
        """The decisions of the three years before `cutoff` that count and whose results were known then."""
        since = cutoff - timedelta(days=POOL_DAYS)
        recent = self.learned & self.data.rows["as_of_utc"].is_between(since, cutoff).to_numpy()
        chosen = self.data.where(recent)
        known = chosen.labelled(cutoff)
        rows = np.flatnonzero(recent)[chosen.rows["match_id"].is_in(known.rows["match_id"].implode()).to_numpy()]
        label, outcome = self.label(known)
        beliefs = {name: Belief(belief.probabilities[rows]) for name, belief in self.beliefs.items()}
        return Answered(beliefs, self.unpriced, label, outcome, known.years)


def asked_before(data: Dataset, first: datetime, last: datetime) -> Mask:
    """The decisions that panels of the moments from `first` to `last` learn from, and those moments' own.

    Calibrators answer from the boundary of their season, so the window reaches back from there.
    """
    since = boundary(first, Refit.SEASON) - timedelta(days=POOL_DAYS)
    asked: Mask = data.rows["as_of_utc"].is_between(since, last).to_numpy()
    return asked


def hear(school: School, data: Dataset, first: datetime, last: datetime) -> tuple[Hearing, Hearing]:
    """What was said of results and of goals at the moments from `first` to `last`, and before for their panels."""
    beliefs, learned = school.beliefs(asked_before(data, first, last))
    return hearings(data, beliefs, learned)


def hearings(data: Dataset, beliefs: Mapping[str, Belief], learned: Mask) -> tuple[Hearing, Hearing]:
    """What was said of the result by members (models/members.py), and of over 2.5 goals by models/over.py."""
    of_results = partial(_labels, close=lambda known: known.close, of="outcome")
    of_goals = partial(_labels, close=lambda known: known.over_close, of="over")
    return (
        Hearing(data, beliefs, MODEL_MEMBERS, learned, of_results),
        Hearing(data, over.members(data), over.MODEL_MEMBERS, learned, of_goals),
    )


def _labels(
    known: Dataset, close: Callable[[Dataset], Belief], of: str
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Closing prices, which say more than results do; results where a match has no close."""
    outcome = known.rows[of].to_numpy().astype(np.int64)
    priced = close(known)
    happened = np.eye(priced.probabilities.shape[1])[outcome]
    return np.where(priced.present[:, None], priced.probabilities, happened), outcome


def _together(pools: tuple[Pool, Pool], corrections: tuple[Calibrator, Calibrator]) -> Panel:
    return Panel(Voice(pools[0], corrections[0]), Voice(pools[1], corrections[1]))
