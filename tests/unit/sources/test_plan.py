"""Which addresses are asked for: one a division and season, one a country, one for the coming round."""

from __future__ import annotations

import pytest

from lake.competitions import Competition, competitions
from sources.football_data.source import FootballData
from sources.known import Known
from tests.unit.sources.vendor import NOTHING_PLAYED, ROOT, at, file, finished, known_of, payload, row

ALL = competitions("football")


def _urls(as_of: str, *leagues: str) -> list[str]:
    asked = {code: ALL[code] for code in leagues}
    return [request.url.removeprefix(ROOT) for request in FootballData().plan(asked, at(as_of), Known("football"))]


def test_every_season_since_2005_is_asked_for_and_the_coming_round_last() -> None:
    urls = _urls("2024-05-10T17:00:00Z", "E0")
    assert (urls[0], urls[-2], urls[-1]) == ("/mmz4281/0506/E0.csv", "/mmz4281/2324/E0.csv", "/fixtures.csv")
    assert len(urls) == 19 + 1


@pytest.mark.parametrize(
    ("as_of", "newest"),
    [
        ("2024-06-30T23:59:59Z", "/mmz4281/2324/E0.csv"),
        ("2024-07-01T00:00:00Z", "/mmz4281/2425/E0.csv"),
        ("2026-11-20T17:00:00Z", "/mmz4281/2627/E0.csv"),
        ("2100-01-01T00:00:00Z", "/mmz4281/9900/E0.csv"),
    ],
)
def test_july_begins_a_new_season(as_of: str, newest: str) -> None:
    assert _urls(as_of, "E0")[-2] == newest


def test_an_extra_country_has_one_file() -> None:
    assert _urls("2024-05-10T17:00:00Z", "USA", "BRA") == ["/new/USA.csv", "/new/BRA.csv", "/fixtures.csv"]


def test_all_22_divisions_and_16_countries_of_the_vendor_are_known() -> None:
    endpoints = [league.vendors["football_data"]["endpoint"] for league in ALL.values()]
    assert (endpoints.count("season_file"), endpoints.count("extra_file")) == (22, 16)
    requests = FootballData().plan(ALL, at("2026-11-20T17:00:00Z"), Known("football"))
    assert len({request.url for request in requests}) == len(requests) == 22 * 22 + 16 + 1


def test_a_request_names_its_league_and_season_where_the_address_does() -> None:
    season, *_, coming = FootballData().plan({"E0": ALL["E0"]}, at("2006-01-01T00:00:00Z"), Known("football"))
    assert (season.competition_id, season.season_code, season.endpoint) == ("E0", "2005-06", "season_file")
    assert (coming.competition_id, coming.season_code, coming.endpoint) == (None, None, "fixtures")


def test_a_vendor_is_not_asked_for_leagues_that_it_does_not_have() -> None:
    other = Competition("NBA", "basketball", "NBA", "USA", 1, "America/New_York", {"stats_nba": {"league": "00"}})
    assert FootballData().plan({"NBA": other}, at("2024-01-01T00:00:00Z"), Known("football")) == []


@pytest.mark.parametrize("endpoint", ["season_file", "fixtures"])
def test_a_league_may_have_another_code_with_us_than_with_the_vendor(endpoint: str) -> None:
    """`football_data: {code: E0}` stands in competitions.yaml for this: the vendor's Div is E0, our id is EPL."""
    league = Competition(
        "EPL", "football", "Premier League", "ENG", 1, "Europe/London", {"football_data": {"code": "E0"}}
    )
    asked = payload(file(row()), "EPL", "2023-24", endpoint, "2023-08-11T16:50:00Z")
    parsed = FootballData().parse(asked, {"EPL": league}, known_of(NOTHING_PLAYED))
    assert finished(parsed)["competition_id"].to_list() == ["EPL"]
