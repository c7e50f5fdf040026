"""The ledger: double entry in minor units, append-only, each entry chained to the one before by its hash.

Events say what happened, entries book it, the chain seals it. What happened is decided elsewhere: here nothing is
priced, settled or placed.
"""

from optimizer.ledger.accounts import Account, FundsMissing, LedgerContradicted, Slot, house
from optimizer.ledger.balance import balances, cash_minor, statement
from optimizer.ledger.booking import post
from optimizer.ledger.chain import GENESIS, chained, entry_hash, faults
from optimizer.ledger.journal import entries
from optimizer.ledger.tables import history, transactions

__all__ = [
    "GENESIS",
    "Account",
    "FundsMissing",
    "LedgerContradicted",
    "Slot",
    "balances",
    "cash_minor",
    "chained",
    "entries",
    "entry_hash",
    "faults",
    "history",
    "house",
    "post",
    "statement",
    "transactions",
]
