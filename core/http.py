"""The only door to the network: one attempt, held to limits of time and size, at an address that was checked.

What is tried again, and when, is `sources/transport`'s to say; what is asked for, a source's.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.addresses import look_up, refusal
from core.errors import PayloadMalformed, VendorRefused, VendorUnavailable

if TYPE_CHECKING:
    import httpx

MAX_BODY_BYTES = 32 * 1024 * 1024
"""Of a good answer, as it travels and as it is unpacked."""

MAX_ERROR_BYTES = 64 * 1024
"""What is kept of the body of an answer that is an error."""

LATER = "It is tried again later."
REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {"User-Agent": "fairline/0.1 (open batch research system)", "Accept": "*/*", "Accept-Encoding": "gzip"}
_task = threading.local()


@dataclass(frozen=True)
class Limits:
    """How long each step and the whole attempt may take."""

    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    total_seconds: float = 40.0


@dataclass(frozen=True)
class Ask:
    """One question. `url` names it wherever it is spoken of; `target`, where it is really sent, may hold a secret.

    `body`: what is posted; None for a GET. `reaches_private`: the target is a server of ours, so that plain http and
    a private network will do.
    """

    url: str
    target: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    reaches_private: bool = False
    limits: Limits = Limits()


@dataclass(frozen=True)
class Answer:
    """What a vendor said, whatever its status; names of headers in lower case.

    `body` is unpacked; of a status other than 200 it is cut off at `MAX_ERROR_BYTES`.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str | None:
        """The answer's type as the vendor names it."""
        return self.headers.get("content-type")


class AnswerUnreadable(PayloadMalformed):
    """A body beyond the caps, or one that cannot be unpacked; `answer` has its status and headers."""

    def __init__(self, what: str, way_out: str, answer: Answer, retryable: bool) -> None:
        self.answer = answer
        self.retryable = retryable
        super().__init__(what, way_out)


def send(ask: Ask) -> Answer:
    """Ask once, following nothing; an answer of any status is returned, also one that redirects.

    Raises VendorUnavailable where no whole answer came in time, VendorRefused for an address that may not be asked,
    and AnswerUnreadable.
    """
    with _answered(ask, ask.limits.total_seconds) as response:
        return _read(response, ask.url)


def stream(ask: Ask) -> Generator[bytes, None, None]:
    """The pieces of an answer that need not end, as they come; silence of `limits.read_seconds` ends it.

    Several threads may ask for them, one after another. Raises VendorUnavailable and VendorRefused.
    """
    with _answered(ask, ask.limits.read_seconds) as response:
        if response.status_code != 200:
            raise refusal(ask.url, response.status_code)
        pieces = response.iter_raw()
        while piece := next(pieces, b""):
            yield piece
            _task.deadline = time.monotonic() + ask.limits.read_seconds


@contextmanager
def _answered(ask: Ask, seconds: float) -> Iterator[httpx.Response]:
    """An answer to this question, every fault in words of ours; `seconds` are what the present thread may wait."""
    import httpx

    # The fault's own text may hold the address or a header, and with it a secret: only its name is passed on.
    try:
        request = _request(ask)
        if request.url.scheme != "https" and not ask.reaches_private:
            raise VendorRefused(f"{ask.url} is no https address.", "Check the source's addresses.")
        with _answer(request, seconds, ask.reaches_private) as response:
            yield response
    except (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol, UnicodeError) as error:
        said = f"{ask.url} cannot be asked ({type(error).__name__})."
        raise VendorRefused(said, "Check the address and the key for stray characters.") from None
    except httpx.HTTPError as error:
        raise VendorUnavailable(f"{ask.url} did not answer ({type(error).__name__}).", LATER) from None


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body once and return the status; raises OSError where no answer comes. Trying again is the caller's.

    The address is the reader's own setting, so it may lie in a private network.
    """
    import httpx

    try:
        with _answer(_request(Ask(url, headers=headers, body=body)), Limits().total_seconds, True) as response:
            return response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise OSError(f"{type(error).__name__}") from None


def _request(ask: Ask) -> httpx.Request:
    import httpx

    merged = httpx.Headers(_HEADERS)
    merged.update(ask.headers)
    waits = {"timeout": httpx.Timeout(ask.limits.read_seconds, connect=ask.limits.connect_seconds).as_dict()}
    method = "GET" if ask.body is None else "POST"
    return httpx.Request(method, ask.target or ask.url, headers=merged, content=ask.body, extensions=waits)


@contextmanager
def _answer(request: httpx.Request, seconds: float, reaches_private: bool) -> Iterator[httpx.Response]:
    _task.deadline = time.monotonic() + seconds
    response = _transport(os.getpid(), reaches_private).handle_request(request)
    try:
        yield response
    finally:
        response.close()


def _read(response: httpx.Response, url: str) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    bare = Answer(response.status_code, headers, b"")
    if response.status_code in REDIRECTS:
        return bare
    try:
        return Answer(bare.status, headers, _body(response, headers.get("content-encoding", ""), bare.status == 200))
    except zlib.error:
        raise AnswerUnreadable(f"{url} sent what cannot be unpacked.", LATER, bare, True) from None
    except OverflowError:
        said = f"{url} sent more than {MAX_BODY_BYTES >> 20} MiB."
        raise AnswerUnreadable(said, "Raise the cap if it is real.", bare, False) from None


def _body(response: httpx.Response, encoding: str, is_good: bool) -> bytes:
    """The unpacked body; raises OverflowError above the cap and zlib.error where it is no whole packed body."""
    unpacker = _Unpacker(encoding) if encoding.lower() not in ("", "identity") else None
    cap = MAX_BODY_BYTES if is_good else MAX_ERROR_BYTES
    body, travelled = bytearray(), 0
    for chunk in response.iter_raw():
        travelled += len(chunk)
        body += unpacker.unpack(chunk, cap + 1 - len(body)) if unpacker else chunk
        if max(travelled, len(body)) > cap:
            if is_good:
                raise OverflowError
            return bytes(body[:cap])
    if unpacker and is_good and not unpacker.is_whole:
        raise zlib.error
    return bytes(body)


class _Unpacker:
    """Unpacks gzip, of one member or many, and deflate, piece by piece and never more than there is room for."""

    def __init__(self, encoding: str) -> None:
        if encoding.lower() not in ("gzip", "x-gzip", "deflate"):
            raise zlib.error
        self._bits = zlib.MAX_WBITS | 32
        self._zip = zlib.decompressobj(self._bits)

    @property
    def is_whole(self) -> bool:
        return self._zip.eof

    def unpack(self, data: bytes, room: int) -> bytes:
        body = bytearray()
        while data and len(body) < room:
            if self._zip.eof:
                self._zip = zlib.decompressobj(self._bits)
            body += self._zip.decompress(data, room - len(body))
            data = self._zip.unconsumed_tail or self._zip.unused_data
        return bytes(body)


@lru_cache(maxsize=4)
def _transport(process_id: int, reaches_private: bool) -> httpx.HTTPTransport:
    """Connections kept alive, one pool a process: sockets must not be shared with a forked child."""
    import httpcore
    import httpx

    for logger in ("httpx", "httpcore"):  # both write addresses or headers at lower levels
        logging.getLogger(logger).setLevel(logging.WARNING)
    tls = httpx.create_ssl_context()
    transport = httpx.HTTPTransport(verify=tls)
    backend: Any = _Backend(reaches_private)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=tls, max_connections=16, max_keepalive_connections=8, keepalive_expiry=30.0, network_backend=backend
    )
    return transport


class _Backend:
    """Connects to an address that was looked up once and checked: no name is resolved a second time."""

    def __init__(self, reaches_private: bool) -> None:
        self._reaches_private = reaches_private

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _Stream:  # fmt: skip
        import httpcore

        for address in _addresses(host, port, self._reaches_private):
            try:
                left = _seconds_left(timeout, httpcore.ConnectTimeout)
                return _Stream(httpcore.SyncBackend().connect_tcp(address, port, left, local_address, socket_options))
            except httpcore.ConnectError:
                continue
        raise httpcore.ConnectError(host)


class _Stream:
    """A connection of which no wait lasts beyond the deadline of the attempt, however slowly bytes come."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        import httpcore

        data: bytes = self._stream.read(max_bytes, _seconds_left(timeout, httpcore.ReadTimeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        import httpcore

        self._stream.write(buffer, _seconds_left(timeout, httpcore.WriteTimeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        import httpcore

        left = _seconds_left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _seconds_left(timeout: float | None, late: type[Exception]) -> float:
    left: float = _task.deadline - time.monotonic()
    if left <= 0:
        raise late
    return left if timeout is None else min(left, timeout)


def _addresses(host: str, port: int, reaches_private: bool) -> list[str]:
    import httpcore

    try:
        return look_up(host, port, reaches_private)
    except OSError:
        raise httpcore.ConnectError(host) from None
