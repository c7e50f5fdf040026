"""The shape of every endpoint is right: what it names is really there, so that faults have something to spoil."""

from __future__ import annotations

import pytest

from tests.unit.sandbox.vendors.conftest import Asker

EVENING = "2026-11-20T23:00:00Z"
LEAGUE = {"league": "39", "season": "2026"}
ODDS = "api.the-odds-api.com/v4/sports/soccer_epl"
WANTED = {"regions": "uk", "markets": "h2h"}
STATS = "stats.nba.com/stats"
ESPN = "site.api.espn.com/apis/site/v2/sports/basketball/nba"
PUBLIC = "raw.githubusercontent.com/vaastav/Fantasy-Premier-League/master/data/2026-27/gws/gw3.csv"
ROWS, PRICES, SIDES, FIELD, STAMPS = "duplicate_rows", "zero_price", "swapped_sides", "renamed_field", "clock_skew"

CASES: tuple[tuple[str, str, dict[str, str], tuple[str, ...]], ...] = (
    ("the_odds_api", f"{ODDS}/odds", WANTED, (ROWS, PRICES, SIDES, FIELD, STAMPS, "stale_prices", "late_rows")),
    ("the_odds_api", f"{ODDS}/events", {}, (ROWS, SIDES, FIELD)),
    ("the_odds_api", f"{ODDS}/scores", {"daysFrom": "3"}, (ROWS, SIDES, FIELD)),
    ("football_data", "www.football-data.co.uk/fixtures.csv", {}, (ROWS, PRICES, SIDES, FIELD, "shifted_columns")),
    ("football_data", "www.football-data.co.uk/mmz4281/2627/D1.csv", {}, (ROWS, PRICES, SIDES, FIELD)),
    ("fantasy_premier_league", "fantasy.premierleague.com/api/bootstrap-static/", {}, (ROWS, FIELD, STAMPS)),
    ("fantasy_premier_league", "fantasy.premierleague.com/api/event/3/live/", {}, (ROWS, FIELD)),
    ("fantasy_premier_league", "fantasy.premierleague.com/api/fixtures/", {}, (ROWS, SIDES, FIELD)),
    ("fpl_archive", PUBLIC, {}, (ROWS, FIELD, "shifted_columns")),
    ("stats_nba_com", f"{STATS}/leaguegamelog", {"Season": "2026-27"}, (ROWS, FIELD, "shifted_columns")),
    ("stats_nba_com", f"{STATS}/commonallplayers", {"Season": "2026-27"}, (ROWS, FIELD, "shifted_columns")),
    ("stats_nba_com", f"{STATS}/scoreboardv3", {"GameDate": "2026-11-19"}, (ROWS, SIDES, FIELD, STAMPS)),
    ("stats_nba_com", f"{STATS}/boxscoretraditionalv3", {"GameID": "0022600001"}, (ROWS, SIDES, FIELD, STAMPS)),
    ("api_football", "v3.football.api-sports.io/fixtures", LEAGUE, (ROWS, SIDES, FIELD)),
    ("api_football", "v3.football.api-sports.io/injuries", LEAGUE, (ROWS, FIELD)),
    ("api_football", "v3.football.api-sports.io/odds", LEAGUE, (ROWS, PRICES, FIELD, STAMPS, "stale_prices")),
    ("api_football", "v3.football.api-sports.io/standings", LEAGUE, (ROWS, FIELD, STAMPS)),
    ("api_football_rapidapi", "api-football-v1.p.rapidapi.com/v3/odds", LEAGUE, (ROWS, PRICES, FIELD, STAMPS)),
    ("espn", f"{ESPN}/scoreboard", {"dates": "20261120-20261121"}, (ROWS, PRICES, SIDES, FIELD, "stale_prices")),
    ("espn", f"{ESPN}/injuries", {}, (ROWS, FIELD, STAMPS)),
    ("espn", f"{ESPN}/news", {}, (ROWS, FIELD, STAMPS)),
    ("open_meteo", "api.open-meteo.com/v1/forecast", {"hourly": "temperature_2m"}, (FIELD,)),
    ("balldontlie", "api.balldontlie.io/v1/teams", {}, (ROWS, FIELD)),
    ("balldontlie", "api.balldontlie.io/v1/players", {}, (ROWS, FIELD)),
    ("balldontlie", "api.balldontlie.io/v1/games", {}, (ROWS, SIDES, FIELD)),
    ("balldontlie", "api.balldontlie.io/v1/player_injuries", {}, (ROWS, FIELD)),
    ("football_data_org", "api.football-data.org/v4/competitions/PL/matches", {}, (ROWS, SIDES, FIELD, STAMPS)),
    ("football_data_org", "api.football-data.org/v4/competitions/PL/standings", {}, (ROWS, FIELD)),
)


@pytest.mark.parametrize(("vendor", "address", "query", "faults"), CASES, ids=[case[1][-40:] for case in CASES])
def test_each_fault_changes_the_document(
    ask: Asker, vendor: str, address: str, query: dict[str, str], faults: tuple[str, ...]
) -> None:
    moment = EVENING if "nba" in address else None
    right = ask.text(address, moment, **query)
    unchanged = []
    for fault in faults:
        ask.client.post("/_control/reset", json={})
        ask.client.post("/_control/faults", json={"faults": [f"{vendor}={fault}"]})
        if ask.text(address, moment, **query) == right:
            unchanged.append(fault)
    assert unchanged == []


def test_faults_change_lineups_statistics_and_history_too(ask: Asker) -> None:
    played = ask.json("v3.football.api-sports.io/fixtures", **LEAGUE, status="FT")["response"][0]["fixture"]["id"]
    event = ask.json(f"{ODDS}/events")[0]["id"]
    history = f"api.the-odds-api.com/v4/historical/sports/soccer_epl/events/{event}/odds"
    asked = (
        ("v3.football.api-sports.io/fixtures/lineups", {"fixture": str(played)}),
        ("v3.football.api-sports.io/fixtures/statistics", {"fixture": str(played)}),
        (history, WANTED | {"date": "2026-11-20T12:00:00Z"}),
    )
    right = [ask.text(address, **query) for address, query in asked]
    ask.client.post("/_control/faults", json={"faults": ["*=renamed_field", "*=duplicate_rows"]})
    assert all(ask.text(address, **query) != text for (address, query), text in zip(asked, right, strict=True))


def test_betfairs_book_can_have_a_price_of_nothing(ask: Asker) -> None:
    market = ask.rpc("listMarketCatalogue", filter={}, maxResults=1)[0]["marketId"]
    ask.client.post("/_control/faults", json={"faults": ["betfair=zero_price"]})
    runners = ask.rpc("listMarketBook", marketIds=[market])[0]["runners"]
    prices = [level["price"] for runner in runners for level in runner["ex"]["availableToBack"]]
    lasts = [runner["lastPriceTraded"] for runner in runners]
    assert 0 in prices + lasts
