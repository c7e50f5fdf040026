"""From bytes to tables in the vendor's own words: one row a competition's season, a match, a shot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from sources.items import amount, at, count, table, words
from sources.rows import Refused, document, items

Table = tuple[pl.DataFrame, list[Refused]]
_NUMBER = re.compile(r"/events/(\d+)\.json$")
_SHOOT_OUT = 5
"""The period of the penalties after a match: no shots of it."""

COMPETITIONS = (
    count("competition", "competition_id", needed=True),
    count("season", "season_id", needed=True),
    words("competition_name", "competition_name"),
    words("season_name", "season_name", needed=True),
    words("gender", "competition_gender"),
)
MATCHES = (
    words("vendor_match_id", "match_id", needed=True),
    words("match_date", "match_date", needed=True),
    words("kick_off", "kick_off"),
    count("league", "competition", "competition_id", needed=True),
    words("season_name", "season", "season_name", needed=True),
    words("home_name", "home_team", "home_team_name", needed=True),
    words("away_name", "away_team", "away_team_name", needed=True),
    count("home_score", "home_score"),
    count("away_score", "away_score"),
    words("status", "match_status"),
    words("venue", "stadium", "name"),
)
SHOTS = (
    words("vendor_shot_id", "id", needed=True),
    count("minute", "minute", needed=True),
    words("team_name", "team", "name", needed=True),
    words("player_name", "player", "name", needed=True),
    words("play_pattern", "play_pattern", "name"),
    amount("expected_goals", "shot", "statsbomb_xg", needed=True),
    words("outcome", "shot", "outcome", "name", needed=True),
    words("type", "shot", "type", "name"),
)


def read_competitions(body: bytes) -> Table:
    """One row a competition and season; raises PayloadMalformed for what is no list."""
    return table(items(document(body), "competitions"), COMPETITIONS)


def read_matches(body: bytes) -> Table:
    """One row a match; raises PayloadMalformed for what is no list."""
    return table(items(document(body), "matches"), MATCHES)


def read_shots(body: bytes, url: str) -> Table:
    """One row a shot of play, with `vendor_match_id`, which stands in the address alone.

    Raises PayloadMalformed for what is no list, or an address that names no match.
    """
    number = _NUMBER.search(url)
    if number is None:
        raise PayloadMalformed(f"The address {url} names no match.", "See docs/sources/statsbomb.md.")
    rows, refused = table(_shots(items(document(body), "events")), SHOTS)
    return rows.with_columns(pl.lit(number[1]).alias("vendor_match_id")), refused


def _shots(events: list[Any]) -> Iterator[Any]:
    for event in events:
        if at(event, "type", "name") == "Shot" and at(event, "period") != _SHOOT_OUT:
            yield {name: value for name, value in event.items() if name != "shot"} | {"shot": _plain(event.get("shot"))}


def _plain(shot: Any) -> Any:
    """A shot without the frame of where everybody stood, which would fill a page."""
    return {name: value for name, value in shot.items() if name != "freeze_frame"} if isinstance(shot, dict) else shot
