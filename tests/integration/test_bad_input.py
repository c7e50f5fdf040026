"""Bad files of every kind in one archive: a clear reason each, and every other league is still priced."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import polars as pl
import pytest

from lake.storage import Lake
from sandbox.vendor_files import archive_files
from tests.integration.runs import SECOND, Said, run

pytestmark = pytest.mark.slow
HOST = "www.football-data.co.uk/mmz4281"
SEASONS = ("2324", "2425", "2526", "2627")
Rows = list[list[str]]


class Fault(NamedTuple):
    """One broken file, what its quarantine row says, and in which table it stands."""

    file: str
    spoil: Callable[[bytes], bytes]
    reason: str
    says: str
    entity: str = "matches"


def _rows(body: bytes) -> Rows:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig", errors="replace"))))


def _text(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _set(column: str, value: str, line: int = 30) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        rows = _rows(body)
        rows[line][rows[0].index(column)] = value
        return _text(rows)

    return spoil


def _overlong(body: bytes) -> bytes:
    """131 cells under 119 headers, in this file's own numbers: twelve cells more than the header has."""
    rows = _rows(body)
    rows[30] = rows[30] + ["1.9"] * 12
    return _text(rows)


def _twice(body: bytes) -> bytes:
    rows = _rows(body)
    return _text([*rows[:31], rows[30], *rows[31:]])


def _half_time(body: bytes) -> bytes:
    rows = _rows(body)
    goals, half = rows[0].index("FTHG"), rows[0].index("HTHG")
    rows[30][half] = str(int(rows[30][goals]) + 2)
    return _text(rows)


def _page(_: bytes) -> bytes:
    return b"<!DOCTYPE html><html><body><h1>Service unavailable</h1></body></html>"


FAULTS = (
    Fault("2324/E1", lambda body: body[: len(body) // 2 - 7], "truncated_row", "ends in the middle"),
    Fault("2425/E1", _page, "malformed_payload", "HTML"),
    Fault("2526/E1", _overlong, "surplus_cells", "cells under", "odds_quotes"),
    Fault("2324/SP1", _set("HomeTeam", "Nowhere Town"), "stray_club", "Nowhere Town"),
    Fault("2425/SP1", _set("B365H", "-2.1"), "impossible_price", "-2.1", "odds_quotes"),
    Fault("2526/SP1", _set("B365D", "1.0"), "impossible_price", "B365D is '1.0'", "odds_quotes"),
    Fault("2324/D1", _twice, "duplicate_match", "twice"),
    Fault("2425/D1", _set("Date", "01/01/2019"), "out_of_season", "2024-25"),
    Fault("2526/D1", _half_time, "half_time_contradicts", "Half time"),
)
EACH = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.file}-{fault.reason}")


class Delivered(NamedTuple):
    """The run over the bad archive."""

    lake: Lake
    said: Said
    result: dict[str, Any]
    sha256: dict[str, str]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """An archive of the sandbox's last four seasons with nine broken files, run by `--profile archive`."""
    folder = tmp_path_factory.mktemp("bad")
    root, files = folder / "archive", archive_files(20261120)
    index = [row for row in csv.DictReader(io.StringIO(files["index.csv"].decode())) if _is_wanted(row["path"])]
    broken = {f"{HOST}/{fault.file}.csv": fault for fault in FAULTS}
    for row in index:
        body = files[row["path"]]
        body = broken[row["path"]].spoil(body) if row["path"] in broken else body
        (root / row["path"]).parent.mkdir(parents=True, exist_ok=True)
        (root / row["path"]).write_bytes(body)
        row |= {"bytes": str(len(body)), "sha256": hashlib.sha256(body).hexdigest()}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(index[0]))
    writer.writeheader()
    writer.writerows(index)
    (root / "index.csv").write_text(out.getvalue())
    arguments = ("--profile", "archive", "--archive", root, "--as-of", SECOND, "--leagues", "E0,E1,SP1,D1")
    said, result = run(folder / "lake", folder / "run.json", *arguments)
    return Delivered(Lake(folder / "lake"), said, result, {row["path"]: row["sha256"] for row in index})


def _is_wanted(path: str) -> bool:
    return path.endswith("fixtures.csv") or any(f"/{season}/" in path for season in SEASONS)


@EACH
def test_a_fault_has_one_quarantine_row_with_its_reason_and_its_payload(delivered: Delivered, fault: Fault) -> None:
    path = f"{HOST}/{fault.file}.csv"
    refused = delivered.lake.table(f"quarantine.football.{fault.entity}").read(pl.col("url") == f"https://{path}")
    (row,) = refused.iter_rows(named=True)
    assert row["reason"] == fault.reason
    assert fault.says in row["detail"]
    assert row["bronze_sha256"] == delivered.sha256[path]
    assert (row["competition_id"], row["season_code"][2:4]) == (fault.file.split("/")[1], fault.file[:2])


def test_nothing_else_is_in_quarantine(delivered: Delivered) -> None:
    rows = [delivered.lake.table(f"quarantine.football.{entity}").rows() for entity in ("matches", "odds_quotes")]
    assert sum(rows) == len(FAULTS)
    assert delivered.lake.table("quarantine.football.team_stats").rows() == 0


def test_every_league_is_still_priced(delivered: Delivered) -> None:
    fair = delivered.lake.table("gold.football.fair_odds").read()
    coming = delivered.lake.table("gold.football.spn_decisions").read(pl.col("is_upcoming"))
    assert set(fair["competition_id"]) == {"E0", "E1", "SP1", "D1"}
    assert set(fair["match_id"]) == set(coming["match_id"])
    assert delivered.result["matches_priced"] == len(coming) > 20


def test_the_warnings_name_the_quarantine_and_its_reasons(delivered: Delivered) -> None:
    said = " ".join(warning for warning in delivered.result["warnings"] if "quarantine" in warning)
    for fault in FAULTS:
        assert fault.reason in said
    assert "quarantine" in delivered.said.out


def test_an_archive_run_does_not_call_itself_simulated(delivered: Delivered) -> None:
    assert delivered.result["simulated"] is False
    assert delivered.result["profile"] == "archive"
    assert "SIMULATED" not in delivered.said.text + json.dumps(delivered.result)
