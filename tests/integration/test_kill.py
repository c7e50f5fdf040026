"""kill -9 in the middle of a run, at several stages: the next run finishes it and nobody can tell."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.runs import COMMAND, FIRST, PROJECT, Finished, environment, run

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 600.0
Moment = Callable[[Path], bool]
ABOUT_RUNS = {"gold.desk.source_status"}


def _silver_but_no_gold(lake: Path) -> bool:
    return (lake / "quarantine/football/odds_quotes/_delta_log").is_dir() and not (lake / "gold/football").is_dir()


def _silver_whole(lake: Path) -> bool:
    return (lake / "gold/desk/settlements/_delta_log").is_dir()


def _predictions(lake: Path) -> bool:
    return (lake / "gold/football/predictions/_delta_log").is_dir()


def _audited(lake: Path) -> bool:
    return (lake / "gold/desk/audit/_delta_log/00000000000000000001.json").is_file()


def _placed(lake: Path) -> bool:
    return (lake / "gold/desk/placements/_delta_log/00000000000000000001.json").is_file()


def _just_before_the_release(lake: Path) -> bool:
    return (lake / "gold/desk/ledger/_delta_log/00000000000000000001.json").is_file()


def _capturing(lake: Path) -> bool:
    return (lake / "sandbox_vendor").is_dir() or any(lake.glob(".sandbox_vendor-*"))


def _during_gold(lake: Path) -> bool:
    return (lake / "gold/football/dim_teams/_delta_log").is_dir()


def _start(lake: Path) -> subprocess.Popen[bytes]:
    command = [str(COMMAND), "run", "--lake", str(lake), "--leagues", "E0", "--as-of", FIRST]
    return subprocess.Popen(
        command, env=environment(), cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _run_until(lake: Path, called: str, reached: Moment) -> None:
    """Start a run and kill it without warning once the lake shows this moment."""
    process, deadline = _start(lake), time.monotonic() + PATIENCE_SECONDS
    try:
        while not reached(lake):
            assert process.poll() is None, f"{called}: the run ended before it could be killed"
            assert time.monotonic() < deadline, f"{called}: the run never came to the moment at which it is killed"
            time.sleep(0.02)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL


def _hashes(tables: dict[str, dict[str, object]]) -> dict[str, object]:
    """What tells of attempts, such as how often a vendor was asked, is no part of the equality."""
    return {name: table["content_hash"] for name, table in tables.items() if name not in ABOUT_RUNS}


MOMENTS = {
    "capturing": _capturing,
    "inside silver": _silver_but_no_gold,
    "silver is whole": _silver_whole,
    "inside gold": _during_gold,
    "predicted": _predictions,
    "audited": _audited,
    "placed": _placed,
    "just before the release": _just_before_the_release,
}
"""In the order of a run. Those inside a step leave a place in a Dagster pool (`football_data`, `dbt`) taken by a dead
process: the next run must get it, or never comes to the next moment."""


def test_a_run_killed_again_and_again_ends_like_an_undisturbed_one(ran: Finished, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    for called, reached in MOMENTS.items():
        _run_until(lake, called, reached)
        assert not (lake / "gold/desk/releases/_delta_log/00000000000000000001.json").is_file()
    _, result = run(lake, tmp_path / "run.json", "--leagues", "E0", "--as-of", FIRST)
    undisturbed = ran.result["first"]
    assert _hashes(result["tables"]) == _hashes(undisturbed["tables"])
    assert result["tickets"] == undisturbed["tickets"]
    assert result["release"] == undisturbed["release"]


@pytest.mark.prove
def test_a_run_killed_at_twelve_random_moments_ends_like_an_undisturbed_one(ran: Finished, tmp_path: Path) -> None:
    """Each attempt goes on where the one before was killed; the seed is told, so that a failure can be repeated."""
    chance = random.Random(20261120)
    for _ in range(12):
        process = _start(tmp_path / "lake")
        try:
            process.wait(chance.uniform(0.5, 14.0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
    _, result = run(tmp_path / "lake", tmp_path / "run.json", "--leagues", "E0", "--as-of", FIRST)
    assert _hashes(result["tables"]) == _hashes(ran.result["first"]["tables"])
    assert result["tickets"] == ran.result["first"]["tickets"]
