"""Bringing an outcome over the wire: conditional requests, pieces, endless bodies, and answers that never come."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from starlette.responses import Response, StreamingResponse

from sandbox.server.desk import Outcome
from sandbox.vendors.writing import http_time

PIECES = 20
MIB = 1024 * 1024
LOOKED_UP_EVERY_SECONDS = 0.05


async def deliver(outcome: Outcome, asked: Mapping[str, str], now: datetime, closing: threading.Event) -> Response:
    """The response to a request with these headers (names in lower case) at the world's `now`."""
    sent, headers = outcome.sent, {**outcome.headers, "date": _http_time(now, outcome)}
    if sent.manner == "hang":
        await _held(outcome.argument("hang"), closing)
        return Response(b"", 504)
    if sent.status == 200 and sent.manner == "plain":
        headers |= _validators(outcome)
        if _unchanged(headers, asked):
            return Response(b"", 304, headers)
    if sent.manner == "plain":
        return Response(sent.body, sent.status, headers, media_type=sent.content_type)
    if sent.manner == "gzip_bomb":
        headers["content-encoding"] = "gzip"
    pieces = _pieces(outcome, closing)
    return StreamingResponse(pieces, sent.status, headers, media_type=sent.content_type)


def _http_time(now: datetime, outcome: Outcome) -> str:
    skew = next((fault.argument for fault in outcome.faults if fault.name == "clock_skew"), 0.0)
    return http_time(now + timedelta(seconds=skew))


def _validators(outcome: Outcome) -> dict[str, str]:
    found = {}
    if "etag" in outcome.vendor.validators:
        digest = hashlib.sha256(outcome.sent.body).hexdigest()[:32]
        found["etag"] = f'"{digest}"'
    if "last_modified" in outcome.vendor.validators and outcome.modified is not None:
        found["last-modified"] = http_time(outcome.modified)
    return found


def _unchanged(headers: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Whether the asker has this very document: by its tag where one is sent, else by its time (RFC 9110)."""
    if "if-none-match" in asked:
        tags = [tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")]
        return headers.get("etag") in tags
    if "if-modified-since" in asked and "last-modified" in headers:
        try:
            since = parsedate_to_datetime(asked["if-modified-since"])
        except ValueError:
            return False
        return parsedate_to_datetime(headers["last-modified"]) <= since
    return False


async def _held(seconds: float, closing: threading.Event) -> None:
    """Wait so long, or until the server stops."""
    until = time.monotonic() + seconds
    while not closing.is_set() and (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(left, LOOKED_UP_EVERY_SECONDS))


async def _pieces(outcome: Outcome, closing: threading.Event) -> AsyncIterator[bytes]:
    manner, body = outcome.sent.manner, outcome.sent.body
    if manner == "trickle":
        size = max(1, -(-len(body) // PIECES))
        for start in range(0, len(body), size):
            await _held(outcome.argument("trickle"), closing)
            yield body[start : start + size]
        return
    packer = zlib.compressobj(9, zlib.DEFLATED, 31) if manner == "gzip_bomb" else None
    yield packer.compress(body) if packer else body
    for _ in range(int(outcome.argument(manner))):
        if closing.is_set():
            return
        yield packer.compress(b" " * MIB) if packer else b" " * MIB
    if packer:
        yield packer.flush()
