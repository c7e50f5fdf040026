"""How games end: what the last minutes and overtime make of the bell-shaped law of a margin.

When regulation nears its end both sides play for the result, so it ends level twice as often as the bell says, and by
one to three points less often. A level regulation is played on until it is not. Blowouts are commoner than a normal law
says: the bell is Student's (1908).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import t as student

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
NEAR = 9
"""Margins up to which regulation differs from the bell by a factor of its own."""
_MOST = 40
"""Overtime margins that the fit tells apart."""


@dataclass(frozen=True)
class EndGame:
    """How close games end; the defaults are `learn`ed from the 8,873 games with a closing line of 2014-15 to 2020-21.

    `ties`: how many times as often regulation ends level as the bell of the margin says. `near`: the same of final
    margins of 1, 2, ... points without overtime. `freedom`: the bell's degrees of freedom, above 2; of 5, 7, 10, 15, 30
    and infinitely many the ones of best log score of the margin, in 2016-17 to 2020-21. Of games in overtime: the share
    of the expected margin that is left to decide them, the standard deviation of the normal whose whole points but 0
    are their margins, and the points that overtime adds, on average and by standard deviation.
    """

    ties: float = 2.03
    near: tuple[float, ...] = (0.593, 0.756, 0.88, 0.916, 1.088, 1.01, 1.225, 1.224, 1.132)
    freedom: float = 15.0
    overtime_share: float = 0.164
    overtime_margin_sd: float = 5.153
    overtime_points: float = 22.07
    overtime_points_sd: float = 12.9

    def __post_init__(self) -> None:
        sds = (self.overtime_margin_sd, self.overtime_points_sd)
        if self.ties <= 0 or min(self.near, default=1.0) <= 0 or min(sds) <= 0:
            raise ValueError("Factors and standard deviations must be above 0.")
        if self.freedom <= 2:
            raise ValueError("A bell with 2 degrees of freedom or fewer has no standard deviation.")


def learn(
    result: Floats, closing: Floats, margin_sd: Floats, overtimes: Integers, freedom: float = EndGame.freedom
) -> EndGame:
    """The end game of n games, enough that margins of each size and overtime happened.

    `result`, `closing` (n, 2): margins and totals, in points; `margin_sd` (n,): of margins around the closing one, such
    as its season's; `overtimes` (n,): periods played beyond regulation.
    """
    extra, margin = overtimes > 0, np.abs(result[:, 0]).astype(np.int64)
    ended = np.bincount(np.where(extra, 0, margin), minlength=NEAR + 1)[: NEAR + 1]
    factors = ended / _expected(closing[:, 0], margin_sd, freedom)
    surprise = (result - closing)[:, 1]
    share, sd = _overtime_margins(result[extra, 0], closing[extra, 0])
    return EndGame(
        round(float(factors[0]), 3), tuple(np.round(factors[1:], 3).tolist()), freedom, round(share, 3), round(sd, 3),
        round(float(surprise[extra].mean() - surprise[~extra].mean()), 2),
        round(float(np.sqrt(surprise[extra].var() - surprise[~extra].var())), 2),
    )  # fmt: skip


def _expected(mean: Floats, sd: Floats, freedom: float) -> Floats:
    """How many games the bell expects to end level and by 1 to `NEAR` points either way, (1 + NEAR,)."""
    margins = np.arange(-NEAR, NEAR + 1)
    edges = (np.append(margins, NEAR + 1)[:, None] - 0.5 - mean) / (sd * np.sqrt(1 - 2 / freedom))
    either = np.diff(student.cdf(edges, freedom), axis=0).sum(axis=1)
    expected: Floats = np.append(either[NEAR], either[NEAR + 1 :] + either[:NEAR][::-1])
    return expected


def _overtime_margins(margin: Floats, closing: Floats) -> tuple[float, float]:
    """Share and standard deviation of greatest likelihood."""
    places = np.delete(np.arange(-_MOST, _MOST + 1), _MOST)

    def loss(x: Floats) -> float:
        away = (places - x[0] * closing[:, None]) / np.exp(x[1])
        ours = (margin - x[0] * closing) / np.exp(x[1])
        return float((0.5 * ours**2 + np.log(np.exp(-0.5 * away**2).sum(axis=1))).sum())

    found = minimize(loss, np.array([0.1, np.log(5.0)]), method="Nelder-Mead")
    return float(found.x[0]), float(np.exp(found.x[1]))
