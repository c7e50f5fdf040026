"""Where a ticket's profit came from: our edge, the market's later opinion, and luck.

How sure one can be of any of the three belongs in `summary` and `power`.
"""

from __future__ import annotations

import polars as pl


def attribution(tickets: pl.DataFrame, settlements: pl.DataFrame, ticket_values: pl.DataFrame) -> pl.DataFrame:
    """The profit of each settled ticket in three parts, in minor units and fractions of them.

    With the stake s, the edge e that we stated and the value c of the price at the close (both per unit staked):

        profit = s e  +  s (c - e)  +  (profit - s c)
                 edge    movement      luck

    `edge_minor` is what we expected; `movement_minor` what the close thought of that: usually negative, since of
    many stated edges the mistaken ones are taken too; `luck_minor` is the result less what the close expected, 0 on
    average if the close is right. Without a close, movement is null and luck is the result less our expectation. The
    parts sum to the profit to 1e-9 of the stake; voids have no part in it and are left out.

    `tickets`: ticket_id, edge; `settlements`: ticket_id, outcome, stake_minor, profit_minor, one standing row a
    ticket; `ticket_values`: ticket_id, clv.
    """
    settled = settlements.filter(pl.col("outcome") != "void").select("ticket_id", "stake_minor", "profit_minor")
    rows = settled.join(tickets.select("ticket_id", "edge"), on="ticket_id").join(
        ticket_values.select("ticket_id", "clv"), on="ticket_id", how="left"
    )
    edge, close = pl.col("stake_minor") * pl.col("edge"), pl.col("stake_minor") * pl.col("clv")
    return rows.select(
        "ticket_id",
        "stake_minor",
        "profit_minor",
        edge.alias("edge_minor"),
        (close - edge).alias("movement_minor"),
        (pl.col("profit_minor") - pl.coalesce(close, edge)).alias("luck_minor"),
    ).sort("ticket_id")


def totals(parts: pl.DataFrame) -> dict[str, float]:
    """Sums of all parts, in minor units: tickets with and without a close apart, since their luck differs.

    Keys: closed_tickets, open_tickets, profit_minor, edge_minor, movement_minor, luck_minor (these of tickets with a
    close), edge_minor_without_close, luck_minor_without_close. The minor units sum to the profit.
    """
    closed = parts.filter(pl.col("movement_minor").is_not_null())
    others = parts.filter(pl.col("movement_minor").is_null())
    return {
        "closed_tickets": len(closed),
        "open_tickets": len(others),
        "profit_minor": float(parts["profit_minor"].sum()),
        **{name: float(closed[name].sum()) for name in ("edge_minor", "movement_minor", "luck_minor")},
        **{f"{name}_without_close": float(others[name].sum()) for name in ("edge_minor", "luck_minor")},
    }
