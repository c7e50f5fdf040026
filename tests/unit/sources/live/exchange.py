"""A lake that knows the sandbox's exchange, listeners to it, and what the sandbox itself said, counted apart."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.http import Ask, send
from lake.competitions import competitions
from lake.storage import Lake
from sandbox.server.clock import SANDBOX_NOW
from sandbox.vendors.base import SANDBOX_KEY
from sandbox.vendors.betfair import SESSION
from sandbox.vendors.betfair_stream import Ticker
from sources.base import Capture
from sources.betfair.source import Betfair
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from sources.known import Known
from sources.live.batches import Bounds
from sources.live.betfair import BetfairFeed
from sources.live.clock import RunningClock
from sources.live.figures import Figures
from sources.live.listener import Listener
from sources.live.session import listen
from sources.live.wires import EventWire, WebSocketWire
from sources.live.writing import LakeSink
from sources.outcomes import OK
from sources.transport.archive import ArchiveTransport
from sources.transport.credentials import Signature

LEAGUES = competitions("football", ("E0", "E1", "SP1", "D1"))
SECRET = "a-secret-token"
SIGNATURE = Signature({"X-Application": "an-app-key", "X-Authentication": SECRET}, {}, ("an-app-key", SECRET))
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
ONCE = Bounds(first_wait_seconds=60, longest_wait_seconds=60)
"""Bounds of a listener that does not connect again within a test."""

Offer = tuple[float, float | None, float]


def prepare(root: Path, archive: Path, base_url: str) -> None:
    """A lake with the running season's matches and the exchange's markets of the next days."""
    lake, anchor, exchange = Lake(root), FootballData(), Betfair("football")
    wanted = [one for one in anchor.plan(LEAGUES, NOW, Known("football")) if one.season_code in (None, "2026-27")]
    land(lake, anchor, ArchiveTransport(archive).fetch(wanted))
    to_silver(lake, anchor, LEAGUES, NOW, lambda _: None)
    asked = [one for one in exchange.plan(LEAGUES, NOW, Known.read(lake, "football")) if one.endpoint == "catalogue"]
    headers = {"X-Application": SANDBOX_KEY, "X-Authentication": SESSION}
    for one in asked:
        target = one.url.replace("https://", f"{base_url}/")
        answer = send(Ask(one.url, target, headers, one.body, reaches_private=True))
        land(lake, exchange, [Capture(one, NOW, NOW, OK, answer.body, answer.status, answer.content_type)])
    to_silver(lake, exchange, LEAGUES, NOW, lambda _: None)


def sink(lake: Lake, figures: Figures, feed: BetfairFeed | None = None, compact_every: int = 10_000) -> LakeSink:
    """Where a listener of the sandbox's exchange writes; it has read what stands."""
    made = LakeSink(
        lake, Betfair("football"), feed or BetfairFeed("football"), RunningClock(SANDBOX_NOW), figures,
        SIGNATURE.secrets, compact_every=compact_every,
    )  # fmt: skip
    made.prepare()
    return made


def hear(
    lake: Lake, base_url: str, kind: str, seconds: float, rate: int = 1000, compact_every: int = 10_000,
    progress: Callable[[Figures], None] = lambda _: None,
) -> Figures:  # fmt: skip
    """Listen to a stream that ends after so long; all that it sent has been written."""
    figures, feed, clock = Figures(), BetfairFeed("football"), RunningClock(SANDBOX_NOW)
    writer = LakeSink(lake, Betfair("football"), feed, clock, figures, SIGNATURE.secrets, compact_every=compact_every)
    writer.prepare()
    query = f"?rate={rate}&seconds={seconds}"
    wire = (
        EventWire(feed.request.url, f"{base_url}/_stream/sse{query}", True)
        if kind == "sse"
        else WebSocketWire(feed.request.url, f"{base_url.replace('http', 'ws')}/_stream/ws{query}", True)
    )
    listener = Listener(feed, wire, writer, SIGNATURE, clock, figures, ONCE)
    asyncio.run(listen(listener, figures, seconds + 2.0, progress))
    return figures


@dataclass
class Heard:
    """What the sandbox said, message by message, and what follows from it, worked out in plain Python."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def offers(self) -> dict[tuple[str, int], list[Offer]]:
        """By market and runner, each change of (back, lay, money at back) in turn."""
        state: dict[tuple[str, int], dict[str, dict[int, list[float]]]] = {}
        told: dict[tuple[str, int], list[Offer]] = defaultdict(list)
        for market, runner in self._runners():
            key = (market, runner["id"])
            sides = state.setdefault(key, {"batb": {}, "batl": {}})
            for side in sides:
                sides[side] |= {int(level): [price, size] for level, price, size in runner.get(side, [])}
            if not sides["batb"]:
                continue
            back, lay = sides["batb"][min(sides["batb"])], sides["batl"].get(min(sides["batl"], default=0))
            offer = (back[0], lay[0] if lay else None, back[1])
            if told[key][-1:] != [offer]:
                told[key].append(offer)
        return told

    def runners_told(self, of: set[tuple[str, int]]) -> int:
        """How many runners of these all messages told of; one that a message tells of twice counts once."""
        return sum(
            len({(change["id"], runner["id"]) for change in one.get("mc", []) for runner in change["rc"]} & of)
            for one in self.messages
        )

    def _runners(self) -> Sequence[tuple[str, dict[str, Any]]]:
        """Of a runner that a message tells of twice, both together: the message says one state."""
        found = []
        for one in self.messages:
            joined: dict[tuple[str, int], dict[str, Any]] = {}
            for change in one.get("mc", []):
                for runner in change["rc"]:
                    joined.setdefault((change["id"], runner["id"]), {}).update(runner)
            found += [(market, runner) for (market, _), runner in joined.items()]
        return found


def overhear(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """From here on note every message that the sandbox makes."""
    heard, original = Heard(), Ticker._message

    def noted(self: Ticker, now: datetime, rest: dict[str, Any]) -> str:
        said = original(self, now, rest)
        heard.messages.append(json.loads(said))
        return said

    monkeypatch.setattr(Ticker, "_message", noted)
    return heard


def stream_accounts(lake: Lake) -> dict[str, int]:
    """Payloads of streams that silver has read, and the sums of their accounts."""
    rows = lake.table("silver.football.parsed_payloads").read(
        pl.col("url").str.contains("stream-api.betfair.com") & (pl.col("entity") == "odds_quotes")
    )
    counts = ("parsed_rows", "silver_rows", "duplicate_rows", "quarantined_rows")
    return {"payloads": len(rows)} | {name: int(rows[name].sum()) for name in counts}


def exchange_offers(lake: Lake) -> dict[tuple[str, int], list[Offer]]:
    """The same as `Heard.offers`, as silver tells it."""
    runners = lake.table("silver.football.exchange_markets").read().unique(["market_id", "selection_id"])
    on = ["match_id", "market", "selection", "line"]
    named = runners.select("market_id", "selection_id", *on)
    quotes = lake.table("silver.football.odds_quotes").read(pl.col("source") == "betfair")
    joined = quotes.join(named, on=on, how="inner", nulls_equal=True).sort("known_at_utc")
    told: dict[tuple[str, int], list[Offer]] = defaultdict(list)
    for market, runner, *offer in joined.select(
        "market_id", "selection_id", "price_odds_dec", "lay_odds_dec", "liquidity"
    ).iter_rows():
        told[market, runner].append((offer[0], offer[1], offer[2]))
    return told
