"""Redirects are followed by hand: three at most, and never out of the vendor's own https hosts."""

from __future__ import annotations

import pytest

from core.errors import VendorRefused
from sources.transport.hops import Errand, follow, is_allowed
from tests.unit.sources.transport.conftest import Made
from tests.unit.sources.transport.loopback import HOST, Vendor, answers, request, says


@pytest.mark.parametrize("location", ["https://cdn.vendor.test/x?a=1,2", f"//{HOST}/x?a=1,2", "/x?a=1,2", "x?a=1,2"])
def test_a_redirect_within_the_vendors_hosts_is_followed_with_the_key(
    vendor: Vendor, live: Made, location: str
) -> None:
    vendor.plays = [answers(302, Location=location), says("{}")]
    (capture,) = live().fetch([request()])
    assert (capture.outcome, capture.request.url) == ("ok", request().url)
    assert vendor.paths[1].split("?")[0].endswith("/x")
    assert vendor.paths[1].count("apiKey=") == 1


def test_a_redirect_that_names_the_gateway_itself_is_read_as_the_vendors_address(vendor: Vendor, live: Made) -> None:
    vendor.plays = [answers(307, Location=f"{vendor.base}/{HOST}/moved"), says("{}")]
    (capture,) = live().fetch([request()])
    assert (capture.outcome, vendor.paths[1].split("?")[0]) == ("ok", f"/{HOST}/moved")


def test_a_key_that_the_vendor_writes_into_the_redirect_is_sent_once(vendor: Vendor, live: Made) -> None:
    vendor.plays = [answers(302, Location="/x?apiKey=abcdef&b=1"), says("{}")]
    list(live().fetch([request()]))
    assert vendor.paths[1].startswith(f"/{HOST}/x?b=1&apiKey=planted")


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.test/x",
        f"http://{HOST}/x",
        f"https://{HOST}:8443/x",
        f"https://{HOST}@elsewhere.test/x",
        f"https://elsewhere.test\\@{HOST}/x",
        "https://[oops/x",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_anywhere_else_is_refused_with_its_status(vendor: Vendor, live: Made, location: str) -> None:
    vendor.plays = [answers(302, Location=location), says("{}")]
    captures = list(live().fetch([request()]))
    assert [(c.outcome, c.status) for c in captures] == [("http_error", 302)]
    assert len(vendor.paths) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not(vendor: Vendor, live: Made) -> None:
    turn = answers(302, Location="/again")
    vendor.plays = [turn, turn, turn, says("{}"), turn]
    (good,) = live().fetch([request()])
    (endless,) = live().fetch([request()])
    assert (good.outcome, endless.outcome, len(vendor.paths)) == ("ok", "http_error", 8)


@pytest.mark.parametrize(("status", "outcome", "asked"), [(302, "http_error", 1), (307, "ok", 2)])
def test_what_is_posted_is_repeated_only_where_the_vendor_says_so(
    vendor: Vendor, live: Made, status: int, outcome: str, asked: int
) -> None:
    vendor.plays = [answers(status, Location="/x"), says("{}")]
    (capture,) = live().fetch([request(body=b"{}")])
    assert (capture.outcome, len(vendor.paths)) == (outcome, asked)


def test_an_address_of_another_host_is_never_asked(vendor: Vendor, live: Made) -> None:
    with pytest.raises(VendorRefused, match="none of the vendor's https addresses"):
        follow(Errand("https://elsewhere.test/", (HOST,)))
    assert not is_allowed(f"https://user@{HOST}/", (HOST,))
    (capture,) = live(hosts=("cdn.vendor.test",)).fetch([request()])
    assert (capture.outcome, vendor.paths) == ("http_error", [])


def test_without_a_gateway_a_private_address_is_never_reached(live: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    found = [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    (capture,) = live(gateway=None).fetch([request()])
    assert (capture.outcome, capture.status) == ("http_error", None)
