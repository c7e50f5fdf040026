"""Payloads in the shape of Fantasy Premier League with INVENTED values: no player, club or count here is real."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from lake.competitions import competitions
from sources.base import Parsed, Payload
from sources.fantasy_premier_league import plan
from sources.fantasy_premier_league.source import FantasyPremierLeague
from tests.unit.sources.vendor import known_of

LEAGUES = competitions("football", ["E0"])
SOURCE = FantasyPremierLeague()
KICKOFF = "2020-09-12T14:00:00Z"
CAPTURED = datetime(2021, 7, 1, tzinfo=UTC)
ANCHOR = {
    **dict.fromkeys(("competition_id", "season_code", "home_team_id", "away_team_id"), pl.String()),
    "event_at_utc": pl.Datetime("us", "UTC"),
}
LINE: Mapping[str, str] = {
    "name": "Al Fern", "position": "MID", "team": "Alderwick", "assists": "0", "bonus": "0", "clean_sheets": "0",
    "creativity": "1.5", "element": "1", "fixture": "7", "goals_conceded": "1", "goals_scored": "1",
    "kickoff_time": KICKOFF, "minutes": "90", "opponent_team": "2", "own_goals": "0", "penalties_missed": "0",
    "penalties_saved": "0", "red_cards": "0", "saves": "0", "team_a_score": "1", "team_h_score": "2", "threat": "30.0",
    "total_points": "7", "was_home": "True", "yellow_cards": "0",
}  # fmt: skip
AWAY: Mapping[str, str] = LINE | {
    "name": "Bo Gale", "team": "Brackmoor", "element": "2", "opponent_team": "1", "was_home": "False",
    "goals_scored": "0", "total_points": "2",
}  # fmt: skip
PLAYER: Mapping[str, object] = {
    "id": 1, "first_name": "Al", "second_name": "Fern", "team": 1, "element_type": 3, "status": "a",
    "chance_of_playing_next_round": None, "news": "",
}  # fmt: skip


def anchor(*matches: tuple[str, str, str], season: str = "2020-21") -> pl.DataFrame:
    """The anchor's finished matches: home club, away club, kick-off."""
    rows = [("E0", season, f"eng-{home}", f"eng-{away}", datetime.fromisoformat(at)) for home, away, at in matches]
    return pl.DataFrame(rows, schema=ANCHOR, orient="row")


PLAYED = anchor(("alderwick", "brackmoor", KICKOFF))


def week(*lines: Mapping[str, str], without: tuple[str, ...] = ()) -> bytes:
    """A game week's CSV of these lines, some columns left out."""
    columns = [name for name in lines[0] if name not in without]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[line[name] for name in columns] for line in lines])
    return text.getvalue().encode()


def snapshot(*players: Mapping[str, object]) -> bytes:
    """A snapshot of two clubs with these players."""
    clubs = [{"id": 1, "name": "Alderwick"}, {"id": 2, "name": "Brackmoor"}]
    return json.dumps({"elements": players, "teams": clubs, "element_types": []}).encode()


def parsed(
    body: bytes,
    endpoint: str = plan.GAME_WEEK,
    season: str | None = "2020-21",
    played: pl.DataFrame = PLAYED,
    captured_at: datetime = CAPTURED,
) -> Parsed:
    """What the source reads from a body."""
    payload = Payload("https://example.org/x", endpoint, "E0", season, captured_at, "0" * 64, body)
    return SOURCE.parse(payload, LEAGUES, known_of(played))


def reasons(found: Parsed, entity: str = "player_stats") -> list[str]:
    """Why rows were refused."""
    refused = found.refused[entity]
    return refused["_reason"].to_list() if len(refused) else []
