"""What can happen to money: each event is one transaction whose postings sum to zero in every currency.

An event's id is made from what it books, so the same event told twice is one event.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from lake.keys import short_hash
from optimizer.ledger.accounts import Account, Slot

SPENDING = frozenset({"withdrawal", "transfer", "exchange", "reservation"})
"""Kinds that are refused where the cash is not there."""


@dataclass(frozen=True)
class Posting:
    """A signed amount in one slot of one account, in minor units."""

    account: Account
    slot: Slot
    minor: int


@dataclass(frozen=True)
class Event:
    """One transaction: `transaction_id` names it for good, `known_at_utc` is when it was known.

    Raises ValueError where the postings do not sum to zero in a currency, or the time has no zone.
    """

    transaction_id: str
    kind: str
    postings: tuple[Posting, ...]
    known_at_utc: datetime
    ticket_id: str = ""
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        sums: Counter[str] = Counter()
        for posting in self.postings:
            sums[posting.account.currency] += posting.minor
        if any(sums.values()):
            raise ValueError(f"Transaction {self.transaction_id} does not sum to zero: {dict(sums)}.")
        if self.known_at_utc.tzinfo is None:
            raise ValueError(f"Transaction {self.transaction_id} has a time without a zone.")


def deposit(account: Account, minor: int, at: datetime, reference: str) -> Event:
    """Money comes in; `reference` tells two equal deposits apart. Raises ValueError unless the amount is positive."""
    return _moved("deposit", _named("deposit", reference, account), account, Slot.OWNER, Slot.CASH, minor, at)


def withdrawal(account: Account, minor: int, at: datetime, reference: str) -> Event:
    """Money goes out. Raises ValueError unless the amount is positive."""
    return _moved("withdrawal", _named("withdrawal", reference, account), account, Slot.CASH, Slot.OWNER, minor, at)


def transfer(source: Account, target: Account, minor: int, at: datetime, reference: str) -> Event:
    """Cash goes from one book to another in one currency. Raises ValueError for two currencies or one account."""
    if source.currency != target.currency or source == target:
        raise ValueError(f"A transfer from {source} to {target} is none.")
    postings = (Posting(source, Slot.CASH, -_positive(minor)), Posting(target, Slot.CASH, minor))
    return Event(_named("transfer", reference, source, target), "transfer", postings, at)


def exchange(source: Account, target: Account, minor: int, rate: Decimal, at: datetime, reference: str) -> Event:
    """Cash changes its currency at a recorded rate: units of the target for one of the source.

    What is bought is rounded half to even to the minor unit. Raises ValueError for a rate that is not positive or
    finite, for accounts of one currency, and where nothing would be bought.
    """
    if not rate.is_finite() or rate <= 0 or source.currency == target.currency:
        raise ValueError(f"{source} cannot be exchanged into {target} at {rate}.")
    bought = _positive(int((Decimal(_positive(minor)) * rate).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)))
    postings = (
        Posting(source, Slot.CASH, -minor),
        Posting(source, Slot.EXCHANGE, minor),
        Posting(target, Slot.EXCHANGE, -bought),
        Posting(target, Slot.CASH, bought),
    )
    return Event(_named("exchange", reference, source, target), "exchange", postings, at, rate=rate)


def reservation(account: Account, placement_id: str, ticket_id: str, minor: int, at: datetime) -> Event:
    """An order goes out: its whole stake is set aside until the venue answers."""
    name = f"reservation:{placement_id}"
    return _moved("reservation", name, account, Slot.CASH, Slot.RESERVED, minor, at, ticket_id)


def acceptance(account: Account, placement_id: str, ticket_id: str, asked: int, taken: int, at: datetime) -> Event:
    """The venue took all or part of an order: that part is at risk, the rest is cash again."""
    if not 0 < taken <= asked:
        raise ValueError(f"Of an order over {asked}, {taken} cannot be taken.")
    postings = [Posting(account, Slot.RESERVED, -asked), Posting(account, Slot.AT_RISK, taken)]
    if taken < asked:
        postings.append(Posting(account, Slot.CASH, asked - taken))
    return Event(f"acceptance:{placement_id}", "acceptance", tuple(postings), at, ticket_id)


def rejection(account: Account, placement_id: str, ticket_id: str, minor: int, at: datetime) -> Event:
    """The venue took nothing: the whole stake is cash again."""
    return _moved("release", f"release:{placement_id}", account, Slot.RESERVED, Slot.CASH, minor, at, ticket_id)


def paper_stake(account: Account, ticket_id: str, minor: int, at: datetime) -> Event:
    """A ticket is taken on paper, at once and in full."""
    return _moved("stake", f"stake:{ticket_id}", account, Slot.CASH, Slot.AT_RISK, minor, at, ticket_id)


def paper_release(account: Account, ticket_id: str, minor: int, at: datetime) -> Event:
    """A ticket taken on paper was really placed elsewhere: the paper money is cash again."""
    return _moved("release", f"release:paper:{ticket_id}", account, Slot.AT_RISK, Slot.CASH, minor, at, ticket_id)


def settlement(
    account: Account, ticket_id: str, version: int, stake: int, returned: int, at: datetime, void: bool = False
) -> Event:
    """A bet is over: the stake leaves at_risk, what comes back is cash, the rest is the book's side."""
    kind, name = "void" if void else "settlement", f"settlement:{ticket_id}{_versioned(version)}"
    return Event(name, kind, _outcome(account, stake, returned), at, ticket_id)


def reversal(account: Account, ticket_id: str, version: int, stake: int, returned: int, at: datetime) -> Event:
    """The exact opposite of the settlement of this version."""
    postings = tuple(Posting(one.account, one.slot, -one.minor) for one in _outcome(account, stake, returned))
    return Event(f"reversal:{ticket_id}{_versioned(version)}", "reversal", postings, at, ticket_id)


def _outcome(account: Account, stake: int, returned: int) -> tuple[Posting, ...]:
    if stake <= 0 or returned < 0:
        raise ValueError(f"A stake of {stake} that returns {returned} is no bet.")
    amounts = ((Slot.AT_RISK, -stake), (Slot.CASH, returned), (Slot.RESULT, stake - returned))
    return tuple(Posting(account, slot, minor) for slot, minor in amounts)


def _versioned(version: int) -> str:
    """Nothing for the first, so that ledgers from before there were corrections keep their ids."""
    return "" if version == 1 else f":v{version}"


def _named(kind: str, reference: str, *accounts: Account) -> str:
    return f"{kind}:{reference}:{short_hash(*accounts)}"


def _moved(
    kind: str, name: str, account: Account, source: Slot, target: Slot, minor: int, at: datetime, ticket: str = ""
) -> Event:
    postings = (Posting(account, source, -_positive(minor)), Posting(account, target, minor))
    return Event(name, kind, postings, at, ticket)


def _positive(minor: int) -> int:
    if minor <= 0:
        raise ValueError(f"{minor} is no amount to move: it must be above zero.")
    return minor
