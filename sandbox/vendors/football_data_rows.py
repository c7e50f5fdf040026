"""Rows of football-data.co.uk that the published documents do not hold: matches and fixtures after them.

Prices are looked at where the vendor looks: at the last Friday or Tuesday 17:00 UK before kick-off, and just before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from sandbox.formats import (
    fixtures_header,
    handicap_columns,
    line_column,
    outcome_columns,
    season_header,
    totals_columns,
)
from sandbox.vendors.view import View, Worlds

RUNNING_YEAR = 2026
ENGLISH = ("E0", "E1")
LONDON = ZoneInfo("Europe/London")
SNAPSHOT_WEEKDAYS = (1, 4)
SNAPSHOT_TIME = time(17, 0)
COMING = timedelta(days=4)
JUST_BEFORE = timedelta(seconds=1)
LOST = ("PS",)
Row = dict[str, Any]
Prices = Mapping[int, Row]

_STATISTICS = {
    "xG": "xg",
    "S": "shots",
    "ST": "shots_on_target",
    "F": "fouls",
    "C": "corners",
    "Y": "yellows",
    "R": "reds",
}


def snapshot_before(instant: datetime) -> datetime:
    """The last Tuesday or Friday 17:00 UK at or before an instant, in UTC."""
    day = instant.astimezone(LONDON).date()
    for back in range(8):
        found = datetime.combine(day - timedelta(days=back), SNAPSHOT_TIME, LONDON)
        if found.weekday() in SNAPSHOT_WEEKDAYS and found <= instant:
            return found.astimezone(instant.tzinfo)
    raise AssertionError("a week has a Tuesday")


def later_lines(view: View, division: str, text: str) -> str:
    """The lines of matches of the running season that ended by now and that the file's text does not hold."""
    end = "\r\n" if "\r\n" in text else "\n"
    header = season_header(RUNNING_YEAR, has_referee=division in ENGLISH)
    names = text.split(end, 1)[0].lstrip("\ufeff").split(",")
    home, away = names.index("HomeTeam"), names.index("AwayTeam")
    held = {(cells[home], cells[away]) for line in text.split(end)[1:] if len(cells := line.split(",")) > away}
    ended = view.frame("fixtures").filter((pl.col("division") == division) & (pl.col("status") == "finished"))
    rows = [row for row in ended.sort("kickoff_at_utc", "home").iter_rows(named=True)
            if (row["home"], row["away"]) not in held]  # fmt: skip
    statistics = _by_side(view)
    return "".join(_line(header, _ended(view.worlds, row, statistics)) + end for row in rows)


def fixture_lines(view: View) -> str:
    """The file of coming fixtures, with the prices of the view's instant."""
    header = fixtures_header(RUNNING_YEAR)
    last = view.at_utc + COMING
    coming = view.frame("fixtures").filter(
        (pl.col("status") == "scheduled") & pl.col("kickoff_at_utc").is_between(view.at_utc, last, closed="right")
    )
    prices = _prices(view.worlds, view.at_utc, closing=False)
    rows = coming.sort("division", "kickoff_at_utc", "home").iter_rows(named=True)
    lines = [_line(header, _match(row) | prices.get(row["match_key"], {})) for row in rows]
    return "\r\n".join([",".join(header), *lines, ""])


def _ended(worlds: Worlds, row: Row, statistics: Mapping[tuple[int, str], Row]) -> Row:
    kickoff = row["kickoff_at_utc"]
    opening = _prices(worlds, snapshot_before(kickoff), closing=False).get(row["match_key"], {})
    closing = _prices(worlds, kickoff - JUST_BEFORE, closing=True).get(row["match_key"], {})
    told = _match(row) | opening | closing
    told |= {"FTHG": row["home_goals"], "FTAG": row["away_goals"]}
    told |= {"HTHG": row["home_goals_half_time"], "HTAG": row["away_goals_half_time"]}
    told |= {"FTR": _result(told["FTHG"], told["FTAG"]), "HTR": _result(told["HTHG"], told["HTAG"])}
    for side in ("home", "away"):
        found = statistics.get((row["match_key"], side), {})
        told |= _named_statistics(side[0].upper(), found)
    return told


def _named_statistics(letter: str, found: Row) -> Row:
    """The vendor's columns of one side: `HxG`, `HS`, `HST` and so on."""
    return {f"{letter}{ours}": found.get(theirs) for ours, theirs in _STATISTICS.items()}


def _match(row: Row) -> Row:
    local = row["kickoff_at_utc"].astimezone(LONDON)
    return {
        "Div": row["division"],
        "Date": local.strftime("%d/%m/%Y"),
        "Time": local.strftime("%H:%M"),
        "HomeTeam": row["home"],
        "AwayTeam": row["away"],
        "Referee": row["referee"],
    }


def _result(home: int, away: int) -> str:
    return "H" if home > away else "A" if home < away else "D"


def _by_side(view: View) -> Mapping[tuple[int, str], Row]:
    return {(row["match_key"], row["side"]): row for row in view.frame("team_stats").iter_rows(named=True)}


def _prices(worlds: Worlds, at: datetime, *, closing: bool) -> Prices:
    """Price columns by match, as the vendor sees them at an instant."""
    name = f"football_data prices {at.isoformat()} {closing}"
    found: Prices = worlds.once(name, lambda: _seen(worlds.at(at), closing=closing))
    return found


def _seen(view: View, *, closing: bool) -> Prices:
    books = view.frame("prices").filter(~pl.col("book").is_in(LOST))
    rows = pl.concat([_of_books(books), _of_panel(books), _of_exchange(view)])
    found: dict[int, Row] = {}
    for row in rows.iter_rows(named=True):
        columns = found.setdefault(row["match_key"], {})
        columns[_column(row, closing=closing)] = round(row["price"], 2)
        if row["market"] == "asian_handicap":
            columns[line_column(closing=closing)] = row["line"]
    return found


def _of_books(books: pl.DataFrame) -> pl.DataFrame:
    shown = (pl.col("market") == "1x2") | ((pl.col("market") == "totals") & (pl.col("line") == 2.5))
    return books.filter(shown | ((pl.col("market") == "asian_handicap") & pl.col("is_main"))).select(_COLUMNS)


def _of_panel(books: pl.DataFrame) -> pl.DataFrame:
    groups = _of_books(books).group_by("match_key", "market", "selection", "line", maintain_order=True)
    both = (("Max", pl.col("price").max()), ("Avg", pl.col("price").mean()))
    return pl.concat([groups.agg(price).with_columns(book=pl.lit(code)).select(_COLUMNS) for code, price in both])


def _of_exchange(view: View) -> pl.DataFrame:
    best = pl.col("back_prices").list.first().alias("price")
    rows = view.frame("exchange").select("match_key", pl.lit("BFE").alias("book"), "market", "selection", "line", best)
    return rows.select(_COLUMNS).drop_nulls("price")


def _column(row: Row, *, closing: bool) -> str:
    makers = {"1x2": outcome_columns, "totals": totals_columns, "asian_handicap": handicap_columns}
    places = {"home": 0, "draw": 1, "over": 0, "under": 1}
    columns = makers[row["market"]](row["book"], closing=closing)
    return columns[places.get(row["selection"], len(columns) - 1)]


def _line(header: Iterable[str], row: Row) -> str:
    return ",".join("" if (cell := row.get(name)) is None else _cell(cell) for name in header)


def _cell(value: object) -> str:
    return str(round(value, 2)).removesuffix(".0") if isinstance(value, float) else str(value)


_COLUMNS = ("match_key", "book", "market", "selection", "line", "price")
