"""Lessons of finished moments, kept in files: each is made again only where what it was made from has changed.

A file is named by its moment and by a hash over everything that its lessons hang on: the code, the games asked for, how
they ended, and every row that became known in the time before the moment that is looked at at all (history.HISTORY), so
that it does not matter how much more somebody has read. The file of a moment whose hash has changed is stale and goes;
so it is with the chances of taking part that are walked over the lessons, a file a week. A folder is of one
competition: two may decide at one moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.clock import SystemClock
from lake.keys import short_hash
from models.kept import InFolder
from models.props.history import HISTORY, Archive
from models.props.lessons import endings, of_moment

_SUFFIX = ".parquet"
_UNFINISHED_SECONDS = 3600.0


def kept_lessons(archive: Archive, games: pl.DataFrame, as_of: datetime, folder: Path, code: str) -> pl.DataFrame:
    """What lessons.lessons gives before it is walked, from files of `folder` wherever they still hold.

    `games`: rows of features.sides; `code`: names the code that makes lessons. Empty without a past game.
    """
    _sweep(folder)
    ended = endings(archive, as_of)
    past = games.filter(pl.col("as_of_utc") <= as_of).join(ended, on="match_id", how="semi", maintain_order="left")
    days = [day for _, day in past.sort("as_of_utc").group_by("as_of_utc", maintain_order=True)]
    if not days:
        return pl.DataFrame()
    hashes = _hashes(archive, days, ended, code)
    made = [_kept(archive, day, ended, folder, key) for day, key in zip(days, hashes, strict=True)]
    return pl.concat(made, how="vertical_relaxed")


class WeekChances:
    """Texts by week and hash (see plays.walk) in a folder, made by some code: one a week, for the last one counts."""

    def __init__(self, folder: Path, code: str) -> None:
        self._folder, self._code = folder, short_hash(code)
        self._texts = InFolder(folder)
        _sweep(folder)

    def get(self, key: str) -> str | None:
        """The text of this key by the same code, or None."""
        return self._texts.get(f"{key}-{self._code}")

    def put(self, key: str, text: str) -> None:
        """Keep a text in place of any other of its week."""
        name = f"{key}-{self._code}"
        self._texts.put(name, text)
        _drop(self._folder, key.partition("-")[0], name)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left half written, and nothing that another may be writing now."""
    youngest = SystemClock().now().timestamp() - _UNFINISHED_SECONDS
    for unfinished in folder.glob(".*"):
        with suppress(FileNotFoundError):
            if unfinished.is_file() and unfinished.stat().st_mtime < youngest:
                unfinished.unlink()


def _drop(folder: Path, moment: str, newest: str) -> None:
    """Remove what was kept of a moment before."""
    for stale in folder.glob(f"{moment}-*"):
        if stale.name != newest:
            stale.unlink(missing_ok=True)


def _kept(archive: Archive, day: pl.DataFrame, ended: pl.DataFrame, folder: Path, key: str) -> pl.DataFrame:
    moment = f"{day['as_of_utc'][0]:%Y%m%dT%H%M%SZ}"
    file = folder / f"{moment}-{key}{_SUFFIX}"
    found = _read(file)
    if found is not None:
        return found
    rows = of_moment(archive, day, ended)
    _write(rows, file)
    _drop(folder, moment, file.name)
    return rows


def _read(file: Path) -> pl.DataFrame | None:
    """The rows of a file; None where there is none or where it was cut."""
    try:
        return pl.read_parquet(file, hive_partitioning=False)
    except (OSError, pl.exceptions.ComputeError):
        return None


def _write(rows: pl.DataFrame, file: Path) -> None:
    """Whoever reads meanwhile sees all of it or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as unfinished:
        rows.write_parquet(unfinished)
    Path(unfinished.name).replace(file)


def _hashes(archive: Archive, days: list[pl.DataFrame], ended: pl.DataFrame, code: str) -> Iterator[str]:
    """One a day: of the code, its games, their endings, and of all that Archive.at has of its moment."""
    known = [_Known(rows) for rows in archive.tables]
    for day in days:
        own = ended.join(day, on="match_id", how="semi")
        then = [each.at(day["as_of_utc"][0]) for each in known]
        yield short_hash(code, day["as_of_utc"][0], _sum(day), _sum(own), *then)


class _Known:
    """Number and hash of the rows of Archive.at any moment: hashes are summed, so their order does not matter."""

    def __init__(self, rows: pl.DataFrame) -> None:
        told = rows.sort("known_at_utc")
        self._at = told["known_at_utc"].dt.epoch("us").to_numpy()
        self._sums = np.r_[np.zeros(1, np.uint64), np.cumsum(_row_hashes(told), dtype=np.uint64)]

    def at(self, moment: datetime) -> tuple[int, int]:
        edges = pl.Series([moment - HISTORY, moment]).dt.epoch("us").to_numpy()
        start, end = np.searchsorted(self._at, edges, side="right")
        return int(end - start), int((self._sums[end : end + 1] - self._sums[start : start + 1])[0])


def _row_hashes(rows: pl.DataFrame) -> NDArray[np.uint64]:
    return np.asarray(rows.hash_rows(seed=1).to_numpy(), dtype=np.uint64)


def _sum(rows: pl.DataFrame) -> tuple[int, int]:
    return len(rows), int(_row_hashes(rows).sum(dtype=np.uint64))
