"""A run that is repeated adds nothing, and every row of a payload is accounted for (invented payloads)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from lake.storage import Lake
from sources.conforming import FACTS
from sources.football_data.source import FootballData
from sources.ingest import land
from tests.integration.sources.lakes import capture, content, fixtures, has_repeated_keys, ingest, quarantined, versions
from tests.unit.sources.vendor import NO_RESULT, PLAYED, file, row

SEASON = file(row(), row(HomeTeam="Corvale", B365H="0"), row(HomeTeam="Dunmarsh", FTR="A"))
PAGE = b"<!DOCTYPE html><title>Maintenance</title>"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_the_same_capture_twice_adds_nothing_anywhere(lake: Lake) -> None:
    one = capture(SEASON, "2024-07-01T00:00:00Z")
    assert ingest(lake, one) == 1
    before = versions(lake)
    assert land(lake, FootballData(), [one, one]) == 0
    assert ingest(lake, one) == 0
    assert versions(lake) == before
    assert lake.table("bronze.football_data.captures").rows() == 1


def test_the_same_bytes_captured_later_are_landed_and_not_read_again(lake: Lake) -> None:
    ingest(lake, capture(SEASON, "2024-07-01T00:00:00Z"))
    before = versions(lake)
    assert ingest(lake, capture(SEASON, "2024-07-02T00:00:00Z")) == 0
    assert versions(lake) == before
    assert lake.table("bronze.football_data.captures").rows() == 2


def test_a_later_capture_that_says_nothing_new_adds_no_row(lake: Lake) -> None:
    ingest(lake, capture(file(row()), "2024-07-01T00:00:00Z"))
    before = content(lake)
    assert ingest(lake, capture(file(row(), end="\n"), "2024-07-02T00:00:00Z")) == 1
    assert content(lake) == before


def test_every_candidate_row_is_in_silver_a_duplicate_or_quarantined(lake: Lake) -> None:
    ingest(lake, capture(SEASON, "2024-07-01T00:00:00Z"), fixtures(file(row(NO_RESULT)), "2023-08-11T16:50:00Z"))
    payloads = lake.table("silver.football.parsed_payloads").read()
    sums = payloads.select("silver_rows", "duplicate_rows", "quarantined_rows").sum_horizontal()
    assert sums.to_list() == payloads["parsed_rows"].to_list()
    for entity in FACTS:
        told = payloads.filter(pl.col("entity") == entity)
        assert told["silver_rows"].sum() == lake.table(f"silver.football.{entity}").rows()
        assert told["quarantined_rows"].sum() == lake.table(f"quarantine.football.{entity}").rows()
    assert sorted(payloads.filter(entity="matches")["parsed_rows"]) == [1, 5]


def test_bronze_keeps_the_bytes_as_they_came(lake: Lake) -> None:
    body = b"\xef\xbb\xbf\xff\x00 anything \r\n"
    ingest(lake, capture(body, "2024-07-01T00:00:00Z"))
    (kept,) = lake.table("bronze.football_data.captures").read().iter_rows(named=True)
    assert pa.decompress(kept["body"], decompressed_size=kept["body_bytes"], codec="zstd", asbytes=True) == body
    assert (kept["sha256"], kept["body_bytes"]) == (hashlib.sha256(body).hexdigest(), len(body))


@pytest.mark.parametrize("outcome", ["timeout", "http_error", "quota_refused", "breaker_open", "not_modified"])
def test_a_failed_attempt_is_kept_in_bronze_and_reaches_no_silver(lake: Lake, outcome: str) -> None:
    assert ingest(lake, capture(b"", "2024-07-01T00:00:00Z", outcome=outcome)) == 0
    assert lake.table("bronze.football_data.captures").read()["outcome"].to_list() == [outcome]
    assert set(versions(lake).values()) == {None}


def test_two_failed_attempts_at_two_times_are_two_rows(lake: Lake) -> None:
    times = ("2024-07-01T00:00:00Z", "2024-07-01T01:00:00Z")
    ingest(lake, *(capture(b"", moment, outcome="timeout") for moment in times))
    assert lake.table("bronze.football_data.captures").rows() == 2


def test_an_html_page_is_marked_in_bronze_and_told_in_quarantine(lake: Lake) -> None:
    ingest(lake, capture(PAGE, "2024-07-01T00:00:00Z"))
    assert lake.table("bronze.football_data.captures").read()["outcome"].to_list() == ["malformed"]
    (told,) = quarantined(lake).iter_rows(named=True)
    assert (told["reason"], told["row_number"], told["bronze_sha256"]) == (
        "malformed_payload", 0, hashlib.sha256(PAGE).hexdigest(),
    )  # fmt: skip
    assert ingest(lake) == 0


@pytest.mark.parametrize("body", [PAGE, b"", file(header=list(PLAYED))], ids=["HTML", "empty", "header only"])
def test_the_same_worthless_bytes_at_two_addresses_are_recorded_for_both(lake: Lake, body: bytes) -> None:
    """An error page has the same bytes everywhere; each address must be told, and none read again for ever."""
    moment = "2024-07-01T00:00:00Z"
    ingest(lake, capture(body, moment), capture(body, moment, season_code="2022-23"))
    urls = set(lake.table("silver.football.parsed_payloads").read()["url"])
    assert len(urls) == 2
    assert ingest(lake) == 0


def test_the_same_error_page_on_two_days_at_two_addresses_is_recorded_for_both(lake: Lake) -> None:
    ingest(lake, capture(PAGE, "2024-07-01T00:00:00Z"))
    ingest(lake, capture(PAGE, "2024-07-02T00:00:00Z", "E1"))
    assert quarantined(lake)["url"].n_unique() == 2
    assert ingest(lake) == 0


def test_a_newer_parser_reads_everything_again_without_doubling_a_row(lake: Lake) -> None:
    class NewerParser(FootballData):
        parser_version = FootballData.parser_version + 1

    ingest(lake, capture(file(row()), "2024-07-01T00:00:00Z"))
    before = content(lake)
    assert ingest(lake, source=NewerParser()) == 1
    assert has_repeated_keys(lake) == {}
    assert content(lake) == before


def test_two_leagues_of_one_season_do_not_disturb_each_other(lake: Lake) -> None:
    both = [capture(file(row(Div=code)), "2024-07-01T00:00:00Z", code) for code in ("E0", "E1")]
    assert ingest(lake, *both) == 2
    found = lake.table("silver.football.matches").read().group_by("competition_id").len()
    assert sorted(found.rows()) == [("E0", 2), ("E1", 2)]
    assert has_repeated_keys(lake) == {}


def test_two_different_prices_of_one_book_are_no_duplicates(lake: Lake) -> None:
    """VC and BV are both BetVictor: where a file has both and they differ, one price must not vanish in silence."""
    twice = {"VCH": "2.1", "VCD": "3.3", "VCA": "3.5", "BVH": "2.2", "BVD": "3.3", "BVA": "3.5"}
    ingest(lake, capture(file(row(twice)), "2024-07-01T00:00:00Z"))
    (told,) = lake.table("silver.football.parsed_payloads").read().filter(entity="odds_quotes").iter_rows(named=True)
    assert told["duplicate_rows"] == 2
