"""One running sandbox for all tests of this folder; each test finds it reset, at SANDBOX_NOW, its clock standing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.server.clock import SANDBOX_NOW
from sandbox.server.serve import serving


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cache: Path = tmp_path_factory.mktemp("sandbox-cache")
    with serving(cache=cache) as url:
        yield url


@pytest.fixture
def client(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, timeout=30.0) as client:
        client.post("/_control/reset", json={})
        client.post("/_control/clock", json={"at": SANDBOX_NOW.isoformat(), "speed": 0})
        yield client
        client.post("/_control/reset", json={})


KEY = {"apiKey": "sandbox-key"}
ODDS = "/api.the-odds-api.com/v4/sports"
SPORTS = f"{ODDS}/"
NBA_ODDS = f"{ODDS}/basketball_nba/odds"
NBA_WANTED = KEY | {"regions": "us", "markets": "h2h,spreads,totals"}
SEASON_FILE = "/www.football-data.co.uk/mmz4281/2324/D1.csv"


def set_faults(client: httpx.Client, *rules: object) -> None:
    """Put rules in force."""
    answer = client.post("/_control/faults", json={"faults": list(rules)})
    assert answer.status_code == 200, answer.text
