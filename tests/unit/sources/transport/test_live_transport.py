"""Over the network: a capture for every attempt whatever the vendor does, and never an exception. Answers INVENTED."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest

from core import http
from core.errors import SettingsInvalid
from sources.base import Capture, Request
from sources.transport.live import LiveTransport
from tests.unit.sources.transport.conftest import Made
from tests.unit.sources.transport.loopback import (
    HOST,
    START,
    Hands,
    Vendor,
    answers,
    cuts,
    request,
    says,
    trickles,
)

GONE = answers(404, b"gone")
BUSY = answers(503, b"busy")


def fetch(transport: LiveTransport, *requests: Request) -> list[Capture]:
    return list(transport.fetch(requests or (request(),)))


def outcomes(captures: list[Capture]) -> list[str]:
    return [capture.outcome for capture in captures]


def test_an_answer_is_captured_as_it_came_under_the_vendors_own_address(vendor: Vendor, live: Made) -> None:
    vendor.plays = [says("[1]", ETag='"a"', X_Requests_Last="3", X_RateLimit_Left="9", Server="nginx")]
    (capture,) = fetch(live())
    assert (capture.outcome, capture.status, capture.body, capture.attempt) == ("ok", 200, b"[1]", 1)
    assert (capture.captured_at_utc, capture.requested_at_utc) == (START, START)
    assert capture.request.url == f"https://{HOST}/v4/odds?regions=uk"
    assert vendor.paths[0].startswith(f"/{HOST}/v4/odds?regions=uk&apiKey=")
    assert capture.headers == {
        "content-type": "application/json", "etag": '"a"', "x-requests-last": "3", "x-ratelimit-left": "9",
    }  # fmt: skip


@pytest.mark.parametrize("status", [500, 502, 503, 408, 429])
def test_what_may_pass_is_tried_three_times_and_each_time_captured(vendor: Vendor, live: Made, status: int) -> None:
    vendor.plays = [answers(status, b"busy")]
    captures = fetch(live())
    assert [(c.outcome, c.status, c.body, c.attempt) for c in captures] == [
        ("http_error", status, b"busy", number) for number in (1, 2, 3)
    ]
    assert len(vendor.paths) == 3


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410])
def test_what_will_not_pass_is_tried_once(vendor: Vendor, live: Made, status: int) -> None:
    vendor.plays = [answers(status)]
    assert outcomes(fetch(live())) == ["http_error"]
    assert len(vendor.paths) == 1


def test_a_vendor_that_recovers_is_captured_as_ok_at_last(vendor: Vendor, live: Made, hands: Hands) -> None:
    vendor.plays = [BUSY, cuts(), says("{}")]
    captures = fetch(live())
    assert [(c.outcome, c.attempt) for c in captures] == [("http_error", 1), ("timeout", 2), ("ok", 3)]
    assert len(hands.slept) == 2
    assert all(0 <= seconds <= 2 for seconds in hands.slept)


def test_a_slow_trickle_is_a_timeout(vendor: Vendor, live: Made) -> None:
    vendor.plays = [trickles(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), says("{}")]
    assert outcomes(fetch(live(timeout_seconds=0.15))) == ["timeout", "ok"]


def test_a_bomb_is_malformed_and_not_asked_for_again(
    vendor: Vendor, live: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1000)
    vendor.plays = [answers(200, gzip.compress(bytes(100_000)), Content_Encoding="gzip")]
    (capture,) = fetch(live())
    assert (capture.outcome, capture.status, capture.body) == ("malformed", 200, b"")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a": [1, ', "application/json"),
        (b"", "application/json; charset=utf-8"),
        (b"<html>maintenance</html>", "application/json"),
        (b"\n <html>maintenance</html>", "text/html"),
        (b"[" * 200_000, "application/json"),
    ],
)
def test_what_is_no_json_where_json_was_asked_for_is_malformed_and_asked_for_again(
    vendor: Vendor, live: Made, body: bytes, kind: str
) -> None:
    vendor.plays = [answers(200, body, Content_Type=kind), says("{}")]
    captures = fetch(live(headers={"Accept": "application/json"}))
    assert outcomes(captures) == ["malformed", "ok"]
    assert captures[0].body == body


def test_html_and_csv_are_good_answers_where_nobody_promised_json(vendor: Vendor, live: Made) -> None:
    vendor.plays = [answers(200, b"<rss/>", Content_Type="text/xml"), answers(200, b"Div\n", Content_Type="text/csv")]
    assert outcomes(fetch(live(), request(), request())) == ["ok", "ok"]


@pytest.mark.parametrize(("said", "asked"), [("http_error", 1), ("malformed", 3), ("quota_refused", 1)])
def test_a_source_may_judge_an_answer_of_status_200(vendor: Vendor, live: Made, said: str, asked: int) -> None:
    vendor.plays = [says('{"errors": ["token"]}')]
    captures = fetch(live(verdict=lambda endpoint, body: said if b"errors" in body else None))
    assert outcomes(captures) == [said] * asked


def test_a_judge_that_stumbles_over_an_answer_makes_it_malformed(vendor: Vendor, live: Made) -> None:
    vendor.plays = [says("[]")]
    captures = fetch(live(verdict=lambda endpoint, body: str([][0])))
    assert outcomes(captures) == ["malformed"] * 3


def test_a_known_answer_is_asked_for_on_condition_and_comes_without_body(vendor: Vendor, live: Made) -> None:
    vendor.plays = [answers(304, ETag='"a"')]
    (capture,) = fetch(live(validators=lambda url: {"etag": '"a"', "last-modified": "Sat, 21 Nov 2026 10:00:00 GMT"}))
    assert (capture.outcome, capture.status, capture.body) == ("not_modified", 304, b"")
    assert vendor.heard[0]["if-none-match"] == '"a"'
    assert vendor.heard[0]["if-modified-since"] == "Sat, 21 Nov 2026 10:00:00 GMT"


def test_a_short_pause_is_waited_for_by_all_requests_of_the_vendor(vendor: Vendor, live: Made, hands: Hands) -> None:
    vendor.plays = [answers(429, Retry_After="30"), says("{}")]
    assert outcomes(fetch(live())) == ["http_error", "ok"]
    assert hands.now() - START == pytest.approx(timedelta(seconds=30), abs=timedelta(milliseconds=1))


@pytest.mark.parametrize("said", ["3600", "Sat, 21 Nov 2026 11:00:00 GMT"])
def test_a_long_pause_is_not_waited_for_and_nobody_is_asked_until_it_is_over(
    vendor: Vendor, live: Made, hands: Hands, said: str
) -> None:
    vendor.plays = [answers(429, Retry_After=said, Date="Sat, 21 Nov 2026 10:00:00 GMT"), says("{}")]
    transport = live()
    assert outcomes(fetch(transport, request(), request())) == ["http_error", "breaker_open"]
    assert hands.slept == []
    hands.sleep(3590)
    assert outcomes(fetch(transport)) == ["ok"]
    assert hands.slept[1:] == [pytest.approx(10)]


def test_after_five_failures_the_rest_is_refused_at_once_and_after_a_minute_one_probe_decides(
    vendor: Vendor, live: Made, hands: Hands
) -> None:
    vendor.plays = [BUSY] * 6 + [says("{}")]
    transport = live()
    captures = fetch(transport, request(), request(), request(), request())
    assert outcomes(captures) == ["http_error"] * 5 + ["breaker_open"] * 2
    assert captures[-1].status is None
    hands.sleep(60)
    assert outcomes(fetch(transport, request(), request())) == ["http_error", "breaker_open"]
    hands.sleep(60)
    assert outcomes(fetch(transport, request(), request())) == ["ok", "ok"]


def test_answers_that_refuse_do_not_open_the_circuit(vendor: Vendor, live: Made) -> None:
    vendor.plays = [GONE]
    assert outcomes(fetch(live(), *[request()] * 8)) == ["http_error"] * 8


def test_requests_keep_their_distance(vendor: Vendor, live: Made, hands: Hands) -> None:
    vendor.plays = [says("{}")]
    fetch(live(spacing_seconds=6.0), *[request()] * 4)
    assert hands.slept == [pytest.approx(6)] * 3


def test_captures_come_one_at_a_time(vendor: Vendor, live: Made) -> None:
    captures = live().fetch([request(), request()])
    assert vendor.paths == []
    next(captures)
    assert len(vendor.paths) == 1


def test_a_body_is_posted_as_json(vendor: Vendor, live: Made) -> None:
    vendor.plays = [says("[]")]
    assert outcomes(fetch(live(), request(body=b'{"a":1}'))) == ["ok"]
    assert (vendor.heard[0]["body"], vendor.heard[0]["content-type"]) == ('{"a":1}', "application/json")


def test_a_source_without_terms_is_our_fault_and_said(live: Made) -> None:
    with pytest.raises(SettingsInvalid, match="nobody has no terms"):
        fetch(live(), Request("nobody", "odds", f"https://{HOST}/"))
