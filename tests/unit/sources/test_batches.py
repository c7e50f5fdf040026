"""How many payloads are read at once: many small snapshots of one endpoint, few of anything else. Invented answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lake.competitions import competitions
from lake.storage import Lake
from sources import ingest
from sources.base import Capture, Request
from sources.ingest import land, to_silver
from sources.the_odds_api.source import TheOddsApi

NOW = datetime(2024, 3, 1, 10, tzinfo=UTC)
ROOT = "https://api.the-odds-api.com/v4/sports/soccer_epl"


def _read(root: Path, endpoints: Sequence[str]) -> list[int]:
    """How many files are read at once, where such answers came one after another."""
    lake, source, said = Lake(root), TheOddsApi("football"), []
    captures = []
    for place, endpoint in enumerate(endpoints):
        at = NOW + timedelta(minutes=place)
        request = Request(source.name, endpoint, f"{ROOT}/{endpoint}", "E0")
        captures.append(Capture(request, at, at, "ok", b"[]" + b" " * place, 200, "application/json"))
    land(lake, source, captures)
    assert to_silver(lake, source, competitions("football"), NOW, said.append) == len(endpoints)
    assert lake.table("silver.football.parsed_payloads").rows() == 3 * len(endpoints)
    return [int(line.split()[2]) for line in said]


def test_snapshots_of_one_endpoint_are_read_many_at_once(tmp_path: Path) -> None:
    assert _read(tmp_path, ["odds"] * 100) == [96, 4]


def test_snapshots_of_several_endpoints_are_read_a_few_at_once(tmp_path: Path) -> None:
    assert _read(tmp_path, ["odds", "scores"] * 20) == [24, 16]


def test_large_snapshots_are_read_a_few_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "SNAPSHOT_BYTES", 100)
    assert _read(tmp_path, ["odds"] * 30) == [24, 6]
