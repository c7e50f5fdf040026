"""Over the network: one capture a request whatever the vendor does, and never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
import respx
import stamina

from core import http
from core.clock import FixedClock
from sources.base import Capture, Request
from sources.transport.live import LiveTransport
from tests.unit.sources.vendor import ROOT

URL = f"{ROOT}/mmz4281/2627/E0.csv"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
BODY = b"Div,Date,HomeTeam,AwayTeam\r\n"


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Three tries as in earnest, without a pause between them."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def vendor() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


def _fetch(*urls: str) -> list[Capture]:
    requests = [Request("football_data", "season_file", url, "E0", "2026-27") for url in urls]
    return list(LiveTransport(FixedClock(NOW)).fetch(requests))


def test_an_answer_is_captured_as_it_came(vendor: respx.MockRouter) -> None:
    vendor.get(URL).respond(200, content=BODY, headers={"content-type": "text/csv"})
    (capture,) = _fetch(URL)
    assert (capture.outcome, capture.status, capture.body, capture.content_type) == ("ok", 200, BODY, "text/csv")
    assert (capture.captured_at_utc, capture.requested_at_utc, capture.request.url) == (NOW, NOW, URL)


@pytest.mark.parametrize("status", [500, 502, 503, 408, 429])
def test_what_may_pass_is_tried_three_times_and_then_captured_once(vendor: respx.MockRouter, status: int) -> None:
    route = vendor.get(URL).respond(status, content=b"busy")
    (capture,) = _fetch(URL)
    assert route.call_count == 3
    assert (capture.outcome == "ok", capture.body) == (False, b"")


@pytest.mark.parametrize("status", [301, 304, 400, 401, 403, 404, 410])
def test_what_will_not_pass_is_tried_once_and_captured_once(vendor: respx.MockRouter, status: int) -> None:
    route = vendor.get(URL).respond(status, headers={"location": f"{ROOT}/elsewhere"})
    (capture,) = _fetch(URL)
    assert route.call_count == 1
    assert (capture.outcome == "ok", capture.body) == (False, b"")


def test_a_vendor_that_recovers_is_captured_as_ok(vendor: respx.MockRouter) -> None:
    route = vendor.get(URL)
    route.side_effect = [httpx.Response(503), httpx.ReadTimeout("slow"), httpx.Response(200, content=BODY)]
    (capture,) = _fetch(URL)
    assert (route.call_count, capture.outcome, capture.body) == (3, "ok", BODY)


@pytest.mark.parametrize(
    "fault",
    [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError],
)
def test_a_network_fault_is_captured_as_no_answer(vendor: respx.MockRouter, fault: type[httpx.TransportError]) -> None:
    route = vendor.get(URL)
    route.side_effect = fault("no answer")
    (capture,) = _fetch(URL)
    assert (route.call_count, capture.outcome, capture.status) == (3, "timeout", None)


def test_a_body_beyond_the_cap_is_cut_off_and_not_kept(
    vendor: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1000)
    route = vendor.get(URL).respond(200, content=b"x" * 1001)
    (capture,) = _fetch(URL)
    assert (route.call_count, capture.outcome == "ok", capture.body) == (1, False, b"")


def test_a_body_of_exactly_the_cap_is_kept(vendor: respx.MockRouter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1000)
    vendor.get(URL).respond(200, content=b"x" * 1000)
    (capture,) = _fetch(URL)
    assert (capture.outcome, len(capture.body)) == ("ok", 1000)


def test_a_body_that_cannot_be_unpacked_is_a_failure_and_no_exception(vendor: respx.MockRouter) -> None:
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"this is no gzip"))
    vendor.get(URL).mock(return_value=answer)
    (capture,) = _fetch(URL)
    assert (capture.outcome == "ok", capture.body) == (False, b"")


@pytest.mark.parametrize(
    ("status", "outcomes"), [(500, {"http_error"}), (404, {"http_error"}), (429, {"http_error", "quota_refused"})]
)
def test_a_refusal_is_recorded_as_what_it_was_with_its_status(
    vendor: respx.MockRouter, status: int, outcomes: set[str]
) -> None:
    vendor.get(URL).respond(status)
    (capture,) = _fetch(URL)
    assert (capture.outcome in outcomes, capture.status) == (True, status)


def test_a_body_beyond_the_cap_is_recorded_as_malformed(
    vendor: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1000)
    vendor.get(URL).respond(200, content=b"x" * 1001)
    (capture,) = _fetch(URL)
    assert capture.outcome == "malformed"


def test_one_failing_address_does_not_stop_the_others(vendor: respx.MockRouter) -> None:
    urls = [f"{ROOT}/mmz4281/2627/{code}.csv" for code in ("E0", "E1", "E2", "E3")]
    for url, answer in zip(urls, (200, 404, 500, 200), strict=True):
        vendor.get(url).respond(answer, content=BODY)
    captures = _fetch(*urls)
    assert [capture.request.url for capture in captures] == urls
    assert [capture.outcome == "ok" for capture in captures] == [True, False, False, True]
