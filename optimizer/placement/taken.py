"""Tickets as they were really taken: settlement and exposure go by these stakes and prices, not by those advised."""

from __future__ import annotations

import polars as pl

PAPER = "paper"


def taken(tickets: pl.DataFrame, legs: pl.DataFrame, placements: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same frames with the stake, the book and the price of each ticket's placement; those without one stay.

    A placement at a venue beats one on paper. The price of a ticket of several legs is that of the whole: it stands
    in the ticket (`price_odds_dec`), the prices of its legs stay.
    """
    real = placements.filter((pl.col("taken_minor") > 0) & (pl.col("venue") != PAPER))
    newest = real.sort("known_at_utc").unique("ticket_id", keep="last")
    chosen = newest.select("ticket_id", "taken_minor", _price=pl.col("price_odds_dec"), _book=pl.col("bookmaker"))
    staked = tickets.join(chosen, on="ticket_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("taken_minor", "stake_minor").alias("stake_minor"),
        pl.coalesce("_price", "price_odds_dec").alias("price_odds_dec"),
    )
    joined = legs.join(chosen, on="ticket_id", how="left", maintain_order="left")
    is_single = pl.len().over("ticket_id") == 1
    priced = joined.with_columns(
        pl.when(is_single).then(pl.coalesce("_price", "price_odds_dec")).otherwise("price_odds_dec")
        .alias("price_odds_dec"),
        pl.coalesce("_book", "bookmaker").alias("bookmaker"),
    )  # fmt: skip
    return staked.select(tickets.columns), priced.select(legs.columns)
