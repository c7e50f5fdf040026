"""Which calibrator a market gets: chosen by log-loss on folds later than those it was fitted on.

The calibrators themselves are in `calibrators`; how calibrated a forecaster is belongs in `reliability`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibrators import CALIBRATORS, Calibrator, Identity, Label, Probabilities, soft_label

MINIMUM_ROWS = 200
"""Earlier rows under which no calibrator is fitted."""


@dataclass(frozen=True)
class Candidate:
    """Mean out-of-fold log-loss, and by how much that is above the best one's, with the paired standard error."""

    name: str
    log_loss: float
    excess: float
    excess_se: float


@dataclass(frozen=True)
class Choice:
    """The chosen calibrator, fitted on everything given, and what was known of each candidate on `rows` rows."""

    calibrator: Calibrator
    candidates: tuple[Candidate, ...]
    rows: int

    def to_json(self) -> dict[str, object]:
        """Plain values for the model card."""
        table = [asdict(candidate) for candidate in self.candidates]
        return {"calibrator": self.calibrator.to_json(), "candidates": table, "rows": self.rows}


def choose(p: Probabilities, label: Label, folds: NDArray[np.int64]) -> Choice:
    """The simplest calibrator whose out-of-fold log-loss is within one standard error of the best.

    `p`: (n, k), beliefs that were themselves out of fold; NaN rows are left out. `label`: what happened, (n,) of 0 to
    k - 1, or -1 while unknown; or soft labels, (n, k), NaN while unknown. `folds`: (n,) integers that rise with time,
    such as the year of the season. Each candidate is fitted on all earlier folds and scored on the next; the chosen one
    is fitted again on all rows. The standard error is that of the paired differences (Breiman et al., "Classification
    and Regression Trees", 1984, for the rule). Identity and no table where no fold has 200 rows before it.
    """
    known = label >= 0 if label.ndim == 1 else np.isfinite(label).all(axis=1)
    usable = np.isfinite(p).all(axis=1) & known
    p, label, folds = p[usable], label[usable], folds[usable]
    losses = _out_of_fold(p, label, folds)
    rows = losses.shape[1]
    if rows == 0:
        return Choice(Identity(), (), 0)
    excess = losses - losses[losses.mean(axis=1).argmin()]
    means, errors = excess.mean(axis=1), excess.std(axis=1) / np.sqrt(rows)
    chosen = CALIBRATORS[int((means <= errors).argmax())]
    table = zip((kind.name for kind in CALIBRATORS), losses.mean(axis=1), means, errors, strict=True)
    candidates = tuple(Candidate(name, float(loss), float(mean), float(se)) for name, loss, mean, se in table)
    return Choice(chosen.fit(p, label), candidates, rows)


def _out_of_fold(p: Probabilities, label: Label, folds: NDArray[np.int64]) -> Probabilities:
    """(number of calibrators, scored rows) log-loss of each row by calibrators that saw earlier folds only."""
    scored = [np.empty((len(CALIBRATORS), 0))]
    for fold in np.unique(folds):
        earlier, inside = folds < fold, folds == fold
        if earlier.sum() >= MINIMUM_ROWS:
            fitted = [kind.fit(p[earlier], label[earlier]) for kind in CALIBRATORS]
            happened = soft_label(label[inside], p.shape[1])
            scored.append(np.stack([-(happened * np.log(one.apply(p[inside]))).sum(axis=1) for one in fitted]))
    return np.concatenate(scored, axis=1)
