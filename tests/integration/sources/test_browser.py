"""Pages seen through a real Chromium, from a server on this machine that plays invented sites behind a gateway."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

import polars as pl
import pytest
from pydantic import SecretStr

from core.http import Answer
from sandbox.server.serve import serving
from sources.base import Capture, Request
from sources.injury_page.reading import read as injuries
from sources.injury_page.source import InjuryPage
from sources.odds_page.reading import read as odds
from sources.odds_page.source import OddsPage
from sources.terms import Terms
from sources.transport.browser import NO_BROWSER, PROXIES, REASON, BrowserTransport
from sources.transport.gateway import Gateway
from sources.transport.proxies import ProxyPool
from sources.transport.state import State

HOST = "odds.press.example"
SCRIPTED = """<!doctype html><title>Odds</title><p id="a">soon</p><img src="/logo.png">
<script src="/late.js"></script><script src="https://other.example/spy.js"></script>"""
PAGES = {
    f"/{HOST}/robots.txt": "User-agent: *\nDisallow: /private\n",
    f"/{HOST}/page": SCRIPTED,
    f"/{HOST}/late.js": "fetch('/data').then(r => r.text()).then(t => {document.getElementById('a').textContent = t})",
    f"/{HOST}/data": "2.10",
    f"/{HOST}/drifted": "<!doctype html><p>New look</p>",
    f"/{HOST}/away": "<!doctype html><p>here</p><script>location = 'https://other.example/'</script>",
    "/shut.press.example/page": SCRIPTED,
}
TERMS = Terms(
    "press",
    hosts=(HOST, "shut.press.example"),
    lives={"page": timedelta(minutes=5)},
    timeout_seconds=5.0,
    is_markup=True,
    verdict=lambda endpoint, body: "malformed" if b"New look" in body else None,
)


class Site:
    """The server's base, and the paths that it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status = 500 if self.path == "/shut.press.example/robots.txt" else 200 if self.path in PAGES else 404
                body = PAGES.get(self.path, "nothing here").encode()
                kind = (
                    "text/html" if body.startswith(b"<") else "text/javascript" if ".js" in self.path else "text/plain"
                )
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is written."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def kept() -> dict[str, bytes]:
    """Pictures by name."""
    return {}


@pytest.fixture
def transport(site: Site, kept: dict[str, bytes], tmp_path: Path) -> BrowserTransport:
    keep = lambda picture, name: kept.__setitem__(name, picture)  # noqa: E731
    return BrowserTransport({"press": TERMS}, State(tmp_path / "state.sqlite"), keep, Gateway(site.base))


needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on PATH")


def seen(transport: BrowserTransport, *paths: str, host: str = HOST) -> list[Capture]:
    return list(transport.fetch([Request("press", "page", f"https://{host}{path}") for path in paths]))


@pytest.mark.slow
@needs_chromium
def test_a_page_is_captured_as_its_scripts_left_it(transport: BrowserTransport, site: Site) -> None:
    (capture,) = seen(transport, "/page")
    assert (capture.outcome, capture.status, capture.request.url) == ("ok", 200, f"https://{HOST}/page")
    assert b'<p id="a">2.10</p>' in capture.body
    assert site.asked == [f"/{HOST}{path}" for path in ("/robots.txt", "/page", "/late.js", "/data")], (
        "no image, no spy"
    )


@pytest.mark.slow
@needs_chromium
def test_a_page_that_no_longer_parses_leaves_its_html_and_a_picture(
    transport: BrowserTransport, kept: dict[str, bytes]
) -> None:
    (capture,) = seen(transport, "/drifted")
    assert capture.outcome == "malformed"
    assert b"New look" in capture.body
    (name,) = kept
    assert name == f"{hashlib.sha256(capture.body).hexdigest()}.png"
    assert kept[name].startswith(b"\x89PNG")


@pytest.mark.slow
@needs_chromium
def test_what_robots_may_not_see_is_not_asked_for(transport: BrowserTransport, site: Site) -> None:
    private, public = seen(transport, "/private/odds", "/drifted")
    assert (private.outcome, private.status, private.headers[REASON]) == ("http_error", None, "robots.txt")
    assert public.status == 200
    assert site.asked == [f"/{HOST}/robots.txt", f"/{HOST}/drifted"]


@pytest.mark.slow
@needs_chromium
def test_a_site_whose_rules_cannot_be_read_is_left_alone(transport: BrowserTransport, site: Site) -> None:
    (capture,) = seen(transport, "/page", host="shut.press.example")
    assert capture.outcome == "http_error"
    assert site.asked == ["/shut.press.example/robots.txt"]


@pytest.mark.slow
@needs_chromium
def test_a_missing_page_a_foreign_host_and_a_page_that_leaves_are_told_apart(
    transport: BrowserTransport, site: Site
) -> None:
    missing, away = seen(transport, "/missing", "/away")
    assert (missing.outcome, missing.status, missing.body) == ("http_error", 404, b"nothing here")
    assert (away.outcome, away.status) == ("ok", 200)
    assert not any("other.example" in path for path in site.asked)


@pytest.mark.slow
@needs_chromium
def test_a_proxy_that_fails_rests_and_then_the_next_one_is_taken(
    transport: BrowserTransport, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.transport.browser.follow", lambda errand: Answer(404, {}, b""))
    pool = ProxyPool([SecretStr("http://{}:{}@127.0.0.1:1".format("user", "hidden")), SecretStr("http://127.0.0.1:2")])
    captures = seen(replace(transport, gateway=None, proxies=pool), "/page", "/page", "/page")
    assert [capture.outcome for capture in captures] == ["timeout", "timeout", "breaker_open"]
    assert captures[-1].headers[REASON] == PROXIES
    assert "hidden" not in repr((captures, pool.next(1e12)))


@pytest.mark.slow
@needs_chromium
def test_the_sandboxs_pages_say_the_same_in_two_layouts_and_nothing_in_the_third(
    kept: dict[str, bytes], tmp_path: Path
) -> None:
    books = {source.name: source.terms for source in (OddsPage(), InjuryPage("football"))}
    urls = {
        "odds_page": f"https://{books['odds_page'].hosts[0]}",
        "injury_page": f"https://{books['injury_page'].hosts[0]}",
    }
    requests = [Request(name, "page", f"{url}/football/premier-league") for name, url in urls.items()]
    said = []
    with serving() as base:
        keep = lambda picture, name: kept.__setitem__(name, picture)  # noqa: E731
        browser = BrowserTransport(books, State(tmp_path / "state.sqlite"), keep, Gateway(base))
        for layout in (1, 2, 3):
            chosen = json.dumps({"layouts": {"sandbook": layout, "sandpress": layout}}).encode()
            urlopen(UrlRequest(f"{base}/_control/layouts", chosen, method="POST"))
            said.append(list(browser.fetch(requests)))
    for one, two, reader in zip(said[0], said[1], (odds, injuries), strict=True):
        assert (one.outcome, two.outcome) == ("ok", "ok")
        assert one.body != two.body
        assert facts(reader(one.body)).equals(facts(reader(two.body)))
    assert [capture.outcome for capture in said[2]] == ["malformed", "malformed"]
    assert len(kept) == 2


def facts(rows: pl.DataFrame) -> pl.DataFrame:
    """What a page says, without how it says it."""
    told = rows.drop("row_text", "row_number", "updated", strict=False)
    if "status" in told.columns:
        told = told.with_columns(pl.col("status").str.to_lowercase(), pl.col("event_at_utc").dt.truncate("1m"))
    return told.sort(told.columns)


def test_without_a_browser_every_request_says_what_to_do(transport: BrowserTransport) -> None:
    captures = seen(replace(transport, executable="no-such-chromium"), "/page", "/drifted")
    assert [(capture.outcome, capture.headers[REASON]) for capture in captures] == [("http_error", NO_BROWSER)] * 2
