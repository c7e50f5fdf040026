"""The server starts and stops at once, listens on loopback only, and is steered by its control plane."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from sandbox.server.serve import serving
from tests.unit.sandbox.server.conftest import KEY, NBA_ODDS, NBA_WANTED, SPORTS, set_faults


def test_it_starts_and_stops_within_a_second(base_url: str) -> None:
    began = time.perf_counter()
    with serving(speed=60.0, faults=["espn=500"]) as url:
        started = time.perf_counter()
        state = httpx.get(f"{url}/_control/state").json()
        leaving = time.perf_counter()
    stopped = time.perf_counter()
    assert url.startswith("http://127.0.0.1:")
    assert state["speed"] == 60.0
    assert state["faults"] == [{"vendor": "espn", "fault": "500"}]
    assert started - began < 1.0
    assert stopped - leaving < 1.5


def test_stopping_lets_go_of_a_request_that_hangs() -> None:
    with serving(faults=["espn=timeout:60"]) as url:
        address = f"{url}/site.api.espn.com/apis/site/v2/sports/basketball/nba/news"
        hanging = threading.Thread(target=lambda: _quietly(address))
        hanging.start()
        time.sleep(0.3)
        began = time.perf_counter()
    hanging.join(5.0)
    assert not hanging.is_alive()
    assert time.perf_counter() - began < 3.0


def _quietly(address: str) -> None:
    try:
        httpx.get(address, timeout=20.0)
    except httpx.HTTPError:
        return


def test_a_wrong_rule_is_refused_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="there is no fault 'earthquake'"), serving(faults=["espn=earthquake"]):
        pass
    with pytest.raises(ValueError, match="no vendor is called nobody"), serving(faults=["nobody=500"]):
        pass


def test_an_unknown_host_is_told_apart_from_an_unknown_path(client: httpx.Client) -> None:
    assert "plays no vendor at example.com" in client.get("/example.com/v1").json()["error"]
    assert client.get("/api.the-odds-api.com/v5/nothing", params=KEY).json() == {"message": "Not found"}


def test_the_clock_is_set_and_every_answer_carries_it(client: httpx.Client) -> None:
    client.post("/_control/clock", json={"at": "2026-12-01T10:30:00Z"})
    assert client.get("/_control/health").json()["now"] == "2026-12-01T10:30:00+00:00"
    assert client.get(SPORTS, params=KEY).headers["date"] == "Tue, 01 Dec 2026 10:30:00 GMT"
    assert client.post("/_control/clock", json={"at": "2026-12-01T10:30:00"}).status_code == 400


def test_the_log_tells_what_was_asked_and_no_key(client: httpx.Client) -> None:
    set_faults(client, "the_odds_api/odds=500")
    client.get(SPORTS, params=KEY)
    client.get(NBA_ODDS, params=NBA_WANTED)
    log = client.get("/_control/log", params={"vendor": "the_odds_api"})
    assert log.json()["counts"] == {"the_odds_api": 2}
    first, second = log.json()["requests"]
    assert (first["endpoint"], first["status"], first["faults"]) == ("sports", 200, [])
    assert (second["endpoint"], second["status"], second["faults"]) == ("odds", 500, ["500"])
    assert "sandbox-key" not in log.text


def test_a_reset_forgets_requests_credits_and_faults(client: httpx.Client) -> None:
    set_faults(client, "espn=500")
    client.get(NBA_ODDS, params=NBA_WANTED)
    client.post("/_control/reset", json={})
    state = client.get("/_control/state").json()
    assert (state["faults"], state["quotas"], state["requests"]) == ([], {}, {})
