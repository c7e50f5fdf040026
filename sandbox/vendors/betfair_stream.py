"""Messages of the exchange's stream: `mcm` with an image of the markets, changes of best prices, and heartbeats."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.arrays import stream
from sandbox.vendors.betfair_markets import Market, markets
from sandbox.vendors.view import View

STEP = 0.01
BOTH_SIDES = ("batb", "batl")


class Ticker:
    """The stream of one listener: best prices that wander around those of the world at the moment it began."""

    def __init__(self, view: View) -> None:
        self._markets: list[Market] = markets(view)
        self._rng = stream(view.worlds.seed, "ticker", int(view.at_utc.timestamp()))
        self._clk = count(1)
        self._runners = [(market.id, runner) for market in self._markets for runner in market.runners if runner.backs]

    def image(self, now: datetime) -> str:
        """All markets with their definitions and best prices, as a new subscriber gets them."""
        told = [
            {"id": market.id, "marketDefinition": market.definition(), "rc": [r.full() for r in market.runners],
             "img": True, "tv": round(market.traded, 2)}
            for market in self._markets
        ]  # fmt: skip
        return self._message(now, {"initialClk": "AAAAAAAA", "conflateMs": 0, "heartbeatMs": 5000, "ct": "SUB_IMAGE",
                                   "mc": told})  # fmt: skip

    def changes(self, prices: int, now: datetime) -> str:
        """So many changed best prices, of runners drawn at random, each a tick or so away from the world's price."""
        if not self._runners:
            return self.heartbeat(now)
        chosen = self._rng.integers(len(self._runners), size=prices)
        ticks = self._rng.normal(0.0, STEP, size=prices)
        by_market: dict[str, list[dict[str, Any]]] = {}
        for place, tick in zip(chosen, ticks, strict=True):
            market_id, runner = self._runners[place]
            by_market.setdefault(market_id, []).append(runner.changed(BOTH_SIDES[int(tick > 0)], float(tick)))
        return self._message(now, {"mc": [{"id": market, "rc": rc} for market, rc in by_market.items()]})

    def heartbeat(self, now: datetime) -> str:
        """That the stream is alive, without a change."""
        return self._message(now, {"ct": "HEARTBEAT"})

    def _message(self, now: datetime, rest: dict[str, Any]) -> str:
        head = {"op": "mcm", "id": 2, "clk": f"{next(self._clk):08d}", "pt": int(now.timestamp() * 1000)}
        return json.dumps(head | rest, separators=(",", ":"))
