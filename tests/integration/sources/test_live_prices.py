"""Live prices from the sandbox's exchange to silver: none is lost, all are there in time, kills do no harm."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import polars as pl
import pytest

from core.errors import ContractBroken, RunInProgress
from lake.storage import Lake, Table
from sandbox.server.clock import SANDBOX_NOW
from sandbox.server.serve import serving
from sources.betfair.source import Betfair
from sources.football_data.source import FootballData
from sources.ingest import to_silver
from sources.live.batches import Batch
from sources.live.betfair import BetfairFeed
from sources.live.figures import Figures
from sources.live.session import only_listener
from sources.payloads import payloads
from tests.unit.sources.live import exchange

QUOTES = "silver.football.odds_quotes"
LIMIT_SECONDS = 5.0


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(speed=1.0, cache=tmp_path_factory.mktemp("sandbox-cache")) as url:
        yield url


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sandbox_archive: Path, base_url: str) -> Path:
    root = tmp_path_factory.mktemp("live") / "lake"
    exchange.prepare(root, sandbox_archive, base_url)
    return root


@pytest.fixture
def lake(prepared: Path, tmp_path: Path) -> Lake:
    return Lake(Path(shutil.copytree(prepared, tmp_path / "lake")))


def known_runners(lake: Lake) -> set[tuple[str, int]]:
    return set(lake.table("silver.football.exchange_markets").read().select("market_id", "selection_id").iter_rows())


def restated(lake: Lake) -> int:
    """Runners of known markets that images at the beginning of batches say again."""
    lines = [
        orjson.loads(line)
        for payload in payloads(lake, Betfair("football"), pl.col("endpoint") == "stream")
        for line in payload.body.splitlines()
    ]
    said = exchange.Heard([line["message"] for line in lines if line.get("is_restated")])
    return said.runners_told(known_runners(lake))


def batch(feed: BetfairFeed, price: float, after_seconds: float, lake: Lake) -> Batch:
    """A batch of one image that moves the first market of the lake to a price."""
    market, runner = min(known_runners(lake))
    change = {"id": runner, "batb": [[0, price, 10.0]]}
    definition = {"status": "OPEN", "inPlay": False, "runners": [{"id": runner, "status": "ACTIVE"}]}
    mc = [{"id": market, "img": True, "marketDefinition": definition, "rc": [change]}]
    made, at = Batch(), SANDBOX_NOW + timedelta(seconds=after_seconds)
    made.add(feed.take(orjson.dumps({"op": "mcm", "pt": int(at.timestamp() * 1000), "mc": mc}), at), at)
    return made


def prices(lake: Lake) -> list[float]:
    rows = lake.table(QUOTES).read(pl.col("source") == "betfair").sort("known_at_utc")
    return rows["price_odds_dec"].to_list()


@pytest.mark.parametrize("kind", ["websocket", "sse"])
def test_a_thousand_prices_a_second_are_all_in_silver_in_time(
    lake: Lake, base_url: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = exchange.overhear(monkeypatch)
    figures = exchange.hear(lake, base_url, kind, seconds=6)
    delay, accounts, mine = figures.delay_seconds(0.99), exchange.stream_accounts(lake), known_runners(lake)
    assert delay is not None
    assert delay < LIMIT_SECONDS
    assert figures.messages == len(heard.messages)
    assert accounts["payloads"] == figures.batches >= 5
    assert accounts["parsed_rows"] - restated(lake) == heard.runners_told(mine) > 3_000
    assert accounts["parsed_rows"] == sum(
        accounts[name] for name in ("silver_rows", "duplicate_rows", "quarantined_rows")
    )
    wanted = {key: offers for key, offers in heard.offers().items() if key in mine and offers}
    assert exchange.exchange_offers(lake) == wanted


def test_silver_rebuilt_from_bronze_is_the_same(lake: Lake, base_url: str) -> None:
    exchange.hear(lake, base_url, "websocket", seconds=2)
    before = lake.table(QUOTES).content_hash()
    shutil.rmtree(lake.root / "silver")
    shutil.rmtree(lake.root / "quarantine", ignore_errors=True)
    for source in (FootballData(), Betfair("football")):
        to_silver(lake, source, exchange.LEAGUES, exchange.NOW, lambda _: None)
    assert lake.table(QUOTES).content_hash() == before


def test_no_secret_reaches_the_lake(lake: Lake) -> None:
    feed, figures = BetfairFeed("football"), Figures()
    writer = exchange.sink(lake, figures, feed)
    echo, at = Batch(), SANDBOX_NOW
    echo.add(feed.take(orjson.dumps({"op": "status", "statusCode": "SUCCESS", "said": exchange.SECRET}), at), at)
    writer.write([echo])
    landed = payloads(lake, Betfair("football"), pl.col("endpoint") == "stream")
    assert b"***" in landed[0].body
    assert exchange.SECRET.encode() not in landed[0].body


def test_what_was_landed_and_not_read_is_read_at_the_next_start(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    feed, figures = BetfairFeed("football"), Figures()
    writer = exchange.sink(lake, figures, feed)
    append = Table.append

    def broken(self: Table, frame: pl.DataFrame, commit_id: str) -> object:
        if self.contract.name.endswith("parsed_payloads"):
            raise ContractBroken("The disk is full.")
        return append(self, frame, commit_id)

    with monkeypatch.context() as patch:
        patch.setattr(Table, "append", broken)
        writer.write([batch(feed, 2.5, 1, lake)])
    assert figures.batches == 0
    exchange.sink(lake, figures)
    assert exchange.stream_accounts(lake)["payloads"] == 1
    assert prices(lake) == [2.5]


def test_a_batch_that_silver_did_not_take_comes_with_the_next_one(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    feed, figures = BetfairFeed("football"), Figures()
    writer = exchange.sink(lake, figures, feed)
    with monkeypatch.context() as patch:
        patch.setattr("sources.live.tail.conform_batch", lambda *_: (_ for _ in ()).throw(OSError("no space")))
        writer.write([batch(feed, 2.5, 1, lake)])
    assert prices(lake) == []
    writer.write([batch(feed, 2.6, 2, lake)])
    writer.write([batch(feed, 2.7, 3, lake)])
    assert (prices(lake), figures.late) == ([2.5, 2.6, 2.7], 1)


def test_where_somebody_else_wrote_the_tail_is_read_anew(lake: Lake) -> None:
    feed, figures = BetfairFeed("football"), Figures()
    writer = exchange.sink(lake, figures, feed)
    writer.write([batch(feed, 2.5, 1, lake)])
    other = exchange.sink(lake, Figures())
    other.write([batch(BetfairFeed("football"), 2.6, 2, lake)])
    writer.write([batch(feed, 2.6, 3, lake)])
    writer.write([batch(feed, 2.7, 4, lake)])
    assert (prices(lake), figures.late) == ([2.5, 2.6, 2.7], 1)


def test_compaction_bounds_the_files_and_changes_no_row(lake: Lake) -> None:
    feed, figures = BetfairFeed("football"), Figures()
    writer = exchange.sink(lake, figures, feed, compact_every=4)
    files = []
    for place in range(12):
        writer.write([batch(feed, 2.0 + place / 10, place, lake)])
        files.append(max(len(lake.table(name).files()) for name in ("bronze.betfair.captures", QUOTES)))
    assert prices(lake) == [2.0 + place / 10 for place in range(12)]
    assert (figures.compactions, figures.late) == (3, 0)
    assert max(files) <= 8


def test_two_listeners_do_not_hear_one_stream(lake: Lake) -> None:
    with only_listener(lake, "betfair", "football"):
        with pytest.raises(RunInProgress), only_listener(lake, "betfair", "football"):
            pass
        with only_listener(lake, "betfair", "basketball"):
            pass


def test_a_killed_listener_loses_no_batch_of_bronze_and_a_stopped_one_writes_its_last(
    lake: Lake, base_url: str
) -> None:
    killed = _listening(lake, base_url, "30")
    _wait_for_batches(lake, 3)
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    landed = lake.table("bronze.betfair.captures").read(pl.col("endpoint") == "stream")
    stopped = _listening(lake, base_url, "30")
    _wait_for_batches(lake, len(landed) + 2)
    stopped.send_signal(signal.SIGTERM)
    said, _ = stopped.communicate(timeout=20)
    assert stopped.returncode == 0, said
    now = lake.table("bronze.betfair.captures").read(pl.col("endpoint") == "stream")
    assert set(landed["request_id"]) < set(now["request_id"])
    assert exchange.stream_accounts(lake)["payloads"] == len(now)
    assert not lake.table(QUOTES).read().select(lake.table(QUOTES).contract.key).is_duplicated().any()


def _listening(lake: Lake, base_url: str, seconds: str) -> subprocess.Popen[str]:
    arguments = ["listen", "--for", seconds, "--lake", str(lake.root), "--rate", "500"]
    run = "from pipelines.cli import main; main()"
    environment = os.environ | {"FAIRLINE_GATEWAY": base_url}
    return subprocess.Popen(
        [sys.executable, "-c", run, *arguments], env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip


def _wait_for_batches(lake: Lake, wanted: int) -> None:
    limit = time.monotonic() + 40
    table = lake.table("bronze.betfair.captures")
    while table.read(pl.col("endpoint") == "stream").height < wanted:
        assert time.monotonic() < limit, "no batch came"
        time.sleep(0.2)
