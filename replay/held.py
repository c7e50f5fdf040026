"""Whether the tickets of a walk kept every limit: recounted from the record alone, apart from what set them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from core.settings import Staking
from optimizer import settlement
from replay.bets import Walked

_ROUNDING_MINOR = 1
"""Limits are shares of a bankroll in whole minor units."""


def broken(walked: Walked) -> list[str]:
    """Each limit of the policy that a decision broke, in a sentence; empty where all held."""
    found: list[str] = []
    for as_of in walked.record.tickets["as_of_utc"].unique().sort():
        found += [f"{as_of:%Y-%m-%d %H:%M}: {said}" for said in _at(walked, as_of)]
    return found


def _at(walked: Walked, as_of: datetime) -> Iterator[str]:
    record, staking = walked.record, walked.staking
    issued = record.tickets.filter(pl.col("as_of_utc") <= as_of)
    settled = settlement.standing(record.settlements, as_of)
    bankroll = walked.opening_minor + int(settled["profit_minor"].sum())
    new = issued.filter(pl.col("as_of_utc") == as_of)
    standing = issued.join(settled, on="ticket_id", how="anti")
    day = pl.col("as_of_utc").dt.convert_time_zone(walked.timezone).dt.date()
    today = issued.filter(day == as_of.astimezone(ZoneInfo(walked.timezone)).date())
    if len(new) > staking.maximum_tickets:
        yield f"{len(new)} tickets, and {staking.maximum_tickets} are allowed."
    yield from _above(new.select("ticket_id", "stake_minor"), "ticket_id", staking.maximum_ticket_share, bankroll)
    legs = record.legs.join(standing.select("ticket_id", "stake_minor"), on="ticket_id")
    touched = record.legs.filter(pl.col("as_of_utc") == as_of)
    for column, share in _exposures(staking).items():
        rows = legs.unique(["ticket_id", column]).filter(pl.col(column).is_in(touched[column].implode()))
        yield from _above(rows, column, share, bankroll)
    yield from _above(today.with_columns(day=pl.lit("the day")), "day", staking.maximum_day_share, bankroll)
    if int(standing["stake_minor"].sum()) > bankroll:
        yield "more is at risk than there is."
    yield from _prices(new, touched, staking)


def _exposures(staking: Staking) -> dict[str, float]:
    return {
        "match_id": staking.maximum_match_share, "competition_id": staking.maximum_league_share,
        "market": staking.maximum_market_share, "bookmaker": staking.maximum_book_share,
    }  # fmt: skip


def _above(rows: pl.DataFrame, column: str, share: float, bankroll: int) -> Iterator[str]:
    sums = rows.group_by(column).agg(pl.col("stake_minor").sum())
    for name, stake in sums.filter(pl.col("stake_minor") > share * bankroll + _ROUNDING_MINOR).iter_rows():
        yield f"{stake} minor units on {name}, and {share:.1%} of {bankroll} are allowed."


def _prices(new: pl.DataFrame, legs: pl.DataFrame, staking: Staking) -> Iterator[str]:
    low = new.filter((pl.col("edge") < staking.minimum_edge) & (pl.col("kind") == "single"))
    yield from (f"{ticket} has an edge below the minimum." for ticket in low["ticket_id"])
    high = legs.filter(pl.col("price_odds_dec") > staking.maximum_price_odds_dec)
    yield from (f"{ticket} has a price above the maximum." for ticket in high["ticket_id"])
    stale = new.filter(pl.col("price_age_minutes") > staking.maximum_price_age_minutes)
    yield from (f"{ticket} has a stale price." for ticket in stale["ticket_id"])
    increment = max(round(staking.stake_increment * 100), 1)
    odd = new.filter(pl.col("stake_minor") % increment != 0)
    yield from (f"{ticket} has a stake that is no whole number of increments." for ticket in odd["ticket_id"])
