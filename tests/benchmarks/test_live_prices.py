"""A thousand prices a second for longer than a minute: delay to silver, losses, memory and files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lake.storage import Lake
from sandbox.server.serve import serving
from sandbox.vendor_files import write_archive
from sources.live.figures import Figures
from tests.unit.sources.live import exchange

LIMIT_SECONDS, GROWTH_MEGABYTES = 5.0, 150.0
RATE = 1_000
KINDS = {"websocket": 65.0, "sse": 65.0}
"""How long each is listened to, in seconds."""


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(speed=1.0, cache=tmp_path_factory.mktemp("sandbox-cache")) as url:
        yield url


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, base_url: str) -> Path:
    root = tmp_path_factory.mktemp("live")
    exchange.prepare(root / "lake", write_archive(root / "archive", 20261120), base_url)
    return root / "lake"


@pytest.mark.prove
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_prices_a_second_for_a_minute(
    prepared: Path, base_url: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    lake = Lake(Path(shutil.copytree(prepared, tmp_path / "lake")))
    heard, memory = exchange.overhear(monkeypatch), list[float]()
    figures = exchange.hear(
        lake, base_url, kind, KINDS[kind], RATE, compact_every=20, progress=lambda _: memory.append(_megabytes())
    )
    runners = lake.table("silver.football.exchange_markets").read().select("market_id", "selection_id")
    mine = set(runners.iter_rows())
    wanted = {key: offers for key, offers in heard.offers().items() if key in mine and offers}
    assert exchange.exchange_offers(lake) == wanted
    assert (figures.delay_seconds(0.99) or 60.0) < LIMIT_SECONDS
    assert max(memory[10:]) - memory[9] < GROWTH_MEGABYTES
    files = {name: len(lake.table(name).files()) for name in ("bronze.betfair.captures", "silver.football.odds_quotes")}
    assert max(files.values()) < 30
    with capsys.disabled():
        _tell(kind, figures, memory, files)


def _megabytes() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


def _tell(kind: str, figures: Figures, memory: list[float], files: dict[str, int]) -> None:
    half, most, last = (figures.delay_seconds(share) for share in (0.5, 0.99, 1.0))
    seconds = psutil.Process().cpu_times()
    print(
        f"\n{kind}: {figures.messages:,} messages, {figures.prices:,} prices, {figures.batches} batches; arrival to "
        f"silver p50 {half:.2f} s, p99 {most:.2f} s, worst {last:.2f} s; memory {memory[9]:.0f} to {max(memory):.0f} "
        f"MB, {seconds.user + seconds.system:.0f} s of processor, the sandbox in both; files {files}"
    )
