"""The only door to the network: polite requests with a time limit, a size limit and retries for what may pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import stamina

from core.errors import PayloadMalformed, VendorRefused, VendorUnavailable

MAX_BODY_BYTES = 32 * 1024 * 1024
_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_HEADERS = {"User-Agent": "fairline/0.1 (open batch research system)"}
_RETRYABLE_STATUS = (408, 429)


@dataclass(frozen=True)
class Response:
    """A successful answer: status 200 with its body."""

    status: int
    content_type: str | None
    body: bytes


@stamina.retry(on=VendorUnavailable, attempts=3, timeout=60.0)
def get(url: str) -> Response:
    """Fetch one address.

    Raises VendorUnavailable (after three tries with backoff and jitter) for 5xx, 408, 429 and network faults,
    VendorRefused for any other status but 200, PayloadMalformed for a body above 32 MiB.
    """
    try:
        client = httpx.Client(timeout=_TIMEOUT, headers=_HEADERS, follow_redirects=False)
        with client, client.stream("GET", url) as answer:
            _check(answer, url)
            return Response(answer.status_code, answer.headers.get("content-type"), _capped(answer, url))
    except httpx.HTTPError as error:
        raise VendorUnavailable(
            f"{url} did not answer ({type(error).__name__}).", "It is tried again later."
        ) from error


def _check(answer: httpx.Response, url: str) -> None:
    if answer.status_code >= 500 or answer.status_code in _RETRYABLE_STATUS:
        raise VendorUnavailable(f"{url} answered {answer.status_code}.", "It is tried again later.", answer.status_code)
    if answer.status_code != 200:
        said = f"{url} answered {answer.status_code}."
        raise VendorRefused(said, "Check the address and the vendor's terms.", answer.status_code)


def _capped(answer: httpx.Response, url: str) -> bytes:
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise PayloadMalformed(f"{url} sent more than {MAX_BODY_BYTES >> 20} MiB.", "Raise the cap if it is real.")
    return bytes(body)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body once and return the status; raises OSError where no answer comes. Trying again is the caller's."""
    try:
        with httpx.Client(timeout=_TIMEOUT, headers=_HEADERS, follow_redirects=False) as client:
            return client.post(url, content=body, headers=dict(headers)).status_code
    except httpx.HTTPError as error:
        raise OSError(f"{type(error).__name__}") from error
