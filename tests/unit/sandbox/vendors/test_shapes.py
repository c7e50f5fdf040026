"""Documents have the fields and types of the real ones in the archive, no more and no fewer."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from sources.open_meteo.plan import VARIABLES
from tests.unit.sandbox.vendors.conftest import Asker, differences, real

ODDS = "api.the-odds-api.com/v4"
STATS = "stats.nba.com/stats"
FOOTBALL = "v3.football.api-sports.io"
EVENING = "2026-11-20T23:00:00Z"


def without(told: list[str], *allowed: str) -> list[str]:
    """The differences that are not explained."""
    return [line for line in told if not any(word in line for word in allowed)]


def test_the_odds_apis_odds(ask: Asker, archive: Path) -> None:
    ours = ask.json(f"{ODDS}/sports/soccer_epl/odds", regions="uk,eu", markets="h2h,spreads,totals")
    theirs = real(archive / "samples/the_odds_api/v4_odds_h2h_spreads_totals_euroleague_2023-05-03_excerpt.json")
    assert differences(ours, theirs) == []
    keys = {market["key"] for event in ours for book in event["bookmakers"] for market in book["markets"]}
    assert keys == {"h2h", "h2h_lay", "spreads", "totals"}


def test_the_odds_apis_odds_of_one_event_with_props(ask: Asker, archive: Path) -> None:
    games = ask.json(f"{ODDS}/sports/basketball_nba/events", EVENING)
    found = [
        ask.json(f"{ODDS}/sports/basketball_nba/events/{game['id']}/odds", EVENING, regions="us",
                 markets="player_points,player_threes", oddsFormat="american")
        for game in games[:4]
    ]  # fmt: skip
    ours = next(event for event in found if event["bookmakers"])
    path = sorted((archive / "api.the-odds-api.com/v4/sports/basketball_nba/events").rglob("@*.json*"))[0]
    assert without(differences(ours, real(path)), "bookmakers[].last_update") == []
    prices = [o["price"] for b in ours["bookmakers"] for m in b["markets"] for o in m["outcomes"]]
    assert all(isinstance(price, int) and abs(price) >= 100 for price in prices)


def test_the_odds_apis_history(ask: Asker, archive: Path) -> None:
    game = ask.json(f"{ODDS}/sports/basketball_nba/events", "2026-11-20T20:00:00Z")[0]["id"]
    path = f"{ODDS}/historical/sports/basketball_nba/events/{game}/odds"
    ours = ask.json(path, EVENING, regions="us", markets="player_points", date="2026-11-20T22:03:00Z")
    theirs = real(archive / "samples/the_odds_api/SHAPE_ONLY_historical_event_odds_player_points.json")
    assert without(differences(ours, theirs), "sport_title") == []
    assert ours["timestamp"] == "2026-11-20T22:00:00Z"


def test_game_logs(ask: Asker, archive: Path) -> None:
    for who, name in (("T", "T_2023-24_Regular-Season.json"), ("P", "P_2023-24_Regular-Season.json.gz")):
        ours = ask.json(f"{STATS}/leaguegamelog", Season="2026-27", SeasonType="Regular Season", PlayerOrTeam=who)
        theirs = real(archive / "stats.nba.com/stats/leaguegamelog" / name)
        assert ours["parameters"].keys() == theirs["parameters"].keys()
        mine, reals = (document["resultSets"][0] for document in (ours, theirs))
        assert mine["headers"] == reals["headers"]
        assert same_columns(mine["rowSet"], reals["rowSet"]) == []
        assert len(mine["rowSet"]) > 300


def same_columns(ours: list[list[Any]], theirs: list[list[Any]]) -> list[int]:
    """Columns whose types differ."""
    kinds = [
        [{"number" if isinstance(cell, (int, float)) else type(cell).__name__ for cell in column if cell is not None}
         for column in zip(*rows, strict=True)]
        for rows in (ours, theirs)
    ]  # fmt: skip
    return [place for place, (mine, reals) in enumerate(zip(*kinds, strict=True)) if mine and reals and mine != reals]


def test_players_and_scoreboards_of_stats_nba_com(ask: Asker, archive: Path) -> None:
    samples = archive / "samples/stats_nba_com"
    ours = ask.json(f"{STATS}/commonallplayers", LeagueID="00", Season="2026-27", IsOnlyCurrentSeason="0")
    theirs = real(samples / "commonallplayers.json.gz")
    assert ours["resultSets"][0]["headers"] == theirs["resultSets"][0]["headers"]
    assert same_columns(ours["resultSets"][0]["rowSet"], theirs["resultSets"][0]["rowSet"]) == []
    board = ask.json(f"{STATS}/scoreboardv3", LeagueID="00", GameDate="2026-11-19")
    told = differences(board, real(samples / "scoreboardv3.json"))
    assert without(told, "broadcasters", "teamLeaders") == []


def test_the_box_score(ask: Asker, archive: Path) -> None:
    board = ask.json(f"{STATS}/scoreboardv3", LeagueID="00", GameDate="2026-11-19")
    ours = ask.json(f"{STATS}/boxscoretraditionalv3", GameID=board["scoreboard"]["games"][0]["gameId"])
    assert differences(ours, real(archive / "samples/stats_nba_com/boxscoretraditionalv3.json")) == []
    side = ours["boxScoreTraditional"]["homeTeam"]
    assert sum(player["statistics"]["points"] for player in side["players"]) == side["statistics"]["points"]
    assert side["starters"]["points"] + side["bench"]["points"] == side["statistics"]["points"]


def test_api_footballs_documents(ask: Asker, archive: Path) -> None:
    samples = archive / "samples/api_football"
    asked = {"league": "39", "season": "2026"}
    window = {"from": "2026-11-01", "to": "2026-11-30"}
    fixtures = ask.json(f"{FOOTBALL}/fixtures", **asked, **window)
    told = differences(fixtures, real(samples / "v3_fixtures_league39_2022-08-29.json"))
    assert without(told, ".abbreviation", ".events", ".statistics", ".lineups", ".players") == []
    injuries = ask.json(f"{FOOTBALL}/injuries", **asked)
    assert without(differences(injuries, real(samples / "v3_injuries_fixture686314.json")), "parameters") == []
    odds = ask.json(f"{FOOTBALL}/odds", **asked, bookmaker="8")
    assert without(differences(odds, real(samples / "v3_odds_fixture868124_bookmaker8.json")), "parameters") == []
    assert odds["response"][0]["bookmakers"][0]["bets"][0]["name"] == "Match Winner"


def test_espns_scoreboard(ask: Asker, archive: Path) -> None:
    address = "site.api.espn.com/apis/site/v2/sports/basketball/nba/scoreboard"
    ours = ask.json(address, EVENING, dates="20261119-20261120")
    told = differences(ours, real(archive / "samples/espn/nba_scoreboard_2026-01-15.json"))
    assert without(told, "odds", ".day") == []
    assert any("odds" in event["competitions"][0] for event in ours["events"])


def test_football_data_orgs_matches(ask: Asker, archive: Path) -> None:
    address = "api.football-data.org/v4/competitions/PD/matches"
    ours = ask.json(address, dateFrom="2026-11-18", dateTo="2026-11-30", status="SCHEDULED")
    theirs = real(archive / "samples/football_data_org/SHAPE_ONLY_v4_team_matches.json")
    assert [line for line in differences(ours, theirs) if line.startswith("missing")] == [
        "missing .filters.competitions",
        "missing .filters.status[]",
    ]
    assert ours["matches"][0]["homeTeam"].keys() == theirs["matches"][0]["homeTeam"].keys()


def test_open_meteos_hours(ask: Asker, archive: Path) -> None:
    hourly = "temperature_2m,relative_humidity_2m,precipitation,wind_speed_10m"
    ours = ask.json("api.open-meteo.com/v1/forecast", latitude="53.48", longitude="-2.24", hourly=hourly)
    assert differences(ours, real(archive / "samples/open_meteo/SHAPE_ONLY_forecast_hourly.json")) == []
    assert len(ours["hourly"]["time"]) == 7 * 24
    assert ours["hourly"]["time"][0] == "2026-11-20T00:00"


def test_open_meteo_answers_for_every_variable_that_the_source_asks_for(ask: Asker) -> None:
    ours = ask.json("api.open-meteo.com/v1/forecast", latitude="53.48", longitude="-2.24", hourly=",".join(VARIABLES))
    assert ours["hourly_units"]["wind_gusts_10m"] == "km/h"
    assert [len(ours["hourly"][name]) for name in VARIABLES] == [7 * 24] * len(VARIABLES)
    both = zip(ours["hourly"]["wind_gusts_10m"], ours["hourly"]["wind_speed_10m"], strict=True)
    assert all(gust > wind for gust, wind in both)


def test_betfairs_books_and_catalogue(ask: Asker, archive: Path) -> None:
    projection = ["EVENT", "EVENT_TYPE", "COMPETITION", "MARKET_START_TIME", "MARKET_DESCRIPTION", "RUNNER_METADATA"]
    catalogue = ask.rpc("listMarketCatalogue", filter={"marketTypeCodes": ["MATCH_ODDS"]}, marketProjection=projection,
                        maxResults=200)  # fmt: skip
    told = differences(catalogue, real(archive / "samples/betfair/list_market_catalogue.json")["result"])
    assert without(told, "lineRangeInfo") == []
    books = ask.rpc("listMarketBook", marketIds=[market["marketId"] for market in catalogue[:5]])
    theirs = real(archive / "samples/betfair/list_market_book.json")["result"]
    assert [line for line in differences(books, theirs) if not line.startswith("missing")] == []
    for runner in books[0]["runners"]:
        back, lay = (runner["ex"][name][0]["price"] for name in ("availableToBack", "availableToLay"))
        assert 1.0 < back < lay


def test_the_streams_image(ask: Asker, archive: Path) -> None:
    with ask.client.stream("GET", "/_stream/sse", params={"seconds": "0.1", "rate": "10"}) as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("data: ")]
    ours = json.loads(lines[0].removeprefix("data: "))
    told = differences(ours, real(archive / "samples/betfair/streaming_mcm_SUB_IMAGE.json"))
    assert without(told, "adjustmentFactor", ".venue", "Definition.name", "eventName") == []


def test_the_fantasy_games_players_and_the_archive_of_a_round(ask: Asker, archive: Path) -> None:
    ours = ask.json("fantasy.premierleague.com/api/bootstrap-static/")
    newest = sorted((archive / "fantasy.premierleague.com/api/bootstrap-static").glob("@*"))[-1]
    theirs = real(newest)
    told = differences(ours, theirs, only=".elements") + differences(ours, theirs, only=".teams")
    assert without(told, ".elements[]._") == []
    public = "raw.githubusercontent.com/vaastav/Fantasy-Premier-League/master/data"
    text = ask.text(f"{public}/2026-27/gws/gw3.csv")
    header = (archive / public / "2023-24/gws/gw5.csv").read_text(encoding="utf-8").splitlines()[0]
    assert text.splitlines()[0] == header
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) > 200
    assert {row["round"] for row in rows} == {"3"}
