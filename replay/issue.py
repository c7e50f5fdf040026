"""Tickets of a live decision: the lake's tables in, rows of gold out, and nothing decided twice.

What is decided stands in `moment`, the same for a walk over past seasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.market.markets import MATCH_RESULT
from core.market.sports import SPORTS, Sport
from core.settings import Settings
from lake.desk import of_desk
from lake.keys import short_hash
from lake.storage import Lake, Table
from optimizer.audit import chained
from optimizer.prices import edges
from replay.moment import Record, act, policy_of, staking_of
from replay.props import bets
from replay.quotes import Quotes
from replay.sharp import Weights, sharpness_at
from replay.slates import coming

FIRST_SPORT = next(iter(SPORTS))
HISTORY = ("tickets", "placements", "settlements", "limit_changes", "closing_line_value")
WRITTEN = ("audit", "limit_changes", "value_bets", "ticket_legs", "tickets", "portfolios")
"""In this order, so that a run that is killed in between finds everything to do the same again: a decision is done
when its portfolio stands."""


@dataclass(frozen=True)
class Issued:
    """New rows by table of `WRITTEN`, warnings in sentences, and whether the decision stood already."""

    rows: Mapping[str, pl.DataFrame]
    warnings: tuple[str, ...]
    stood: bool


def issue(lake: Lake, settings: Settings, as_of: datetime) -> Issued:
    """Decide at a moment around what stands; a decision that was made before is not made again."""
    decision = decision_id(settings, as_of)
    if len(_of(lake, "portfolios").filter(pl.col("decision_id") == decision)):
        return Issued({name: _table(lake, name).contract.empty() for name in WRITTEN}, (), True)
    by_sport = (_on_fixtures(lake, settings.of(sport), as_of) for sport in SPORTS if sport in settings.sports)
    offers = pl.concat(by_sport, how="diagonal")
    beliefs, policy = coming(lake, settings, as_of), policy_of(settings)
    acted = act(offers, beliefs, record(lake, decision), settings, policy, as_of, decision)
    found = {
        "audit": _chained(lake, acted.audit),
        "limit_changes": acted.limit_changes,
        "value_bets": acted.bets.select(_table(lake, "value_bets").contract.column_names),
        "ticket_legs": acted.decided.legs,
        "tickets": acted.decided.tickets,
        "portfolios": acted.decided.portfolios,
    }
    return Issued(found, acted.warnings, False)


def offered(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Every fair selection of a coming match of one sport with an executable price and its edge; no verdict yet."""
    sport = SPORTS[settings.sport]
    fair_odds = lake.table(f"gold.{sport.name}.fair_odds").read(pl.col("as_of_utc") == as_of)
    quotes = Quotes.of(lake, sport.name)
    matches = _fixtures(lake, sport)["match_id"]
    offers = quotes.of_matches(matches).with_players(lake, matches, as_of).offers(as_of)
    sharp = _sharpness(lake, quotes, as_of)
    staking = staking_of(settings)
    fair = _with_players(lake, sport, fair_odds, as_of, staking.own_player_weight)
    named = fair.with_columns(pl.lit(sport.name).alias("sport"))
    return edges.value_bets(named, offers, staking, as_of, sharp or None)


def _with_players(lake: Lake, sport: Sport, fair_odds: pl.DataFrame, as_of: datetime, weight: float) -> pl.DataFrame:
    """Fair odds of matches, and in a sport that has player markets of what their players may do."""
    if not sport.player_markets:
        return fair_odds
    return pl.concat([fair_odds, bets.fair(lake, sport.name, as_of, weight)], how="diagonal")


def record(lake: Lake, without: str = "") -> Record:
    """Everything issued, placed and settled so far in every sport, but for the decision `without`."""
    tickets, *others = (_of(lake, name) for name in HISTORY)
    kept = tickets.filter(pl.col("decision_id") != without)
    return Record(kept, legs(lake).join(kept, on="ticket_id", how="semi", maintain_order="left"), *others)


def legs(lake: Lake, where: pl.Expr | None = None) -> pl.DataFrame:
    """Rows of gold ticket_legs; those issued before there were several sports are football's."""
    rows = _table(lake, "ticket_legs").read(where)
    return rows.with_columns(pl.col("sport").fill_null(FIRST_SPORT))


def decision_id(settings: Settings, as_of: datetime) -> str:
    """The same sports, moment, horizons, leagues and policy are the same decision."""
    policy = policy_of(settings).model_dump_json(), settings.staking.model_dump_json()
    sports = sorted(settings.sports)
    ahead = (settings.of(sport).ahead_hours for sport in sports)
    return short_hash(",".join(sports), as_of.isoformat(), *ahead, *sorted(settings.leagues), *policy)


def _chained(lake: Lake, rows: pl.DataFrame) -> pl.DataFrame:
    """Audit rows after the last one; those that a killed run wrote are found again by their decision."""
    table = _table(lake, "audit")
    last = table.scan().select(pl.col("sequence").max()).collect().item()
    repeated = pl.col("decision_id").is_in(rows["decision_id"].unique().implode())
    return chained(table.read(repeated | (pl.col("sequence") == (-1 if last is None else last))), rows)


def _on_fixtures(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    return offered(lake, settings, as_of).join(_fixtures(lake, SPORTS[settings.sport]), on="match_id")


def _fixtures(lake: Lake, sport: Sport) -> pl.DataFrame:
    columns = ("match_id", "event_at_utc", "home_team_id", "away_team_id")
    return lake.table(f"gold.{sport.name}.spn_decisions").read(pl.col("is_upcoming")).select(columns)


def _sharpness(lake: Lake, quotes: Quotes, as_of: datetime) -> Weights:
    """How sharp each book has been where that is learned, on 1X2; elsewhere all books weigh the same."""
    if MATCH_RESULT.name not in quotes.sport.quoted:
        return {}
    return sharpness_at(
        lake.table(f"gold.{quotes.sport.name}.spn_decisions").read(), quotes.by_market[MATCH_RESULT.name], as_of
    )


def _table(lake: Lake, name: str) -> Table:
    return lake.table(of_desk(name))


def _of(lake: Lake, name: str) -> pl.DataFrame:
    return _table(lake, name).read()
