"""The one door to the network, against a vendor that runs on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stamina

from core import http
from core.errors import PayloadMalformed, VendorRefused, VendorUnavailable


class Vendor(ThreadingHTTPServer):
    """Answers each request with the next of its answers (status, body), the last one over and over."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = [(200, b"Div,Date\n")]
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/E0.csv"


class _Handler(BaseHTTPRequestHandler):
    server: Vendor

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        status, body = self.server.answers[min(len(self.server.asked), len(self.server.answers)) - 1]
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def no_waiting_between_tries() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


def test_a_file_comes_as_bytes_with_its_type(vendor: Vendor) -> None:
    answer = http.get(vendor.url)
    assert (answer.status, answer.content_type, answer.body) == (200, "text/csv", b"Div,Date\n")


@pytest.mark.parametrize("status", [500, 503, 408, 429])
def test_a_vendor_that_stumbles_once_is_asked_again(vendor: Vendor, status: int) -> None:
    vendor.answers = [(status, b""), (200, b"Div\n")]
    assert http.get(vendor.url).body == b"Div\n"
    assert len(vendor.asked) == 2


def test_a_vendor_that_stays_down_is_given_up_after_three_tries(vendor: Vendor) -> None:
    vendor.answers = [(503, b"")]
    with pytest.raises(VendorUnavailable, match="answered 503"):
        http.get(vendor.url)
    assert len(vendor.asked) == 3


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_a_refusal_is_final_and_asked_once_only(vendor: Vendor, status: int) -> None:
    vendor.answers = [(status, b"<html>")]
    with pytest.raises(VendorRefused, match=f"answered {status}"):
        http.get(vendor.url)
    assert len(vendor.asked) == 1


def test_a_vendor_that_is_not_there_is_unavailable(vendor: Vendor) -> None:
    url = vendor.url
    vendor.shutdown()
    vendor.server_close()
    with pytest.raises(VendorUnavailable, match="did not answer"):
        http.get(url)


def test_a_body_above_the_cap_is_cut_off_and_refused(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1 << 20)
    vendor.answers = [(200, b"x" * ((1 << 20) + 1))]
    with pytest.raises(PayloadMalformed, match="more than 1 MiB"):
        http.get(vendor.url)
