"""From bytes to frames in the vendor's own words: markets with their runners, and best prices, of books and streams.

Answers are JSON-RPC, one or a batch of them, or the bare list of the REST interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import polars as pl

from core.errors import PayloadMalformed
from sources.betfair.book import Book
from sources.rows import UTC_TIME, Refused, document, items, moment, number, number_in_text, text, whole

CATALOGUE, BOOK, STREAM = "catalogue", "book", "stream"

RUNNER = {
    "row_number": pl.Int64(),
    "market_id": pl.String(),
    "market_name": pl.String(),
    "market_type": pl.String(),
    "market_start_time": UTC_TIME,
    "event_type_id": pl.String(),
    "competition": pl.String(),
    "competition_name": pl.String(),
    "event_id": pl.String(),
    "event_name": pl.String(),
    "open_date": UTC_TIME,
    "selection_id": pl.Int64(),
    "runner_name": pl.String(),
    "handicap": pl.Float64(),
}
OFFER = {
    "row_number": pl.Int64(),
    "market_id": pl.String(),
    "status": pl.String(),
    "in_play": pl.Boolean(),
    "market_matched": pl.Float64(),
    "selection_id": pl.Int64(),
    "handicap": pl.Float64(),
    "runner_status": pl.String(),
    "back": pl.Float64(),
    "back_size": pl.Float64(),
    "lay": pl.Float64(),
    "lay_size": pl.Float64(),
    "published_at": UTC_TIME,
    "received_at": UTC_TIME,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_PT = 4_102_444_800_000

Read = tuple[pl.DataFrame, list[Refused]]


def results(body: bytes) -> list[Any]:
    """What the vendor answered, batches joined; raises PayloadMalformed for an error and for what is no answer."""
    found = document(body)
    batch = found if isinstance(found, list) else [found]
    if not any(isinstance(item, dict) and {"jsonrpc", "error", "faultcode"} & item.keys() for item in batch):
        return items(found, "markets")
    joined: list[Any] = []
    for item in batch:
        if not isinstance(item, dict) or "result" not in item:
            raise PayloadMalformed(f"The vendor answered with an error: {_error(item)}", "See docs/sources/betfair.md.")
        joined += items(item["result"], "markets")
    return joined


def is_error(body: bytes) -> bool:
    """Whether a body that came with status 200 is the vendor's word for a failure."""
    found = document(body)
    batch = found if isinstance(found, list) else [found]
    return any(isinstance(item, dict) and {"error", "faultcode"} & item.keys() for item in batch)


def catalogue(body: bytes) -> Read:
    """Runners of the markets of listMarketCatalogue, the columns of `RUNNER`; raises PayloadMalformed."""
    rows: list[tuple[Any, ...]] = []
    broken: list[Refused] = []
    for place, (market, runner) in enumerate(_runners(results(body)), start=1):
        row = _runner(place, market, runner) if isinstance(runner, dict) else None
        if row is None:
            broken.append(Refused(place, "missing_field", "A market or runner lacks its number or name.", runner))
        else:
            rows.append(row)
    return pl.DataFrame(rows, schema=RUNNER, orient="row"), broken


def book(body: bytes, captured_at: datetime) -> Read:
    """Best offers of the runners of listMarketBook, the columns of `OFFER`; raises PayloadMalformed."""
    rows: list[tuple[Any, ...]] = []
    broken: list[Refused] = []
    for place, (market, runner) in enumerate(_runners(results(body)), start=1):
        row = _offer(place, market, runner, captured_at) if isinstance(runner, dict) else None
        if row is None:
            broken.append(Refused(place, "missing_field", "A market or runner has no number or no offers.", runner))
        else:
            rows.append(row)
    return pl.DataFrame(rows, schema=OFFER, orient="row"), broken


def stream(body: bytes, captured_at: datetime) -> Read:
    """Best offers after each change that a stream's messages tell of, the columns of `OFFER`.

    A line is a message, or `{"received_at_utc": …, "message": …}`. A line that cannot be read, such as the last of a
    payload cut off, is a broken item. Raises PayloadMalformed where no line is a message.
    """
    if body.lstrip()[:1] == b"<":
        raise PayloadMalformed("The payload is a page, not a stream.", "The vendor answered with an error page.")
    state, rows, broken, read = Book(), [], [], 0
    place = 0
    for line in filter(None, map(bytes.strip, body.splitlines())):
        found = _message(line)
        if found is None:
            place += 1
            broken.append(Refused(place, "malformed_line", "A line of the stream is no message.", _shown(line)))
            continue
        read += 1
        said, received_at = found
        published = _published(said.get("pt"))
        for offer in state.apply(said):
            place += 1
            rows.append((place, *offer, published, received_at or captured_at))
        for fault in state.take_faults():
            place += 1
            broken.append(Refused(place, "delta_without_image", fault, said.get("id")))
    if not read:
        raise PayloadMalformed("The payload has no message of a stream.", "It may be another endpoint's answer.")
    return pl.DataFrame(rows, schema=OFFER, orient="row"), broken


def _error(item: object) -> str:
    return orjson.dumps(item, default=str)[:300].decode(errors="replace")


def _runners(markets: list[Any]) -> Iterator[tuple[dict[str, Any], object]]:
    """Each market with each of its runners; a market that has none, or is none, comes once with itself as runner."""
    for market in markets:
        runners = market.get("runners") if isinstance(market, dict) else None
        if not isinstance(market, dict) or not isinstance(runners, list):
            yield {}, [market]
            continue
        for runner in runners:
            yield market, runner


def _runner(place: int, market: dict[str, Any], runner: dict[str, Any]) -> tuple[Any, ...] | None:
    described, event, league, kind = (_part(market, n) for n in ("description", "event", "competition", "eventType"))
    found = text(market.get("marketId")), whole(runner.get("selectionId")), text(runner.get("runnerName"))
    market_id, selection_id, name = found
    if None in found:
        return None
    starts = moment(market.get("marketStartTime") or described.get("marketTime"))
    return (
        place, market_id, text(market.get("marketName")), text(described.get("marketType")), starts,
        _id(kind.get("id")), _id(league.get("id")), text(league.get("name")),
        _id(event.get("id")), text(event.get("name")), moment(event.get("openDate")),
        selection_id, name, number_in_text(runner.get("handicap")) or 0.0,
    )  # fmt: skip


def _offer(
    place: int, market: dict[str, Any], runner: dict[str, Any], captured_at: datetime
) -> tuple[Any, ...] | None:  # fmt: skip
    market_id, selection_id, offers = text(market.get("marketId")), whole(runner.get("selectionId")), runner.get("ex")
    if market_id is None or selection_id is None or not isinstance(offers, dict):
        return None
    in_play = market.get("inplay")
    return (
        place, market_id, text(market.get("status")), in_play if isinstance(in_play, bool) else None,
        number(market.get("totalMatched")), selection_id, number_in_text(runner.get("handicap")) or 0.0,
        text(runner.get("status")), *_best(offers.get("availableToBack"), max),
        *_best(offers.get("availableToLay"), min), None, captured_at,
    )  # fmt: skip


def _best(levels: object, better: Any) -> tuple[float | None, float | None]:
    """The best price and the money that waits at it, whatever the order of the levels; null where nobody offers."""
    found = levels if isinstance(levels, list) else []
    pairs = [(number(level.get("price")), number(level.get("size"))) for level in found if isinstance(level, dict)]
    sound = [(price, size) for price, size in pairs if price is not None and size is not None]
    return better(sound, key=lambda pair: pair[0]) if sound else (None, None)


def _message(line: bytes) -> tuple[dict[str, Any], datetime | None] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    received_at = None
    if isinstance(found, dict) and isinstance(found.get("message"), dict):
        received_at, found = moment(found.get("received_at_utc")), found["message"]
    return (found, received_at) if isinstance(found, dict) and isinstance(found.get("op"), str) else None


def _published(milliseconds: object) -> datetime | None:
    """The vendor's time of a message, milliseconds since 1970."""
    sound = isinstance(milliseconds, int) and not isinstance(milliseconds, bool) and 0 < milliseconds < _LAST_PT
    return _EPOCH + timedelta(milliseconds=milliseconds) if sound and isinstance(milliseconds, int) else None


def _shown(line: bytes) -> str:
    return line[:1_000].decode("utf-8", errors="replace")


def _part(market: dict[str, Any], name: str) -> dict[str, Any]:
    found = market.get(name)
    return found if isinstance(found, dict) else {}


def _id(value: object) -> str | None:
    found = whole(value)
    return str(found) if found is not None else text(value)
