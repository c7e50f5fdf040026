"""A copy of the house with korfball in it, and commands that run there."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.integration.runs import Said, environment
from tests.third_sport.catalogues import LINES

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
OVERLAY, SEASON = HERE / "overlay", HERE / "season.csv"
ROOMS = (
    "assets", "core", "dbt_project", "feature_repo", "infra", "lake", "models", "optimizer", "pipelines", "replay",
    "sandbox", "serving", "sources",
)  # fmt: skip
CONTRACT_TESTS = "contract/test_rendered_files.py"
ADDRESS = "https://korfball.example/KL/2023-24.csv"
_COMMANDS = """
import json, sys
from pipelines.cli import app
for words in json.loads(sys.argv[1]):
    app(words, standalone_mode=False)
"""
_DROPPED = shutil.ignore_patterns("target", "logs")


def build(root: Path) -> Path:
    """Copy the rooms, lay the overlay over them, add the lines and render what follows from contracts."""
    for room in ROOMS:
        shutil.copytree(PROJECT / room, root / room, ignore=_DROPPED)
    shutil.copy(PROJECT / "pyproject.toml", root)
    shutil.copytree(OVERLAY, root, dirs_exist_ok=True, ignore=_DROPPED)
    for line in LINES:
        line.write(root)
    for kept in ("__init__.py", "conftest.py", "contract/__init__.py", CONTRACT_TESTS):
        (root / "tests" / kept).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / "tests" / kept, root / "tests" / kept)
    said = python(root, "-m", "lake.contracts.render")
    assert said.code == 0, said.text
    return root


def archive(root: Path) -> Path:
    """A folder with the newspaper's season and its index."""
    root.mkdir()
    shutil.copy(SEASON, root / SEASON.name)
    columns = ("url", "path", "captured_at_utc", "content_type", "sha256")
    sha256 = hashlib.sha256(SEASON.read_bytes()).hexdigest()
    with (root / "index.csv").open("w", encoding="utf-8", newline="") as lines:
        written = csv.writer(lines)
        written.writerows([columns, (ADDRESS, SEASON.name, "2024-02-01T06:00:00Z", "text/csv", sha256)])
    return root


def python(house: Path, *arguments: object, timeout: float = 600) -> Said:
    """Run Python over the copy, with nothing of ours from elsewhere."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=timeout, cwd=house,
        env=environment(PYTHONPATH=str(house), PATH=os.environ["PATH"]),
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def fairline(house: Path, *commands: Sequence[object]) -> Said:
    """Run commands of the copy one after another in one process, which spares loading the house for each."""
    return python(house, "-c", _COMMANDS, json.dumps([list(map(str, words)) for words in commands]))
