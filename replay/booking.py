"""What follows tickets: placed, settled, booked, told to the outside, and measured against the close."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from core.market.sports import SPORTS
from core.settings import Settings
from lake.desk import of_desk
from lake.storage import Lake
from optimizer import ledger, outbox, settlement
from optimizer.performance import attribution, closing, drawdown, summary
from optimizer.placement import Order, Venue, frame
from optimizer.prices.offers import book_terms, commissions
from replay.issue import record
from replay.moment import policy_of, staking_of
from replay.props import bets
from replay.quotes import Quotes


def place(lake: Lake, settings: Settings, venue: Venue, as_of: datetime) -> pl.DataFrame:
    """The venue's answers to every ticket of the moment that has no placement yet: rows of gold placements."""
    bettor = policy_of(settings).bettor_id
    placed = lake.table(of_desk("placements")).read()
    waiting = lake.table(of_desk("tickets")).read(pl.col("as_of_utc") == as_of).join(placed, on="ticket_id", how="anti")
    legs = lake.table(of_desk("ticket_legs")).read().group_by("ticket_id")
    sold = legs.agg(pl.col("bookmaker").first(), pl.col("price_odds_dec").product().alias("of_legs_odds_dec"))
    priced = pl.coalesce("price_odds_dec", "of_legs_odds_dec").alias("price_odds_dec")
    orders = [
        _order(row, bettor)
        for row in waiting.join(sold, on="ticket_id").with_columns(priced).sort("ticket_id").to_dicts()
    ]
    return frame(venue.place(order, as_of) for order in orders)


def _order(ticket: dict[str, Any], bettor: str) -> Order:
    price, lowest = ticket["price_odds_dec"], ticket["minimum_price_odds_dec"]
    return Order(
        ticket["ticket_id"], bettor, ticket["bookmaker"], ticket["stake_minor"], ticket["currency"], price,
        min(price, lowest), ticket["valid_until_at_utc"],
    )  # fmt: skip


def settle(lake: Lake, as_of: datetime) -> pl.DataFrame:
    """Every settlement of earlier tickets that was known at the moment, corrections too: rows of gold settlements."""
    then = record(lake).known(as_of)
    earlier = then.tickets.filter(pl.col("as_of_utc") < as_of)
    counts = pl.concat(bets.counts(lake, sport, then.legs, as_of) for sport in SPORTS)
    return settlement.settle(
        earlier, then.legs, _results(lake, then.legs, as_of), as_of, commissions=commissions(book_terms()),
        counts=counts,
    )  # fmt: skip


def _results(lake: Lake, legs: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Every state of the legs' matches that was known at the moment, whatever the sport."""
    wanted = (pl.col("known_at_utc") <= as_of) & pl.col("match_id").is_in(legs["match_id"].unique().implode())
    columns = ("match_id", "state", "home_score", "away_score", "event_at_utc", "known_at_utc")
    return pl.concat(
        settlement.scored(lake.table(f"silver.{name}.matches").read(wanted), sport).select(columns)
        for name, sport in SPORTS.items()
    )


def book(lake: Lake, settings: Settings) -> pl.DataFrame:
    """Ledger entries that tickets, placements and settlements ask for and the ledger lacks, chained."""
    issued, settled, placed, standing = (
        lake.table(of_desk(name)).read() for name in ("tickets", "settlements", "placements", "ledger")
    )
    if issued.is_empty() and standing.is_empty():
        return standing
    opened = standing if len(standing) else issued.rename({"as_of_utc": "known_at_utc"})
    staking, first = staking_of(settings), opened["known_at_utc"].min()
    assert isinstance(first, datetime)
    wanted = ledger.transactions(issued, settled, staking.bankroll_minor, staking.currency, first, placed)
    return ledger.post(standing, wanted)


def publish(lake: Lake) -> pl.DataFrame:
    """Rows of gold outbox that tell of settlements not told yet."""
    return outbox.unpublished(lake.table(of_desk("outbox")).read(), lake.table(of_desk("settlements")).read())


def against_the_close(lake: Lake, as_of: datetime) -> pl.DataFrame:
    """Closing-line value of every leg at the price really taken, or why there is none: gold closing_line_value."""
    legs = record(lake).known(as_of).legs
    return pl.concat(_against_the_close(lake, sport, legs.filter(sport=sport), as_of) for sport in SPORTS)


def _against_the_close(lake: Lake, sport: str, legs: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    quotes = Quotes.of(lake, sport).of_matches(legs["match_id"]).with_players(lake, legs["match_id"], as_of)
    return closing.closing_line_value(legs, quotes.by_market, as_of)


def performance(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """How the tickets settled by the moment did, by scope: gold bet_performance."""
    then = record(lake).known(as_of)
    values = lake.table(of_desk("closing_line_value")).read()
    opening = staking_of(settings).bankroll_minor
    return summary.performance(then.tickets, then.legs, then.settlements, values, opening, as_of, settings.seed)


def attributions(lake: Lake, as_of: datetime) -> pl.DataFrame:
    """Edge, movement and luck of each settled ticket: gold attributions."""
    then = record(lake).known(as_of)
    values = closing.ticket_values(then.closing_values, then.tickets)
    return attribution.attribution(then.tickets, then.settlements, values)


def path(lake: Lake, settings: Settings, as_of: datetime) -> drawdown.Path:
    """The bankroll after each settlement known at the moment."""
    opening = staking_of(settings).bankroll_minor
    return drawdown.Path.of(record(lake).known(as_of).settlements, opening)
