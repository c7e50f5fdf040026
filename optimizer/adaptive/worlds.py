"""Invented bettor's worlds: days of bets whose stated edges are only partly true, under changing regimes.

What a policy makes of a world belongs in `simulation`. Nothing here is an estimate of a real market: the worlds say
which habits of staking survive being wrong, not how much they earn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LONGEST_PRICE = 8.0


@dataclass(frozen=True)
class Regimes:
    """How true stated edges are, and how much of it shows.

    `good_share`, `bad_share`: the true edge as a share of the stated one in the two regimes. `good_days`, `bad_days`:
    their mean lengths. `pull`: how much an uncertain edge is overstated, true = share * stated / (1 + pull *
    uncertainty**2). `clv_noise`: standard deviation of one closing-line value around the true edge. `clv_bias`: what
    the close moves towards our side without being right, as a share of the stated edge. `close_share`: how many bets
    have a close at all. `bets`: mean bets a day. `stated_edge`: mean stated edge.
    """

    name: str
    good_share: float
    bad_share: float
    good_days: float
    bad_days: float
    pull: float
    clv_noise: float = 0.04
    clv_bias: float = 0.0
    close_share: float = 1.0
    bets: float = 4.0
    stated_edge: float = 0.03


@dataclass(frozen=True, eq=False)
class Worlds:
    """Bets of n worlds over t days, at most k a day; a bet that is not there has a price of 0.

    `price_odds_dec`, `stated_edge`, `true_edge`, `clv` (NaN without a close) and `won` (0 or 1) are (n, t, k);
    `uncertainty` is (n, t), the standard deviation of the day's edges over their size.
    """

    price_odds_dec: Floats
    stated_edge: Floats
    true_edge: Floats
    clv: Floats
    won: Floats
    uncertainty: Floats

    def __len__(self) -> int:
        return len(self.uncertainty)


def draw(regimes: Regimes, worlds: int, days: int, seed: Sequence[int]) -> Worlds:
    """Worlds of one kind of regimes; the same seed, a few integers, gives the same worlds.

    Prices are log-normal around 2.6 between 1.2 and 8, stated edges exponential, true win probabilities
    `(1 + true edge) / price` within [0.001, 0.999], bets of a day Poisson, and independent of each other.
    """
    generator = np.random.default_rng(seed)
    counts = generator.poisson(regimes.bets, (worlds, days))
    shape = (worlds, days, max(int(counts.max()), 1))
    there = np.arange(shape[2]) < counts[:, :, None]
    price = np.clip(np.exp(generator.normal(np.log(2.6), 0.4, shape)), 1.2, _LONGEST_PRICE)
    uncertainty = generator.uniform(0.2, 1.5, (worlds, days))
    stated = generator.exponential(regimes.stated_edge, shape)
    share = np.where(_good(regimes, worlds, days, generator), regimes.good_share, regimes.bad_share)
    believed = share[:, :, None] * stated / (1 + regimes.pull * uncertainty[:, :, None] ** 2)
    prob = np.clip((1 + believed) / price, 0.001, 0.999)
    true = prob * price - 1
    clv = true + regimes.clv_bias * stated + generator.normal(0, regimes.clv_noise, shape)
    closed = generator.random(shape) < regimes.close_share
    won = generator.random(shape) < prob
    return Worlds(
        np.where(there, price, 0.0), stated, true, np.where(closed, clv, np.nan), won.astype(float), uncertainty
    )


def any_regimes(kinds: int, seed: Sequence[int]) -> list[Regimes]:
    """Regimes drawn over wide ranges, in which nobody chose anything: the test that no habit was fitted to."""
    generator = np.random.default_rng(seed)
    return [
        Regimes(
            "any",
            good_share=generator.uniform(0.2, 1.0),
            bad_share=generator.uniform(-0.6, 0.4),
            good_days=generator.uniform(10, 150),
            bad_days=generator.uniform(10, 150),
            pull=generator.uniform(0, 1),
            clv_noise=generator.uniform(0.02, 0.15),
            clv_bias=generator.uniform(-0.1, 0.4),
            close_share=generator.choice([0.0, 0.5, 1.0]),
            bets=generator.uniform(1, 8),
            stated_edge=generator.uniform(0.015, 0.045),
        )
        for _ in range(kinds)
    ]


def join(parts: list[Worlds]) -> Worlds:
    """Worlds of several kinds as one set, padded to the most bets a day; all must have as many days."""
    most = max(part.price_odds_dec.shape[2] for part in parts)
    names = ("price_odds_dec", "stated_edge", "true_edge", "clv", "won")
    bets = {name: np.concatenate([_padded(getattr(part, name), most) for part in parts]) for name in names}
    return Worlds(**bets, uncertainty=np.concatenate([part.uncertainty for part in parts]))


def _good(regimes: Regimes, worlds: int, days: int, generator: np.random.Generator) -> NDArray[np.bool_]:
    """(n, t): whether a day stands in the good regime; the first day is drawn from the long run."""
    leaves = np.array([1 / regimes.bad_days, 1 / regimes.good_days])
    changes = generator.random((worlds, days))
    good = np.empty((worlds, days), dtype=bool)
    good[:, 0] = changes[:, 0] < regimes.good_days / (regimes.good_days + regimes.bad_days)
    for day in range(1, days):
        good[:, day] = good[:, day - 1] ^ (changes[:, day] < leaves[good[:, day - 1].astype(int)])
    return good


def _padded(values: Floats, most: int) -> Floats:
    return np.pad(values, ((0, 0), (0, 0), (0, most - values.shape[2])))
