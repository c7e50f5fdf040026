"""Bronze to silver in a process of its own: `python -m tests.benchmarks.ingestion KIND ROWS`. All values are INVENTED.

KIND is `season_files` (football-data.co.uk, many books a match) or `captures` (The Odds API, one league asked every
five minutes). It prints one line of JSON: rows, seconds from bronze to silver, and the peak of resident memory.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from lake.competitions import competitions
from lake.storage import Lake
from sources.base import Capture, Request, Source
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from sources.the_odds_api.source import TheOddsApi

CLUBS = [
    f"{first}{last}" for first in ("Alder", "Brack", "Corrie", "Dun", "Elm") for last in ("wick", "moor", "ford", "ham")
]
BOOKS = ("B365", "BW", "IW", "PS", "WH", "VC")
KEYS = ("pinnacle", "williamhill", "unibet_eu", "betfair_ex_uk", "sport888", "betsson", "marathonbet", "coolbet",
        "matchbook", "nordicbet", "betclic", "onexbet", "tipico_de", "betvictor", "paddypower", "skybet",
        "ladbrokes_uk", "coral", "betway", "mybookieag")  # fmt: skip
SEASONS = range(2012, 2026)
LEAGUES = ("E0", "E1", "E2", "E3", "SP1", "D1")
ROOT = "https://www.football-data.co.uk/mmz4281"
ODDS = "https://api.the-odds-api.com/v4/sports/soccer_epl/odds?markets=h2h,spreads,totals&oddsFormat=decimal&regions=eu"


def season_file(year: int, league: str) -> bytes:
    """One season of twenty clubs: opening and closing 1X2 of six books, 36 prices a match."""
    rng = np.random.default_rng(year)
    prices = [f"{book}{when}{side}" for book in BOOKS for when in ("", "C") for side in "HDA"]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["Div", "Date", "Time", "HomeTeam", "AwayTeam", "FTHG", "FTAG", "FTR", *prices])
    pairs = [(home, away) for home in CLUBS for away in CLUBS if home != away]
    drawn = np.round(rng.uniform(1.5, 6.0, (len(pairs), len(prices))), 2)
    for number, (home, away) in enumerate(pairs):
        day = datetime(year, 8, 10, tzinfo=UTC) + timedelta(days=number % 270)
        writer.writerow([league, f"{day:%d/%m/%Y}", "15:00", home, away, 2, 1, "H", *drawn[number]])
    return text.getvalue().encode()


def season_files(rows: int) -> Iterator[Capture]:
    """As many season files as hold so many prices."""
    wanted = -(-rows // (380 * 36))
    for year, league in [(year, league) for year in SEASONS for league in LEAGUES][:wanted] + _more(wanted):
        folder, season = f"{year % 100:02}{(year + 1) % 100:02}", f"{year}-{(year + 1) % 100:02}"
        request = Request("football_data", "season_file", f"{ROOT}/{folder}/{league}.csv", league, season)
        at = datetime(year + 1, 7, 1, tzinfo=UTC)
        yield Capture(request, at, at, "ok", season_file(year, league))


def _more(wanted: int) -> list[tuple[int, str]]:
    """Further leagues of the same seasons, where six are not enough."""
    others = ("SC0", "SC1", "I1", "I2", "F1", "F2", "D2", "SP2")
    return [(year, league) for year in SEASONS for league in others][: max(0, wanted - len(SEASONS) * len(LEAGUES))]


def captures(rows: int) -> Iterator[Capture]:
    """As many captures of one league as hold so many prices, five minutes apart, every price new."""
    rng = np.random.default_rng(1)
    for number in range(-(-rows // 1400)):
        at = datetime(2023, 8, 1, tzinfo=UTC) + timedelta(minutes=5 * number)
        request = Request("the_odds_api", "odds", ODDS, "E0", cost=3)
        yield Capture(request, at, at, "ok", _answer(at, rng), 200, "application/json")


def _answer(at: datetime, rng: np.random.Generator) -> bytes:
    pairs = [(home, away) for home in CLUBS for away in CLUBS if home != away][:10]
    return json.dumps([_event(number, pair, at, rng) for number, pair in enumerate(pairs)]).encode()


def _event(number: int, pair: tuple[str, str], at: datetime, rng: np.random.Generator) -> dict[str, object]:
    kickoff = datetime(2023, 8, 10, 14, tzinfo=UTC) + timedelta(days=number)
    home, away = pair
    return {
        "id": f"{number:032x}", "sport_key": "soccer_epl", "sport_title": "EPL", "home_team": home, "away_team": away,
        "commence_time": f"{kickoff:%Y-%m-%dT%H:%M:%SZ}",
        "bookmakers": [_book(key, pair, at, np.round(rng.uniform(1.5, 4.0, 7), 2).tolist()) for key in KEYS],
    }  # fmt: skip


def _book(key: str, pair: tuple[str, str], at: datetime, prices: list[float]) -> dict[str, object]:
    home, away = pair
    said = f"{at - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    told = {
        "h2h": [(home, None), (away, None), ("Draw", None)], "totals": [("Over", 2.5), ("Under", 2.5)],
        "spreads": [(home, -0.5), (away, 0.5)],
    }  # fmt: skip
    left = iter(prices)
    markets = [
        {"key": name, "last_update": said, "outcomes": [
            {"name": who, "price": next(left)} | ({} if point is None else {"point": point}) for who, point in sides]}
        for name, sides in told.items()
    ]  # fmt: skip
    return {"key": key, "title": key, "last_update": said, "markets": markets}


def main(kind: str, rows: int) -> None:
    """Land so many rows, then time the way from bronze to silver."""
    leagues = competitions("football")
    with tempfile.TemporaryDirectory() as folder:
        lake, now = Lake(Path(folder)), datetime(2026, 11, 20, tzinfo=UTC)
        source: Source = FootballData() if kind == "season_files" else TheOddsApi("football")
        if kind == "captures":
            season = Request("football_data", "season_file", f"{ROOT}/2324/E0.csv", "E0", "2023-24")
            at = datetime(2024, 7, 1, tzinfo=UTC)
            land(lake, FootballData(), [Capture(season, at, at, "ok", season_file(2023, "E0"))])
            to_silver(lake, FootballData(), leagues, now, lambda said: None)
        before = lake.table("silver.football.odds_quotes").rows()
        land(lake, source, season_files(rows) if kind == "season_files" else captures(rows))
        start = time.perf_counter()
        to_silver(lake, source, leagues, now, lambda said: None)
        seconds = time.perf_counter() - start
        written = lake.table("silver.football.odds_quotes").rows() - before
        refused = lake.table("quarantine.football.odds_quotes").rows()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": written, "refused": refused, "seconds": round(seconds, 2), "peak_mb": round(peak)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
