"""The only door to bare sockets: lines over TLS, at an address that was checked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from core.addresses import look_up
from core.errors import VendorRefused, VendorUnavailable
from core.http import LATER, Ask

MAX_LINE_BYTES = 16 * 1024 * 1024
_CLOSE_SECONDS = 1.0


class Lines:
    """An open connection; lines end with CRLF. What is not taken waits with the vendor."""

    def __init__(self, url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._url, self._reader, self._writer = url, reader, writer

    async def send(self, message: str) -> None:
        """Send one line; raises VendorUnavailable where the connection is gone."""
        try:
            self._writer.write(message.encode() + b"\r\n")
            await self._writer.drain()
        except OSError as error:
            raise VendorUnavailable(f"{self._url} hung up ({type(error).__name__}).", LATER) from None

    async def receive(self) -> bytes:
        """The next line; raises VendorUnavailable where the connection is gone, or the line has more than 16 MiB."""
        try:
            return (await self._reader.readuntil(b"\n")).strip()
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise VendorUnavailable(f"{self._url} hung up ({type(error).__name__}).", LATER) from None


@asynccontextmanager
async def lines(ask: Ask) -> AsyncIterator[Lines]:
    """A connection to `ask.target`, such as `tls://host:443`, closed at the end; `tcp://` only to a server of ours.

    Raises VendorUnavailable where the vendor is not there, VendorRefused for an address that may not be reached.
    """
    try:
        async with asyncio.timeout(ask.limits.connect_seconds):
            reader, writer = await _open(ask)
    except OSError as error:
        raise VendorUnavailable(f"{ask.url} did not answer ({type(error).__name__}).", LATER) from None
    try:
        yield Lines(ask.url, reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await writer.wait_closed()


async def _open(ask: Ask) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    asked = urlsplit(ask.target or ask.url)
    secure = asked.scheme == "tls"
    if asked.port is None or not asked.hostname or not (secure or (asked.scheme == "tcp" and ask.reaches_private)):
        raise VendorRefused(f"{ask.url} is no tls address with a port.", "Check the source's addresses.")
    addresses = await asyncio.to_thread(look_up, asked.hostname, asked.port, ask.reaches_private)
    context, name = (ssl.create_default_context(), asked.hostname) if secure else (None, None)
    return await asyncio.open_connection(
        addresses[0], asked.port, ssl=context, server_hostname=name, limit=MAX_LINE_BYTES
    )
