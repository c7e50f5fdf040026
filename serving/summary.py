"""What one run delivered, as plain values: the JSON of `fairline run` (docs/schemas/run.json), board and report."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from core.clock import iso
from core.market.markets import ASIAN_HANDICAP, SPREAD
from core.market.sports import SPORTS
from core.settings import Settings
from lake.contracts.model import contracts
from lake.desk import DESK, of_desk
from lake.releases import newest
from lake.storage import Lake
from replay import issue, uncertainty
from serving.no_ticket import no_ticket
from serving.sports import asked, has_table
from sources import status

_HANDICAPS = (ASIAN_HANDICAP.name, SPREAD.name)
"""Markets whose line is the home side's handicap."""


def tickets(lake: Lake, sports: Collection[str], as_of: datetime | None = None) -> list[dict[str, Any]]:
    """Tickets with a leg of one of the sports, issued at `as_of` (all by default), newest first, largest stake first.

    Each has its legs, with the names of both sides.
    """
    legs = issue.legs(lake).sort("ticket_id", "leg")
    wanted = legs.filter(pl.col("sport").is_in(list(sports)))
    moment = None if as_of is None else pl.col("as_of_utc") == as_of
    issued = lake.table(of_desk("tickets")).read(moment).join(wanted, on="ticket_id", how="semi")
    names, by_ticket = _names(lake), legs.partition_by("ticket_id", as_dict=True)
    ordered = issued.sort("as_of_utc", "stake_minor", "ticket_id", descending=[True, True, False])
    return [_ticket(row, by_ticket[(row["ticket_id"],)], names) for row in ordered.iter_rows(named=True)]


def run(
    lake: Lake,
    settings: Settings,
    as_of: datetime,
    stages: Mapping[str, Mapping[str, float]],
    warnings: Sequence[str],
) -> dict[str, Any]:
    """The JSON of one run."""
    release, priced = newest(lake), matches_priced(lake, settings, as_of)
    return {
        "as_of_utc": iso(as_of),
        "profile": settings.profile,
        "simulated": settings.simulated,
        "matches_priced": sum(priced.values()),
        "matches_priced_by_sport": priced,
        "stages": {name: dict(values) for name, values in stages.items()},
        "tables": {
            name: _table(lake, name) for name, found in contracts().items() if _is_told(found.identity, settings)
        },
        "release": release.release_id if release else None,
        "tickets": tickets(lake, settings.sports, as_of),
        "no_ticket": no_ticket(lake, settings, as_of),
        "warnings": list(warnings),
    }


def matches_priced(lake: Lake, settings: Settings, as_of: datetime) -> dict[str, int]:
    """How many matches of each sport of the run have a fair price at a moment."""
    rows = {sport: lake.table(f"gold.{sport}.fair_odds") for sport in asked(settings)}
    return {sport: table.read(pl.col("as_of_utc") == as_of)["match_id"].n_unique() for sport, table in rows.items()}


def warnings(lake: Lake, settings: Settings, as_of: datetime, is_replay: bool) -> list[str]:
    """What a reader of this run's tickets must know."""
    said = []
    if settings.simulated:
        said.append("SIMULATED: clubs, results and prices are invented; nothing here can be bet on.")
    if is_replay:
        said.append("This moment lies before the newest release, so gold was written to a replay of its own.")
    coming = {sport: _coming(lake, sport) for sport in asked(settings)}
    if not any(len(decisions) for decisions in coming.values()):
        ahead = ((sport, settings.of(sport).ahead_hours) for sport in coming)
        said += [f"No match of {sport} kicks off within {hours:g} hours of {iso(as_of)}." for sport, hours in ahead]
    said += _stopped(lake, settings, as_of)
    said += status.warning(lake.table(status.NAME).read())
    for sport, decisions in coming.items():
        said += _of_sport(lake, settings.of(sport), decisions, as_of)
    return said


def _of_sport(lake: Lake, settings: Settings, decisions: pl.DataFrame, as_of: datetime) -> Iterator[str]:
    """What is missing of one sport; `decisions`: its coming ones."""
    sport = settings.sport
    if len(decisions) and not matches_priced(lake, settings, as_of)[sport]:
        yield f"None of {len(decisions)} coming matches of {sport} has a fair price, so none of them is offered."
    if has_table(sport, "feat_match_market"):
        market = lake.table(f"gold.{sport}.feat_match_market").read(pl.col("as_of_utc") == as_of)
        unpriced = market.join(decisions.select("match_id"), on="match_id").filter(pl.col("books_count") == 0)
        if len(unpriced):
            yield f"{len(unpriced)} of {len(decisions)} matches have no named price yet: priced by the model alone."
    if has_table(sport, "outcome_intervals"):
        for competition, why in uncertainty.faults(lake, settings).items():
            yield f"The probabilities of {competition} have no interval. {why}"
    for entity, rows in _refused(lake, settings):
        yield f"{len(rows)} rows of {sport} {entity} are in quarantine: {', '.join(_reasons(rows))}."


def _coming(lake: Lake, sport: str) -> pl.DataFrame:
    return lake.table(f"gold.{sport}.spn_decisions").read(pl.col("is_upcoming"))


def _names(lake: Lake) -> dict[str, str]:
    """Names of the sides of every sport by their ids."""
    tables = (lake.table(f"gold.{sport}.dim_teams").read() for sport in SPORTS)
    return {team: name for rows in tables for team, name in rows.select("team_id", "team_name").iter_rows()}


def _stopped(lake: Lake, settings: Settings, as_of: datetime) -> list[str]:
    """Gates that stopped the decision as a whole, and limits that leave no room for a stake."""
    mine = pl.col("decision_id") == issue.decision_id(settings, as_of)
    whole = pl.col("subject_kind").is_in(["decision", "stakes"]) & ~pl.col("allowed")
    rows = lake.table(of_desk("audit")).read(mine & whole).sort("sequence")
    return [f"No ticket could be issued. {detail}" for detail in rows["detail"]]


def _refused(lake: Lake, settings: Settings) -> list[tuple[str, pl.DataFrame]]:
    names = {entity: f"quarantine.{settings.sport}.{entity}" for entity in ("matches", "team_stats", "odds_quotes")}
    found = [(entity, lake.table(name).read()) for entity, name in names.items() if name in contracts()]
    return [(entity, rows) for entity, rows in found if len(rows)]


def _reasons(rows: pl.DataFrame) -> list[str]:
    counted = rows.group_by("reason").len().sort("len", descending=True)
    return [f"{count} {reason}" for reason, count in counted.iter_rows()]


def _is_told(identity: tuple[str, ...], settings: Settings) -> bool:
    return identity[1] in (*settings.sports, DESK) or identity[0] == "bronze"


def _table(lake: Lake, name: str) -> dict[str, Any]:
    table = lake.table(name)
    return {"rows": table.rows(), "version": table.version(), "content_hash": table.content_hash()}


def _ticket(row: Mapping[str, Any], legs: pl.DataFrame, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "ticket_id": row["ticket_id"],
        "kind": row["kind"],
        "price_odds_dec": row["price_odds_dec"],
        "stake": row["stake_minor"] / 100,
        "currency": row["currency"],
        "edge": row["edge"],
        "binding_limit": row["binding_limit"],
        "expected_log_growth": row["expected_log_growth"],
        "price_age_minutes": row["price_age_minutes"],
        "minimum_price_odds_dec": row["minimum_price_odds_dec"],
        "stand_ins": row["stand_ins"],
        "legs": [_leg(leg, names) for leg in legs.iter_rows(named=True)],
    }


def _leg(leg: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sport": leg["sport"],
        "match_id": leg["match_id"],
        "home": names.get(leg["home_team_id"], leg["home_team_id"]),
        "away": names.get(leg["away_team_id"], leg["away_team_id"]),
        "kickoff_at_utc": iso(leg["event_at_utc"]),
        **{
            name: leg[name]
            for name in ("market", "selection", "line", "bookmaker", "price_odds_dec", "fair_odds_dec", "prob")
        },
        "player": leg["player_name"],
        "bet": bet(leg["market"], leg["selection"], leg["line"], leg["player_name"]),
    }


def bet(market: str, selection: str, line: float | None, player: str | None = None) -> str:
    """What is bet on, such as `1x2 home`, `totals over 2.5`, with its own handicap `asian_handicap away +0.75`, or of a
    player `LeBron James: player_points over 25.5`."""
    if player is not None:
        return f"{player}: {bet(market, selection, line)}"
    if line is None:
        return f"{market} {selection}"
    if market not in _HANDICAPS:
        return f"{market} {selection} {line:g}"
    own = line if selection == "home" else 0.0 - line
    return f"{market} {selection} {own:+g}"
