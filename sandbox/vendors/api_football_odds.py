"""API-Football's odds before the match: by bookmaker and bet, prices as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from sandbox.vendors.api_football_matches import brief, league
from sandbox.vendors.view import View
from sandbox.vendors.writing import offset

Row = dict[str, Any]

BOOKMAKERS = {
    "BFD": (3, "Betfair"), "PS": (4, "Pinnacle"), "BW": (6, "Bwin"), "WH": (7, "William Hill"), "B365": (8, "Bet365"),
    "1XB": (11, "1xBet"), "LB": (32, "Betway"), "SKB": (16, "Unibet"),
}  # fmt: skip
BETS = {"1x2": (1, "Match Winner"), "asian_handicap": (4, "Asian Handicap"), "totals": (5, "Goals Over/Under")}


def odds_of(view: View, row: Row, asked: Mapping[str, str]) -> Row | None:
    """The odds of one match; None where no chosen bookmaker prices it."""
    rows = _index(view).get(row["match_key"], [])
    wanted, bet = asked.get("bookmaker"), asked.get("bet")
    chosen = [one for one in rows if wanted in (None, str(BOOKMAKERS[one["book"]][0]))
              and bet in (None, str(BETS[one["market"]][0]))]  # fmt: skip
    if not chosen:
        return None
    update = offset(max(one["quoted_at_utc"] for one in chosen))
    books = [_bookmaker(book, chosen) for book in BOOKMAKERS if any(one["book"] == book for one in chosen)]
    return {"league": league(row["division"]), "fixture": brief(row), "update": update, "bookmakers": books}


def _index(view: View) -> dict[int, list[Row]]:
    def made() -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        rows = view.frame("prices", alternates=True).filter(pl.col("book").is_in(list(BOOKMAKERS)))
        for row in rows.iter_rows(named=True):
            found.setdefault(row["match_key"], []).append(row)
        return found

    index: dict[int, list[Row]] = view.once("api_football odds", made)
    return index


def _bookmaker(book: str, rows: list[Row]) -> Row:
    number, name = BOOKMAKERS[book]
    own = [row for row in rows if row["book"] == book]
    bets = [_bet(market, own) for market in BETS if any(row["market"] == market for row in own)]
    return {"id": number, "name": name, "bets": bets}


def _bet(market: str, rows: list[Row]) -> Row:
    number, name = BETS[market]
    values = [{"value": _value(row), "odd": f"{row['price']:.2f}"} for row in rows if row["market"] == market]
    return {"id": number, "name": name, "values": values}


def _value(row: Row) -> str:
    """`Home`, `Over 2.5` or `Away +0.25`: the line of a handicap is that of the side named."""
    side = str(row["selection"]).capitalize()
    if row["market"] == "totals":
        return f"{side} {_short(row['line'])}"
    if row["market"] == "asian_handicap":
        line = row["line"] if row["selection"] == "home" else -row["line"]
        return f"{side} {'+' if line >= 0 else '-'}{_short(abs(line))}"
    return side


def _short(line: float) -> str:
    return str(line).removesuffix(".0")
