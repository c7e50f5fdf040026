"""One and two million prices from bronze to silver: seconds, peak memory, and how the time grows. Values are INVENTED.

Run it on an idle machine: `python -m pytest -q -s -m prove tests/benchmarks/test_ingestion.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import PROJECT

MILLION = 1_000_000
PEAK_MB = 1_500


def _measured(kind: str, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.ingestion", kind, str(rows)]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


@pytest.mark.prove
@pytest.mark.parametrize("kind", ["season_files", "captures"])
def test_a_million_prices_and_two(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = _measured(kind, MILLION), _measured(kind, 2 * MILLION)
    with capsys.disabled():
        print(
            f"\n{kind}: {one}\n{kind}: {two}\ntwice the rows: {two['seconds'] / one['seconds']:.2f} times the seconds"
        )
    assert one["refused"] == two["refused"] == 0
    assert one["rows"] > 0.95 * MILLION
    assert two["rows"] > 1.9 * MILLION
    assert max(one["peak_mb"], two["peak_mb"]) < PEAK_MB


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["season_files", "captures"])
def test_no_price_is_lost_on_the_way(kind: str) -> None:
    found = _measured(kind, 30_000)
    assert found["refused"] == 0
    assert found["rows"] >= 28_000
