"""Why a ticket was issued, down to the payloads in bronze that its numbers were read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from core.clock import iso
from core.errors import TicketUnknown
from core.settings import Settings
from lake.storage import Lake


def explain(lake: Lake, settings: Settings, ticket_id: str) -> dict[str, Any]:
    """Everything behind one ticket. Raises TicketUnknown for an id that no ticket has."""
    gold = f"gold.{settings.sport}"
    found = lake.table(f"{gold}.tickets").read(pl.col("ticket_id") == ticket_id)
    if found.is_empty():
        raise TicketUnknown(f"No ticket is called {ticket_id}.", "`fairline tickets` lists them.")
    ticket = found.row(0, named=True)
    legs = lake.table(f"{gold}.ticket_legs").read(pl.col("ticket_id") == ticket_id).sort("leg")
    return {
        "ticket_id": ticket_id,
        "as_of_utc": iso(ticket["as_of_utc"]),
        "stake": f"{ticket['stake_minor'] / 100:.2f} {ticket['currency']}",
        "binding_limit": ticket["binding_limit"],
        "expected_log_growth": ticket["expected_log_growth"],
        "training_hash": ticket["training_hash"],
        "simulated": settings.simulated,
        "legs": [_leg(lake, settings, ticket, leg) for leg in legs.iter_rows(named=True)],
    }


def _leg(lake: Lake, settings: Settings, ticket: Mapping[str, Any], leg: Mapping[str, Any]) -> dict[str, Any]:
    votes = _votes(lake, settings, leg)
    quote = _quote(lake, settings, leg)
    return {
        "match": leg["match_id"],
        "selection": f"{leg['market']} {leg['selection']}",
        "bookmaker": leg["bookmaker"],
        "votes": votes,
        "facts": [
            f"probability {leg['prob']:.1%}, fair price {leg['fair_odds_dec']:.2f}",
            f"price taken {leg['price_odds_dec']:.2f}, seen {iso(leg['price_known_at_utc'])}, "
            f"{ticket['price_age_minutes']:.0f} minutes old at the decision",
            f"edge {ticket['edge']:+.1%} of the stake; worth taking down to {ticket['minimum_price_odds_dec']:.2f}, "
            f"until {iso(ticket['valid_until_at_utc'])}",
            "votes: " + ", ".join(f"{name} {prob:.1%}" for name, prob in votes.items()),
            *_interval(lake, settings, leg),
            *([f"a member failed, so another answered: {ticket['stand_ins']}"] if ticket["stand_ins"] else []),
        ],
        "evidence": [
            f"price: silver.{settings.sport}.odds_quotes selection_key {row['selection_key']}, "
            f"bronze sha256 {row['bronze_sha256']}"
            for row in quote
        ],
        "bronze_sha256": sorted({row["bronze_sha256"] for row in quote}),
    }


def _votes(lake: Lake, settings: Settings, leg: Mapping[str, Any]) -> dict[str, float]:
    """Each forecaster's probability of the selection."""
    rows = lake.table(f"gold.{settings.sport}.predictions").read(_same_selection(leg)).sort("forecaster")
    return dict(rows.select("forecaster", "prob").iter_rows())


def _interval(lake: Lake, settings: Settings, leg: Mapping[str, Any]) -> list[str]:
    """How far the posterior leaves the probability open; nothing where it was not asked or is withheld."""
    told = _same_selection(leg) & pl.col("prob").is_not_null()
    rows = lake.table(f"gold.{settings.sport}.outcome_intervals").read(told)
    return [
        f"probability {prob:.1%} [{low:.1%}, {high:.1%}] by the posterior of the goals model"
        for prob, low, high in rows.select("prob", "low_prob", "high_prob").iter_rows()
    ]


def _same_selection(leg: Mapping[str, Any]) -> pl.Expr:
    """The rows of a leg's match, decision, market and selection."""
    return pl.all_horizontal(pl.col(name) == leg[name] for name in ("match_id", "as_of_utc", "market", "selection"))


def _quote(lake: Lake, settings: Settings, leg: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The silver rows of the price taken."""
    same = (
        (pl.col("season_code") == leg["season_code"])
        & (pl.col("match_id") == leg["match_id"])
        & (pl.col("market") == leg["market"])
        & (pl.col("selection") == leg["selection"])
        & (pl.col("bookmaker") == leg["bookmaker"])
        & (pl.col("known_at_utc") <= leg["as_of_utc"])
    )
    rows = lake.table(f"silver.{settings.sport}.odds_quotes").read(same).sort("known_at_utc")
    return rows.filter(pl.col("price_odds_dec") == leg["price_odds_dec"]).tail(1).to_dicts()
