"""One attempt from address to answer: redirects followed by hand, each held to the vendor's own https hosts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from core import http
from core.errors import VendorRefused
from core.http import Answer, Ask, Limits
from sources.transport.gateway import Gateway

MAX_REDIRECTS = 3
_KEEPS_METHOD = (307, 308)


@dataclass(frozen=True)
class Errand:
    """What is asked of one vendor; `url` holds no secret and is all that an error names.

    `hosts`: the only ones that the address or a redirect may name, so that secrets stay with the vendor.
    """

    url: str
    hosts: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    limits: Limits = field(default_factory=Limits)
    gateway: Gateway | None = None


def follow(errand: Errand) -> Answer:
    """The answer, of any status, after at most three redirects.

    Raises VendorRefused for an address or a redirect that may not be followed, and what `core.http.send` raises.
    """
    url, until = errand.url, time.monotonic() + errand.limits.total_seconds
    if not is_allowed(url, errand.hosts):
        raise VendorRefused(f"{url} is none of the vendor's https addresses.", "Check the source's list of hosts.")
    for _ in range(MAX_REDIRECTS + 1):
        answer = http.send(_ask(errand, url, until - time.monotonic()))
        if answer.status not in http.REDIRECTS or "location" not in answer.headers:
            return answer
        url = _next(errand, url, answer)
    said = f"{errand.url} redirects more than {MAX_REDIRECTS} times."
    raise VendorRefused(said, "Check the vendor's address.", answer.status)


def is_allowed(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address is https, of one of these hosts, at the usual port and without a name of a user."""
    try:
        asked = urlsplit(url)
        allowed = asked.scheme == "https" and asked.hostname in hosts and asked.netloc.lower() == asked.hostname
    except ValueError:
        return False
    return allowed and not set(url) & set("\\ \t\r\n")


def _ask(errand: Errand, url: str, seconds: float) -> Ask:
    secret = urlencode(errand.secret_query)
    asked = f"{url}{'&' if urlsplit(url).query else '?'}{secret}" if secret else url
    return Ask(
        url=errand.url,
        target=errand.gateway.address(asked) if errand.gateway else asked,
        headers=errand.headers,
        body=errand.body,
        reaches_private=errand.gateway is not None,
        limits=replace(errand.limits, total_seconds=seconds),
    )


def _next(errand: Errand, url: str, answer: Answer) -> str:
    """The canonical address of the next hop; the target is the vendor's text, so no error names it."""
    location = answer.headers["location"]
    try:
        target = urljoin(url, errand.gateway.canonical(location) if errand.gateway else location)
        parts = urlsplit(target)._replace(fragment="")
        kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in errand.secret_query]
        target = parts._replace(query=urlencode(kept)).geturl() if errand.secret_query else parts.geturl()
    except ValueError:
        target = ""
    may_repeat = errand.body is None or answer.status in _KEEPS_METHOD
    if not (may_repeat and is_allowed(target, errand.hosts)):
        said = f"{errand.url} redirects to where it may not be followed."
        raise VendorRefused(said, "Check the source's list of hosts.", answer.status)
    return target
