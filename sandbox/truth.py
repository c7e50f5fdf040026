"""True probabilities: the exact distribution of the score under the hazards, for any pair of base rates.

A Markov chain over the minutes carries the probability of every state (goals and red cards of both sides, 11 x 11 x 3 x
3 states). It is exact, because the process itself stops at ten goals and two red cards a side; there is no Monte-Carlo
error. It runs for a grid of Chebyshev nodes in (log home rate, log away rate); between them a polynomial interpolates
with an error below 1e-5 in every probability (a test compares it with the chain).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from sandbox.arrays import Floats
from sandbox.hazards import (
    LOG_RATE_RANGE,
    MAX_GOALS,
    MAX_REDS,
    MINUTES,
    MatchState,
    goal_multiplier,
    red_probability,
)

NODES = 14
GOAL_DIFFERENCES = np.arange(-MAX_GOALS, MAX_GOALS + 1)


@dataclass(frozen=True)
class Beliefs:
    """Probabilities of n matches: goal difference (n, 21; from -10 to 10) and more than 2.5 goals (n,)."""

    goal_difference: Floats
    over: Floats

    @property
    def outcomes(self) -> Floats:
        """Return the probabilities of home win, draw and away win, shape (n, 3)."""
        away, draw, home = np.split(self.goal_difference, [MAX_GOALS, MAX_GOALS + 1], axis=1)
        return np.stack([home.sum(1), draw.sum(1), away.sum(1)], axis=1)


def score_probabilities(log_home: Floats, log_away: Floats) -> Floats:
    """Return the exact probability of every final score, shape (n, 11, 11), for n pairs of log base rates."""
    state = MatchState(*np.ix_(*(np.arange(size + 1) for size in (MAX_GOALS, MAX_GOALS, MAX_REDS, MAX_REDS))))
    rate_home, rate_away = (np.exp(log)[:, None, None, None, None] for log in (log_home, log_away))
    chain = np.zeros((len(log_home), MAX_GOALS + 1, MAX_GOALS + 1, MAX_REDS + 1, MAX_REDS + 1))
    chain[:, 0, 0, 0, 0] = 1.0
    for minute in range(MINUTES):
        chain = _step(chain, minute, state, rate_home, rate_away)
    scores: Floats = chain.sum(axis=(3, 4))
    return scores


def _step(chain: Floats, minute: int, state: MatchState, rate_home: Floats, rate_away: Floats) -> Floats:
    probabilities = (
        rate_home * goal_multiplier(minute, state),
        rate_away * goal_multiplier(minute, state.mirrored()),
        red_probability(minute, state)[None],
        red_probability(minute, state.mirrored())[None],
    )
    after = chain.copy()
    for axis, probability in enumerate(probabilities, start=1):
        flow = chain * probability
        after -= flow
        np.moveaxis(after, axis, 0)[1:] += np.moveaxis(flow, axis, 0)[:-1]
    return after


def summarise(scores: Floats) -> Floats:
    """Turn score probabilities (n, 11, 11) into 22 columns: the goal differences -10 to 10, then over 2.5 goals."""
    home, away = np.indices((MAX_GOALS + 1, MAX_GOALS + 1)).reshape(2, -1)
    membership = np.column_stack([home - away == d for d in GOAL_DIFFERENCES] + [home + away > 2]).astype(np.float64)
    return scores.reshape(len(scores), -1) @ membership


def summarise_totals(scores: Floats) -> Floats:
    """Turn score probabilities (n, 11, 11) into the distribution of the total number of goals, 0 to 20, (n, 21)."""
    home, away = np.indices((MAX_GOALS + 1, MAX_GOALS + 1)).reshape(2, -1)
    membership = np.column_stack([home + away == total for total in range(2 * MAX_GOALS + 1)]).astype(np.float64)
    return scores.reshape(len(scores), -1) @ membership


@dataclass(frozen=True)
class ScoreModel:
    """The tabulated process: Chebyshev coefficients of the differences and over 2.5, (NODES * NODES, 22), and of the
    total number of goals, (NODES * NODES, 21).
    """

    coefficients: Floats
    total_coefficients: Floats

    def beliefs(self, log_home: Floats, log_away: Floats) -> Beliefs:
        """Return the probabilities of n matches; log rates outside `LOG_RATE_RANGE` are clipped into it."""
        columns = np.clip(_products(log_home, log_away) @ self.coefficients, 1e-9, 1.0)
        difference = columns[:, :-1] / columns[:, :-1].sum(axis=1, keepdims=True)
        return Beliefs(difference, np.clip(columns[:, -1], 1e-9, 1.0 - 1e-9))

    def total_goals(self, log_home: Floats, log_away: Floats) -> Floats:
        """Return the distribution of the total number of goals of n matches, from 0 to 20, shape (n, 21)."""
        columns = np.clip(_products(log_home, log_away) @ self.total_coefficients, 1e-12, 1.0)
        totals: Floats = columns / columns.sum(axis=1, keepdims=True)
        return totals


def _products(log_home: Floats, log_away: Floats) -> Floats:
    home, away = _basis(log_home), _basis(log_away)
    return (home[:, :, None] * away[:, None, :]).reshape(len(log_home), -1)


def _basis(log_rate: Floats) -> Floats:
    low, high = LOG_RATE_RANGE
    unit = (2.0 * np.clip(log_rate, low, high) - low - high) / (high - low)
    return np.asarray(chebyshev.chebvander(unit, NODES - 1), dtype=np.float64)


def tabulate() -> ScoreModel:
    """Run the chain at every pair of Chebyshev nodes and return the interpolating model."""
    low, high = LOG_RATE_RANGE
    nodes = (low + high) / 2.0 + (high - low) / 2.0 * np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
    home, away = (grid.ravel() for grid in np.meshgrid(nodes, nodes, indexing="ij"))
    scores = score_probabilities(home, away)
    to_coefficients: Floats = np.linalg.inv(_basis(nodes)).astype(np.float64)
    return ScoreModel(*(_fit(to_coefficients, columns) for columns in (summarise(scores), summarise_totals(scores))))


def _fit(to_coefficients: Floats, columns: Floats) -> Floats:
    """Return the coefficients (NODES * NODES, k) of columns given at the nodes, shape (NODES * NODES, k)."""
    square = columns.reshape(NODES, NODES, -1)
    coefficients: Floats = np.einsum("ai,bj,ijk->abk", to_coefficients, to_coefficients, square, optimize=True)
    return coefficients.reshape(NODES * NODES, -1)
