"""Settling tickets at the price and line taken, once the result is known."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl

from core.market.markets import MARKETS

_OUTCOMES = {-1.0: "lost", -0.5: "half_lost", 0.0: "push", 0.5: "half_won", 1.0: "won"}


def settle(tickets: pl.DataFrame, legs: pl.DataFrame, results: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """One settlement for each single whose match's result was known at `as_of`.

    `results`: match_id, home_goals, away_goals, known_at_utc of finished matches. Columns: ticket_id, outcome,
    payoff, return_minor (stake included), profit_minor, known_at_utc.
    """
    over = results.filter(pl.col("known_at_utc") <= as_of).select(
        "match_id", "home_goals", "away_goals", pl.col("known_at_utc").alias("settled_known_at_utc")
    )
    rows = tickets.select("ticket_id", "stake_minor", "currency").join(legs, on="ticket_id").join(over, on="match_id")
    settled = [_settled(row) for row in rows.sort("ticket_id").iter_rows(named=True)]
    return pl.DataFrame(settled, schema=_SCHEMA)


def returned_minor(stake_minor: int, payoff: float, price_odds_dec: float) -> int:
    """What comes back, in minor units: the stake plus the payoff; half a cent rounds to even."""
    stake, share, price = Decimal(stake_minor), Decimal(str(payoff)), Decimal(str(price_odds_dec))
    profit = stake * share * (price - 1) if share > 0 else stake * share
    return int((stake + profit).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


_SCHEMA = {
    "ticket_id": pl.String(),
    "match_id": pl.String(),
    "season_code": pl.String(),
    "outcome": pl.String(),
    "payoff": pl.Float64(),
    "stake_minor": pl.Int64(),
    "return_minor": pl.Int64(),
    "profit_minor": pl.Int64(),
    "currency": pl.String(),
    "event_at_utc": pl.Datetime("us", "UTC"),
    "known_at_utc": pl.Datetime("us", "UTC"),
}


def _settled(row: dict[str, object]) -> dict[str, object]:
    market = MARKETS[str(row["market"])]
    share = float(market.payoff(row["home_goals"], row["away_goals"], str(row["selection"]), row["line"]))  # type: ignore[arg-type]
    stake = int(row["stake_minor"])  # type: ignore[call-overload]
    returned = returned_minor(stake, share, float(row["price_odds_dec"]))  # type: ignore[arg-type]
    kept = {
        name: row[name] for name in ("ticket_id", "match_id", "season_code", "stake_minor", "currency", "event_at_utc")
    }
    return kept | {
        "outcome": _OUTCOMES[share],
        "payoff": share,
        "return_minor": returned,
        "profit_minor": returned - stake,
        "known_at_utc": row["settled_known_at_utc"],
    }
