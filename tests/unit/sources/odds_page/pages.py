"""Invented pages of the bookmaker's layouts, invented matches, and what a capture of a page says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from lake.competitions import competitions
from lake.contracts.model import contract
from sources.base import Parsed, Payload
from sources.known import MATCH, Known
from sources.odds_page.source import OddsPage

LEAGUES = competitions("football", ["E0", "E1"])
URL = "https://odds.sandbook.example/football/premier-league"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
KICKOFF = datetime(2026, 11, 21, 15, tzinfo=UTC)
CLUBS = ("Alderwick", "Brackmoor", "Cinderford Vale", "Dunmere Town", "Elsworth Bay", "Fenmarsh Cross")
Game = tuple[str, str, str, str, str]
GAMES: tuple[Game, ...] = (
    (CLUBS[0], CLUBS[1], "2.10", "3.40", "3.60"),
    (CLUBS[2], CLUBS[3], "1.50", "4.20", "6.50"),
    (CLUBS[4], CLUBS[5], "2.80", "3.20", "2.60"),
)


def id_of(name: str) -> str:
    return "eng-" + name.lower().replace(" ", "-")


def known() -> Known:
    """The three matches above as the anchor has them, and their clubs."""
    matches = [
        (f"E0-2026-27-{place}", "E0", "2026-27", id_of(game[0]), id_of(game[1]), KICKOFF, "scheduled")
        for place, game in enumerate(GAMES)
    ]
    teams = [
        {"team_id": id_of(name), "team_name": name, "country": "ENG", "competition_id": "E0", "season_code": "2026-27",
         "matches_listed": 20, "status": "confirmed"}
        for name in CLUBS
    ]  # fmt: skip
    frame = pl.DataFrame(teams, schema=contract("silver.football.teams").schema)
    return Known("football", pl.DataFrame(matches, schema=MATCH, orient="row"), {"teams": frame})


def html(body: str) -> bytes:
    """A whole page."""
    return f"<!DOCTYPE html><html><head><title>Odds</title></head><body><main>{body}</main></body></html>".encode()


def line(game: Game, kickoff: datetime = KICKOFF) -> str:
    """A match of layout 1."""
    marks = ("home", "away", "price home", "price draw", "price away")
    cells = "".join(f'<td class="{mark}">{said}</td>' for mark, said in zip(marks, game, strict=True))
    return f'<tr class="match" data-kickoff="{kickoff:%Y-%m-%dT%H:%M:%SZ}">{cells}</tr>'


def table(lines: Sequence[str], headings: str = "Home Away 1 X 2") -> bytes:
    """A page of layout 1."""
    head = "".join(f"<th>{heading}</th>" for heading in headings.split())
    return html(f'<table id="match-odds"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>')


def card(game: Game, heading: str | None = None) -> str:
    """A match of layout 2, its prices in the order of their size."""
    home, away, *prices = game
    picks = sorted(zip((home, "Draw", away), prices, strict=True), key=lambda pick: float(pick[1]))
    buttons = "".join(f'<button data-pick="{pick}">{price}</button>' for pick, price in picks)
    time = f'<time datetime="{KICKOFF:%Y-%m-%dT%H:%M:%SZ}">21 Nov 15:00</time>'
    return f'<article class="event-card"><h3>{heading or f"{home} v {away}"}</h3>{time}{buttons}</article>'


def cards(found: Sequence[str]) -> bytes:
    """A page of layout 2."""
    return html(f'<section class="events">{"".join(found)}</section>')


def fractional() -> bytes:
    """A layout that nobody knows: away before home, prices as fractions."""
    lines = "".join(
        f'<div role="row"><span>{g[1]}</span><span>{g[0]}</span><b>13/5</b><b>12/5</b><b>11/10</b></div>' for g in GAMES
    )
    return html(f'<div role="table" class="grid">{lines}</div>')


def parsed(body: bytes, captured_at: datetime = NOW, url: str = URL) -> Parsed:
    """What a capture of these bytes says."""
    payload = Payload(url, "page", "E0", None, captured_at, "0" * 64, body)
    return OddsPage(is_simulated=True).parse(payload, LEAGUES, known())


def later(hours: float) -> datetime:
    """So long after kick-off."""
    return KICKOFF + timedelta(hours=hours)
