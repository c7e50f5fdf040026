"""What Betfair's stream is asked for, and batches that are understood without those before. All values are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import polars as pl
import pytest

from core.errors import SettingsInvalid, VendorRefused, VendorUnavailable
from sources.betfair import reading
from sources.live.betfair import BetfairFeed
from sources.transport.credentials import Signature
from tests.unit.sources.betfair.test_book import image, message
from tests.unit.sources.betfair.vendor import known, told

NOW = datetime(2024, 3, 1, 10, tzinfo=UTC)
SIGNATURE = Signature({"X-Application": "an-app", "X-Authentication": "a-session"})


def take(feed: BetfairFeed, said: object, seconds: float = 0) -> list[dict[str, Any]]:
    taken = feed.take(orjson.dumps(said), NOW + timedelta(seconds=seconds))
    return [orjson.loads(line) for line in taken.lines]


def change(price: float) -> dict[str, Any]:
    return message({"rc": [{"id": 11, "batb": [[0, price, 5]]}]})


def test_it_logs_in_and_wants_the_markets_that_silver_knows() -> None:
    login, wanted = (orjson.loads(one) for one in BetfairFeed("football").subscription(told(), SIGNATURE, NOW))
    assert login == {"op": "authentication", "id": 1, "appKey": "an-app", "session": "a-session"}
    assert wanted["marketFilter"] == {"marketIds": ["1.1"]}
    assert not {"clk", "initialClk"} & wanted.keys()


def test_it_goes_on_from_the_last_clocks_and_begins_anew_where_the_vendor_does_not_know_them() -> None:
    feed = BetfairFeed("football")
    feed.subscription(told(), SIGNATURE, NOW)
    take(feed, image() | {"initialClk": "AAA", "clk": "1"})
    take(feed, change(2.2) | {"clk": "2"})
    wanted = orjson.loads(feed.subscription(told(), SIGNATURE, NOW)[1])
    assert (wanted["initialClk"], wanted["clk"], feed.resumption()) == ("AAA", "2", {"Last-Event-ID": "2"})
    with pytest.raises(VendorUnavailable):
        take(feed, {"op": "status", "statusCode": "FAILURE", "errorCode": "INVALID_CLOCK"})
    assert feed.resumption() == {}


def test_markets_of_matches_that_began_are_not_wanted_and_without_any_it_does_not_begin() -> None:
    with pytest.raises(SettingsInvalid, match="no market"):
        BetfairFeed("football").subscription(told(), SIGNATURE, NOW + timedelta(days=2))
    with pytest.raises(SettingsInvalid, match="no market"):
        BetfairFeed("football").subscription(known(markets=told().frames["exchange_markets"].clear()), SIGNATURE, NOW)


def test_other_markets_are_another_subscription_with_clocks_of_its_own() -> None:
    feed, first = BetfairFeed("football"), told()
    feed.subscription(first, SIGNATURE, NOW)
    take(feed, image() | {"initialClk": "AAA", "clk": "1"})
    more = first.frames["exchange_markets"].with_columns(market_id=pl.lit("1.9"))
    assert "clk" not in orjson.loads(feed.subscription(known(markets=more), SIGNATURE, NOW)[1])


def test_a_refused_login_is_not_tried_again() -> None:
    with pytest.raises(VendorRefused, match="INVALID_SESSION_INFORMATION"):
        take(
            BetfairFeed("football"),
            {"op": "status", "statusCode": "FAILURE", "errorCode": "INVALID_SESSION_INFORMATION"},
        )


def test_a_later_batch_restates_a_market_once_before_it_changes_with_its_old_times() -> None:
    feed = BetfairFeed("football")
    assert [line.get("is_restated") for line in take(feed, image())] == [None]
    assert [line.get("is_restated") for line in take(feed, change(2.12), 1)] == [None]
    feed.begin_batch()
    first = take(feed, change(2.2), 2)
    assert [line.get("is_restated") for line in first] == [True, None]
    assert first[0]["received_at_utc"] == (NOW + timedelta(seconds=1)).isoformat()
    assert first[0]["message"]["pt"] == change(2.2)["pt"]
    assert [line.get("is_restated") for line in take(feed, change(2.3), 3)] == [None]


def test_each_batch_alone_reads_as_the_whole_does() -> None:
    """Cutting the stream into batches changes no offer."""
    feed, batches = BetfairFeed("football"), []
    said = [image(), change(2.12), change(2.2), message({"marketDefinition": {"status": "SUSPENDED"}}), change(2.3)]
    for place, one in enumerate(said):
        feed.begin_batch()
        batches.append(feed.take(orjson.dumps(one), NOW + timedelta(seconds=place)).lines)
    whole, _ = reading.stream(b"\n".join(line for lines in batches for line in lines[-1:]), NOW)
    apart = [reading.stream(b"\n".join(lines), NOW) for lines in batches]
    assert all(broken == [] for _, broken in apart)
    offers = [row[1:] for frame, _ in apart for row in frame.filter(received_at=frame["received_at"].max()).rows()]
    assert offers == [row[1:] for row in whole.rows()]


@pytest.mark.parametrize(
    "raw", [b"<html>\n</html>", b"", b"[1]", b'{"op":\n"mcm"}', b'{"op":"mcm","mc":7}', b"\xff\xfe"]
)
def test_whatever_comes_is_one_line(raw: bytes) -> None:
    taken = BetfairFeed("football").take(raw, NOW)
    assert len(taken.lines) == 1
    assert taken.lines[0]
    assert b"\n" not in taken.lines[0]
