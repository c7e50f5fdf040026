"""Invented clubs, players and feeds of the publishers' shape, with invented values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from lake.competitions import competitions
from lake.contracts.model import contract
from sources.base import Parsed, Payload
from sources.known import Known
from sources.news.source import News

LEAGUES = competitions("football", ["E0"])
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLUBS = {"eng-alderwick": "Alderwick", "eng-north-city": "North City", "fra-nice": "Nice", "esp-cadenza": "Cádenza"}
PLAYERS = {
    "tom-hale": ("Tom Hale", "eng-alderwick"),
    "jan-hale": ("Jan Hale", "eng-north-city"),
    "luis-ferro": ("Luis Ferro", "eng-alderwick"),
    "ramon": ("Ramón", "esp-cadenza"),
    "c-j-moss": ("C.J. Moss", "eng-north-city"),
}
_SINCE = datetime(2026, 8, 1, tzinfo=UTC)


def known() -> Known:
    """The clubs above in E0, 2026-27, their players, and another vendor's spelling of one club."""
    teams = [{"team_id": id, "team_name": name, **_E0} for id, name in CLUBS.items()]
    players = [
        {"player_id": id, "player_name": name, "team_id": club, **_E0, "player_id_fpl": "1"}
        for id, (name, club) in PLAYERS.items()
    ]
    alias = {"home_name": "Alderwick Athletic", "home_team_id": "eng-alderwick", **_E0}
    rows = {"teams": teams, "players": players, "vendor_matches": [alias]}
    frames = {
        entity: pl.DataFrame(found, schema=contract(f"silver.football.{entity}").schema)
        for entity, found in rows.items()
    }
    return Known("football", frames=frames)


_E0 = {"competition_id": "E0", "season_code": "2026-27"}


def item(
    title: str = "Alderwick win", guid: str = "https://press.example/1", date: str = "Fri, 20 Nov 2026 10:00:00 GMT",
    text: str = "", more: str = "",
) -> str:  # fmt: skip
    """An item of RSS 2.0; an empty part is left out."""
    parts = {"title": title, "guid": guid, "pubDate": date, "description": text}
    return "<item>" + "".join(f"<{tag}>{said}</{tag}>" for tag, said in parts.items() if said) + more + "</item>"


def rss(*items: str) -> bytes:
    """A feed of RSS 2.0 with these items."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def parsed(body: bytes, captured_at: datetime = NOW) -> Parsed:
    """What a capture of these bytes says."""
    payload = Payload("https://press.example/rss.xml", "feed", None, None, captured_at, "0" * 64, body)
    return News("football").parse(payload, LEAGUES, known())


def subjects(texts: Sequence[str]) -> list[str]:
    """Subjects of one item whose headline and summary are these."""
    return parsed(rss(item(*texts[:1], text="".join(texts[1:])))).rows["news"]["subject"].to_list()
