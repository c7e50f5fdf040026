"""Every fault fires, over HTTP, where and as long as it is told to."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from sandbox.server.faults import FAULTS, rule_from_json, rule_from_text
from tests.unit.sandbox.server.conftest import KEY, NBA_ODDS, NBA_WANTED, SEASON_FILE, SPORTS, set_faults

GAMES = "/api.balldontlie.io/v1/games"
BALLDONTLIE_KEY = {"authorization": "sandbox-key"}
TONIGHT = {"start_date": "2026-11-16", "end_date": "2026-11-19", "per_page": "100"}


def nba_odds(client: httpx.Client) -> httpx.Response:
    return client.get(NBA_ODDS, params=NBA_WANTED)


def games(client: httpx.Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(GAMES, params=TONIGHT, headers=BALLDONTLIE_KEY).json()["data"]
    return found


def prices(client: httpx.Client) -> list[float]:
    events = nba_odds(client).json()
    markets = [market for event in events for book in event["bookmakers"] for market in book["markets"]]
    return [outcome["price"] for market in markets for outcome in market["outcomes"]]


@pytest.mark.parametrize("status", ["401", "403", "429", "500"])
def test_a_refusal_comes_with_its_status_and_the_vendors_body(client: httpx.Client, status: str) -> None:
    set_faults(client, f"the_odds_api={status}")
    answer = client.get(SPORTS, params=KEY)
    assert answer.status_code == int(status)
    assert "message" in answer.json()
    assert client.get(SEASON_FILE).status_code == 200


def test_too_many_requests_says_when_to_come_back(client: httpx.Client) -> None:
    set_faults(client, "the_odds_api=429:17")
    answer = client.get(SPORTS, params=KEY)
    assert answer.headers["retry-after"] == "17"
    assert answer.json()["error_code"] == "EXCEEDED_FREQ_LIMIT"


def test_an_error_can_come_with_status_200(client: httpx.Client) -> None:
    set_faults(client, "api_football=error_body")
    answer = client.get("/v3.football.api-sports.io/fixtures", headers={"x-apisports-key": "sandbox-key"})
    assert answer.status_code == 200
    assert answer.json()["errors"] == {"requests": "You have reached the request limit for the day"}


def test_a_hanging_answer_does_not_come(client: httpx.Client) -> None:
    set_faults(client, "the_odds_api=timeout:30")
    with pytest.raises(httpx.ReadTimeout):
        client.get(SPORTS, params=KEY, timeout=0.3)


def test_a_trickle_is_slow_and_whole(client: httpx.Client) -> None:
    whole = client.get(SPORTS, params=KEY).content
    set_faults(client, "the_odds_api=trickle:0.02")
    began = time.perf_counter()
    assert client.get(SPORTS, params=KEY).content == whole
    assert time.perf_counter() - began > 0.3


def test_truncated_json_is_a_beginning_that_cannot_be_read(client: httpx.Client) -> None:
    whole = client.get(SPORTS, params=KEY).text
    set_faults(client, "the_odds_api=truncated_json")
    answer = client.get(SPORTS, params=KEY)
    assert answer.status_code == 200
    assert whole.startswith(answer.text)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_html_comes_for_json(client: httpx.Client) -> None:
    set_faults(client, "the_odds_api=html_for_json")
    answer = client.get(SPORTS, params=KEY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_huge_payload_is_huge_and_a_bomb_is_small_on_the_wire(client: httpx.Client) -> None:
    set_faults(client, "the_odds_api=huge_payload:3")
    assert len(client.get(SPORTS, params=KEY, headers={"accept-encoding": "identity"}).content) > 3 << 20
    set_faults(client, "the_odds_api=gzip_bomb:8")
    with client.stream("GET", SPORTS, params=KEY) as answer:
        wire = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert len(wire) < 100_000
    assert len(client.get(SPORTS, params=KEY).content) > 8 << 20


def test_a_field_is_renamed(client: httpx.Client) -> None:
    assert all("commence_time" in event for event in nba_odds(client).json())
    set_faults(client, "the_odds_api=renamed_field")
    events = nba_odds(client).json()
    assert events
    assert not any("commence_time" in event for event in events)
    set_faults(client, "football_data=renamed_field")
    assert ",Home Team," in client.get(SEASON_FILE).text.split("\n")[0]


def test_columns_are_shifted_under_their_names(client: httpx.Client) -> None:
    plain = [line.split(",") for line in client.get(SEASON_FILE).text.split("\r\n")[:3]]
    set_faults(client, "football_data=shifted_columns")
    shifted = [line.split(",") for line in client.get(SEASON_FILE).text.split("\r\n")[:3]]
    assert shifted[0] == plain[0]
    assert shifted[1][2:] == plain[1][1:-1]
    assert len(shifted[1]) == len(plain[1])


def test_rows_come_twice_or_late(client: httpx.Client) -> None:
    whole = games(client)
    assert len(whole) > 10
    set_faults(client, "balldontlie=duplicate_rows")
    doubled = games(client)
    assert len(doubled) == len(whole) + -(-len(whole) // 3)
    assert {row["id"] for row in doubled} == {row["id"] for row in whole}
    set_faults(client, "balldontlie=late_rows")
    assert len(games(client)) == len(whole) - -(-len(whole) // 3)
    set_faults(client)
    assert games(client) == whole


def test_prices_are_stale_or_zero(client: httpx.Client) -> None:
    client.post("/_control/clock", json={"at": "2026-11-20T23:30:00Z"})
    fresh = nba_odds(client).json()
    assert 0 not in prices(client)
    set_faults(client, "the_odds_api=zero_price")
    assert 0.3 < prices(client).count(0) / len(prices(client)) < 0.4
    set_faults(client, "the_odds_api=stale_prices:6")
    stale = nba_odds(client).json()
    newest = max(book["last_update"] for event in stale for book in event["bookmakers"])
    assert newest <= "2026-11-20T17:30:00Z" < max(book["last_update"] for e in fresh for book in e["bookmakers"])


def test_home_and_away_change_places(client: httpx.Client) -> None:
    right = {event["id"]: event["home_team"] for event in nba_odds(client).json()}
    set_faults(client, "the_odds_api=swapped_sides")
    swapped = nba_odds(client).json()
    wrong = [event for event in swapped if right[event["id"]] != event["home_team"]]
    assert 0 < len(wrong) < len(swapped)
    assert all(right[event["id"]] == event["away_team"] for event in wrong)


def test_the_vendors_clock_is_ahead(client: httpx.Client) -> None:
    set_faults(client, "the_odds_api=clock_skew:7200")
    answer = nba_odds(client)
    assert answer.headers["date"] == "Fri, 20 Nov 2026 19:00:00 GMT"
    assert min(book["last_update"] for event in answer.json() for book in event["bookmakers"]) > "2026-11-20T17:00:00Z"


def test_a_rule_ends_with_its_window_its_time_or_its_number(client: httpx.Client) -> None:
    later = {"vendor": "the_odds_api", "fault": "500", "from_utc": "2026-11-20T18:00:00Z",
             "until_utc": "2026-11-20T19:00:00Z"}  # fmt: skip
    set_faults(client, later, {"vendor": "football_data", "fault": "500", "requests": 2})
    for clock, status in (("17:59", 200), ("18:00", 500), ("19:00", 200)):
        client.post("/_control/clock", json={"at": f"2026-11-20T{clock}:00Z"})
        assert client.get(SPORTS, params=KEY).status_code == status
    assert [client.get(SEASON_FILE).status_code for _ in range(3)] == [500, 500, 200]
    set_faults(client, {"vendor": "*", "fault": "500", "seconds": 0.15})
    assert client.get(SEASON_FILE).status_code == 500
    time.sleep(0.2)
    assert client.get(SEASON_FILE).status_code == 200


def test_a_rule_is_the_same_told_and_read() -> None:
    rule = rule_from_text("the_odds_api/odds=timeout:5")
    assert (rule.vendor, rule.endpoint, rule.fault, rule.argument) == ("the_odds_api", "odds", "timeout", 5.0)
    assert rule_from_json(rule.told()) == rule
    with pytest.raises(ValueError, match="cannot have"):
        rule_from_json({"vendor": "espn", "fault": "500", "oops": 1})


def test_every_fault_says_what_it_is(client: httpx.Client) -> None:
    assert len(FAULTS) >= 18
    assert all(len(fault.summary()) > 20 for fault in FAULTS.values())
    assert client.get("/_control/state").json()["known_faults"]["429"].startswith("Too many requests")
