"""Why a ticket was issued, down to the payloads in bronze that its numbers were read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from core.clock import iso
from core.errors import TicketUnknown
from core.market.sports import SPORTS
from core.settings import Settings
from lake.desk import of_desk
from lake.releases import releases
from lake.storage import Lake
from replay import issue
from replay.craft import PROP_VALUES
from replay.props import bets
from replay.provenance import evidence
from serving.sports import has_table
from serving.summary import bet


def explain(lake: Lake, settings: Settings, ticket_id: str) -> dict[str, Any]:
    """Everything behind one ticket. Raises TicketUnknown for an id that no ticket has."""
    found = lake.table(of_desk("tickets")).read(pl.col("ticket_id") == ticket_id)
    if found.is_empty():
        raise TicketUnknown(f"No ticket is called {ticket_id}.", "`fairline tickets` lists them.")
    ticket = found.row(0, named=True)
    legs = issue.legs(lake, pl.col("ticket_id") == ticket_id).sort("leg")
    prices = pl.concat(evidence(lake, sport, legs.filter(sport=sport)) for sport in SPORTS)
    return {
        "ticket_id": ticket_id,
        "as_of_utc": iso(ticket["as_of_utc"]),
        "kind": ticket["kind"],
        "stake": f"{ticket['stake_minor'] / 100:.2f} {ticket['currency']}",
        "binding_limit": ticket["binding_limit"],
        "expected_log_growth": ticket["expected_log_growth"],
        "training_hash": ticket["training_hash"],
        "simulated": settings.simulated,
        "decision": _decision(lake, ticket, legs),
        "legs": [
            _leg(lake, ticket, leg, prices.filter(leg=leg["leg"]).row(0, named=True))
            for leg in legs.iter_rows(named=True)
        ],
        "since": since(lake, ticket_id),
        "data": _versions(lake, ticket),
    }


def _decision(lake: Lake, ticket: Mapping[str, Any], legs: pl.DataFrame) -> list[str]:
    """What set the stake: what the ticket alone would get, how the portfolio was found, and what rules said."""
    found = lake.table(of_desk("portfolios")).read(
        (pl.col("decision_id") == ticket["decision_id"]) & (pl.col("staking") == "portfolio")
    )
    said = [f"stake {ticket['stake_minor'] / 100:.2f}, set by {ticket['binding_limit']}"]
    for row in found.iter_rows(named=True):
        alone = _alone(ticket, row["kelly_fraction"])
        if len(legs) == 1 and alone is not None:
            said.append(
                f"fractional Kelly ({row['kelly_fraction']:g}) of this bet alone is {alone:.2%} of the bankroll"
            )
        said.append(
            f"one of {row['tickets']} tickets out of {row['candidates']} candidates, certified to within "
            f"{row['gap']:.2%} of the best portfolio ({row['status']}); {row['staked_share']:.1%} staked in all"
        )
        if row["shadow_kelly_fraction"] is not None:
            said.append(f"the adaptive policy in the shadow would have taken {row['shadow_kelly_fraction']:.2f}")
    refused = lake.table(of_desk("audit")).read(
        (pl.col("decision_id") == ticket["decision_id"]) & (pl.col("subject_kind") == "offers")
    )
    passed = ", ".join(refused.sort("sequence")["rule"].to_list())
    return [*said, f"rules asked: {passed}"] if passed else said


def _alone(ticket: Mapping[str, Any], fraction: float) -> float | None:
    """Share of the bankroll that fractional Kelly stakes on a win-or-lose bet with this edge and price."""
    price = ticket["price_odds_dec"]
    return None if price is None or price <= 1 else fraction * max(ticket["edge"], 0.0) / (price - 1)


def since(lake: Lake, ticket_id: str) -> list[str]:
    """What became of a ticket: placements, its close, and every settlement of it."""
    own = pl.col("ticket_id") == ticket_id
    placed = lake.table(of_desk("placements")).read(own).sort("known_at_utc")
    closed = lake.table(of_desk("closing_line_value")).read(own).sort("leg")
    settled = lake.table(of_desk("settlements")).read(own).sort("known_at_utc")
    return [
        *(
            f"placed with {row['bookmaker']} ({row['venue']}): {row['status']}, {row['taken_minor'] / 100:.2f} "
            f"at {row['price_odds_dec']}"
            for row in placed.iter_rows(named=True)
        ),
        *(
            f"leg {row['leg']} closed at {row['close_fair_odds_dec']:.3f} fair by {row['benchmark']}: "
            f"closing-line value {row['clv']:+.2%}"
            if row["reason"] is None
            else f"leg {row['leg']} has no closing-line value: {row['reason'].replace('_', ' ')}"
            for row in closed.iter_rows(named=True)
        ),
        *(
            f"{row['outcome']} at {iso(row['known_at_utc'])}: {row['profit_minor'] / 100:+.2f}"
            for row in settled.iter_rows(named=True)
        ),
    ]


def _versions(lake: Lake, ticket: Mapping[str, Any]) -> dict[str, Any]:
    """The release that first held the ticket, and the version of every table in it."""
    held = [one for one in releases(lake) if one.as_of_utc >= ticket["as_of_utc"]]
    first = min(held, key=lambda one: (one.as_of_utc, one.release_id), default=None)
    return {} if first is None else {"release": first.release_id, "versions": dict(first.versions)}


def _leg(lake: Lake, ticket: Mapping[str, Any], leg: Mapping[str, Any], price: Mapping[str, Any]) -> dict[str, Any]:
    votes = _votes(lake, leg)
    told = (
        f"silver.{leg['sport']}.odds_quotes selection_key {price['selection_key']}, {price['quote_kind']}"
        if leg["player_id"] is None
        else f"silver.{leg['sport']}.prop_quotes of {leg['player_id']}"
    )
    return {
        "sport": leg["sport"],
        "match": leg["match_id"],
        "selection": bet(leg["market"], leg["selection"], leg["line"], leg["player_name"]),
        "bookmaker": leg["bookmaker"],
        "votes": votes,
        "facts": [
            f"probability {leg['prob']:.1%}, fair price {leg['fair_odds_dec']:.2f}",
            f"price taken {leg['price_odds_dec']:.2f}, seen {iso(leg['price_known_at_utc'])}, "
            f"{ticket['price_age_minutes']:.0f} minutes old at the decision",
            f"edge {ticket['edge']:+.1%} of the stake; worth taking down to {ticket['minimum_price_odds_dec']:.2f}, "
            f"until {iso(ticket['valid_until_at_utc'])}",
            *(["votes: " + ", ".join(f"{name} {prob:.1%}" for name, prob in votes.items())] if votes else []),
            *_interval(lake, leg),
            *([f"a member failed, so another answered: {ticket['stand_ins']}"] if ticket["stand_ins"] else []),
        ],
        "evidence": [f"price: {told}, bronze sha256 {price['bronze_sha256']}"] if price["bronze_sha256"] else [],
        "bronze_sha256": [price["bronze_sha256"]] if price["bronze_sha256"] else [],
    }


def _votes(lake: Lake, leg: Mapping[str, Any]) -> dict[str, float]:
    """Each forecaster's probability of the selection; of a bet on a player ours and the books', if it is settled."""
    if leg["player_id"] is not None:
        return _opinions(lake, leg)
    if not has_table(leg["sport"], "predictions"):
        return {}
    rows = lake.table(f"gold.{leg['sport']}.predictions").read(_same_selection(leg)).sort("forecaster")
    return dict(rows.select("forecaster", "prob").iter_rows())


def _opinions(lake: Lake, leg: Mapping[str, Any]) -> dict[str, float]:
    asked = (pl.col("as_of_utc") == leg["as_of_utc"]) & (pl.col("player_id") == leg["player_id"])
    same = pl.col("line").eq_missing(pl.lit(leg["line"])) & (pl.col("selection") == leg["selection"])
    rows = lake.table(f"gold.{leg['sport']}.{PROP_VALUES}").read(asked & (pl.col("match_id") == leg["match_id"]))
    own = bets.opinions(rows.filter(same & (("player_" + pl.col("market")) == leg["market"])))
    return {
        name: prob for row in own.select(model="own_prob", books="books_prob").to_dicts() for name, prob in row.items()
    }


def _interval(lake: Lake, leg: Mapping[str, Any]) -> list[str]:
    """How far the posterior leaves the probability open; nothing where it was not asked or is withheld."""
    if not has_table(leg["sport"], "outcome_intervals"):
        return []
    told = _same_selection(leg) & pl.col("prob").is_not_null()
    rows = lake.table(f"gold.{leg['sport']}.outcome_intervals").read(told)
    return [
        f"probability {prob:.1%} [{low:.1%}, {high:.1%}] by the posterior of both sides' strengths"
        for prob, low, high in rows.select("prob", "low_prob", "high_prob").iter_rows()
    ]


def _same_selection(leg: Mapping[str, Any]) -> pl.Expr:
    """The rows of a leg's match, decision, market and selection."""
    return pl.all_horizontal(pl.col(name) == leg[name] for name in ("match_id", "as_of_utc", "market", "selection"))
