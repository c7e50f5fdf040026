"""The outbox: each settlement told once, in order, to readers that go on where they stopped."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.conform import require
from lake.contracts.model import contract
from optimizer.outbox import START, deliver, pending, signature, stream, unpublished

EMPTY = contract("gold.desk.outbox").empty()
SCHEMA = contract("gold.desk.settlements").schema
AT = datetime(2024, 5, 12, 6, tzinfo=UTC)
URL = "https://example.org/hook"
KEY = b"k" * 8


def settlements(*told: tuple[str, int, int]) -> pl.DataFrame:
    """Invented settlements: ticket, what came back of 1000, hours after the first."""
    rows: list[dict[str, Any]] = [
        {"ticket_id": ticket, "match_id": "m1", "season_code": "2023-24", "outcome": "won" if back else "lost",
         "payoff": 1.0, "stake_minor": 1000, "return_minor": back, "profit_minor": back - 1000, "currency": "EUR",
         "event_at_utc": AT, "known_at_utc": AT + timedelta(hours=hours), "version": None, "reason": None}
        for ticket, back, hours in told
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA)


STORY = settlements(("t2", 1900, 0), ("t1", 0, 0), ("t3", 2500, 3), ("t1", 2000, 9))


def published(told: pl.DataFrame, outbox: pl.DataFrame = EMPTY) -> pl.DataFrame:
    return pl.concat([outbox, unpublished(outbox, told).select(EMPTY.columns)])


OUTBOX = published(STORY)


class Hook:
    """A receiver that answers with these statuses in turn, then with 200; a status of 0 is a lost connection."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.calls.append((url, body, dict(headers)))
        status = self.statuses.pop(0) if self.statuses else 200
        if not status:
            raise ConnectionResetError("reset")
        return status

    def sequences(self) -> list[int]:
        return [int(headers["X-Fairline-Sequence"]) for _, _, headers in self.calls]


def test_events_are_numbered_in_the_order_known_and_a_correction_is_called_one() -> None:
    assert OUTBOX.select("sequence", "kind", "ticket_id").rows() == [
        (0, "ticket.settled", "t1"), (1, "ticket.settled", "t2"), (2, "ticket.settled", "t3"),
        (3, "ticket.corrected", "t1"),
    ]  # fmt: skip
    assert len(require(OUTBOX, contract("gold.desk.outbox"))) == 4
    payload = json.loads(OUTBOX["payload"][3])
    assert payload["return_minor"] == 2000
    assert payload["version"] == 2
    assert payload["known_at_utc"] == "2024-05-12T15:00:00Z"


@settings(max_examples=50, deadline=None)
@given(cuts=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4))
def test_however_writing_was_cut_off_every_event_is_told_once(cuts: list[tuple[int, int]]) -> None:
    outbox, ordered = EMPTY, STORY.sort("known_at_utc", "ticket_id")
    for upto, written in cuts:
        outbox = pl.concat([outbox, unpublished(outbox, ordered.head(upto)).select(EMPTY.columns).head(written)])
    assert published(STORY, outbox).equals(OUTBOX)


def test_a_reader_sees_what_comes_after_its_cursor() -> None:
    assert pending(OUTBOX, START)["sequence"].to_list() == [0, 1, 2, 3]
    assert pending(OUTBOX.reverse(), 1)["sequence"].to_list() == [2, 3]
    assert pending(OUTBOX, 3).is_empty()
    lines = [json.loads(line) for line in stream(OUTBOX, 2)]
    assert [(line["sequence"], line["ticket_id"], line["event_id"]) for line in lines] == [
        (3, "t1", OUTBOX["event_id"][3])
    ]


def test_a_webhook_gets_signed_events_in_order() -> None:
    hook = Hook()
    found = deliver(OUTBOX, START, URL, KEY, hook)
    assert (found.cursor, found.delivered, found.fault) == (3, 4, None)
    assert hook.sequences() == [0, 1, 2, 3]
    url, body, headers = hook.calls[0]
    assert url == URL
    assert body.decode() == OUTBOX["payload"][0]
    assert headers["X-Fairline-Signature"] == f"sha256={hmac.new(KEY, body, sha256).hexdigest()}"
    assert headers["X-Fairline-Event"] == OUTBOX["event_id"][0]
    assert signature(body + b" ", KEY) != signature(body, KEY) != signature(body, KEY + b"k")


def test_the_first_event_that_is_not_taken_stops_the_rest_and_the_next_try_goes_on_there() -> None:
    for status, told in ((500, "answered with 500"), (302, "answered with 302"), (0, "got no answer: reset")):
        hook = Hook(200, status)
        first = deliver(OUTBOX, START, URL, KEY, hook)
        assert (first.cursor, first.delivered) == (0, 1)
        assert first.fault is not None
        assert told in first.fault
        second = deliver(OUTBOX, first.cursor, URL, KEY, hook)
        assert (second.cursor, second.delivered, second.fault) == (3, 3, None)
        assert hook.sequences() == [0, 1, 1, 2, 3]


def test_no_row_and_no_sentence_holds_the_key() -> None:
    fault = deliver(OUTBOX, START, URL, KEY, Hook(500)).fault or ""
    assert KEY.decode() not in fault + "".join(OUTBOX["payload"])
