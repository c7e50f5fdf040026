"""All football files of the archive of real vendor files: every match is read, only senseless cells are refused."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from lake.competitions import competitions
from lake.conform import conform, with_optional
from lake.contracts.model import contract
from lake.storage import Lake
from sources.base import Capture, Parsed, Payload
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from sources.known import Known
from sources.transport.archive import ArchiveTransport
from tests.integration.sources.lakes import content, has_repeated_keys, matches, rebuild
from tests.unit.sources.vendor import finished, scheduled

pytestmark = pytest.mark.slow

LEAGUES = competitions("football")
NOW = datetime(2024, 7, 31, tzinfo=UTC)
ODDS = contract("silver.football.odds_quotes")
BOUNDS = {column.name: (column.low, column.high) for column in ODDS.columns}
REFUSED = {
    "impossible prices": 18,  # 0 or under 1; the README names 15 of them, in converted files
    "handicaps": 156 + 8,  # beside no line or one like 0.758; lines of -225 and -275, without their decimal point
    "statistics": 2,  # 77 fouls, 9 red cards
}
"""What the README calls "a few senseless upstream values"."""
KINDS = {
    ("odds_quotes", "impossible_price"): "impossible prices",
    ("odds_quotes", "no_line"): "handicaps",
    ("odds_quotes", "contract"): "handicaps",
    ("team_stats", "contract"): "statistics",
}
NO_PRICE = {"Bb1X2", "BbOU", "BbAH", "BbAHh", "AHh", "AHCh"}


@dataclass
class Read:
    """What the whole archive gave, counted."""

    files: int = 0
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    impossible: list[tuple[str, str]] = field(default_factory=list)
    seasons: dict[tuple[str, str], tuple[int, str, str]] = field(default_factory=dict)
    bet365: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_finished: int = 0
    repeated: Counter[str] = field(default_factory=Counter)
    lost_prices: dict[str, int] = field(default_factory=dict)
    lines_of_pairs: dict[int, set[float]] = field(default_factory=dict)
    aftermath: int = 0


@pytest.fixture(scope="module")
def read(archive: Path) -> Read:
    """Every season file and every extra file, parsed once."""
    source, total = FootballData(), Read()
    for one in ArchiveTransport(archive).fetch(source.plan(LEAGUES, NOW, Known("football"))):
        asked, sha256 = one.request, hashlib.sha256(one.body).hexdigest()
        named = (asked.url, asked.endpoint, asked.competition_id, asked.season_code)
        _count(
            total, one, source.parse(Payload(*named, one.captured_at_utc, sha256, one.body), LEAGUES, Known("football"))
        )
    return total


def _count(total: Read, one: Capture, parsed: Parsed) -> None:
    quotes, over = parsed.rows["odds_quotes"], finished(parsed)
    total.files += 1
    total.not_finished += len(scheduled(parsed)) - len(over)
    total.aftermath += quotes.filter(pl.col("known_at_utc") > pl.col("event_at_utc"), pl.col("has_time")).height
    for entity, refused in parsed.refused.items():
        if len(refused):
            total.refused.update((entity, reason) for reason in refused["_reason"])
            bad = refused.filter(pl.col("_reason") == "impossible_price")
            total.impossible += [(one.request.url, detail) for detail in bad["_detail"]]
    for entity in ("matches", "team_stats"):
        _hold(total, entity, parsed.rows[entity])
    _hold_prices(total, quotes)
    days = over.with_columns(pl.col("event_at_utc").dt.convert_time_zone("Europe/London").dt.date().alias("day"))
    for league, season, count, first, last in (
        days.group_by("competition_id", "season_code").agg(
            pl.len(), pl.col("day").min(), pl.col("day").max().alias("l")
        )
    ).rows():
        total.seasons[league, season] = (count, str(first), str(last))
    book = quotes.filter(bookmaker="bet365", quote_kind="opening", market="1x2", selection="away")
    total.bet365.update(book.select("competition_id", "season_code").rows())
    total.lost_prices[one.request.url] = _filled_prices(one.body) - len(quotes) - len(parsed.refused["odds_quotes"])
    if one.request.url.endswith("0910/SP2.csv"):
        lines = quotes.filter(market="asian_handicap").group_by("row_number").agg(pl.col("line").unique())
        total.lines_of_pairs = {number: set(found) for number, found in lines.rows()}


def _hold(total: Read, entity: str, rows: pl.DataFrame) -> None:
    """Hold rows against their contract, as ingestion will."""
    lineage = {"source": "football_data", "bronze_sha256": "0" * 64, "ingested_at_utc": NOW}
    wanted = contract(f"silver.football.{entity}")
    typed = rows.with_columns(pl.lit(value).alias(name) for name, value in lineage.items())
    judged = conform(with_optional(typed, wanted), wanted)
    total.refused.update({(entity, "contract"): len(judged.refused)} if len(judged.refused) else {})
    total.repeated[entity] += int(judged.good.select(wanted.key).is_duplicated().sum())


def _hold_prices(total: Read, quotes: pl.DataFrame) -> None:
    """The bounds of the contract alone: conforming millions of prices takes its time."""
    outside = [~pl.col(name).is_between(*BOUNDS[name]) for name in ("line", "price_odds_dec")]
    beyond = quotes.filter(pl.any_horizontal(*(rule.fill_null(False) for rule in outside)))
    total.refused.update({("odds_quotes", "contract"): len(beyond)} if len(beyond) else {})
    total.repeated["odds_quotes"] += int(quotes.select(ODDS.key).is_duplicated().sum())


def _filled_prices(body: bytes) -> int:
    """Filled price cells as another CSV reader counts them: all columns after those of the match, but no counts."""
    sheet = pl.read_csv(body, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
    names = [name.strip("\ufeff") for name in sheet.columns]
    last = max(names.index(name) for name in ("AR", "HTR", "Res", "FTR") if name in names)
    prices = [sheet.columns[place] for place in range(last + 1, len(names)) if names[place] not in NO_PRICE]
    return sum(len(sheet) - count for count in sheet.select(prices).null_count().row(0))


def _coverage(archive: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (archive / "coverage.csv").open(encoding="utf-8") as text:
        rows = [row for row in csv.DictReader(text) if row["source"].startswith("www.football-data")]
    return {(row["league"], _code(row["season"])): row for row in rows}


def _code(season: str) -> str:
    """`2005/06` and `2012/2013` as we write seasons."""
    first, _, second = season.partition("/")
    return f"{first}-{second[-2:]}" if second else first


def test_all_380_season_files_and_6_extra_files_are_read(read: Read) -> None:
    assert read.files == 380 + 6


def test_only_senseless_prices_and_statistics_are_refused_and_no_match(read: Read) -> None:
    found: Counter[str] = Counter()
    for (entity, reason), count in read.refused.items():
        found[KINDS.get((entity, reason), f"{entity}: {reason}")] += count
    assert dict(found) == REFUSED


def test_the_impossible_prices_of_converted_files_are_the_15_that_the_archive_names(read: Read, archive: Path) -> None:
    coverage = _coverage(archive)
    origins: Counter[str] = Counter()
    for url, _ in read.impossible:
        folder, file = url.split("/")[-2:]
        row = coverage[file.removesuffix(".csv"), f"20{folder[:2]}-{folder[2:]}"]
        origins[row["origin"].partition(":")[0]] += 1
    assert origins["converted"] == 15


def test_every_match_of_the_archive_has_its_result(read: Read) -> None:
    assert read.not_finished == 0
    assert sum(count for count, _, _ in read.seasons.values()) == 136_008 + 19_011


def test_each_league_and_season_has_as_many_matches_on_the_same_days_as_its_coverage_says(
    read: Read, archive: Path
) -> None:
    wanted = {
        season: (int(row["matches"]), row["first_date"], row["last_date"]) for season, row in _coverage(archive).items()
    }
    assert read.seasons == wanted


def test_each_league_and_season_has_as_many_bet365_prices_as_its_coverage_says(read: Read, archive: Path) -> None:
    wanted = {season: int(row["odds_b365_open"]) for season, row in _coverage(archive).items()}
    assert {season: read.bet365[season] for season in wanted} == wanted


def test_no_filled_price_cell_is_lost(read: Read) -> None:
    assert {url: lost for url, lost in read.lost_prices.items() if lost} == {}


def test_no_key_is_repeated(read: Read) -> None:
    assert not +read.repeated


def test_the_10_handicaps_written_as_a_pair_are_read_as_their_middle(read: Read, archive: Path) -> None:
    middles = {"-1,-1.5": -1.25, "-0.5,-1": -0.75, "+0.5,+1": 0.75, "0,-0.5": -0.25, "-1.5,-2": -1.75, "0,+0.5": 0.25}
    with (archive / "www.football-data.co.uk/mmz4281/0910/SP2.csv").open(encoding="utf-8-sig", newline="") as text:
        written = {number: row["BbAHh"] for number, row in enumerate(csv.DictReader(text), start=2)}
    pairs = {number: {middles[cell]} for number, cell in written.items() if "," in cell}
    assert len(pairs) == 10
    assert {number: read.lines_of_pairs[number] for number in pairs} == pairs


def test_no_price_of_a_timed_match_is_known_after_its_kick_off(read: Read) -> None:
    assert read.aftermath == 0


def test_a_season_of_the_archive_ingested_twice_and_rebuilt_stays_the_same(tmp_path: Path, archive: Path) -> None:
    lake, source, leagues = Lake(tmp_path), FootballData(), ("E0", "SC0", "B1", "SWZ")
    requests = source.plan(competitions("football", leagues), NOW, Known("football"))
    wanted = [one for one in requests if one.season_code == "2023-24" or one.endpoint == "extra_file"]
    read = []
    for _ in range(2):
        land(lake, source, ArchiveTransport(archive).fetch(wanted))
        read.append(to_silver(lake, source, competitions("football", leagues), NOW, lambda _: None))
    assert read == [4, 0]
    assert has_repeated_keys(lake) == {}
    before = content(lake)
    rebuild(lake, leagues)
    assert content(lake) == before
    season = matches(lake).filter(season_code="2023-24", state="finished")
    assert dict(season.filter(pl.col("competition_id") != "SWZ").group_by("competition_id").len().rows()) == {
        "E0": 380, "SC0": 228, "B1": 312,
    }  # fmt: skip
