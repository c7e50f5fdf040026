"""Keys are demanded, credits counted and headers sent as each vendor does it."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.sandbox.server.conftest import KEY, NBA_ODDS, NBA_WANTED, ODDS, SEASON_FILE, SPORTS

API_FOOTBALL = "/v3.football.api-sports.io"
RAPID = "/api-football-v1.p.rapidapi.com/v3"
BALLDONTLIE = "/api.balldontlie.io/v1/teams"
FOOTBALL_DATA_ORG = "/api.football-data.org/v4/competitions/PL/matches"
BETFAIR = "/api.betfair.com/exchange/betting/json-rpc/v1"
STATS = "/stats.nba.com/stats/commonallplayers"


@pytest.mark.parametrize("key", [{}, {"apiKey": "wrong"}])
def test_the_odds_api_refuses_a_missing_or_wrong_key_in_its_own_words(
    client: httpx.Client, key: dict[str, str]
) -> None:
    answer = client.get(SPORTS, params=key)
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "INVALID_KEY"


def test_the_odds_api_counts_markets_times_regions(client: httpx.Client) -> None:
    assert _told(client.get(SPORTS, params=KEY)) == ("500", "0", "0")
    assert _told(client.get(NBA_ODDS, params=NBA_WANTED)) == ("497", "3", "3")
    assert _told(client.get(NBA_ODDS, params=NBA_WANTED | {"regions": "us,uk", "markets": "h2h"})) == ("495", "5", "2")
    books = {"bookmakers": "draftkings,fanduel", "markets": "h2h,totals"}
    assert _told(client.get(NBA_ODDS, params=KEY | books)) == ("493", "7", "2")
    scores = f"{ODDS}/basketball_nba/scores"
    assert _told(client.get(scores, params=KEY)) == ("492", "8", "1")
    assert _told(client.get(scores, params=KEY | {"daysFrom": "1"})) == ("490", "10", "2")
    historical = "/api.the-odds-api.com/v4/historical/sports/basketball_nba/odds"
    asked = KEY | {"regions": "us", "markets": "h2h", "date": "2026-11-19T23:00:00Z"}
    assert _told(client.get(historical, params=asked)) == ("480", "20", "10")


def _told(answer: httpx.Response) -> tuple[str, str, str]:
    assert answer.status_code == 200, answer.text
    names = ("x-requests-remaining", "x-requests-used", "x-requests-last")
    return tuple(answer.headers[name] for name in names)  # type: ignore[return-value]


def test_the_odds_api_refuses_what_cannot_be_afforded_until_the_month_is_over(client: httpx.Client) -> None:
    asked = KEY | {"regions": "us,uk,eu,au", "markets": "h2h", "date": "2026-11-19T12:00:00Z"}
    historical = "/api.the-odds-api.com/v4/historical/sports/basketball_nba/odds"
    statuses = [client.get(historical, params=asked).status_code for _ in range(13)]
    assert statuses == [200] * 12 + [401]
    refused = client.get(historical, params=asked)
    assert refused.json()["error_code"] == "OUT_OF_USAGE_CREDITS"
    assert refused.headers["x-requests-remaining"] == "20"
    client.post("/_control/clock", json={"at": "2026-12-01T00:00:00Z"})
    assert client.get(historical, params=asked).status_code == 200


def test_api_football_says_with_200_that_the_day_is_used_up(client: httpx.Client) -> None:
    header = {"x-apisports-key": "sandbox-key"}
    answers = [client.get(f"{API_FOOTBALL}/fixtures", headers=header) for _ in range(101)]
    assert [answer.status_code for answer in answers] == [200] * 101
    assert answers[0].headers["x-ratelimit-requests-remaining"] == "99"
    assert answers[99].json()["errors"] == []
    assert "request limit for the day" in answers[100].json()["errors"]["requests"]
    account = client.get(f"{API_FOOTBALL}/status", headers=header)
    assert account.json()["response"]["subscription"]["active"] is True


def test_api_football_says_with_200_that_a_key_is_wrong_and_rapidapi_with_401(client: httpx.Client) -> None:
    answer = client.get(f"{API_FOOTBALL}/fixtures", headers={"x-apisports-key": "wrong"})
    assert (answer.status_code, list(answer.json()["errors"])) == (200, ["token"])
    assert client.get(f"{RAPID}/fixtures").status_code == 401
    answer = client.get(f"{RAPID}/fixtures", headers={"x-rapidapi-key": "sandbox-key"})
    assert (answer.status_code, answer.headers["x-ratelimit-requests-remaining"]) == (200, "499")


def test_football_data_org_allows_ten_a_minute(client: httpx.Client) -> None:
    header = {"x-auth-token": "sandbox-key"}
    statuses = [client.get(FOOTBALL_DATA_ORG, headers=header).status_code for _ in range(21)]
    assert set(statuses) == {200, 429}
    assert statuses[:10] == [200] * 10
    assert client.get(FOOTBALL_DATA_ORG).json() == {"message": "Your API token is invalid.", "errorCode": 400}


def test_balldontlie_takes_the_whole_header_for_the_key(client: httpx.Client) -> None:
    assert client.get(BALLDONTLIE, headers={"authorization": "Bearer sandbox-key"}).status_code == 401
    assert len(client.get(BALLDONTLIE, headers={"authorization": "sandbox-key"}).json()["data"]) == 30


def test_betfair_says_with_200_that_a_session_is_missing(client: httpx.Client) -> None:
    call = {"jsonrpc": "2.0", "method": "SportsAPING/v1.0/listMarketCatalogue", "params": {"filter": {}}, "id": 1}
    answer = client.post(BETFAIR, json=call)
    assert answer.status_code == 200
    assert answer.json()["error"]["data"]["APINGException"]["errorCode"] == "INVALID_SESSION_INFORMATION"


def test_stats_nba_com_never_answers_who_does_not_look_like_a_browser(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.get(STATS, timeout=0.4)
    browser = {"referer": "https://www.nba.com/", "user-agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    assert client.get(STATS, headers=browser).status_code == 200


def test_a_document_that_is_known_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get(SEASON_FILE)
    same = client.get(SEASON_FILE, headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    since = client.get(SEASON_FILE, headers={"if-modified-since": first.headers["last-modified"]})
    assert since.status_code == 304
    other = client.get(SEASON_FILE, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_answers_are_compressed_for_those_who_accept_it(client: httpx.Client) -> None:
    assert client.get(SEASON_FILE).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get(SEASON_FILE, headers={"accept-encoding": "identity"}).headers
