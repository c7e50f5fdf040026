"""The doctor: whether settings, archive, lake, ledger and disk are in order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import polars as pl

from core.clock import iso
from core.settings import Settings
from lake.contracts.model import contracts
from lake.desk import of_desk
from lake.releases import newest
from lake.storage import Lake
from optimizer.ledger import faults
from serving.sports import asked

_FREE_BYTES_WANTED = 2 * 1024**3


def examine(settings: Settings) -> list[dict[str, Any]]:
    """Findings in sentences; `ok` is False where somebody should act."""
    return [{"ok": ok, "said": said} for ok, said in _findings(settings)]


def _findings(settings: Settings) -> Iterator[tuple[bool, str]]:
    yield True, f"Settings are valid; profile {settings.profile}" + (" (simulated)." if settings.simulated else ".")
    if settings.archive is not None:
        lines = sum(1 for _ in (settings.archive / "index.csv").open(encoding="utf-8")) - 1
        yield lines > 0, f"Archive {settings.archive} lists {lines:,} files."
    free = shutil.disk_usage(settings.lake_root.parent if settings.lake_root.parent.exists() else "/").free
    yield free > _FREE_BYTES_WANTED, f"{free / 1024**3:.0f} GiB of disk are free."
    yield from _of_lake(Lake(settings.lake_root), settings)


def _of_lake(lake: Lake, settings: Settings) -> Iterator[tuple[bool, str]]:
    written = [name for name in contracts() if lake.table(name).exists]
    release = newest(lake)
    if not written:
        yield True, f"Lake {lake.root} is empty: `fairline run` fills it."
        return
    yield True, f"Lake {lake.root} has {len(written)} of {len(contracts())} tables."
    said = (
        f"Newest release {release.release_id} of {iso(release.as_of_utc)}." if release else "Nothing was released yet."
    )
    yield release is not None, said
    for sport in asked(settings):
        last = lake.table(f"gold.{sport}.fair_odds").scan().select(pl.col("as_of_utc").max()).collect().item()
        yield True, f"Newest fair prices of {sport}: {iso(last)}." if last else f"No match of {sport} was priced yet."
    broken = list(faults(lake.table(of_desk("ledger")).read()))
    yield not broken, "The ledger balances and its chain is whole." if not broken else f"Ledger: {broken[0]}"
