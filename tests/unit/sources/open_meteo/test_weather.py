"""Invented payloads of the vendor's shape, and the sample of the archive."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.conform import REASON, conform
from lake.contracts.model import contract
from sources import outcomes
from sources.base import Parsed
from sources.open_meteo import plan
from sources.open_meteo.reading import read
from sources.open_meteo.source import OpenMeteo
from tests.unit.sources.open_meteo.ground import KICKOFF, LEAGUES, NOW, known, payload, place

MATCH = ("eng-north", KICKOFF, "scheduled")


def parsed(document: object, *args: Any, **changes: Any) -> Parsed:
    return OpenMeteo().parse(payload(document, **changes), LEAGUES, known(*(args or (MATCH,))))


def reasons(found: Parsed) -> list[str]:
    return found.refused["weather"][REASON].to_list()


def test_a_match_has_the_air_of_its_hour_and_the_rain_that_fell_in_it() -> None:
    (row,) = parsed(place()).rows["weather"].to_dicts()
    assert row["temperature_c"] == 10.0
    assert row["humidity_pct"] == 61
    assert row["wind_kmh"] == 21.0
    assert row["precipitation_mm"] == 0.7, "the sum of 11:00 to 12:00 is stamped 12:00"
    assert row["wind_gust_kmh"] == 32.0
    assert (row["kind"], row["known_at_utc"], row["known_at_basis"]) == ("forecast", NOW, "observed")


def test_rows_keep_their_contract() -> None:
    wanted = contract("silver.football.weather")
    lineage = [pl.lit("open_meteo").alias("source"), pl.lit("0" * 64).alias("bronze_sha256")]
    rows = parsed(place()).rows["weather"].with_columns(*lineage, pl.lit(NOW).alias("ingested_at_utc"))
    assert len(conform(rows, wanted).good) == 1


def test_hours_of_another_time_zone_are_brought_to_utc() -> None:
    shifted = place(utc_offset_seconds=3600)
    assert parsed(shifted).rows["weather"]["temperature_c"].to_list() == [11.0]


@pytest.mark.parametrize(("name", "unit"), [("temperature_2m", "°F"), ("wind_speed_10m", "m/s"), ("time", "unixtime")])
def test_a_changed_unit_is_refused(name: str, unit: str) -> None:
    changed = place()
    changed["hourly_units"][name] = unit
    found = parsed(changed)
    assert reasons(found) == ["unit_changed"]
    assert found.rows["weather"].is_empty()


def test_a_renamed_variable_is_refused() -> None:
    renamed = place()
    renamed["hourly"]["temp_2m"] = renamed["hourly"].pop("temperature_2m")
    assert reasons(parsed(renamed)) == ["missing_field"]


def test_a_place_far_from_the_ground_is_refused() -> None:
    assert reasons(parsed(place(latitude=48.1))) == ["wrong_place"]


def test_a_value_that_is_no_number_is_refused_with_its_match_only() -> None:
    spoilt = place()
    spoilt["hourly"]["precipitation"][2] = "0.7 mm"
    assert reasons(parsed(spoilt)) == ["unreadable_value"]
    spoilt["hourly"]["precipitation"] = ["x", 0.3, 0.7]
    assert reasons(parsed(spoilt)) == []


def test_hours_without_any_value_are_refused() -> None:
    empty = place()
    empty["hourly"] = {name: [None] * 3 if name != "time" else values for name, values in empty["hourly"].items()}
    assert reasons(parsed(empty)) == ["no_value"]


def test_a_forecast_that_was_captured_after_kickoff_is_none() -> None:
    assert reasons(parsed(place(), captured_at=KICKOFF)) == ["after_kickoff"]


def test_the_archive_is_known_five_days_later_or_when_it_was_seen() -> None:
    rule = KICKOFF.replace(minute=0) + timedelta(days=5, hours=1)
    late = parsed(place(), endpoint="archive", captured_at=rule + timedelta(days=9)).rows["weather"].row(0, named=True)
    assert (late["kind"], late["known_at_utc"], late["known_at_basis"]) == ("archive", rule, "rule")
    early = parsed(place(), endpoint="archive", captured_at=rule - timedelta(days=1)).rows["weather"].row(0, named=True)
    assert (early["known_at_utc"], early["known_at_basis"]) == (rule - timedelta(days=1), "observed")


def test_a_place_where_nobody_plays_is_said() -> None:
    assert reasons(parsed(place(), latitude="51.0000")) == ["off_calendar"]
    assert reasons(parsed(place(), ("eng-north", KICKOFF + timedelta(days=3), "scheduled"))) == ["off_calendar"]


def test_several_places_come_in_the_order_of_the_address() -> None:
    two = replace(payload([place(latitude=10.0, longitude=20.0), place()]))
    url = two.url.replace("latitude=53.4800", "latitude=10.0,53.4800").replace("-2.2400", "20.0,-2.2400")
    found = OpenMeteo().parse(replace(two, url=url), LEAGUES, known(MATCH))
    assert found.rows["weather"]["temperature_c"].to_list() == [10.0]
    assert reasons(found) == ["off_calendar"]


def test_unknown_fields_change_nothing() -> None:
    more = place(elevation=38.0, minutely_15={"time": []})
    more["hourly"]["soil_moisture"] = [1, 2, 3]
    assert parsed(more).rows["weather"].equals(parsed(place()).rows["weather"])


@pytest.mark.parametrize(
    "body", [b"", b"<html>busy</html>", b'{"latitude": 53.5, "hou', b'{"error": true, "reason": "x"}']
)
def test_what_is_no_answer_is_refused_whole(body: bytes) -> None:
    assert reasons(parsed(body)) == ["malformed_payload"]


@given(st.one_of(st.binary(max_size=200), st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists)))
def test_no_bytes_stop_the_parser(content: object) -> None:
    parsed(content)


def test_the_vendors_words_of_refusal_are_known_at_once() -> None:
    full = b'{"error": true, "reason": "Daily API request limit exceeded. Please try again tomorrow."}'
    assert plan.TERMS.verdict("forecast", full) == outcomes.QUOTA_REFUSED
    minute = b'{"error": true, "reason": "Minutely API request limit exceeded. Please try again in one minute."}'
    assert plan.TERMS.verdict("forecast", minute) == outcomes.HTTP_ERROR
    assert plan.TERMS.verdict("forecast", b"<html>") == outcomes.MALFORMED
    assert plan.TERMS.verdict("forecast", json.dumps(place()).encode()) is None


def test_the_sample_is_read_hour_by_hour(archive: Path) -> None:
    hours, refused = read((archive / "samples/open_meteo/SHAPE_ONLY_forecast_hourly.json").read_bytes())
    assert refused == []
    assert hours["time"].to_list() == [datetime(2026, 10, 3, hour, tzinfo=UTC) for hour in (11, 12, 13)]
    assert hours["temperature_2m"].to_list() == [12.1, 12.8, 13.0]
    assert hours["relative_humidity_2m"].to_list() == [74, 71, 69]
    assert hours["precipitation"].to_list() == [0.2, 0.1, 0.0]
    assert hours["wind_speed_10m"].to_list() == [18.0, 19.4, 20.1]
    assert hours["wind_gusts_10m"].to_list() == [None, None, None]
