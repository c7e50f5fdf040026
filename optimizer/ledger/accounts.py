"""Who holds money where, and the slots between which it moves. No amounts stand here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import PermanentError


class Slot(StrEnum):
    """The parts of an account; all of them together always sum to zero in each currency.

    `owner` is the bettor's purse outside, `result` the book's side of what was won and lost, `exchange` the other
    side of a change of currency; money inside is `cash`, `reserved` for an order, or `at_risk` in an open bet.
    """

    OWNER = "owner"
    CASH = "cash"
    RESERVED = "reserved"
    AT_RISK = "at_risk"
    RESULT = "result"
    EXCHANGE = "exchange"


@dataclass(frozen=True)
class Account:
    """One bettor's account of one currency at one bookmaker; both names are None for the house's own paper account."""

    bettor_id: str | None
    bookmaker: str | None
    currency: str

    def __post_init__(self) -> None:
        if (self.bettor_id is None) != (self.bookmaker is None):
            raise ValueError("An account names both a bettor and a bookmaker, or neither.")
        if not (len(self.currency) == 3 and self.currency.isalpha() and self.currency.isupper()):
            raise ValueError(f"'{self.currency}' is not a currency code of three capital letters.")

    def __str__(self) -> str:
        holder = f"{self.bettor_id} at {self.bookmaker}" if self.bettor_id is not None else "the paper account"
        return f"{holder} in {self.currency}"


def house(currency: str) -> Account:
    """The paper account, in which every issued ticket is taken at its own price."""
    return Account(None, None, currency)


class FundsMissing(PermanentError):
    """Money was to leave an account, or to be reserved in it, that is not there."""


class LedgerContradicted(PermanentError):
    """A history says of something that is booked that it was otherwise."""
