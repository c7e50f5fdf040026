"""Bad input: a clear sentence and a quarantine row each, and every other league is delivered (invented payloads)."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake.competitions import competitions
from lake.storage import Lake
from tests.integration.sources.lakes import QUARANTINE, capture, content, ingest, matches, quarantined
from tests.unit.sources.vendor import ABROAD, PLAYED, address, clubs, file, row, season

CAPTURED = "2024-07-01T00:00:00Z"
GOOD = {"HomeTeam": "Corvale", "AwayTeam": "Dunmarsh"}
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STRANGE = ["", "nan", "inf", "1e30", "-1", "2.5", "x", "0", "99", "12/08/2023", "2012", "2012/2013", "\x00"]


@dataclass(frozen=True)
class Bad:
    """A bad file of one league: what quarantine must say, and how many good matches the file has besides."""

    league: str
    name: str
    body: bytes
    entity: str
    reason: str
    says: str
    row_number: int
    good: int = 1


def _of(league: str, name: str, changes: dict[str, str], reason: str, says: str, entity: str = "matches") -> Bad:
    """A good match and after it a changed one; a refused price costs no match."""
    body = file(row(GOOD, Div=league), row({"Div": league} | changes))
    return Bad(league, name, body, entity, reason, says, 3, 1 if entity == "matches" else 2)


def _stray(league: str) -> Bad:
    rows = season(clubs(12))
    rows[5]["AwayTeam"] = "Clubb G"
    body = file(*(row(cells, Div=league) for cells in rows))
    return Bad(league, "stray club", body, "matches", "stray_club", "'Clubb G' hardly plays", 7, 131)


def _overlong(league: str) -> Bad:
    names = [f"N{number}" for number in range(119 - 18)]
    lines = file(row(GOOD, Div=league), row(dict.fromkeys(names, "7"), Div=league), header=[*PLAYED, *names]).decode()
    body = (lines.removesuffix("\r\n") + ",7" * 12 + "\r\n").encode()
    return Bad(league, "131 cells", body, "odds_quotes", "surplus_cells", "131 cells under 119 headers", 3, 2)


def _whole(league: str, name: str, body: bytes, says: str) -> Bad:
    return Bad(league, name, body, "matches", "malformed_payload", says, 0, 0)


CUT = file(row(GOOD, Div="E1"), row(Div="E1"))
BAD = [
    Bad("E1", "truncated", CUT[:-30], "matches", "truncated_row", "ends in the middle of this row", 3),
    _whole("E2", "HTML", b"<!DOCTYPE html><p>Service unavailable</p>", "HTML page"),
    _whole("E3", "empty", b"", "empty"),
    _whole("EC", "header without clubs", b"Div,Date,FTHG,FTAG\r\nEC,12/08/2023,1,0\r\n", "lacks HomeTeam, AwayTeam"),
    _whole("SC0", "random bytes", bytes(range(255, 31, -1)), "lacks"),
    _overlong("SC1"),
    _stray("SC2"),
    _of("SC3", "negative price", {"B365H": "-2.1"}, "impossible_price", "B365H is '-2.1'", "odds_quotes"),
    _of("D1", "price of 1.0", {"B365D": "1.0"}, "impossible_price", "B365D is '1.0'", "odds_quotes"),
    _of("D2", "price of 0", {"B365A": "0"}, "impossible_price", "B365A is '0'", "odds_quotes"),
    _of("I1", "text price", {"B365H": "evens"}, "impossible_price", "B365H is 'evens'", "odds_quotes"),
    _of("I2", "duplicate", GOOD, "duplicate_match", "'Corvale' – 'Dunmarsh' on 12/08/2023 stands"),
    _of("SP1", "out of season", {"Date": "12/08/2022"}, "out_of_season", "12/08/2022 is no day of season 2023-24"),
    _of("SP2", "no date", {"Date": "soon"}, "bad_date", "'soon' is no date"),
    _of("F1", "half time", {"HTHG": "3"}, "half_time_contradicts", "Half time 3:0 cannot become 2:1"),
    _of("F2", "result", {"FTR": "A"}, "result_contradicts", "2:1 is not the result 'A'"),
    _of("N1", "other division", {"Div": "B1"}, "wrong_division", "Division 'B1' stands in the file of another"),
    _of("B1", "against itself", {"AwayTeam": "Alderwick"}, "same_team", "'Alderwick' cannot play itself"),
    _of("P1", "huge goals", {"FTHG": "210", "FTR": "H"}, "unreadable_goals", "FTHG '210' is no number of goals"),
    _of("T1", "impossible statistic", {"HS": "310"}, "contract", "shots '310' is above 80", "team_stats"),
]
EACH = pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake that took all bad files and one good league in one run."""
    lake = Lake(tmp_path_factory.mktemp("bad"))
    good = capture(file(row(), row(GOOD)), CAPTURED)
    ingest(
        lake, good, *(capture(bad.body, CAPTURED, bad.league) for bad in BAD), leagues=list(competitions("football"))
    )
    return lake


@EACH
def test_a_bad_file_is_told_in_quarantine_with_its_reason_its_row_and_its_payload(lake: Lake, bad: Bad) -> None:
    url = address(bad.league, "2023-24", "season_file")
    (told,) = quarantined(lake).filter(pl.col("url") == url).iter_rows(named=True)
    assert (told["entity"], told["reason"], told["row_number"]) == (bad.entity, bad.reason, bad.row_number)
    assert bad.says in told["detail"]
    assert told["bronze_sha256"] == hashlib.sha256(bad.body).hexdigest()
    assert (told["competition_id"], told["season_code"], told["source"]) == (bad.league, "2023-24", "football_data")


@EACH
def test_the_other_rows_of_a_bad_file_are_delivered(lake: Lake, bad: Bad) -> None:
    assert len(matches(lake).filter(competition_id=bad.league, state="finished")) == bad.good


def test_every_other_league_is_delivered(lake: Lake) -> None:
    good = matches(lake).filter(competition_id="E0", state="finished")
    assert sorted(good["match_id"]) == ["E0-2023-24-alderwick-brackmoor", "E0-2023-24-corvale-dunmarsh"]
    quotes = lake.table("silver.football.odds_quotes").read(pl.col("competition_id") == "E0")
    assert len(quotes) == 6


def test_the_payloads_of_bad_files_are_accounted_for_to_the_row(lake: Lake) -> None:
    payloads = lake.table("silver.football.parsed_payloads").read()
    sums = payloads.select("silver_rows", "duplicate_rows", "quarantined_rows").sum_horizontal()
    assert sums.to_list() == payloads["parsed_rows"].to_list()
    assert payloads["quarantined_rows"].sum() == len(quarantined(lake)) == len(BAD)


def test_no_refused_row_reached_silver(lake: Lake) -> None:
    refused = {bad.league: bad for bad in BAD if bad.entity == "matches"}
    found = matches(lake).filter(pl.col("competition_id").is_in(list(refused))).group_by("competition_id").len()
    assert dict(found.rows()) == {league: 2 * bad.good for league, bad in refused.items() if bad.good}


def test_bad_files_read_again_change_nothing(lake: Lake) -> None:
    before = content(lake)
    assert ingest(lake, leagues=list(competitions("football"))) == 0
    assert content(lake) == before


POISON = {
    "half-time goals of one side": file(row(HTHG="3", HTAG="")),
    "a statistic that is NaN": file(row(HS="nan")),
    "a statistic beyond 64 bits": file(row(HS="1e30")),
    "a handicap beyond 64 bits": file(row({"AHh": "1e300", "B365AHH": "1.9", "B365AHA": "1.9"})),
    "lone carriage returns": file(row(), end="\r"),
    "no column of prices": file(PLAYED, header=[name for name in PLAYED if not name.startswith("B365")]),
    "a quote never closed": file(row()).replace(b"Alderwick", b'"Alderwick') + b"x,y\r\n" * 40_000,
}


@pytest.mark.parametrize("name", POISON)
def test_one_poisoned_file_does_not_keep_the_other_leagues_from_silver(tmp_path: Path, name: str) -> None:
    lake = Lake(tmp_path)
    ingest(lake, capture(POISON[name], CAPTURED), capture(file(row(Div="E1")), CAPTURED, "E1"))
    assert len(matches(lake).filter(competition_id="E1")) == 2


@pytest.mark.parametrize("text", ["", "2012-13"])
def test_a_season_that_cannot_be_read_does_not_keep_the_others_from_silver(tmp_path: Path, text: str) -> None:
    lake = Lake(tmp_path)
    rows = [row(base=ABROAD), row(base=ABROAD, Home="Corvale", Season=text)]
    ingest(lake, capture(file(*rows), CAPTURED, "USA", endpoint="extra_file"))
    assert matches(lake)["home_team_id"].unique().to_list() == ["usa-alderwick"]
    assert "usa-corvale" not in set(lake.table("silver.football.teams").read()["team_id"])


@FEW
@given(st.lists(st.tuples(st.sampled_from([*PLAYED]), st.sampled_from(STRANGE)), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_the_count_is_exact_and_the_other_league_is_there(
    changes: list[tuple[str, str]],
) -> None:
    body = file(row(GOOD), row(dict(changes)))
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        ingest(lake, capture(body, CAPTURED), capture(file(row(Div="E1")), CAPTURED, "E1"))
        payloads = lake.table("silver.football.parsed_payloads").read()
        sums = payloads.select("silver_rows", "duplicate_rows", "quarantined_rows").sum_horizontal()
        assert sums.to_list() == payloads["parsed_rows"].to_list()
        assert payloads["quarantined_rows"].sum() == sum(lake.table(name).rows() for name in QUARANTINE)
        assert set(matches(lake)["competition_id"]) == {"E0", "E1"}
