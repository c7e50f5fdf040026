"""Stakes of singles: fractional Kelly, then every limit, then whole increments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.settings import Staking


@dataclass(frozen=True)
class Candidate:
    """One accepted value bet: `prob` in (0, 1), decimal price above 1."""

    match_id: str
    league: str
    prob: float
    price_odds_dec: float


@dataclass(frozen=True)
class Stake:
    """What a candidate gets, in minor units, and what made it smaller than fractional Kelly asked for (or "kelly")."""

    minor: int
    binding_limit: str


@dataclass(frozen=True)
class Exposure:
    """Stakes that stand already, in minor units: of the day, per match and per league."""

    day: int
    by_match: Mapping[str, int]
    by_league: Mapping[str, int]

    @property
    def at_risk(self) -> int:
        """All that stands open."""
        return sum(self.by_league.values())


NOTHING_OPEN = Exposure(0, {}, {})


def kelly_share(prob: ArrayLike, odds_dec: ArrayLike) -> NDArray[np.float64]:
    """Share of the bankroll that maximises expected log growth of one win-or-lose bet, at least 0 (Kelly, 1956)."""
    p, b = np.asarray(prob, dtype=float), np.asarray(odds_dec, dtype=float) - 1.0
    share: NDArray[np.float64] = np.maximum((p * b - (1 - p)) / b, 0.0)
    return share


def log_growth(prob: float, odds_dec: float, share: float) -> float:
    """Expected log growth of the bankroll when this share of it is staked on one win-or-lose bet."""
    return float(prob * np.log1p(share * (odds_dec - 1)) + (1 - prob) * np.log1p(-share))


def stakes(candidates: Sequence[Candidate], bankroll_minor: int, staking: Staking, open_now: Exposure) -> list[Stake]:
    """A stake for each candidate, in the order given (best first): never above any limit, never a fraction of an
    increment (a cent at least), 0 where nothing is left; money at risk is never staked again.

    Limits are shares of the bankroll and count what is open already.
    """
    book = _Limits(bankroll_minor, staking, open_now)
    return [book.grant(candidate) for candidate in candidates]


class _Limits:
    """What is still free under each limit while stakes are granted one after the other."""

    def __init__(self, bankroll_minor: int, staking: Staking, open_now: Exposure) -> None:
        self._bankroll = bankroll_minor
        self._staking = staking
        self._day = open_now.day
        self._match = defaultdict(int, open_now.by_match)
        self._league = defaultdict(int, open_now.by_league)
        self._cash = bankroll_minor - open_now.at_risk
        self._granted = 0

    def grant(self, candidate: Candidate) -> Stake:
        wanted = self._staking.kelly_fraction * float(kelly_share(candidate.prob, candidate.price_odds_dec))
        room = self._room(candidate) | {"kelly": int(wanted * self._bankroll)}
        binding = min(room, key=lambda name: (room[name], name != "kelly"))
        increment = max(round(self._staking.stake_increment * 100), 1)
        minor = max(room[binding], 0) // increment * increment
        self._take(candidate, minor)
        return Stake(minor, binding)

    def _room(self, candidate: Candidate) -> dict[str, int]:
        staking = self._staking
        return {
            "ticket": self._share(staking.maximum_ticket_share),
            "match": self._share(staking.maximum_match_share) - self._match[candidate.match_id],
            "league": self._share(staking.maximum_league_share) - self._league[candidate.league],
            "day": self._share(staking.maximum_day_share) - self._day,
            "cash": self._cash,
            "tickets": self._bankroll if self._granted < staking.maximum_tickets else 0,
        }

    def _share(self, share: float) -> int:
        return int(share * self._bankroll)

    def _take(self, candidate: Candidate, minor: int) -> None:
        self._match[candidate.match_id] += minor
        self._league[candidate.league] += minor
        self._day += minor
        self._cash -= minor
        self._granted += minor > 0
