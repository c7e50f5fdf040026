"""The Odds API's bookmakers and markets of one event, from the universe's prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from sandbox.vendors.odds_events import Event, Key, stamp
from sandbox.vendors.spelling import american as american_name
from sandbox.vendors.view import View
from sandbox.vendors.writing import whole_american

Row = dict[str, Any]

EXCHANGE = "betfair_ex_uk"
FOOTBALL_BOOKS: Mapping[str, str] = {
    "PS": "pinnacle",
    "BW": "unibet_eu",
    "1XB": "onexbet",
    "WH": "williamhill",
    "BF": "betway",
    "BFD": "betfair_sb_uk",
    "BV": "betvictor",
    "CL": "coral",
    "LB": "ladbrokes_uk",
    "PP": "paddypower",
    "SKB": "skybet",
    "BMGM": "betmgm",
    "IW": "draftkings",
    "VC": "fanduel",
}
BOOK_TITLES: Mapping[str, str] = {
    EXCHANGE: "Betfair",
    "pinnacle": "Pinnacle",
    "unibet_eu": "Unibet",
    "onexbet": "1xBet",
    "williamhill": "William Hill",
    "betway": "Betway",
    "betfair_sb_uk": "Betfair Sportsbook",
    "betvictor": "Bet Victor",
    "coral": "Coral",
    "ladbrokes_uk": "Ladbrokes",
    "paddypower": "Paddy Power",
    "skybet": "Sky Bet",
    "betmgm": "BetMGM",
    "draftkings": "DraftKings",
    "fanduel": "FanDuel",
    "williamhill_us": "Caesars",
    "betrivers": "BetRivers",
    "betonlineag": "BetOnline.ag",
    "bovada": "Bovada",
}
REGIONS: Mapping[str, tuple[str, ...]] = {
    "uk": (
        "williamhill", "betway", "betfair_sb_uk", "betvictor", "coral", "ladbrokes_uk", "paddypower", "skybet",
        EXCHANGE,
    ),
    "eu": ("pinnacle", "unibet_eu", "onexbet", "williamhill"),
    "us": ("draftkings", "fanduel", "betmgm", "williamhill_us", "betrivers", "betonlineag", "bovada"),
    "us2": (),
    "au": (),
}  # fmt: skip
MAIN: Mapping[str, str] = {
    "1x2": "h2h",
    "moneyline": "h2h",
    "asian_handicap": "spreads",
    "spread": "spreads",
    "totals": "totals",
    "total": "totals",
}
ALTERNATES: Mapping[str, str] = {"alternate_spreads": "spreads", "alternate_totals": "totals"}
PROPS: Mapping[str, str] = {
    "player_points": "points",
    "player_rebounds": "rebounds",
    "player_assists": "assists",
    "player_threes": "threes",
    "player_points_rebounds_assists": "pra",
}


def bookmakers(
    view: View, event: Event, markets: list[str], books: set[str], american: bool, date_format: str | None
) -> list[dict[str, Any]]:
    """The event's bookmakers among `books`, each with those of `markets` that it prices."""
    by_book: dict[str, list[dict[str, Any]]] = {}
    for market in _asked(markets, books):
        for book, rows in _rows_by_book(view, event, market).items():
            if book in books:
                told = _market(market, rows, event, american, date_format)
                by_book.setdefault(book, []).append(told)
    return [_bookmaker(book, by_book[book]) for book in sorted(by_book)]


def _asked(markets: list[str], books: set[str]) -> list[str]:
    """An exchange tells what can be laid whenever it is asked what can be backed."""
    implied = ["h2h_lay"] if "h2h" in markets and "h2h_lay" not in markets and EXCHANGE in books else []
    return [*markets, *implied]


def _bookmaker(book: str, markets: list[dict[str, Any]]) -> dict[str, Any]:
    newest = max(market["last_update"] for market in markets)
    return {"key": book, "title": BOOK_TITLES.get(book, book.title()), "last_update": newest, "markets": markets}


def _market(market: str, rows: list[Row], event: Event, american: bool, date_format: str | None) -> dict[str, Any]:
    newest: datetime = max(row["quoted_at_utc"] for row in rows)
    outcomes = [_outcome(row, event, american) for row in rows]
    return {"key": market, "last_update": stamp(newest, date_format), "outcomes": outcomes}


def _outcome(row: Row, event: Event, american: bool) -> dict[str, Any]:
    names = {"home": event.home, "away": event.away, "draw": "Draw", "over": "Over", "under": "Under"}
    price = whole_american(row["price"]) if american else round(row["price"], 2)
    told: dict[str, Any] = {"name": names[row["selection"]]}
    if "name" in row:
        told["description"] = american_name(row["name"])
    told["price"] = price
    if row["line"] is not None:
        told["point"] = -row["line"] if row["selection"] == "away" else row["line"]
    return told


def _rows_by_book(view: View, event: Event, market: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in _rows(view, event, market):
        found.setdefault(row["book"], []).append(row)
    return found


def _rows(view: View, event: Event, market: str) -> Iterator[Row]:
    rows = _index(view, _kind(event, market)).get(event.key, [])
    if market in PROPS:
        return (row for row in rows if row["market"] == PROPS[market])
    if market == "h2h_lay":
        return (row for row in rows if row["side"] == "lay")
    main = ALTERNATES.get(market, market)
    return (
        row
        for row in rows
        if row["side"] == "back" and MAIN[row["market"]] == main and row["is_main"] == (market not in ALTERNATES)
    )


def _kind(event: Event, market: str) -> str:
    if market in PROPS:
        return "props"
    return "nba" if event.sport == "basketball_nba" else "football"


def _index(view: View, kind: str) -> dict[Key, list[Row]]:
    frames = {"football": _football, "nba": _nba, "props": _props}
    made: dict[Key, list[Row]] = view.once(f"the_odds_api index {kind}", lambda: _by_game(frames[kind](view)))
    return made


def _by_game(frame: pl.DataFrame) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["game"], []).append(row)
    return found


def _football(view: View) -> pl.DataFrame:
    books = view.frame("prices", alternates=True).filter(pl.col("book").is_in(list(FOOTBALL_BOOKS)))
    columns = ("game", "book", "market", "selection", "line", "is_main", "price", "quoted_at_utc", "side")
    priced = books.with_columns(
        book=pl.col("book").replace_strict(FOOTBALL_BOOKS, return_dtype=pl.String),
        game=pl.col("match_key"),
        side=pl.lit("back"),
        is_main=_is_shown(pl.col("is_main")),
    )
    return pl.concat([priced.select(columns), *(_exchange(view, side).select(columns) for side in ("back", "lay"))])


def _is_shown(is_main: pl.Expr) -> pl.Expr:
    """One line a market: where 2.5 goals stand beside the main line, 2.5 is among the alternates."""
    lines = pl.col("line").filter(is_main).n_unique().over("match_key", "book", "market")
    return is_main & ((pl.col("market") != "totals") | (lines < 2) | (pl.col("line") != 2.5))


def _exchange(view: View, side: str) -> pl.DataFrame:
    """The best prices of the exchange; laying is told of 1X2 alone."""
    rows = view.frame("exchange").filter((pl.col("market") == "1x2") | (side == "back"))
    return rows.select(
        pl.col("match_key").alias("game"),
        pl.lit(EXCHANGE).alias("book"),
        "market",
        "selection",
        "line",
        pl.lit(True).alias("is_main"),
        pl.col(f"{side}_prices").list.first().alias("price"),
        "quoted_at_utc",
        pl.lit(side).alias("side"),
    ).drop_nulls("price")


def _nba(view: View) -> pl.DataFrame:
    return view.frame("nba_prices").with_columns(
        game=pl.col("game_id"),
        book=_us_book(pl.col("book")),
        line=pl.when(pl.col("market") != "moneyline").then("line"),
        is_main=pl.lit(True),
        side=pl.lit("back"),
    )


def _props(view: View) -> pl.DataFrame:
    return view.frame("nba_props").with_columns(game=pl.col("game_id"), book=_us_book(pl.col("book")))


def _us_book(book: pl.Expr) -> pl.Expr:
    return book.str.to_lowercase()
