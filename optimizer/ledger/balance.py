"""How much stands where: sums over entries, and nothing that changes them."""

from __future__ import annotations

import polars as pl

from optimizer.ledger.accounts import Account, Slot

_HOLDER = ("bettor_id", "bookmaker", "currency")


def balances(ledger: pl.DataFrame) -> dict[str, int]:
    """Balance of each slot in minor units over all accounts of a ledger in one currency.

    Raises ValueError where the ledger has several currencies, whose amounts cannot be added.
    """
    currencies = ledger["currency"].unique().sort().to_list()
    if len(currencies) > 1:
        raise ValueError(f"Amounts in {' and '.join(currencies)} cannot be added: ask for the statement.")
    return dict(ledger.group_by("account").agg(pl.col("amount_minor").sum()).sort("account").iter_rows())


def statement(ledger: pl.DataFrame) -> pl.DataFrame:
    """Balance of every slot of every account: bettor_id, bookmaker, currency, account, balance_minor."""
    sums = ledger.group_by(*_HOLDER, "account").agg(pl.col("amount_minor").sum().alias("balance_minor"))
    return sums.sort(*_HOLDER, "account", nulls_last=False)


def cash_minor(ledger: pl.DataFrame, account: Account) -> int:
    """What an account could spend now, in minor units; negative only where a correction took back what was gone."""
    own = (
        pl.col("bettor_id").eq_missing(pl.lit(account.bettor_id))
        & pl.col("bookmaker").eq_missing(pl.lit(account.bookmaker))
        & (pl.col("currency") == account.currency)
        & (pl.col("account") == Slot.CASH.value)
    )
    return int(ledger.filter(own)["amount_minor"].sum())
