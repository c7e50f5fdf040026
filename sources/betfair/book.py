"""The state of a stream: images and deltas of markets, and the best offers after each message.

Pure: no clock, no connection. The live listener and the reader of stored streams use the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sources.rows import number, number_in_text, text, whole

Key = tuple[int, float]
Level = tuple[float | None, float | None]
Offer = tuple[Any, ...]
"""Market, status, in play, money matched, selection, handicap, runner's status, then back and lay with their sizes."""

_LEVELS = ("batb", "batl", "bdatb", "bdatl")
_LADDERS = ("atb", "atl")
_MAX_MARKETS = 20_000


@dataclass
class Runner:
    """Offers of one runner: by level (0 is the best) or by price, each with the money that waits."""

    levels: dict[str, dict[int, tuple[float, float]]] = field(default_factory=dict)
    ladders: dict[str, dict[float, float]] = field(default_factory=dict)

    def change(self, change: Mapping[str, Any]) -> bool:
        """Take a delta in; whether it told of offers at all. Size 0 takes a level or price away."""
        told = False
        for name in _LEVELS:
            for level, price, size in _triples(change.get(name)):
                told = True
                _put(self.levels.setdefault(name, {}), int(level), (price, size), size)
        for name in _LADDERS:
            for price, size in _pairs(change.get(name)):
                told = True
                _put(self.ladders.setdefault(name, {}), price, size, size)
        return told

    def best_back(self) -> tuple[float | None, float | None]:
        """The highest price to back and the money at it; null where nobody offers."""
        return self._level("batb", "bdatb") or self._price("atb", max)

    def best_lay(self) -> tuple[float | None, float | None]:
        """The lowest price to lay and the money at it; null where nobody offers."""
        return self._level("batl", "bdatl") or self._price("atl", min)

    def _level(self, *names: str) -> tuple[float, float] | None:
        found = next((self.levels[name] for name in names if self.levels.get(name)), None)
        return found[min(found)] if found else None

    def _price(self, name: str, better: Any) -> tuple[float | None, float | None]:
        ladder = self.ladders.get(name)
        if not ladder:
            return None, None
        price = better(ladder)
        return price, ladder[price]


@dataclass
class Market:
    """One market of a stream: its definition as the vendor last gave it, and its runners."""

    definition: dict[str, Any] = field(default_factory=dict)
    matched: float | None = None
    runners: dict[Key, Runner] = field(default_factory=dict)
    statuses: dict[Key, str | None] = field(default_factory=dict)

    def define(self, definition: Mapping[str, Any]) -> None:
        """Take a definition in, which is always whole, and from it the status of each runner, such as ACTIVE."""
        self.definition = dict(definition)
        self.statuses = {key: text(runner.get("status")) for key, runner in _keyed(definition.get("runners"))}

    def offer(self, market_id: str, key: Key) -> Offer:
        """The best offers on one runner now."""
        runner, in_play = self.runners.get(key, Runner()), self.definition.get("inPlay")
        state = (text(self.definition.get("status")), in_play if isinstance(in_play, bool) else None, self.matched)
        return (market_id, *state, *key, self.statuses.get(key), *runner.best_back(), *runner.best_lay())


@dataclass
class Book:
    """All markets of one stream. Not for several threads."""

    markets: dict[str, Market] = field(default_factory=dict)
    _faults: list[str] = field(default_factory=list)

    def apply(self, message: Mapping[str, Any]) -> list[Offer]:
        """Take a message in; the offers of the runners that it changed.

        An image replaces a market; a delta to a market without an image is not taken, see `take_faults`. Where the
        definition changes, all runners of the market are told. Messages of other kinds and heartbeats change nothing.
        """
        changes = message.get("mc")
        if message.get("op") != "mcm" or not isinstance(changes, list):
            return []
        return [offer for change in changes if isinstance(change, dict) for offer in self._change(change)]

    def take_faults(self) -> list[str]:
        """What could not be taken in since the last call, a sentence each."""
        faults, self._faults = self._faults, []
        return faults

    def image(self, market_id: str) -> dict[str, Any]:
        """The market as one message of the vendor's form, with which a stored batch can begin."""
        market = self.markets[market_id]
        runners = [_as_change(key, runner) for key, runner in market.runners.items()]
        change = {"id": market_id, "img": True, "marketDefinition": market.definition, "rc": runners}
        matched = {} if market.matched is None else {"tv": market.matched}
        return {"op": "mcm", "ct": "SUB_IMAGE", "mc": [change | matched]}

    def _change(self, change: Mapping[str, Any]) -> list[Offer]:
        market_id = text(change.get("id"))
        if market_id is None:
            self._faults.append("A change names no market.")
            return []
        if change.get("img") is True and len(self.markets) < _MAX_MARKETS:
            self.markets[market_id] = Market()
        if market_id not in self.markets:
            self._faults.append(f"Market {market_id} changed before its image came.")
            return []
        return self._taken(market_id, self.markets[market_id], change)

    def _taken(self, market_id: str, market: Market, change: Mapping[str, Any]) -> list[Offer]:
        market.matched = number(change.get("tv")) or market.matched
        changed: dict[Key, None] = {}
        if isinstance(change.get("marketDefinition"), dict):
            market.define(change["marketDefinition"])
            changed |= dict.fromkeys(market.runners)
        for key, runner in _keyed(change.get("rc")):
            if market.runners.setdefault(key, Runner()).change(runner):
                changed[key] = None
        return [market.offer(market_id, key) for key in changed]


def _keyed(runners: object) -> Iterable[tuple[Key, dict[str, Any]]]:
    for runner in runners if isinstance(runners, list) else []:
        if isinstance(runner, dict) and (selection := whole(runner.get("id"))) is not None:
            yield (selection, number_in_text(runner.get("hc")) or 0.0), runner


def _numbers(found: object, length: int) -> Iterable[list[float]]:
    for item in found if isinstance(found, list) else []:
        values = [number(value) for value in item] if isinstance(item, list) else []
        sound = [value for value in values if value is not None]
        if len(values) == len(sound) == length:
            yield sound


def _triples(found: object) -> Iterable[tuple[float, float, float]]:
    return ((level, price, size) for level, price, size in _numbers(found, 3))


def _pairs(found: object) -> Iterable[tuple[float, float]]:
    return ((price, size) for price, size in _numbers(found, 2))


def _put(levels: dict[Any, Any], key: float, value: object, size: float) -> None:
    if size > 0:
        levels[key] = value
    else:
        levels.pop(key, None)


def _as_change(key: Key, runner: Runner) -> dict[str, Any]:
    selection, handicap = key
    levels = {name: [[level, *offer] for level, offer in sorted(of.items())] for name, of in runner.levels.items()}
    ladders = {name: [[price, size] for price, size in sorted(of.items())] for name, of in runner.ladders.items()}
    return {"id": selection} | ({"hc": handicap} if handicap else {}) | levels | ladders
