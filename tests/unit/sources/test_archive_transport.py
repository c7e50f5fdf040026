"""The archive answers with the files that its index lists, byte for byte, and with nothing else (invented files)."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import FairlineError, PayloadMalformed
from sources.base import Capture, Request
from sources.transport.archive import ArchiveTransport
from tests.unit.sources.vendor import ROOT, at

SEASON, COMING = f"{ROOT}/mmz4281/2324/E0.csv", f"{ROOT}/fixtures.csv"
COLUMNS = ("url", "captured_at_utc", "path", "content_type", "bytes", "sha256")


def _archive(folder: Path, *entries: tuple[str, str, str, bytes]) -> Path:
    """An archive of (url, captured at, path, body as stored)."""
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as index:
        writer = csv.writer(index)
        writer.writerow(COLUMNS)
        for url, captured, path, stored in entries:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(stored)
            writer.writerow([url, captured, path, "text/csv", len(stored), hashlib.sha256(stored).hexdigest()])
    return folder


def _fetch(folder: Path, urls: Sequence[str]) -> list[Capture]:
    requests = [Request("football_data", "season_file", url, "E0", "2023-24") for url in urls]
    return list(ArchiveTransport(folder).fetch(requests))


def test_a_listed_file_is_captured_when_the_index_says(tmp_path: Path) -> None:
    _archive(tmp_path, (SEASON, "2024-07-01T00:00:00Z", "a/E0.csv", b"Div,Date\r\n\xff"))
    (capture,) = _fetch(tmp_path, [SEASON])
    assert capture.body == b"Div,Date\r\n\xff"
    assert (capture.outcome, capture.status, capture.content_type) == ("ok", 200, "text/csv")
    assert (capture.captured_at_utc, capture.request.url) == (at("2024-07-01T00:00:00Z"), SEASON)


def test_an_address_that_is_not_listed_gives_nothing(tmp_path: Path) -> None:
    _archive(tmp_path, (SEASON, "2024-07-01T00:00:00Z", "E0.csv", b"x"))
    assert _fetch(tmp_path, [SEASON.replace("E0", "E1"), f"{SEASON}?x=1"]) == []


def test_what_nobody_asked_for_is_not_read(tmp_path: Path) -> None:
    _archive(
        tmp_path, (SEASON, "2024-07-01T00:00:00Z", "E0.csv", b"x"), (COMING, "2024-07-01T00:00:00Z", "f.csv", b"y")
    )
    (tmp_path / "f.csv").write_bytes(b"changed")
    assert [capture.body for capture in _fetch(tmp_path, [SEASON])] == [b"x"]


def test_a_gzipped_file_is_checked_as_stored_and_given_unpacked(tmp_path: Path) -> None:
    _archive(tmp_path, (SEASON, "2024-07-01T00:00:00Z", "E0.csv.gz", gzip.compress(b"Div,Date\r\n")))
    assert [capture.body for capture in _fetch(tmp_path, [SEASON])] == [b"Div,Date\r\n"]


def test_all_captures_of_an_address_come_oldest_first(tmp_path: Path) -> None:
    entries = [
        (COMING, f"2023-08-{day}T16:50:00Z", f"fixtures.csv/@{day}.csv", day.encode()) for day in ("18", "04", "11")
    ]
    _archive(tmp_path, *entries)
    assert [capture.body for capture in _fetch(tmp_path, [COMING])] == [b"04", b"11", b"18"]


@pytest.mark.parametrize("path", ["E0.csv", "E0.csv.gz"])
def test_a_file_whose_bytes_are_not_those_of_the_index_is_refused_by_name(tmp_path: Path, path: str) -> None:
    _archive(tmp_path, (SEASON, "2024-07-01T00:00:00Z", path, gzip.compress(b"x")))
    (tmp_path / path).write_bytes(gzip.compress(b"y"))
    with pytest.raises(PayloadMalformed, match=rf"{path} is not the file that index.csv describes"):
        _fetch(tmp_path, [SEASON])


def test_a_listed_file_that_is_not_there_is_refused_in_the_trades_own_words(tmp_path: Path) -> None:
    _archive(tmp_path, (SEASON, "2024-07-01T00:00:00Z", "E0.csv", b"x"))
    (tmp_path / "E0.csv").unlink()
    with pytest.raises(FairlineError, match=r"E0\.csv"):
        _fetch(tmp_path, [SEASON])


def test_a_file_called_gz_that_is_none_is_refused_in_the_trades_own_words(tmp_path: Path) -> None:
    _archive(tmp_path, (SEASON, "2024-07-01T00:00:00Z", "E0.csv.gz", b"not gzip"))
    with pytest.raises(FairlineError, match=r"E0\.csv\.gz"):
        _fetch(tmp_path, [SEASON])


def test_it_names_every_address_once(tmp_path: Path) -> None:
    early, late = (
        (url, f"2024-0{month}-01T00:00:00Z", f"{month}.csv", b"x") for url, month in ((COMING, 5), (COMING, 6))
    )
    _archive(tmp_path, (SEASON, "2024-07-01T00:00:00Z", "E0.csv", b"x"), early, late)
    assert ArchiveTransport(tmp_path).addresses() == sorted({SEASON, COMING})


def test_of_an_address_that_answered_again_and_again_only_what_is_asked_for_is_captured(tmp_path: Path) -> None:
    days = [(COMING, f"2024-05-0{day}T00:00:00Z", f"{day}.csv", b"%d" % day) for day in (1, 2, 3)]
    wanted = Request("football_data", "fixtures", COMING, "E0", until=at("2024-05-02T00:00:00Z"))
    found = list(ArchiveTransport(_archive(tmp_path, *days)).fetch([wanted]))
    assert [capture.body for capture in found] == [b"1", b"2"]
