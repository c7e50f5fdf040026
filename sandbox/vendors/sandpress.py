"""A newspaper's injury pages, as HTML in three layouts: a list by club, one table, and paragraphs of prose.

The layout is chosen by the control plane. `robots.txt` allows the injuries and disallows the archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import groupby

import polars as pl

from sandbox.vendors import pages
from sandbox.vendors.base import Answer, Ask, Refusal, Route, Vendor
from sandbox.vendors.nba_games import Row, teams
from sandbox.vendors.sandbook import LEAGUES
from sandbox.vendors.spelling import short
from sandbox.vendors.view import View
from sandbox.vendors.writing import zulu

HOST = "injuries.sandpress.example"
SITE = "Sandpress"
WORDS: Mapping[str, str] = {"out": "Out", "doubtful": "Doubtful"}


def refuse(refusal: Refusal) -> Answer:
    """A page that says no."""
    return pages.no(SITE, refusal)


def robots(ask: Ask) -> Answer:
    """What robots may read."""
    return pages.robots("/archive/")


def archive(ask: Ask) -> Answer:
    """A page that no robot may read."""
    return Answer(pages.page(SITE, "Archive", "<h1>For subscribers</h1>"), "html")


def football(ask: Ask) -> Answer:
    """Who is missing at the clubs of a league."""
    code = LEAGUES.get(ask.place["league"])
    return refuse("not_found") if code is None else _shown(ask, _absences(ask.view, code), "Football")


def nba(ask: Ask) -> Answer:
    """Who is hurt in the NBA."""
    return _shown(ask, _injuries(ask.view), "NBA")


def _shown(ask: Ask, rows: list[Row], sport: str) -> Answer:
    layouts = {1: _lists, 2: _table, 3: _prose}
    return Answer(pages.page(SITE, f"{sport} injuries", layouts[ask.layout](rows)), "html")


def _absences(view: View, code: str) -> list[Row]:
    clubs = view.frame("fixtures").filter(pl.col("division") == code)["home"].unique().to_list()
    rows = view.frame("absences").filter(pl.col("club").is_in(clubs)).sort("club", "player_key")
    return [_told(row, short(row["club"]), WORDS[row["status"]], row["kind"]) for row in rows.iter_rows(named=True)]


def _injuries(view: View) -> list[Row]:
    names = {number: f"{team['city']} {team['nickname']}" for number, team in teams(view).items()}
    rows = view.frame("nba_injuries").sort("team_id", "player_id")
    return [_told(r, names[r["team_id"]], r["status"], r["description"]) for r in rows.iter_rows(named=True)]


def _told(row: Row, team: str, status: str, reason: str) -> Row:
    back = row["expected_return_at_utc"]
    until = f"{back:%d %B %Y}" if back else "Unknown"
    return {"team": team, "player": row["name"], "status": status, "reason": reason, "until": until,
            "updated": row["announced_at_utc"]}  # fmt: skip


def _lists(rows: list[Row]) -> str:
    parts = []
    for team, group in groupby(rows, key=lambda row: row["team"]):
        items = "\n".join(
            f'<li data-updated="{zulu(row["updated"])}"><span class="player">{escape(row["player"])}</span>'
            f'<span class="status">{row["status"]}</span><span class="reason">{escape(row["reason"])}</span>'
            f'<span class="return">{row["until"]}</span></li>'
            for row in group
        )
        parts.append(f'<section class="team"><h2>{escape(team)}</h2>\n<ul class="injuries">\n{items}\n</ul></section>')
    return "\n".join(parts)


def _table(rows: list[Row]) -> str:
    """One table with other words and another order."""
    lines = "\n".join(
        f"<tr><td>{escape(row['player'])}</td><td>{escape(row['team'])}</td><td>{escape(row['reason'])}</td>"
        f"<td>{row['until']}</td><td>{row['status'].upper()}</td><td>{row['updated']:%d/%m/%Y %H:%M}</td></tr>"
        for row in rows
    )
    head = "".join(f"<th>{name}</th>" for name in ("Name", "Club", "Problem", "Back", "Availability", "As of"))
    return f'<table class="injury-table">\n<tr>{head}</tr>\n{lines}\n</table>'


def _prose(rows: list[Row]) -> str:
    """Sentences, which no table reader can read."""
    said = (
        f"<p><strong>{escape(row['player'])}</strong> ({escape(row['team'])}) is {row['status'].lower()} with "
        f"{escape(row['reason'])}; a return is expected: {row['until']}.</p>"
        for row in rows
    )
    return '<article class="round-up">\n' + "\n".join(said) + "\n</article>"


VENDOR = Vendor(
    name="sandpress",
    hosts=(HOST,),
    routes=(
        Route("robots", "/robots.txt", robots),
        Route("archive", "/archive/{page}", archive),
        Route("football_injuries", "/football/{league}", football),
        Route("nba_injuries", "/nba", nba),
    ),
    refuse=refuse,
    layouts=3,
)
