"""A bookmaker's odds pages, as HTML in three layouts: a table, cards with other class names, and fractional odds.

The layout is chosen by the control plane. `robots.txt` allows the odds and disallows the account.
"""

from __future__ import annotations

from fractions import Fraction
from html import escape
from itertools import groupby
from typing import Any

import polars as pl

from sandbox.vendors import pages
from sandbox.vendors.base import Answer, Ask, Refusal, Route, Vendor
from sandbox.vendors.spelling import short
from sandbox.vendors.view import View
from sandbox.vendors.writing import LEAGUE_NAMES, zulu

HOST = "odds.sandbook.example"
BOOK = "LB"
LEAGUES = {"premier-league": "E0", "championship": "E1", "la-liga": "SP1", "bundesliga": "D1"}
SITE = "Sandbook"
Row = dict[str, Any]


def refuse(refusal: Refusal) -> Answer:
    """A page that says no."""
    return pages.no(SITE, refusal)


def robots(ask: Ask) -> Answer:
    """What robots may read."""
    return pages.robots("/account/")


def account(ask: Ask) -> Answer:
    """A page that no robot may read."""
    return Answer(_page("Account", "<h1>Log in</h1>"), "html")


def league(ask: Ask) -> Answer:
    """Match odds of a league's coming matches."""
    code = LEAGUES.get(ask.place["league"])
    if code is None:
        return refuse("not_found")
    rows = _matches(ask.view, code)
    layouts = {1: _table, 2: _cards, 3: _fractional}
    return Answer(_page(f"{LEAGUE_NAMES[code]} odds", layouts[ask.layout](rows)), "html")


def _matches(view: View, code: str) -> list[Row]:
    """One row a match: home, away, kick-off, and prices by selection."""
    fixtures = view.frame("fixtures").filter(pl.col("division") == code)
    prices = view.frame("prices").filter((pl.col("book") == BOOK) & (pl.col("market") == "1x2"))
    rows = prices.join(fixtures.select("match_key", "home", "away", "kickoff_at_utc"), on="match_key")
    ordered = rows.sort("kickoff_at_utc", "match_key", maintain_order=True).iter_rows(named=True)
    found = []
    for _, group in groupby(ordered, key=lambda row: row["match_key"]):
        sides = list(group)
        found.append(sides[0] | {"prices": {row["selection"]: row["price"] for row in sides}})
    return found


def _page(title: str, body: str) -> str:
    return pages.page(SITE, title, body, '<nav><a href="/">Sandbook</a></nav>\n')


def _table(rows: list[Row]) -> str:
    lines = "\n".join(
        f'<tr class="match" data-kickoff="{zulu(row["kickoff_at_utc"])}">'
        f'<td class="home">{escape(short(row["home"]))}</td><td class="away">{escape(short(row["away"]))}</td>'
        + "".join(f'<td class="price {side}">{row["prices"][side]:.2f}</td>' for side in ("home", "draw", "away"))
        + "</tr>"
        for row in rows
    )
    head = "<tr><th>Home</th><th>Away</th><th>1</th><th>X</th><th>2</th></tr>"
    return f'<table id="match-odds">\n<thead>{head}</thead>\n<tbody>\n{lines}\n</tbody>\n</table>'


def _cards(rows: list[Row]) -> str:
    """The same as cards: both clubs in one heading, prices in buttons whose order is by price."""
    cards = []
    for row in rows:
        names = {"home": short(row["home"]), "draw": "Draw", "away": short(row["away"])}
        prices = sorted(row["prices"].items(), key=lambda item: item[1])
        buttons = "".join(f'<button data-pick="{escape(names[side])}">{price:.2f}</button>' for side, price in prices)
        cards.append(
            f'<article class="event-card"><h3>{escape(names["home"])} v {escape(names["away"])}</h3>'
            f'<time datetime="{zulu(row["kickoff_at_utc"])}">{row["kickoff_at_utc"]:%d %b %H:%M}</time>'
            f"{buttons}</article>"
        )
    return '<section class="events">\n' + "\n".join(cards) + "\n</section>"


def _fractional(rows: list[Row]) -> str:
    """A table of another shape: kick-off first, away before home, prices as fractions."""
    lines = "\n".join(
        f'<div role="row"><span>{row["kickoff_at_utc"]:%d/%m/%Y %H:%M}</span><span>{escape(short(row["away"]))}</span>'
        f"<span>{escape(short(row['home']))}</span>"
        + "".join(f"<b>{_fraction(row['prices'][side])}</b>" for side in ("away", "draw", "home"))
        + "</div>"
        for row in rows
    )
    return f'<div role="table" class="grid">\n{lines}\n</div>'


def _fraction(price: float) -> str:
    found = Fraction(price - 1.0).limit_denominator(20)
    return f"{found.numerator}/{found.denominator}"


VENDOR = Vendor(
    name="sandbook",
    hosts=(HOST,),
    routes=(
        Route("robots", "/robots.txt", robots),
        Route("account", "/account/{page}", account),
        Route("odds_page", "/football/{league}", league),
    ),
    refuse=refuse,
    layouts=3,
)
