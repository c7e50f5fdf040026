"""From accepted value bets to tickets: an id, a stake, a leg, and everything that explains them."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from core.settings import Staking
from lake.keys import short_hash
from optimizer.edges import ACCEPTED, minimum_price
from optimizer.stakes import Candidate, Exposure, Stake, log_growth, stakes

LEG_COLUMNS = (
    "match_id", "competition_id", "season_code", "event_at_utc", "home_team_id", "away_team_id", "market", "selection",
    "line", "bookmaker", "price_odds_dec", "price_known_at_utc", "fair_odds_dec", "prob",
)  # fmt: skip

_IDENTITY = ("match_id", "market", "selection", "bookmaker")


def build(
    bets: pl.DataFrame, bankroll_minor: int, staking: Staking, open_now: Exposure, as_of: datetime, decision_id: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tickets and their legs, best edge first: one single per match at most.

    `bets`: `edges.value_bets` joined with the match (event_at_utc, teams). Same input, same tickets and ids.
    """
    ranked = bets.filter(pl.col("verdict") == ACCEPTED).sort(
        "edge", "match_id", "selection", descending=[True, False, False]
    )
    best = ranked.unique("match_id", keep="first", maintain_order=True)
    candidates = [
        Candidate(row["match_id"], row["competition_id"], row["prob"], row["price_odds_dec"])
        for row in best.iter_rows(named=True)
    ]
    granted = stakes(candidates, bankroll_minor, staking, open_now)
    chosen = _with_stakes(best, candidates, granted, bankroll_minor, as_of, decision_id).filter(
        pl.col("stake_minor") > 0
    )
    tickets = chosen.with_columns(
        pl.lit(as_of).alias("as_of_utc"),
        pl.lit(decision_id).alias("decision_id"),
        pl.lit(staking.currency).alias("currency"),
        pl.lit("single").alias("kind"),
        pl.col("event_at_utc").alias("valid_until_at_utc"),
        minimum_price(pl.col("prob"), staking).alias("minimum_price_odds_dec"),
    )
    return tickets, chosen.select("ticket_id", pl.lit(0).alias("leg"), *LEG_COLUMNS, pl.lit(as_of).alias("as_of_utc"))


def exposure(tickets: pl.DataFrame, legs: pl.DataFrame, settled: pl.DataFrame, as_of: datetime) -> Exposure:
    """Stakes of earlier tickets that are not settled yet, and what was staked on the day of `as_of`.

    `tickets`, `legs`: gold tables; `settled`: ticket ids with a settlement known at `as_of`.
    """
    issued = tickets.filter(pl.col("as_of_utc") <= as_of)
    today = issued.filter(pl.col("as_of_utc").dt.date() == as_of.date())
    standing = issued.join(settled.select("ticket_id"), on="ticket_id", how="anti")
    rows = standing.select("ticket_id", "stake_minor").join(legs, on="ticket_id")
    return Exposure(
        day=int(today["stake_minor"].sum()),
        by_match=dict(rows.group_by("match_id").agg(pl.col("stake_minor").sum()).iter_rows()),
        by_league=dict(rows.group_by("competition_id").agg(pl.col("stake_minor").sum()).iter_rows()),
    )


def _with_stakes(
    best: pl.DataFrame,
    candidates: list[Candidate],
    granted: list[Stake],
    bankroll_minor: int,
    as_of: datetime,
    decision_id: str,
) -> pl.DataFrame:
    growth = [
        log_growth(bet.prob, bet.price_odds_dec, stake.minor / bankroll_minor) if stake.minor else 0.0
        for bet, stake in zip(candidates, granted, strict=True)
    ]
    ids = [
        f"T{as_of:%Y%m%d}-{short_hash(decision_id, *(row[name] for name in _IDENTITY))[:8]}"
        for row in best.iter_rows(named=True)
    ]
    return best.with_columns(
        pl.Series("ticket_id", ids, dtype=pl.String),
        pl.Series("stake_minor", [stake.minor for stake in granted], dtype=pl.Int64),
        pl.Series("binding_limit", [stake.binding_limit for stake in granted], dtype=pl.String),
        pl.Series("expected_log_growth", growth, dtype=pl.Float64),
    )
