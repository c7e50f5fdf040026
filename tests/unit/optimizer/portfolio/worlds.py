"""Invented problems: small ones to be known by heart, random ones, and days as a bettor meets them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.portfolio.limits import (
    BookExposure,
    Cash,
    CurrencyExposure,
    DayExposure,
    Drawdown,
    LeagueExposure,
    Limit,
    MarketExposure,
    MatchExposure,
    MaximumTickets,
)
from optimizer.portfolio.polish import polish
from optimizer.portfolio.problem import Problem
from optimizer.portfolio.relaxation import Model

Floats = NDArray[np.float64]
KINDS = (MatchExposure, LeagueExposure, MarketExposure, BookExposure, DayExposure, CurrencyExposure)


def problem(returns: Any, weights: Any = None, **other: Any) -> Problem:
    """Full Kelly on these invented returns without any limit, but for what a test changes."""
    returns = np.asarray(returns, dtype=float)
    s, n = returns.shape
    usual: dict[str, Any] = {
        "returns": returns, "weights": np.full(s, 1.0 / s) if weights is None else np.asarray(weights, dtype=float),
        "standing": np.zeros(s), "lower": np.zeros(n), "upper": np.ones(n), "increment": np.zeros(n),
        "kelly_fraction": 1.0,
    }  # fmt: skip
    per_candidate = {name: np.broadcast_to(other.pop(name), n).astype(float) for name in ("lower", "upper", "increment")
                     if name in other}  # fmt: skip
    return Problem(**(usual | per_candidate | other))


def day(
    candidates: int = 60, scenarios: int = 500, seed: int = 1, fraction: float = 0.5, drawdown: float = 0.08
) -> Problem:
    """An invented day: joint scores of matches, six singles a match and some doubles with edges of -2% to +6%.

    At most 20 tickets, a ticket 2%, a match 2%, a league 6%, a day 10%, and every other limit. No two singles of a
    market, so no sure profit.
    """
    rng = np.random.default_rng(seed)
    won, matches = _outcomes(rng, candidates, scenarios)
    prob = np.maximum(won.mean(axis=0), 0.02)
    edge = rng.uniform(-0.02, 0.06, candidates)
    league = np.zeros((12, candidates))
    for number, row in enumerate(matches):
        league[number % 12] = np.maximum(league[number % 12], row)
    groups = {
        "match": matches, "league": league, "day": np.ones((1, candidates)), "currency": np.ones((1, candidates)),
        "book": one_hot(rng.integers(0, 6, candidates)), "market": one_hot(np.arange(candidates) % 6),
    }  # fmt: skip
    limits: tuple[Limit, ...] = (
        MaximumTickets(20), MatchExposure(0.02), LeagueExposure(0.06), MarketExposure(0.08), BookExposure(0.04),
        DayExposure(0.10), CurrencyExposure(0.5), Cash(0.9), Drawdown(0.95, drawdown),
    )  # fmt: skip
    return problem(
        np.where(won, (1.0 + edge) / prob - 1.0, -1.0),
        lower=0.001, upper=0.02, increment=0.0005, kelly_fraction=fraction, groups=groups, limits=limits,
    )  # fmt: skip


def crowded(seed: int) -> Problem:
    """Nine invented bets alike enough that the relaxation wants a little of each, and at most three tickets."""
    rng = np.random.default_rng(seed)
    odds, pace = rng.uniform(1.6, 4.0, 9), rng.normal(0.0, 0.3, (400, 1))
    won = rng.normal(size=(400, 9)) + pace < np.quantile(rng.normal(size=100_000), 1.04 / odds)
    return problem(
        np.where(won, odds - 1.0, -1.0), lower=0.01, upper=0.3, kelly_fraction=0.5, limits=(MaximumTickets(3),)
    )


def every_choice(model: Model) -> list[tuple[tuple[int, ...], float]]:
    """Every choice of one to three tickets with the growth of its exact stakes."""
    places = range(model.problem.candidates)
    choices = [choice for size in (1, 2, 3) for choice in itertools.combinations(places, size)]
    polished = [(choice, polish(model, np.array(choice))) for choice in choices]
    return [(choice, model.growth.added(held.stakes)) for choice, held in polished if held is not None]


def random_problem(seed: int) -> Problem:
    """An invented problem of up to 12 candidates with random limits of every class, tickets that stand, and minima."""
    rng = np.random.default_rng(seed)
    s, n = int(rng.integers(2, 40)), int(rng.integers(1, 13))
    odds, won = rng.uniform(1.1, 6.0, n), rng.random((s, n)) < rng.uniform(0.1, 0.9, n)
    lower = rng.choice([0.0, 0.005, 0.02], n)
    groups = {kind.name: (rng.random((int(rng.integers(1, 4)), n)) < 0.5).astype(float) for kind in KINDS}
    exposures = [kind(float(rng.uniform(0.01, 0.3))) for kind in KINDS if rng.random() < 0.5]
    others = (MaximumTickets(int(rng.integers(0, n + 1))), Cash(float(rng.uniform(-0.1, 1.0))),
              Drawdown(float(rng.choice([0.5, 0.9, 0.95])), float(rng.uniform(0.0, 0.2))))  # fmt: skip
    return problem(
        np.where(won, odds - 1.0, -1.0),
        weights=rng.dirichlet(np.ones(s)),
        standing=rng.normal(0.0, 0.05, s) * (rng.random() < 0.5),
        lower=lower,
        upper=lower + rng.choice([0.0, 0.01, 0.1, 1.0], n),
        increment=rng.choice([0.0, 0.0005, 0.003], n),
        kelly_fraction=float(rng.uniform(0.05, 1.0)),
        groups=groups,
        used={kind.name: rng.uniform(0.0, 0.05, len(groups[kind.name])) for kind in KINDS[:3]},
        limits=(*exposures, *(limit for limit in others if rng.random() < 0.6)),
    )


def one_hot(labels: NDArray[np.int64]) -> Floats:
    """The incidence (groups, n) of candidates with these labels."""
    return np.asarray(np.arange(labels.max() + 1)[:, None] == labels, dtype=float)


def _outcomes(rng: np.random.Generator, candidates: int, scenarios: int) -> tuple[NDArray[np.bool_], Floats]:
    """Which candidates win (s, n), and the incidence of matches; a fifth are doubles of two singles."""
    singles = candidates - candidates // 5
    count = max(-(-singles // 6), 2)
    rates = rng.uniform(0.8, 2.2, (2, count))
    pace = np.exp(0.1 * rng.standard_normal((scenarios, 1)))
    home, away = rng.poisson(rates[0] * pace), rng.poisson(rates[1] * pace)
    matches = np.zeros((count, candidates))
    won = np.empty((scenarios, candidates), dtype=bool)
    for place in range(singles):
        match = place // 6
        won[:, place] = _single(rng, home[:, match], away[:, match], place % 6)
        matches[match, place] = 1.0
    for place in range(singles, candidates):
        first = int(rng.integers(singles))
        second = int(rng.choice(np.flatnonzero(matches[first // 6, :singles] == 0)))
        won[:, place] = won[:, first] & won[:, second]
        matches[[first // 6, second // 6], place] = 1.0
    return won, matches


def _single(rng: np.random.Generator, home: Any, away: Any, market: int) -> Any:
    if market == 0:
        return [home > away, home == away, home < away][rng.integers(3)]
    happens = [home + away > 1.5, home + away > 2.5, home + away > 3.5, (home > 0) & (away > 0), home - away >= 2]
    return happens[market - 1] ^ (rng.random() < 0.5)
