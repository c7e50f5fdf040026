"""A seeded simulated exchange: sizes at prices, latency, rejections, partial fills, and answers that never come.

Everything it does is invented. What happens to an order is drawn from the seed and the order alone, so it does not
depend on when other orders come; what is left at a price does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from optimizer.placement.venue import Order, Placement, Status, answer

_TICK = 0.99


@dataclass(frozen=True)
class Offer:
    """So much money, in minor units, is wanted at this price."""

    price_odds_dec: float
    available_minor: int

    def __post_init__(self) -> None:
        if self.price_odds_dec <= 1 or self.available_minor < 0:
            raise ValueError(f"{self.available_minor} at {self.price_odds_dec} is no offer.")


@dataclass(frozen=True)
class Behaviour:
    """How the exchange treats orders: shares of them in [0, 1], the usual latency, and the largest stake it takes.

    `lost_share` is of the orders that time out: those never arrived; the others were taken unseen.
    """

    latency_seconds: float = 1.0
    suspended_share: float = 0.0
    moved_share: float = 0.0
    timeout_share: float = 0.0
    lost_share: float = 0.5
    limit_minor: int | None = None

    def __post_init__(self) -> None:
        shares = (self.suspended_share, self.moved_share, self.timeout_share, self.lost_share)
        if self.latency_seconds < 0 or not all(0 <= share <= 1 for share in shares):
            raise ValueError(f"{self} is no behaviour: shares lie between 0 and 1, and time passes forwards.")


@dataclass(frozen=True)
class _Fate:
    """What was drawn for an order."""

    latency: timedelta
    suspended: bool
    moved: bool
    times_out: bool
    lost: bool


class SimulatedExchange:
    """An exchange with the offers of each ticket's selection; it keeps what it took, and never takes an order twice."""

    name = "simulated_exchange"

    def __init__(self, offers: Mapping[str, Sequence[Offer]], seed: int, behaviour: Behaviour | None = None) -> None:
        self._offers = {
            ticket: sorted(ladder, key=lambda one: -one.price_odds_dec) for ticket, ladder in offers.items()
        }
        self._seed = seed
        self._behaviour = behaviour or Behaviour()
        self._known: dict[str, Placement] = {}

    def place(self, order: Order, as_of: datetime) -> Placement:
        """The answer to a new order, or `timed_out`; an order sent before is looked up and not taken again."""
        if order.order_id in self._known:
            return self.ask(order, as_of)
        fate = self._fate(order)
        arrived_at = as_of + fate.latency
        if fate.times_out and fate.lost:
            self._known[order.order_id] = answer(order, self.name, Status.REJECTED, arrived_at, reason="never_arrived")
        else:
            self._known[order.order_id] = self._decide(order, fate, arrived_at)
        if fate.times_out:
            return answer(order, self.name, Status.TIMED_OUT, arrived_at, reason="no_answer")
        return self._known[order.order_id]

    def ask(self, order: Order, as_of: datetime) -> Placement:
        """What became of an order; `unknown` while it is under way, or where the exchange never heard of it."""
        found = self._known.get(order.order_id)
        if found is None or as_of < found.known_at_utc:
            return answer(order, self.name, Status.UNKNOWN, as_of, reason="not_found")
        return found

    def available_minor(self, ticket_id: str) -> int:
        """What is left on the selection of a ticket, at all prices."""
        return sum(offer.available_minor for offer in self._offers.get(ticket_id, ()))

    def _fate(self, order: Order) -> _Fate:
        draw = np.random.default_rng([self._seed, int(order.order_id[1:], 16)])
        seconds = draw.exponential(self._behaviour.latency_seconds) if self._behaviour.latency_seconds else 0.0
        suspended, moved, times_out, lost = draw.random(4)
        told = self._behaviour
        return _Fate(
            timedelta(seconds=float(seconds)), bool(suspended < told.suspended_share), bool(moved < told.moved_share),
            bool(times_out < told.timeout_share), bool(lost < told.lost_share),
        )  # fmt: skip

    def _decide(self, order: Order, fate: _Fate, arrived_at: datetime) -> Placement:
        reason = self._refusal(order, fate, arrived_at)
        if reason is not None:
            return answer(order, self.name, Status.REJECTED, arrived_at, reason=reason)
        fills = self._fill(order)
        taken = sum(minor for _, minor in fills)
        if not taken:
            return answer(order, self.name, Status.REJECTED, arrived_at, reason="price_moved")
        price = sum(Fraction(str(odds)) * minor for odds, minor in fills) / taken
        whole = taken == order.stake_minor
        return answer(
            order, self.name, Status.ACCEPTED if whole else Status.PARTLY_ACCEPTED, arrived_at, taken_minor=taken,
            price_odds_dec=float(price), reason=None if whole else "not_enough_at_this_price",
        )  # fmt: skip

    def _refusal(self, order: Order, fate: _Fate, arrived_at: datetime) -> str | None:
        """Why the exchange does not even look at its offers."""
        if arrived_at > order.valid_until_at_utc:
            return "expired"
        if fate.suspended:
            return "market_suspended"
        limit = self._behaviour.limit_minor
        if limit is not None and order.stake_minor > limit:
            return "limit"
        if fate.moved:
            self._worsen(order)
        return None

    def _worsen(self, order: Order) -> None:
        """Every price falls just below what the order accepts."""
        below = max(1.01, order.lowest_odds_dec * _TICK)
        ladder = self._offers.get(order.ticket_id, [])
        self._offers[order.ticket_id] = [
            replace(offer, price_odds_dec=min(offer.price_odds_dec, below)) for offer in ladder
        ]

    def _fill(self, order: Order) -> list[tuple[float, int]]:
        """Prices and sizes taken, best first; what is taken is gone."""
        ladder, left, fills = self._offers.get(order.ticket_id, []), order.stake_minor, []
        for place, offer in enumerate(ladder):
            size = min(left, offer.available_minor) if offer.price_odds_dec >= order.lowest_odds_dec else 0
            if size:
                ladder[place] = replace(offer, available_minor=offer.available_minor - size)
                fills.append((offer.price_odds_dec, size))
                left -= size
        return fills
