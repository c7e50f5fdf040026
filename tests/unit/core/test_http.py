"""The one door to the network, against a server that runs on this machine and answers with INVENTED bytes."""

from __future__ import annotations

import gzip
import logging
import socket
import time
import traceback
import zlib
from collections.abc import Iterator

import pytest

from core import http
from core.errors import VendorRefused, VendorUnavailable
from core.http import AnswerUnreadable, Ask, Limits
from tests.unit.sources.transport.loopback import Vendor, answers, cuts, running, trickles

URL = "https://vendor.test/E0.csv"
SECRET = "planted-4711"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running() as server:
        yield server


def target(vendor: Vendor) -> str:
    return f"{vendor.base}/E0.csv?apiKey={SECRET}"


def ask(vendor: Vendor, **other: object) -> http.Answer:
    return http.send(Ask(URL, target(vendor), reaches_private=True, **other))  # type: ignore[arg-type]


def test_an_answer_comes_with_its_status_headers_and_bytes(vendor: Vendor) -> None:
    vendor.plays = [answers(200, b"Div,Date\n", Content_Type="text/csv", ETag='"a1"')]
    answer = ask(vendor, headers={"user-agent": "ours"})
    assert (answer.status, answer.content_type, answer.body) == (200, "text/csv", b"Div,Date\n")
    assert answer.headers["etag"] == '"a1"'
    assert (vendor.heard[0]["user-agent"], vendor.heard[0]["accept-encoding"]) == ("ours", "gzip")


@pytest.mark.parametrize("status", [304, 302, 401, 404, 429, 500])
def test_an_answer_of_any_status_is_an_answer_and_asked_for_once(vendor: Vendor, status: int) -> None:
    vendor.plays = [answers(status, b"", Location="/elsewhere")]
    assert ask(vendor).status == status
    assert len(vendor.paths) == 1


def test_the_body_of_an_error_is_cut_off_and_not_refused(vendor: Vendor) -> None:
    vendor.plays = [answers(500, b"x" * (http.MAX_ERROR_BYTES + 1))]
    assert len(ask(vendor).body) == http.MAX_ERROR_BYTES


def test_a_connection_is_kept_for_the_next_question(vendor: Vendor) -> None:
    ask(vendor)
    ask(vendor)
    assert (len(vendor.paths), len(vendor.connections)) == (2, 1)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"Div,Date\n", mtime=0)),
        ("gzip", gzip.compress(b"Div,", mtime=0) + gzip.compress(b"Date\n", mtime=0)),
        ("deflate", zlib.compress(b"Div,Date\n")),
        ("identity", b"Div,Date\n"),
    ],
)
def test_a_packed_body_is_unpacked(vendor: Vendor, encoding: str, packed: bytes) -> None:
    vendor.plays = [answers(200, packed, Content_Encoding=encoding)]
    assert ask(vendor).body == b"Div,Date\n"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", b"no gzip"), ("gzip", gzip.compress(b"Div,Date\n" * 99, mtime=0)[:-9]), ("br", b"\x0b\x04\x80")],
)
def test_a_body_that_cannot_be_unpacked_is_told_with_its_status(vendor: Vendor, encoding: str, packed: bytes) -> None:
    vendor.plays = [answers(200, packed, Content_Encoding=encoding)]
    with pytest.raises(AnswerUnreadable, match="cannot be unpacked") as raised:
        ask(vendor)
    assert (raised.value.answer.status, raised.value.retryable) == (200, True)


def test_a_body_of_exactly_the_cap_is_taken_and_one_byte_more_is_not(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1 << 20)
    vendor.plays = [answers(200, b"x" * (1 << 20))]
    assert len(ask(vendor).body) == 1 << 20
    vendor.plays = [answers(200, b"x" * ((1 << 20) + 1))]
    with pytest.raises(AnswerUnreadable, match="more than 1 MiB") as raised:
        ask(vendor)
    assert not raised.value.retryable


def test_a_bomb_is_stopped_at_the_cap_and_takes_no_memory_beyond_it(vendor: Vendor) -> None:
    import tracemalloc

    vendor.plays = [answers(200, gzip.compress(bytes(256 << 20), 9), Content_Encoding="gzip")]
    tracemalloc.start()
    with pytest.raises(AnswerUnreadable, match="more than 32 MiB"):
        ask(vendor)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * http.MAX_BODY_BYTES


@pytest.mark.parametrize(
    "beginning", [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "]
)
def test_a_slow_trickle_ends_in_its_body_and_in_its_headers(vendor: Vendor, beginning: bytes) -> None:
    vendor.plays = [trickles(beginning)]
    began = time.monotonic()
    with pytest.raises(VendorUnavailable, match="ReadTimeout"):
        ask(vendor, limits=Limits(1, 1, 0.3))
    assert time.monotonic() - began < 2


def test_a_vendor_that_is_not_there_is_unavailable(vendor: Vendor) -> None:
    vendor.shutdown()
    vendor.server_close()
    with pytest.raises(VendorUnavailable, match="did not answer") as raised:
        ask(vendor)
    assert raised.value.status is None


def test_a_body_that_ends_too_soon_is_no_answer(vendor: Vendor) -> None:
    vendor.plays = [cuts(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nDiv,")]
    with pytest.raises(VendorUnavailable, match="RemoteProtocolError"):
        ask(vendor)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.5", "64:ff9b::a00:5", "224.0.0.1"],
)
def test_a_name_that_stands_for_an_inner_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 443)), (socket.AF_INET6, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(VendorRefused, match="vendor.test stands for an address inside"):
        http.send(Ask(URL))


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up, connected = [], []

    def look_up(host: str, *args: object, **kwargs: object) -> list[object]:
        looked_up.append(host)
        return [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 443))]

    def connect(address: tuple[str, int], *args: object, **kwargs: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(VendorUnavailable, match="ConnectError"):
        http.send(Ask(URL))
    assert (looked_up, connected) == (["vendor.test"], [("93.184.216.34", 443)])


def test_only_a_server_of_ours_is_asked_without_tls(vendor: Vendor) -> None:
    with pytest.raises(VendorRefused, match="no https address"):
        http.send(Ask(URL, target(vendor)))
    assert vendor.paths == []


@pytest.mark.parametrize("secret", [SECRET, f"{SECRET}\nX: y", f"{SECRET}…"])
def test_no_error_and_no_log_holds_a_secret(vendor: Vendor, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.plays = [cuts()]
    question = Ask(URL, f"{target(vendor)}&key={secret}", {"X-Auth": secret}, reaches_private=True)
    with pytest.raises((VendorUnavailable, VendorRefused)) as raised:
        http.send(question)
    said = "".join(traceback.format_exception(raised.value)) + repr(question) + caplog.text
    assert SECRET not in said


def test_a_webhook_gets_its_body_once_and_says_its_status(vendor: Vendor) -> None:
    vendor.plays = [answers(503, b"busy")]
    assert http.post(target(vendor), b"{}", {"X-Signature": "s"}) == 503
    assert [heard["body"] for heard in vendor.heard] == ["{}"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "no address", "ftp://vendor.test"])
def test_a_webhook_that_is_not_there_is_an_os_error(url: str) -> None:
    with pytest.raises(OSError, match=r"\w"):
        http.post(url, b"{}", {})
