"""A sandbox for the vendors' documents, asked over HTTP with every vendor's key, and the archive of real documents."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.server.clock import SANDBOX_NOW
from sandbox.server.serve import serving
from tests.conftest import ARCHIVE

HEADERS = {
    "x-apisports-key": "sandbox-key",
    "x-rapidapi-key": "sandbox-key",
    "x-auth-token": "sandbox-key",
    "authorization": "sandbox-key",
    "x-application": "sandbox-key",
    "x-authentication": "sandbox-session",
    "referer": "https://www.nba.com/",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64)",
}


class Asker:
    """Asks vendors by host and path, at a moment."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def text(self, address: str, at: str | None = None, **query: str) -> str:
        answer = self.answer(address, at, **query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def json(self, address: str, at: str | None = None, **query: str) -> Any:
        return json.loads(self.text(address, at, **query))

    def answer(self, address: str, at: str | None = None, **query: str) -> httpx.Response:
        self.move(at or SANDBOX_NOW.isoformat())
        key = {"apiKey": "sandbox-key"} if address.startswith("api.the-odds-api.com") else {}
        return self.client.get(f"/{address}", params=key | query)

    def rpc(self, method: str, **params: Any) -> Any:
        call = {"jsonrpc": "2.0", "method": f"SportsAPING/v1.0/{method}", "params": params, "id": 1}
        return self.client.post("/api.betfair.com/exchange/betting/json-rpc/v1", json=call).json()["result"]

    def move(self, at: str) -> None:
        assert self.client.post("/_control/clock", json={"at": at}).status_code == 200


@pytest.fixture(scope="session")
def vendors_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(cache=tmp_path_factory.mktemp("sandbox-cache")) as url:
        yield url


@pytest.fixture
def ask(vendors_url: str) -> Iterator[Asker]:
    with httpx.Client(base_url=vendors_url, headers=HEADERS, timeout=30.0) as client:
        client.post("/_control/reset", json={})
        client.post("/_control/clock", json={"at": SANDBOX_NOW.isoformat()})
        yield Asker(client)


@pytest.fixture(scope="session")
def archive() -> Path:
    """The archive of real documents, in place of the simulated one of the folder above."""
    if not (ARCHIVE / "index.csv").is_file():
        pytest.skip("no archive of real vendor files: set FAIRLINE_ARCHIVE to a directory with index.csv")
    return ARCHIVE


def real(path: Path) -> Any:
    """A real document, gunzipped where it is gzipped."""
    body = path.read_bytes()
    return json.loads(gzip.decompress(body) if path.suffix == ".gz" else body)


def fields(document: Any, path: str = "") -> dict[str, set[str]]:
    """Every path of a JSON document with the types found there; whole and decimal numbers count as one type."""
    found: dict[str, set[str]] = {}
    items: list[tuple[str, Any]] = []
    if isinstance(document, dict):
        items = [(f"{path}.{name}", value) for name, value in document.items()]
    elif isinstance(document, list):
        items = [(f"{path}[]", value) for value in document]
    kind = {int: "number", float: "number"}.get(type(document), type(document).__name__)
    found.setdefault(path, set()).add(kind)
    for name, value in items:
        for inner, kinds in fields(value, name).items():
            found.setdefault(inner, set()).update(kinds)
    return found


def differences(ours: Any, theirs: Any, *, only: str = "") -> list[str]:
    """What is not alike in two documents below a path: missing and unknown fields, other types; null fits any type."""
    mine, real_ones = fields(ours), fields(theirs)
    told = [f"missing {path}" for path in sorted(real_ones.keys() - mine.keys()) if path.startswith(only)]
    told += [f"unknown {path}" for path in sorted(mine.keys() - real_ones.keys()) if path.startswith(only)]
    for path in sorted(mine.keys() & real_ones.keys()):
        here, there = mine[path] - {"NoneType"}, real_ones[path] - {"NoneType"}
        if path.startswith(only) and here and there and not here <= there:
            told.append(f"{path} is {here}, really {there}")
    return told
