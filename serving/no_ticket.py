"""Why a moment has no ticket of a sport: the first thing that was missing on the way from matches to stakes."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from core.settings import Settings
from lake.contracts.model import contracts
from lake.desk import of_desk
from lake.releases import newest
from lake.storage import Lake
from optimizer.prices.edges import ACCEPTED
from replay import issue
from replay.quotes import Quotes
from serving.sports import asked

DATE_ONLY = "date_only"


def no_ticket(lake: Lake, settings: Settings, as_of: datetime) -> list[str]:
    """One entry for each sport of a run that no ticket of the moment has a leg of, in sentences."""
    issued = lake.table(of_desk("tickets")).read(pl.col("as_of_utc") == as_of)
    of_ticket = set(issue.legs(lake).join(issued, on="ticket_id", how="semi")["sport"])
    without = [sport for sport in asked(settings) if sport not in of_ticket]
    return [f"No ticket of {sport}: {_reason(lake, settings.of(sport), as_of)}" for sport in without]


def no_tickets_yet(lake: Lake, settings: Settings) -> list[str]:
    """Why a lake that has no ticket has none: the reasons of the newest release's moment."""
    release = newest(lake)
    return no_ticket(lake, settings, release.as_of_utc) if release else ["No ticket: nothing was decided here yet."]


def _reason(lake: Lake, settings: Settings, as_of: datetime) -> str:
    sport, then = settings.sport, pl.col("as_of_utc") == as_of
    coming = lake.table(f"gold.{sport}.spn_decisions").read(pl.col("is_upcoming") & then)
    if coming.is_empty():
        return f"no match kicks off within {settings.ahead_hours:g} hours."
    if lake.table(f"gold.{sport}.fair_odds").read(then).is_empty():
        return f"none of its {len(coming)} coming matches has a fair price."
    looked_at = lake.table(of_desk("value_bets")).read(then & (pl.col("sport").fill_null(issue.FIRST_SPORT) == sport))
    if len(looked_at):
        return _refused(looked_at)
    prices = Quotes.of(lake, sport).of_matches(coming["match_id"]).offers(as_of)
    if len(prices):
        return f"{len(prices)} prices stand, none of them at a book of the policy and on a line that has a fair price."
    return f"no price with a time of its own stands for any of its {len(coming)} coming matches.{_untimed(lake, sport)}"


def _refused(bets: pl.DataFrame) -> str:
    """What became of the offers that were looked at; the usual answer of an efficient market is too little edge."""
    counted = bets.group_by("verdict").len().sort("len", "verdict", descending=[True, False])
    passed = bets.filter(pl.col("verdict") == ACCEPTED)
    if len(passed):
        return f"{len(passed)} of {len(bets)} offers passed every rule, and none of them was given a stake."
    why = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counted.iter_rows())
    return f"{len(bets)} offers were looked at, and none passed every rule ({why})."


def _untimed(lake: Lake, sport: str) -> str:
    """A further sentence where all that the lake has of a sport's prices are lines of a day."""
    name = f"silver.{sport}.odds_quotes"
    if name not in contracts():
        return ""
    quotes = lake.table(name).scan().select("known_at_basis", "is_aggregate").collect()
    if quotes.is_empty() or (quotes["known_at_basis"] != DATE_ONLY).any():
        return ""
    untold = "no hour and no book" if quotes["is_aggregate"].all() else "no hour"
    return f" Its {len(quotes):,} lines here tell {untold}, so they judge and teach and never make an offer."
