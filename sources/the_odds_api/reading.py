"""From bytes to frames in the vendor's own words: events, and one row a price, whatever the endpoint.

What a price means, and whether it can be one, is said in `quotes.py` and `props.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress
from types import NoneType
from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from sources.rows import UTC_TIME, Refused, document, fields, items, moment, text, whole

EVENTS, SCORES, ODDS, EVENT_ODDS = "events", "scores", "odds", "event_odds"
HISTORICAL_ODDS, HISTORICAL_EVENT_ODDS = "historical_odds", "historical_event_odds"
PRICED = (ODDS, EVENT_ODDS, HISTORICAL_ODDS, HISTORICAL_EVENT_ODDS)
HISTORICAL = (HISTORICAL_ODDS, HISTORICAL_EVENT_ODDS)
_SINGLE = (EVENT_ODDS, HISTORICAL_EVENT_ODDS)
_OBJECTS = frozenset({dict})
_TYPES: Mapping[str, frozenset[type]] = {
    "name": frozenset({str}),
    "description": frozenset({str, NoneType}),
    "price": frozenset({int, float}),
    "point": frozenset({int, float, NoneType}),
}
"""Fields of an outcome, and the types that their values may have."""
_FLOATS = ("price", "point")
_SHARED = ("event", "bookmaker", "market", "last_update")

EVENT = {
    "event": pl.Int64(),
    "event_id": pl.String(),
    "sport_key": pl.String(),
    "commence_time": UTC_TIME,
    "home_team": pl.String(),
    "away_team": pl.String(),
    "completed": pl.Boolean(),
    "home_score": pl.Int64(),
    "away_score": pl.Int64(),
}
PRICE = {
    "row_number": pl.Int64(),
    "event": pl.Int64(),
    "bookmaker": pl.String(),
    "market": pl.String(),
    "last_update": UTC_TIME,
    "name": pl.String(),
    "description": pl.String(),
    "price": pl.Float64(),
    "point": pl.Float64(),
}


@dataclass(frozen=True)
class Answer:
    """What one payload says.

    `events`: the columns of `EVENT`, `event` being the place of each (1 is the first); null where a field is missing.
    `prices`: the columns of `PRICE`, one row an outcome, in the payload's order, `event` telling whose. `broken`: items
    that are neither, with their places in the same count as `row_number`. `snapshot_at_utc`: of a historical answer.
    """

    events: pl.DataFrame
    prices: pl.DataFrame
    broken: tuple[Refused, ...] = ()
    snapshot_at_utc: datetime | None = None

    @property
    def has_props(self) -> bool:
        """Whether any market is of a player."""
        return bool(self.prices["market"].str.starts_with("player_").any())


def read(endpoint: str, body: bytes) -> Answer:
    """Read a payload; raises PayloadMalformed for what is no answer of this endpoint at all."""
    found = document(body)
    _refuse_error(found)
    snapshot = None
    if endpoint in HISTORICAL:
        envelope = fields(found, "a snapshot's `timestamp` and `data`")
        snapshot, found = moment(envelope.get("timestamp")), envelope.get("data")
        if snapshot is None:
            raise PayloadMalformed("The historical answer has no readable timestamp.", "Nothing says when it held.")
    events = [fields(found, "one event")] if endpoint in _SINGLE else items(found, "events")
    return _Reader(is_priced=endpoint in PRICED).answer(events, snapshot)


def verdict(endpoint: str, body: bytes) -> str | None:
    """What a body that came with status 200 is, where it is no answer: `http_error`, `malformed`; else None."""
    try:
        found = document(body)
    except PayloadMalformed:
        return "malformed"
    try:
        _refuse_error(found)
    except PayloadMalformed:
        return "http_error"
    wanted = list if endpoint not in (*_SINGLE, *HISTORICAL) else dict
    return None if isinstance(found, wanted) else "malformed"


def _refuse_error(found: object) -> None:
    if isinstance(found, dict) and "message" in found and not {"id", "data"} & found.keys():
        said = f"{found['message']} ({found.get('error_code', 'no code')})"
        raise PayloadMalformed(f"The vendor answered with an error: {said[:300]}", "See docs/sources/the_odds_api.md.")


@dataclass
class _Reader:
    """Walks an answer once and takes outcomes as they are: their columns are made, and held to their types, at once."""

    is_priced: bool
    place: int = 0
    events: list[tuple[Any, ...]] = field(default_factory=list)
    broken: list[Refused] = field(default_factory=list)
    markets: list[tuple[Any, ...]] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    market_of: list[int] = field(default_factory=list)

    def answer(self, events: list[Any], snapshot: datetime | None) -> Answer:
        for number, event in enumerate(events, start=1):
            if not isinstance(event, dict):
                self.place = self.place if self.is_priced else number - 1
                self._break("no_event", "An event is no object.", event)
                continue
            self.events.append(_event(number, event))
            if self.is_priced:
                self._books(number, event)
        prices = self._prices()
        return Answer(pl.DataFrame(self.events, schema=EVENT, orient="row"), prices, tuple(self.broken), snapshot)

    def _books(self, number: int, event: dict[str, Any]) -> None:
        for book in self._children(event, "bookmakers", "event"):
            key, updated = text(book.get("key")), book.get("last_update")
            for market in self._children(book, "markets", "bookmaker"):
                outcomes = list(self._children(market, "outcomes", "market"))
                self._take(outcomes)
                self.markets.append((number, key, text(market.get("key")), text(market.get("last_update") or updated)))

    def _children(self, parent: dict[str, Any], name: str, what: str) -> Iterable[dict[str, Any]]:
        """Objects of a list; a list that is missing and a child that is no object are broken items."""
        found = parent.get(name)
        if isinstance(found, list):
            return found if _OBJECTS.issuperset(map(type, found)) else self._objects(found, name)
        without = {key: value for key, value in parent.items() if not isinstance(value, list)}
        self._break("missing_field", f"A {what} has no list `{name}`.", without)
        return ()

    def _objects(self, found: list[Any], name: str) -> Iterator[dict[str, Any]]:
        for child in found:
            if isinstance(child, dict):
                yield child
            else:
                self._break("wrong_type", f"An item of `{name}` is no object.", child)

    def _take(self, outcomes: list[dict[str, Any]]) -> None:
        """Outcomes of the market that comes next."""
        count = len(outcomes)
        self.outcomes += outcomes
        self.places += range(self.place + 1, self.place + 1 + count)
        self.market_of += [len(self.markets)] * count
        self.place += count

    def _prices(self) -> pl.DataFrame:
        columns = {name: [outcome.get(name) for outcome in self.outcomes] for name in _TYPES}
        if not all(_TYPES[name].issuperset(map(type, values)) for name, values in columns.items()):
            self._sift()
            columns = {name: [outcome.get(name) for outcome in self.outcomes] for name in _TYPES}
        own = [pl.Series("row_number", self.places, PRICE["row_number"])]
        for name, values in columns.items():
            own.append(pl.Series(name, _as_floats(values) if name in _FLOATS else values, PRICE[name]))
        shared = self._shared()[pl.Series(self.market_of, dtype=pl.UInt32)]
        found = {series.name: series for series in (*shared.get_columns(), *own)}
        return pl.DataFrame([found[name] for name in PRICE])

    def _shared(self) -> pl.DataFrame:
        """What the outcomes of a market have in common, one row a market."""
        updated = pl.col("last_update").str.to_datetime("%+", time_unit="us", strict=False)
        said = {"event": pl.Int64(), **dict.fromkeys(_SHARED[1:], pl.String())}
        columns = list(zip(*self.markets, strict=True)) or [()] * len(said)
        return pl.DataFrame(columns, schema=said, orient="col").with_columns(updated)

    def _sift(self) -> None:
        """Refuse outcomes of which a field has the wrong type; refusals stay in the order of their places."""
        sound = [all(type(one.get(name)) in kinds for name, kinds in _TYPES.items()) for one in self.outcomes]
        for place, number, outcome, is_sound in zip(self.places, self.market_of, self.outcomes, sound, strict=True):
            if not is_sound:
                self._refuse_outcome(place, outcome, self.markets[number])
        self.broken.sort(key=lambda refused: refused.row_number)
        self.places = list(compress(self.places, sound))
        self.market_of = list(compress(self.market_of, sound))
        self.outcomes = list(compress(self.outcomes, sound))

    def _refuse_outcome(self, place: int, outcome: dict[str, Any], shared: tuple[Any, ...]) -> None:
        lost = [name for name in ("name", "price") if outcome.get(name) is None]
        reason = "missing_field" if lost else "wrong_type"
        said = f"An outcome has no {' and no '.join(lost)}." if lost else "An outcome's field has the wrong type."
        _, book, market, _ = shared
        self.broken.append(Refused(place, reason, said, {"bookmaker": book, "market": market, **outcome}))

    def _break(self, reason: str, detail: str, item: object) -> None:
        self.place += 1
        self.broken.append(Refused(self.place, reason, detail, item))


def _as_floats(values: list[Any]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _event(number: int, event: dict[str, Any]) -> tuple[Any, ...]:
    home, away = text(event.get("home_team")), text(event.get("away_team"))
    said = event.get("completed")
    facts = (text(event.get("id")), text(event.get("sport_key")), moment(event.get("commence_time")), home, away)
    return (number, *facts, said if isinstance(said, bool) else None, *_scores(event.get("scores"), home, away))


def _scores(scores: object, home: str | None, away: str | None) -> tuple[int | None, int | None]:
    """Home and away score; null where a side has none, or where the names are not those of the event."""
    found = scores if isinstance(scores, list) else []
    by_name = {text(side.get("name")): whole(side.get("score")) for side in found if isinstance(side, dict)}
    return (by_name.get(home), by_name.get(away)) if home and away and home != away else (None, None)
