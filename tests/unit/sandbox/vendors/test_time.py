"""Vendors tell nothing later than the world's time, and more as it goes on."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.unit.sandbox.vendors.conftest import Asker

ODDS = "api.the-odds-api.com/v4/sports"
STATS = "stats.nba.com/stats"
FOOTBALL = "v3.football.api-sports.io"
MOMENTS = ("2026-10-03T16:00:00Z", "2026-11-20T17:00:00Z", "2026-12-12T17:30:00Z")


def season_rows(ask: Asker, at: str, division: str = "E0") -> list[dict[str, str]]:
    text = ask.text(f"www.football-data.co.uk/mmz4281/2627/{division}.csv", at)
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.parametrize("at", MOMENTS)
def test_no_price_is_later_than_now_and_no_priced_match_has_begun(ask: Asker, at: str) -> None:
    for sport in ("soccer_epl", "basketball_nba"):
        events = ask.json(f"{ODDS}/{sport}/odds", at, regions="uk,eu,us", markets="h2h,totals")
        stamps = [market["last_update"] for e in events for b in e["bookmakers"] for market in b["markets"]]
        assert all(stamp <= at for stamp in stamps)
        assert all(event["commence_time"] > at for event in events)


@pytest.mark.parametrize("at", MOMENTS)
def test_no_result_is_told_before_the_match_is_over(ask: Asker, at: str) -> None:
    fixtures = ask.json(f"{FOOTBALL}/fixtures", at, league="78", season="2026")["response"]
    assert {row["fixture"]["status"]["short"] for row in fixtures} >= {"NS", "FT"}
    for row in fixtures:
        known = row["fixture"]["status"]["short"] == "FT"
        assert (row["goals"]["home"] is not None) == known
        assert not known or row["fixture"]["date"] < at
    matches = ask.json("api.football-data.org/v4/competitions/BL1/matches", at)["matches"]
    assert all(match["lastUpdated"] <= at for match in matches)
    board = ask.json("fantasy.premierleague.com/api/fixtures/", at)
    assert all(row["finished"] == (row["team_h_score"] is not None) for row in board)


@pytest.mark.parametrize("at", MOMENTS)
def test_news_and_injuries_are_those_of_now(ask: Asker, at: str) -> None:
    elements = ask.json("fantasy.premierleague.com/api/bootstrap-static/", at)["elements"]
    assert all(element["news_added"] is None or element["news_added"] <= at for element in elements)
    feed = ask.text("feeds.sandgazette.example/football/atom.xml", at)
    stamps = [part.split("<")[0] for part in feed.split("<published>")[1:]]
    assert stamps == sorted(stamps, reverse=True)
    assert all(stamp <= at for stamp in stamps)
    injuries = ask.json("site.api.espn.com/apis/site/v2/sports/basketball/nba/injuries", at)["injuries"]
    assert all(one["date"] <= at for team in injuries for one in team["injuries"])


def test_game_logs_grow_with_time(ask: Asker) -> None:
    def days(at: str) -> list[str]:
        log = ask.json(f"{STATS}/leaguegamelog", at, Season="2026-27", PlayerOrTeam="T")["resultSets"][0]
        return [row[log["headers"].index("GAME_DATE")] for row in log["rowSet"]]

    before, now, later = (days(at) for at in MOMENTS)
    assert before == []
    assert max(now) < "2026-11-20"
    assert len(later) > len(now)
    assert max(later) < "2026-12-12"


def test_lineups_are_told_an_hour_before_kick_off(ask: Asker) -> None:
    row = ask.json(f"{FOOTBALL}/fixtures", league="39", season="2026", date="2026-11-21")["response"][0]["fixture"]
    number = str(row["id"])
    kickoff = row["date"].replace("+00:00", "Z")
    early = f"{kickoff[:11]}{int(kickoff[11:13]) - 2:02}{kickoff[13:]}"
    assert ask.json(f"{FOOTBALL}/fixtures/lineups", early, fixture=number)["response"] == []
    told = ask.json(f"{FOOTBALL}/fixtures/lineups", kickoff, fixture=number)["response"]
    assert [len(side["startXI"]) for side in told] == [11, 11]


def test_the_season_file_is_cut_before_and_goes_on_after_the_present(ask: Asker) -> None:
    before, now, later = (season_rows(ask, at) for at in MOMENTS)
    assert 0 < len(before) < len(now) < len(later)
    assert now[: len(before)] == before
    assert later[: len(now)] == now
    for row in later[len(now) :]:
        assert row["FTR"] == result(int(row["FTHG"]), int(row["FTAG"]))
        assert 1.0 < float(row["B365H"]) < 501.0
        assert float(row["AvgCH"]) <= float(row["MaxCH"])
        assert row["HS"]
        assert row["AHCh"]


def result(home: int, away: int) -> str:
    return "H" if home > away else "A" if home < away else "D"


def test_coming_fixtures_are_those_of_the_last_snapshot(ask: Asker) -> None:
    def coming(at: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(ask.text("www.football-data.co.uk/fixtures.csv", at))))

    friday, sunday, next_week = (coming(at) for at in (MOMENTS[1], "2026-11-22T12:00:00Z", "2026-11-27T18:00:00Z"))
    assert friday == sunday
    assert {row["Date"] for row in next_week}.isdisjoint({row["Date"] for row in friday})
    assert all(float(row["B365H"]) > 1.0 for row in next_week if row["B365H"])
    assert len(next_week) >= 20


def test_the_past_is_as_the_published_files_have_it(ask: Asker) -> None:
    by_teams = {(row["HomeTeam"], row["AwayTeam"]): row for row in season_rows(ask, MOMENTS[1])}
    finished: list[dict[str, Any]] = [
        row for row in ask.json("fantasy.premierleague.com/api/fixtures/")if row["finished"]
    ]  # fmt: skip
    goals = sorted((int(row["FTHG"]), int(row["FTAG"])) for row in by_teams.values())
    assert goals == sorted((row["team_h_score"], row["team_a_score"]) for row in finished)
