"""Rules on offers: what may not be bet on, as expressions over a frame. Adding one is one class and one line here.

Offers have the columns of gold value_bets; `previous_price_odds_dec` (the same book's earlier price), `stake_limit` and
`previous_stake_limit` may be null where nobody knows them. A rule that cannot be answered refuses: a missing edge or
price is not a reason to bet. What is missing by its nature, such as an earlier price, refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

import polars as pl

from optimizer.policy import Jurisdiction, Limits, Policy
from optimizer.policy.schema import Switches
from optimizer.prices.guards import Guards


class OfferRule(Protocol):
    """A rule on one offer: where `refuses` is true or null the offer is refused, or only warned of if `warns`."""

    @property
    def name(self) -> str:
        """Its name in the audit and in the verdict."""
        ...

    @property
    def detail(self) -> str:
        """Why it refuses, in a sentence."""
        ...

    @property
    def threshold(self) -> float | None:
        """What is measured against, where it is a number."""
        ...

    @property
    def warns(self) -> bool:
        """Whether it warns only."""
        ...

    def refuses(self) -> pl.Expr:
        """True where the offer is refused."""
        ...

    def value(self) -> pl.Expr:
        """The number that is measured; null where none is."""
        ...


def offer_rules(policy: Policy, limits: Limits, place: Jurisdiction | None) -> tuple[OfferRule, ...]:
    """Every rule that this policy and these limits in force ask for, in the order in which verdicts name them."""
    untrusted = (Untrusted(name, condition) for name, condition in Guards().rules())
    return (*_of_prices(limits), *untrusted, *_of_preferences(policy), *(_of_place(place) if place else ()))


def _of_prices(limits: Limits) -> Iterator[OfferRule]:
    yield BelowMinimumEdge(limits.minimum_edge)
    yield AboveMaximumPrice(limits.maximum_price_odds_dec)
    yield StalePrice(limits.maximum_price_age_minutes)
    if limits.maximum_price_move_share is not None:
        yield PriceMoved(limits.maximum_price_move_share)
    yield LimitChanged()


def _of_preferences(policy: Policy) -> Iterator[OfferRule]:
    wanted = policy.preferences
    yield SwitchedOff("league_off", "competition_id", wanted.leagues, "The bettor switched this league off.")
    yield SwitchedOff("market_off", "market", wanted.markets, "The bettor switched this market off.")
    yield SwitchedOff("book_off", "bookmaker", wanted.books, "The bettor switched this book off.")


def _of_place(place: Jurisdiction) -> Iterator[OfferRule]:
    banned, books = Switches(never=tuple(place.markets_not_allowed)), place.books
    yield SwitchedOff("market_not_allowed", "market", banned, f"{place.name} does not allow this market.")
    without = Switches(never=tuple(books.not_licensed))
    yield SwitchedOff("book_not_licensed", "bookmaker", without, f"This book holds no licence in {place.name}.")
    told = f"Whether these books hold a licence in {place.name} is unverified."
    yield UnverifiedBook((*books.licensed, *books.not_licensed), told)


class _Measured:
    """A rule that measures a number against a threshold."""

    warns: ClassVar[bool] = False
    column: ClassVar[str]

    def value(self) -> pl.Expr:
        """The measured column; not a number counts as missing."""
        return pl.col(self.column).cast(pl.Float64).fill_nan(None)


@dataclass(frozen=True)
class BelowMinimumEdge(_Measured):
    """No offer with less expected profit per unit staked."""

    threshold: float
    name: ClassVar[str] = "below_minimum_edge"
    detail: ClassVar[str] = "The edge is below the smallest that is taken."
    column: ClassVar[str] = "edge"

    def refuses(self) -> pl.Expr:
        """Where the edge is smaller."""
        return self.value() < self.threshold


@dataclass(frozen=True)
class AboveMaximumPrice(_Measured):
    """No long shot beyond this decimal price."""

    threshold: float
    name: ClassVar[str] = "above_maximum_price"
    detail: ClassVar[str] = "The price is above the longest that is taken."
    column: ClassVar[str] = "price_odds_dec"

    def refuses(self) -> pl.Expr:
        """Where the price is longer."""
        return self.value() > self.threshold


@dataclass(frozen=True)
class StalePrice(_Measured):
    """No price seen longer ago than this, in minutes."""

    threshold: float
    name: ClassVar[str] = "stale_price"
    detail: ClassVar[str] = "The price was seen too long ago."
    column: ClassVar[str] = "price_age_minutes"

    def refuses(self) -> pl.Expr:
        """Where the price is older."""
        return self.value() > self.threshold


@dataclass(frozen=True)
class PriceMoved:
    """No price that moved, up or down, by more than this share of the same book's earlier price."""

    threshold: float
    name: ClassVar[str] = "price_moved"
    detail: ClassVar[str] = "The book's price moved too far since it was seen before."
    warns: ClassVar[bool] = False

    def refuses(self) -> pl.Expr:
        """Where it moved further; a book without an earlier price did not move."""
        return (self.value() > self.threshold).fill_null(False)

    def value(self) -> pl.Expr:
        """The share by which it moved, at least 0."""
        return (pl.col("price_odds_dec") / pl.col("previous_price_odds_dec") - 1).abs().cast(pl.Float64).fill_nan(None)


@dataclass(frozen=True)
class LimitChanged:
    """No offer whose stake limit the book changed: it is looking at this price anew."""

    name: ClassVar[str] = "limit_changed"
    detail: ClassVar[str] = "The book changed its stake limit since it was seen before."
    threshold: ClassVar[float | None] = None
    warns: ClassVar[bool] = False

    def refuses(self) -> pl.Expr:
        """Where both limits are known and differ."""
        return (pl.col("stake_limit") != pl.col("previous_stake_limit")).fill_null(False)

    def value(self) -> pl.Expr:
        """The limit now."""
        return pl.col("stake_limit").cast(pl.Float64).fill_nan(None)


@dataclass(frozen=True)
class Untrusted:
    """No price that is likely a mistake or behind the news: a guard of `optimizer.prices.guards`."""

    name: str
    condition: pl.Expr
    threshold: ClassVar[float | None] = None
    warns: ClassVar[bool] = False

    @property
    def detail(self) -> str:
        """Which guard it is."""
        return f"The price is not trusted: {self.name.replace('_', ' ')}."

    def refuses(self) -> pl.Expr:
        """Where the guard's condition holds; a price that cannot be compared is not refused."""
        return self.condition.fill_null(False)

    def value(self) -> pl.Expr:
        """Nothing is measured."""
        return pl.lit(None, pl.Float64)


@dataclass(frozen=True)
class SwitchedOff:
    """No offer of a league, market or book that is switched off, or is not among those switched on."""

    name: str
    column: str
    switches: Switches
    detail: str
    threshold: ClassVar[float | None] = None
    warns: ClassVar[bool] = False

    def refuses(self) -> pl.Expr:
        """Where the name is off, or some are on and it is not among them."""
        off = pl.col(self.column).is_in(self.switches.never)
        return off | ~pl.col(self.column).is_in(self.switches.only) if self.switches.only else off

    def value(self) -> pl.Expr:
        """Nothing is measured."""
        return pl.lit(None, pl.Float64)


@dataclass(frozen=True)
class UnverifiedBook:
    """A warning for a book whose licence no source confirms or denies."""

    known: tuple[str, ...]
    detail: str
    name: ClassVar[str] = "book_unverified"
    threshold: ClassVar[float | None] = None
    warns: ClassVar[bool] = True

    def refuses(self) -> pl.Expr:
        """Where the book is not among those known; it is warned of, never refused."""
        return ~pl.col("bookmaker").is_in(self.known)

    def value(self) -> pl.Expr:
        """Nothing is measured."""
        return pl.lit(None, pl.Float64)
