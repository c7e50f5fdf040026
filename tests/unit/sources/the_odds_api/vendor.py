"""Payloads of The Odds API's shape with invented values, and what silver is supposed to know of their matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

from lake.competitions import competitions
from lake.contracts.model import contract
from sources.base import Parsed, Payload
from sources.known import MATCH, Known
from sources.the_odds_api.source import TheOddsApi

CAPTURED = datetime(2024, 3, 1, 10, 5, tzinfo=UTC)
UPDATED = "2024-03-01T10:00:00Z"
KICKOFF = datetime(2024, 3, 2, 15, tzinfo=UTC)
CLUBS = ("Arbury", "Belston", "Corwick", "Dunmere")
ROOT = "https://api.the-odds-api.com/v4/sports"
Outcome = Mapping[str, Any]


def outcome(name: str, price: Any, point: float | None = None, description: str | None = None) -> dict[str, Any]:
    said = {"name": name, "price": price, "point": point, "description": description}
    return {key: value for key, value in said.items() if value is not None}


def event(markets: Mapping[str, Sequence[Outcome]], book: str = "pinnacle", updated: str = UPDATED) -> dict[str, Any]:
    """Arbury at home to Belston, at one book."""
    told = [{"key": key, "last_update": updated, "outcomes": list(outcomes)} for key, outcomes in markets.items()]
    return {
        "id": "e1",
        "sport_key": "soccer_epl",
        "commence_time": "2024-03-02T15:00:00Z",
        "home_team": "Arbury",
        "away_team": "Belston",
        "bookmakers": [{"key": book, "title": book, "last_update": updated, "markets": told}],
    }


def game(markets: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    """Boston at home to Miami, at one book."""
    own = event(markets, book="draftkings")
    return own | {"sport_key": "basketball_nba", "home_team": "Boston Celtics", "away_team": "Miami Heat"}


def match(home: str = "Arbury", away: str = "Belston", kickoff: datetime = KICKOFF) -> dict[str, Any]:
    return {
        "match_id": f"E0-2023-24-{home.lower()}-{away.lower()}",
        "competition_id": "E0",
        "season_code": "2023-24",
        "home_team_id": f"eng-{home.lower()}",
        "away_team_id": f"eng-{away.lower()}",
        "event_at_utc": kickoff,
        "state": "scheduled",
    }


def football(*matches: Mapping[str, Any]) -> Known:
    """Four clubs of the Premier League, and these matches."""
    teams = [
        {
            "team_id": f"eng-{name.lower()}",
            "team_name": name,
            "country": "ENG",
            "competition_id": "E0",
            "season_code": "2023-24",
            "matches_listed": 38,
            "status": "confirmed",
        }
        for name in CLUBS
    ]
    schema = contract("silver.football.teams").schema
    frames = {"teams": pl.DataFrame(teams).select(pl.col(name).cast(kind) for name, kind in pl.Schema(schema).items())}
    return Known("football", pl.DataFrame(list(matches), schema=MATCH), frames)


def basketball(players: Mapping[str, str] | None = None) -> Known:
    """Players of the NBA with their teams."""
    rows = [
        {"player_id": name.lower().replace(" ", "-"), "player_name": name, "team_id": team, "competition_id": "NBA"}
        for name, team in (players or {}).items()
    ]
    empty = contract("silver.basketball.players").empty()
    frame = pl.DataFrame(rows).with_columns(pl.lit("2023-24").alias("season_code")) if rows else empty
    return Known("basketball", frames={"players": pl.concat([empty, frame], how="diagonal_relaxed")})


def payload(
    body: object, endpoint: str = "odds", query: str = "oddsFormat=decimal", at: datetime = CAPTURED
) -> Payload:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Payload(f"{ROOT}/any/{endpoint}?{query}", endpoint, None, None, at, "0" * 64, raw)


def parse(found: Payload, known: Known | None = None) -> Parsed:
    """What a payload says; of football where nothing else is known."""
    here = known or football(match())
    return TheOddsApi(here.sport).parse(found, competitions(here.sport), here)


def reasons(parsed: Parsed, entity: str = "odds_quotes") -> list[str]:
    return sorted(parsed.refused[entity]["_reason"].to_list())
