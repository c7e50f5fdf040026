"""The present comes from one clock, and no time without a zone gets in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.clock import FixedClock, SystemClock, iso, parse_instant
from core.errors import SettingsInvalid

FRIDAY_FIVE = datetime(2024, 5, 10, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2024-05-10T17:00:00Z", "2024-05-10T18:00:00+01:00", "2024-05-10T12:00:00-05:00", "2024-05-10 17:00Z"],
)
def test_an_instant_with_any_zone_is_read_as_utc(text: str) -> None:
    instant = parse_instant(text)
    assert instant == FRIDAY_FIVE
    assert instant.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["2024-05-10T17:00:00", "2024-05-10", "2024-05-10 17:00"])
def test_a_time_without_a_zone_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(SettingsInvalid, match=f"'{text}' names no time zone.*Z"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["", "Friday", "10/05/2024 17:00", "2024-05-10T25:00:00Z", "2024", "1715360400"])
def test_what_is_no_instant_is_refused_with_an_example_of_one(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="not an ISO 8601 time.*2024-05-10T17:00:00Z"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_an_instant_that_utc_cannot_hold_is_refused_in_our_own_words(text: str) -> None:
    with pytest.raises(SettingsInvalid, match=text[:4]):
        parse_instant(text)


def test_a_fixed_clock_stands_still_and_speaks_utc() -> None:
    clock = FixedClock(datetime(2024, 5, 10, 18, 0, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == FRIDAY_FIVE
    assert clock.now().utcoffset() == timedelta(0)


def test_a_fixed_clock_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(SettingsInvalid, match="without a time zone"):
        FixedClock(datetime(2024, 5, 10, 17, 0))


def test_the_wall_clock_moves_on_in_utc() -> None:
    before = SystemClock().now()
    assert before.utcoffset() == timedelta(0)
    assert before <= SystemClock().now() <= datetime.now(UTC)


def test_an_instant_is_written_in_utc_whatever_its_zone() -> None:
    assert iso(FRIDAY_FIVE.astimezone(timezone(timedelta(hours=-5)))) == "2024-05-10T17:00:00Z"


def test_writing_a_time_without_a_zone_is_refused_rather_than_taken_as_local() -> None:
    with pytest.raises((SettingsInvalid, ValueError)):
        iso(datetime(2024, 5, 10, 17, 0))
