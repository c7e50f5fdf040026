"""What members say together about one question: a pool that sees no price of the match, and one that does, calibrated.

A panel is fitted at a moment on beliefs that were given before their answers were known. The pools' weights move with
the month; the calibrator with the season, because it needs a season that its pools have not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models import calibrators, pool
from models.belief import Belief
from models.calibration import choose
from models.calibrators import Calibrator, Identity
from models.pool import Pool

Mask = NDArray[np.bool_]
MARKET = "market"
UNCORRECTED = Identity()


@dataclass(frozen=True)
class Voice:
    """A pool and what corrects it."""

    pool: Pool
    calibrator: Calibrator = UNCORRECTED

    def say(self, beliefs: Mapping[str, Belief]) -> Belief:
        """The corrected pooled belief; none where a member with weight has none."""
        return Belief(self.calibrator.apply(self.pool.blend(beliefs).probabilities))

    def to_json(self) -> dict[str, object]:
        """Plain values for the registry."""
        return {"pool": dict(self.pool.weights), "calibrator": self.calibrator.to_json()}

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Voice:
        """Read what `to_json` wrote."""
        return cls(Pool(values["pool"]), calibrators.from_json(values["calibrator"]))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Panel:
    """`model` sees no price of the match at hand; `blend` has the market as a member."""

    model: Voice
    blend: Voice

    def predict(self, beliefs: Mapping[str, Belief]) -> dict[str, Belief]:
        """What both say; the blend is the model where a match has no price."""
        model = self.model.say(beliefs)
        blended = self.blend.say(beliefs).probabilities.copy()
        without_price = np.isnan(blended).any(axis=1)
        blended[without_price] = model.probabilities[without_price]
        return {"model": model, "blend": Belief(blended)}

    def to_json(self) -> dict[str, object]:
        """Plain values for the registry."""
        return {"model": self.model.to_json(), "blend": self.blend.to_json()}

    @classmethod
    def from_json(cls, values: Mapping[str, Mapping[str, object]]) -> Panel:
        """Read what `to_json` wrote."""
        return cls(Voice.from_json(values["model"]), Voice.from_json(values["blend"]))


@dataclass(frozen=True)
class Answered:
    """Beliefs of n questions by member, soft labels (n, k), what happened (n,), and the season year of each.

    `unpriced`: the members that see no price of the match at hand.
    """

    beliefs: Mapping[str, Belief]
    unpriced: tuple[str, ...]
    label: NDArray[np.float64]
    outcome: NDArray[np.int64]
    years: NDArray[np.int64]

    def where(self, rows: Mask) -> Answered:
        """The questions for which `rows` is true."""
        beliefs = {name: Belief(belief.probabilities[rows]) for name, belief in self.beliefs.items()}
        return Answered(beliefs, self.unpriced, self.label[rows], self.outcome[rows], self.years[rows])

    def pool_of(self, names: Sequence[str], trusted: str | None = None) -> Pool:
        """The pool of these members; before there is enough to weigh them by, all weight is on the one `trusted`."""
        return pool.fit({name: self.beliefs[name] for name in names}, self.label, trusted)


def fit_pools(answered: Answered) -> tuple[Pool, Pool]:
    """The pool of the members that see no price, and that of all."""
    return answered.pool_of(answered.unpriced), answered.pool_of(list(answered.beliefs), MARKET)


def fit_calibrators(answered: Answered) -> tuple[Calibrator, Calibrator]:
    """What corrects either pool: chosen on seasons that pools of the seasons before them forecast.

    Nothing is corrected before there are three seasons: one for the pools, one to fit on, one to choose by.
    """
    years = np.unique(answered.years)
    if len(years) < 3:
        return UNCORRECTED, UNCORRECTED
    said: tuple[list[NDArray[np.float64]], ...] = ([], [])
    for year in years[1:]:
        season = answered.where(answered.years == year)
        for voice, fitted in zip(said, fit_pools(answered.where(answered.years < year)), strict=True):
            voice.append(fitted.blend(season.beliefs).probabilities)
    later = answered.years > years[0]
    order = np.argsort(answered.years[later], kind="stable")
    outcome, folds = answered.outcome[later][order], answered.years[later][order]
    model, blend = (choose(np.concatenate(voice), outcome, folds).calibrator for voice in said)
    return model, blend
