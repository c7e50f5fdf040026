"""The only door to websockets: one connection, held to limits, to an address that was checked.

When to connect again is `sources/live`'s to say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.addresses import look_up, refusal
from core.errors import VendorRefused, VendorUnavailable
from core.http import LATER, Ask

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_WAITING_MESSAGES = 16
_PORTS = {"ws": 80, "wss": 443}


class Channel:
    """An open connection. Messages that are not taken wait with the vendor: nothing is read ahead beyond a few."""

    def __init__(self, url: str, connection: ClientConnection) -> None:
        self._url = url
        self._connection = connection

    async def send(self, message: str) -> None:
        """Send one text; raises VendorUnavailable where the connection is gone."""
        from websockets.exceptions import ConnectionClosed

        try:
            await self._connection.send(message)
        except ConnectionClosed:
            raise VendorUnavailable(f"{self._url} hung up.", LATER) from None

    async def receive(self) -> bytes:
        """The next message; raises VendorUnavailable where the connection is gone."""
        from websockets.exceptions import ConnectionClosed

        try:
            return await self._connection.recv(decode=False)
        except ConnectionClosed:
            raise VendorUnavailable(f"{self._url} hung up.", LATER) from None


@asynccontextmanager
async def channel(ask: Ask) -> AsyncIterator[Channel]:
    """A connection to `ask.target`, closed at the end; redirects are not followed, messages are not packed.

    Raises VendorUnavailable where the vendor is not there, VendorRefused for an address that may not be reached and
    for an answer that refuses.
    """
    connection = await _connected(ask)
    try:
        yield Channel(ask.url, connection)
    finally:
        await connection.close()


async def _connected(ask: Ask) -> ClientConnection:
    from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

    # The fault's own text may hold the address or a header, and with it a secret: only its name is passed on.
    try:
        return await _open(ask)
    except InvalidStatus as error:
        raise refusal(ask.url, error.response.status_code) from None
    except (InvalidURI, ValueError) as error:
        said = f"{ask.url} cannot be reached ({type(error).__name__})."
        raise VendorRefused(said, "Check the address and the key for stray characters.") from None
    except (InvalidHandshake, OSError) as error:
        raise VendorUnavailable(f"{ask.url} did not answer ({type(error).__name__}).", LATER) from None


async def _open(ask: Ask) -> ClientConnection:
    from websockets.asyncio.client import connect

    class Straight(connect):
        """Never follows a redirect: the headers hold secrets."""

        def process_redirect(self, exc: Exception) -> Exception:
            return exc

    logging.getLogger("websockets.client").setLevel(logging.WARNING)  # it writes headers at lower levels
    asked = urlsplit(ask.target or ask.url)
    if asked.scheme not in _PORTS or (asked.scheme == "ws" and not ask.reaches_private):
        raise VendorRefused(f"{ask.url} is no wss address.", "Check the source's addresses.")
    port = asked.port or _PORTS[asked.scheme]
    addresses = await asyncio.to_thread(look_up, asked.hostname or "", port, ask.reaches_private)
    return await Straight(
        ask.target or ask.url, additional_headers=dict(ask.headers), user_agent_header="fairline/0.1", compression=None,
        open_timeout=ask.limits.connect_seconds, close_timeout=1.0, max_size=MAX_MESSAGE_BYTES,
        max_queue=_WAITING_MESSAGES, proxy=None, host=addresses[0], port=port,
    )  # fmt: skip
