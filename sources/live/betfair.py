"""Betfair's stream: subscription, clocks to go on from, and images with which every batch can be understood alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import polars as pl

from core.errors import SettingsInvalid, VendorRefused, VendorUnavailable
from sources.base import Request
from sources.betfair import plan
from sources.betfair.book import Book
from sources.betfair.reading import STREAM
from sources.known import Known
from sources.live.feed import Taken
from sources.transport.credentials import Signature

HEARTBEAT_SECONDS = 5.0
LADDER_LEVELS = 3
MAX_MARKETS = 200
"""What one subscription may have, unless the vendor grants more."""
_FIELDS = ("EX_BEST_OFFERS", "EX_MARKET_DEF", "EX_TRADED_VOL")
_FLEETING = ("TIMEOUT", "TOO_MANY_REQUESTS", "MAX_CONNECTION_LIMIT_EXCEEDED", "UNEXPECTED_ERROR")
"""Errors after which connecting again may help."""
_NO_CLOCK = "INVALID_CLOCK"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Told:
    """When a market last changed: the vendor's time, and ours."""

    published: object
    received_at: datetime


class BetfairFeed:
    """Best offers of the markets that silver knows, of one sport."""

    def __init__(self, sport: str) -> None:
        url = f"https://stream-api.betfair.com/#marketSubscription?sport={sport}"
        self.request = Request(plan.SOURCE, STREAM, url, sport=sport)
        self._book = Book()
        self._told: dict[str, _Told] = {}
        self._restated: set[str] = set()
        self._clocks: dict[str, str] = {}
        self._wanted: list[str] = []

    def subscription(self, known: Known, signature: Signature, now: datetime) -> tuple[str, ...]:
        """The login, and the markets of coming matches, from the last clocks on where these are the same as before."""
        markets = self._coming(known, now)
        if markets != self._wanted:
            self._wanted = markets
            self._clocks.clear()
        secrets = {"appKey": signature.headers["X-Application"], "session": signature.headers["X-Authentication"]}
        wanted = {
            "op": "marketSubscription", "id": 2, "segmentationEnabled": True, "conflateMs": 0,
            "heartbeatMs": int(HEARTBEAT_SECONDS * 1000), "marketFilter": {"marketIds": markets},
            "marketDataFilter": {"fields": _FIELDS, "ladderLevels": LADDER_LEVELS},
        }  # fmt: skip
        said = ({"op": "authentication", "id": 1} | secrets, wanted | self._clocks)
        return tuple(orjson.dumps(one).decode() for one in said)

    def _coming(self, known: Known, now: datetime) -> list[str]:
        """Markets of matches to come, the earliest first, as many as one subscription may have."""
        mine = known.frames["exchange_markets"].filter(pl.col("source") == plan.SOURCE, pl.col("event_at_utc") > now)
        if mine.is_empty():
            said = f"Silver knows no market of {plan.SOURCE} that is still to come."
            raise SettingsInvalid(said, "Run `fairline run` first: it reads the catalogue of the next days.")
        starts = mine.group_by("market_id").agg(pl.col("event_at_utc").max()).sort("event_at_utc", "market_id")
        if len(starts) > MAX_MARKETS:
            _log.warning("The latest %s of %s markets are not wanted.", len(starts) - MAX_MARKETS, len(starts))
        return starts["market_id"].head(MAX_MARKETS).to_list()

    def resumption(self) -> Mapping[str, str]:
        """The last clock as the id of the last event."""
        return {"Last-Event-ID": self._clocks["clk"]} if "clk" in self._clocks else {}

    def begin_batch(self) -> None:
        """Markets are to be restated before they change again."""
        self._restated.clear()

    def take(self, message: bytes, received_at: datetime) -> Taken:
        """The message as one line, after the images of the markets that it changes and the batch has not told."""
        try:
            said = orjson.loads(message)
        except orjson.JSONDecodeError:
            return Taken((b" ".join(message.split()) or b"{}",))
        if not isinstance(said, dict) or said.get("op") == "connection":
            return Taken((_line(message, received_at),))
        self._heed(said)
        images = tuple(self._images(said))
        prices = len(self._book.apply(said))
        self._book.take_faults()
        self._remember(said, received_at)
        return Taken((*images, _line(message, received_at)), prices)

    def _heed(self, said: Mapping[str, Any]) -> None:
        """Clocks to go on from, and the vendor's word that something is wrong."""
        self._clocks |= {name: said[name] for name in ("initialClk", "clk") if isinstance(said.get(name), str)}
        if said.get("op") != "status" or said.get("statusCode") != "FAILURE":
            return
        error = str(said.get("errorCode"))
        if error == _NO_CLOCK:
            self._clocks.clear()
        kind = VendorUnavailable if error in (_NO_CLOCK, *_FLEETING) else VendorRefused
        raise kind(f"The stream of {plan.SOURCE} was refused: {error}.", "See docs/live.md.")

    def _images(self, said: Mapping[str, Any]) -> Iterator[bytes]:
        """Markets as they stood before this message, each once a batch."""
        for market_id, is_image in _changed(said):
            if is_image:
                self._restated.add(market_id)
            elif market_id in self._told and market_id not in self._restated:
                self._restated.add(market_id)
                told = self._told[market_id]
                image = self._book.image(market_id) | {"pt": told.published}
                yield _line(orjson.dumps(image), told.received_at, is_restated=True)

    def _remember(self, said: Mapping[str, Any], received_at: datetime) -> None:
        told = _Told(said.get("pt"), received_at)
        self._told |= {market_id: told for market_id, _ in _changed(said) if market_id in self._book.markets}


def _changed(said: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Markets that a message tells of, and whether as a whole."""
    changes = said.get("mc")
    found = [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
    return [(change["id"], change.get("img") is True) for change in found if isinstance(change.get("id"), str)]


def _line(message: bytes, received_at: datetime, is_restated: bool = False) -> bytes:
    """One line of a batch; `is_restated`: it says only what an earlier batch had."""
    whole = message if b"\n" not in message and b"\r" not in message else b" ".join(message.split())
    restated = b',"is_restated":true' if is_restated else b""
    return b'{"received_at_utc":"%s"%s,"message":%s}' % (received_at.isoformat().encode(), restated, whole)
