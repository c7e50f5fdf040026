"""When each fact is known, against times worked out by hand from the calendar and the clock changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from sources.base import Parsed
from tests.unit.sources.vendor import ABROAD, NO_RESULT, at, file, finished, read, row, scheduled

CLOSING = {"PSCH": "2", "PSCD": "3.3", "PSCA": "4"}


def _season_of(day: str) -> str:
    year = int(day[-4:]) if int(day[3:5]) >= 7 else int(day[-4:]) - 1
    return f"{year}-{(year + 1) % 100:02d}"


def _match(day: str, time: str, league: str = "E0") -> Parsed:
    """A played match of a season file on a UK day and time; an empty time is a file with dates only."""
    return read(file(row(CLOSING, Div=league, Date=day, Time=time)), league, _season_of(day))


def _abroad(league: str, day: str, time: str) -> Parsed:
    return read(file(row(base=ABROAD, Date=day, Time=time, Season=day[-4:])), league, endpoint="extra_file")


def _known(parsed: Parsed, kind: str) -> tuple[datetime, str]:
    quotes = parsed.rows["odds_quotes"].filter(quote_kind=kind)
    ((known, basis),) = quotes.select("known_at_utc", "known_at_basis").unique().rows()
    return known, basis


def _kickoff(parsed: Parsed) -> datetime:
    (moment,) = set(parsed.rows["matches"]["event_at_utc"].to_list())
    assert isinstance(moment, datetime)
    return moment


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        ("12/08/2023", "15:00", "2023-08-12T14:00:00Z"),
        ("10/02/2024", "15:00", "2024-02-10T15:00:00Z"),
        ("12/08/2023", "00:30", "2023-08-11T23:30:00Z"),
        ("31/03/2024", "00:59", "2024-03-31T00:59:00Z"),
        ("31/03/2024", "02:00", "2024-03-31T01:00:00Z"),
        ("31/03/2024", "13:30", "2024-03-31T12:30:00Z"),
        ("27/10/2024", "00:30", "2024-10-26T23:30:00Z"),
        ("27/10/2024", "01:30", "2024-10-27T00:30:00Z"),
        ("27/10/2024", "02:00", "2024-10-27T02:00:00Z"),
        ("27/10/2024", "14:00", "2024-10-27T14:00:00Z"),
        ("01/01/2024", "9:30", "2024-01-01T09:30:00Z"),
        ("12/08/2023", "15:00:00", "2023-08-12T14:00:00Z"),
    ],
)
def test_a_uk_time_becomes_utc_in_summer_in_winter_and_at_the_clock_changes(day: str, time: str, utc: str) -> None:
    assert _kickoff(_match(day, time)) == at(utc)


def test_a_match_in_the_hour_that_the_uk_clock_skips_is_an_hour_later() -> None:
    """01:30 does not exist in the UK on 31 March 2024: taken as 02:30 BST, which is 01:30 UTC."""
    parsed = _abroad("USA", "31/03/2024", "01:30")
    assert _kickoff(parsed) == at("2024-03-31T01:30:00Z")
    assert finished(parsed)["known_at_utc"].item() == at("2024-03-31T04:30:00Z")


def test_a_match_in_the_hour_that_the_uk_clock_repeats_is_in_the_first_of_both() -> None:
    assert _kickoff(_abroad("USA", "29/10/2023", "01:30")) == at("2023-10-29T00:30:00Z")


@pytest.mark.parametrize(
    ("day", "time", "known"),
    [
        ("17/11/2023", "20:00", "2023-11-17T17:00:00Z"),
        ("18/11/2023", "15:00", "2023-11-17T17:00:00Z"),
        ("19/11/2023", "14:00", "2023-11-17T17:00:00Z"),
        ("20/11/2023", "20:00", "2023-11-17T17:00:00Z"),
        ("21/11/2023", "19:45", "2023-11-21T17:00:00Z"),
        ("22/11/2023", "19:45", "2023-11-21T17:00:00Z"),
        ("23/11/2023", "20:00", "2023-11-21T17:00:00Z"),
    ],
    ids=["Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday"],
)
def test_opening_prices_are_known_at_the_snapshot_before_the_match(day: str, time: str, known: str) -> None:
    assert _known(_match(day, time), "opening") == (at(known), "rule")


@pytest.mark.parametrize(
    ("day", "time", "known"),
    [
        ("12/08/2023", "15:00", "2023-08-11T16:00:00Z"),
        ("29/10/2023", "14:00", "2023-10-27T16:00:00Z"),
        ("30/10/2023", "20:00", "2023-10-27T16:00:00Z"),
        ("27/03/2023", "20:00", "2023-03-24T17:00:00Z"),
        ("02/04/2024", "19:45", "2024-04-02T16:00:00Z"),
    ],
    ids=["summer", "after October", "Monday after October", "Monday after March", "Tuesday after Easter"],
)
def test_a_snapshot_is_at_five_by_the_uk_clock_of_its_own_day(day: str, time: str, known: str) -> None:
    assert _known(_match(day, time), "opening") == (at(known), "rule")


@pytest.mark.parametrize(
    ("day", "time", "known"),
    [
        ("17/11/2023", "14:00", "2023-11-17T14:00:00Z"),
        ("21/11/2023", "15:00", "2023-11-21T15:00:00Z"),
        ("21/11/2023", "17:00", "2023-11-21T17:00:00Z"),
        ("17/11/2023", "01:30", "2023-11-17T01:30:00Z"),
        ("13/06/2023", "00:30", "2023-06-12T23:30:00Z"),
    ],
)
def test_opening_prices_are_never_known_after_kick_off(day: str, time: str, known: str) -> None:
    assert _known(_match(day, time), "opening") == (at(known), "rule")


def test_a_summer_match_after_midnight_counts_for_its_uk_weekday() -> None:
    """Saturday 10 June 2023 00:30 BST is still Friday in UTC and in New York: the snapshot is that of Friday."""
    assert _known(_match("10/06/2023", "00:30"), "opening") == (at("2023-06-09T16:00:00Z"), "rule")


def test_no_opening_price_of_a_whole_year_is_known_after_kick_off_or_more_than_four_days_before() -> None:
    days = [date(2023, 7, 1) + timedelta(days=day) for day in range(366)]
    hours = ("00:15", "12:30", "16:59", "17:00", "20:00")
    rows = [row(HomeTeam=f"H{i}", Date=f"{day:%d/%m/%Y}", Time=hours[i % 5]) for i, day in enumerate(days)]
    quotes = read(file(*rows)).rows["odds_quotes"]
    ahead = quotes.select((pl.col("event_at_utc") - pl.col("known_at_utc")).alias("ahead"))["ahead"].to_list()
    assert len(ahead) == 366 * 3
    assert (min(ahead), max(ahead) < timedelta(days=4)) == (timedelta(0), True)


def test_closing_prices_are_known_at_kick_off() -> None:
    assert _known(_match("12/08/2023", "15:00"), "closing") == (at("2023-08-12T14:00:00Z"), "rule")


@pytest.mark.parametrize(
    ("league", "day", "known"),
    [
        ("E0", "13/08/2005", "2005-08-13T23:00:00Z"),
        ("E0", "17/12/2005", "2005-12-18T00:00:00Z"),
        ("D1", "06/08/2005", "2005-08-06T22:00:00Z"),
        ("D1", "17/12/2005", "2005-12-17T23:00:00Z"),
        ("P1", "17/12/2005", "2005-12-18T00:00:00Z"),
        ("G1", "17/12/2005", "2005-12-17T22:00:00Z"),
        ("D1", "25/03/2006", "2006-03-25T23:00:00Z"),
        ("D1", "26/03/2006", "2006-03-26T22:00:00Z"),
    ],
)
def test_with_a_date_only_the_close_is_known_at_the_end_of_the_leagues_day(league: str, day: str, known: str) -> None:
    assert _known(_match(day, "", league), "closing") == (at(known), "date_only")


@pytest.mark.parametrize(
    ("league", "day", "known"),
    [
        ("USA", "10/03/2012", "2012-03-11T05:00:00Z"),
        ("USA", "11/03/2012", "2012-03-12T04:00:00Z"),
        ("JPN", "10/03/2012", "2012-03-10T15:00:00Z"),
        ("BRA", "14/10/2017", "2017-10-15T03:00:00Z"),
    ],
    ids=["New York in winter", "New York in summer", "Tokyo", "Sao Paulo, whose clock skips this midnight"],
)
def test_the_end_of_the_day_is_that_of_the_country(league: str, day: str, known: str) -> None:
    assert _known(_abroad(league, day, ""), "closing") == (at(known), "date_only")


def test_a_result_is_known_three_hours_after_kick_off() -> None:
    parsed = _match("12/08/2023", "15:00")
    assert finished(parsed).select("known_at_utc", "known_at_basis").row(0) == (at("2023-08-12T17:00:00Z"), "rule")
    statistics = parsed.rows["team_stats"].select("known_at_utc", "known_at_basis").unique()
    assert statistics.rows() == [(at("2023-08-12T17:00:00Z"), "rule")]


@pytest.mark.parametrize("day", ["13/08/2005", "17/12/2005"])
def test_with_a_date_only_a_result_is_known_at_six_utc_the_next_day(day: str) -> None:
    parsed = _match(day, "")
    morning = at(f"2005-{day[3:5]}-{int(day[:2]) + 1}T06:00:00Z")
    assert finished(parsed).select("known_at_utc", "known_at_basis").row(0) == (morning, "date_only")
    assert set(parsed.rows["team_stats"]["known_at_utc"]) == {morning}


@pytest.mark.parametrize(
    ("day", "utc"), [("13/08/2005", "2005-08-13T14:00:00Z"), ("16/08/2005", "2005-08-16T18:45:00Z")]
)
def test_a_date_without_a_time_is_taken_as_three_on_weekends_and_a_quarter_to_eight_else(day: str, utc: str) -> None:
    assert _kickoff(_match(day, "")) == at(utc)


def test_one_row_without_a_time_in_a_timed_file_is_known_by_its_date_only() -> None:
    rows = [row(), row(HomeTeam="Corvale", Time="")]
    by_time = dict(finished(read(file(*rows))).select("home_team_id", "known_at_basis").rows())
    assert by_time == {"eng-alderwick": "rule", "eng-corvale": "date_only"}


@pytest.mark.parametrize(
    ("day", "known"), [("12/08/2023", "2023-07-13T14:00:00Z"), ("30/10/2023", "2023-09-30T15:00:00Z")]
)
def test_a_fixture_is_known_thirty_days_before(day: str, known: str) -> None:
    assert scheduled(_match(day, "15:00")).select("known_at_utc", "known_at_basis").row(0) == (at(known), "rule")


def test_what_stands_in_the_coming_fixtures_is_known_when_it_was_captured() -> None:
    captured = "2023-08-10T07:12:00Z"
    parsed = read(file(row(NO_RESULT)), endpoint="fixtures", captured=captured)
    assert scheduled(parsed).select("known_at_utc", "known_at_basis").row(0) == (at(captured), "observed")
    assert _known(parsed, "opening") == (at(captured), "observed")
    assert len(finished(parsed)) == 0


@pytest.mark.parametrize("day", ["5/8/2023", "05/08/2023", "5/8/23", "05/08/23"])
def test_a_day_may_be_written_short_or_long(day: str) -> None:
    assert _kickoff(read(file(row(Date=day)))) == at("2023-08-05T14:00:00Z")
