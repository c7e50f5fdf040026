"""Every file of the simulated vendor is read to the last cell, against an oracle that reads the CSV text itself."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lake.competitions import competitions
from lake.conform import conform, with_optional
from lake.contracts.model import contract
from lake.storage import Lake
from sources.base import Parsed, Payload
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from sources.known import Known
from sources.transport.archive import ArchiveTransport
from tests.integration.sources.lakes import matches, quarantined
from tests.unit.sources.vendor import ROOT, finished, scheduled

LEAGUES = ("E0", "E1", "SP1", "D1")
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
UK = ZoneInfo("Europe/London")
NO_PRICE = {"Bb1X2", "BbOU", "BbAH", "BbAHh", "AHh", "AHCh"}
PECULIAR = ["1819/SP1", "2021/D1", "2223/E1", "2526/E0", "2627/E0", "fixtures"]
"""Windows-1252, blank rows, bare LF, Pinnacle until January, a byte order mark and expected goals, the fixtures."""


@dataclass(frozen=True)
class Read:
    """One file of the sandbox, its cells as an oracle sees them, and what the source read."""

    cells: list[dict[str, str]]
    parsed: Parsed


@pytest.fixture(scope="module")
def files(sandbox_archive: Path) -> dict[str, Read]:
    """All files by their name, such as `1819/SP1`, or `fixtures`."""
    leagues, source = competitions("football", LEAGUES), FootballData()
    found = {}
    for one in ArchiveTransport(sandbox_archive).fetch(source.plan(leagues, NOW, Known("football"))):
        asked, sha256 = one.request, hashlib.sha256(one.body).hexdigest()
        named = (asked.url, asked.endpoint, asked.competition_id, asked.season_code)
        parsed = source.parse(Payload(*named, one.captured_at_utc, sha256, one.body), leagues, Known("football"))
        name = asked.url.removeprefix(f"{ROOT}/").removeprefix("mmz4281/").removesuffix(".csv")
        found[name] = Read(_cells(one.body, "windows-1252" if name == "1819/SP1" else "utf-8-sig"), parsed)
    return found


def _cells(body: bytes, encoding: str) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(body.decode(encoding), newline=""))
    return [cells for cells in rows if any(cells.values())]


def _is_price(name: str, cells: dict[str, str]) -> bool:
    """Price columns begin after the last column of the match itself; all but counts and lines are prices."""
    names = list(cells)
    last = max(names.index(column) for column in ("Referee", "AR", "AwayTeam") if column in names)
    return names.index(name) > last and name not in NO_PRICE


def test_every_file_of_the_sandbox_is_there(files: dict[str, Read]) -> None:
    assert len(files) == 9 * len(LEAGUES) + 1
    assert set(PECULIAR) <= files.keys()


def test_no_row_of_the_sandbox_is_refused(files: dict[str, Read]) -> None:
    for name, one in files.items():
        assert all(refused.is_empty() for refused in one.parsed.refused.values()), name
        for entity, rows in one.parsed.rows.items():
            wanted = contract(f"silver.football.{entity}")
            lineage = {"source": "football_data", "bronze_sha256": "0" * 64, "ingested_at_utc": NOW}
            typed = rows.with_columns(pl.lit(value).alias(key) for key, value in lineage.items())
            judged = conform(with_optional(typed, wanted), wanted)
            assert judged.refused.is_empty(), (name, entity)
            assert judged.good.select(wanted.key).is_duplicated().sum() == 0, (name, entity)


def test_every_line_is_a_match_and_every_match_with_goals_is_finished(files: dict[str, Read]) -> None:
    for name, one in files.items():
        over = [cells for cells in one.cells if cells.get("FTHG")]
        assert len(scheduled(one.parsed)) == len(one.cells), name
        assert len(finished(one.parsed)) == len(over), name
        assert len(one.parsed.rows["team_stats"]) == 2 * len(over), name


def test_every_filled_price_cell_is_one_quote(files: dict[str, Read]) -> None:
    for name, one in files.items():
        prices = [column for column in one.cells[0] if _is_price(column, one.cells[0])]
        filled = sum(bool(cells[column]) for cells in one.cells for column in prices)
        assert len(one.parsed.rows["odds_quotes"]) == filled, name


@pytest.mark.parametrize("name", PECULIAR)
def test_prices_are_those_of_the_text_cell_by_cell(files: dict[str, Read], name: str) -> None:
    one = files[name]
    wanted = {
        (cells["Div"], cells["HomeTeam"], cells["AwayTeam"], column): float(text)
        for cells in one.cells
        for column, text in cells.items()
        if text and _is_price(column, cells)
    }
    clubs = {row["row_number"]: row for row in scheduled(one.parsed).to_dicts()}
    found = {}
    for number, column, price in one.parsed.rows["odds_quotes"].select("row_number", "column", "price_odds_dec").rows():
        match = clubs[number]
        found[match["competition_id"], match["HomeTeam"], match["AwayTeam"], column] = price
    assert found == wanted


@pytest.mark.parametrize("name", PECULIAR)
def test_scores_statistics_and_kick_offs_are_those_of_the_text(files: dict[str, Read], name: str) -> None:
    one = files[name]
    for cells, match in zip(one.cells, scheduled(one.parsed).to_dicts(), strict=True):
        local = match["event_at_utc"].astimezone(UK)
        nominal = "15:00" if local.weekday() >= 5 else "19:45"
        written = f"{cells['Date']} {cells.get('Time') or nominal}"
        assert local.strftime("%d/%m/%Y %H:%M") == written
    over = {(row["HomeTeam"], row["AwayTeam"]): row for row in finished(one.parsed).to_dicts()}
    shots = dict(one.parsed.rows["team_stats"].filter(side="away").select("match_id", "shots").rows())
    for cells in (cells for cells in one.cells if cells.get("FTHG")):
        match = over[cells["HomeTeam"], cells["AwayTeam"]]
        score = [match[goals] for goals in ("home_goals", "away_goals", "home_goals_half_time", "away_goals_half_time")]
        assert score == [int(cells[goals]) for goals in ("FTHG", "FTAG", "HTHG", "HTAG")]
        assert shots[match["match_id"]] == int(cells["AS"])


@pytest.mark.parametrize("name", ["1819/E0", "1920/D1", "2627/E0"])
def test_handicap_quotes_carry_the_line_of_their_moment(files: dict[str, Read], name: str) -> None:
    one = files[name]
    quotes = one.parsed.rows["odds_quotes"].filter(market="asian_handicap")
    lines = {cells["HomeTeam"] + cells["AwayTeam"]: cells for cells in one.cells}
    clubs = {row["row_number"]: row["HomeTeam"] + row["AwayTeam"] for row in scheduled(one.parsed).to_dicts()}
    for number, kind, line in quotes.select("row_number", "quote_kind", "line").unique().rows():
        cells = lines[clubs[number]]
        assert line == float(cells["AHCh"] if kind == "closing" else cells.get("AHh") or cells["BbAHh"])
    assert len(quotes) > 500


def test_pinnacle_stops_in_january_and_no_other_book_does(files: dict[str, Read]) -> None:
    quotes = files["2526/E0"].parsed.rows["odds_quotes"]
    last = dict(quotes.group_by("bookmaker").agg(pl.col("event_at_utc").max()).rows())
    assert last.pop("pinnacle") < datetime(2026, 1, 15, tzinfo=UTC)
    assert set(last.values()) == {quotes["event_at_utc"].max()}


def test_the_running_season_and_the_coming_round_make_one_consistent_lake(
    tmp_path: Path, sandbox_archive: Path
) -> None:
    lake, leagues, source = Lake(tmp_path), competitions("football", LEAGUES), FootballData()
    wanted = [one for one in source.plan(leagues, NOW, Known("football")) if one.season_code in (None, "2026-27")]
    for _ in range(2):
        land(lake, source, ArchiveTransport(sandbox_archive).fetch(wanted))
        to_silver(lake, source, leagues, NOW, lambda _: None)
    found = dict(matches(lake).group_by("state").len().rows())
    assert found == {"scheduled": 140 + 180 + 140 + 126 + 41, "finished": 140 + 180 + 140 + 126}
    assert quarantined(lake).is_empty()
    assert lake.table("silver.football.teams").rows() == 20 + 24 + 20 + 18
