"""Runs of the `fairline` command for all tests of this folder: lakes are made once and shared between processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

PROJECT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("fairline")
FIRST, SECOND = "2026-11-06T17:00:00Z", "2026-11-20T17:00:00Z"
SUBJECTS = ("first", "second", "again")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything that it wrote, on one line."""
        return " ".join(f"{self.out} {self.err}".split())


@dataclass(frozen=True)
class Finished:
    """A lake decided at FIRST, at SECOND and at SECOND again, or at some of them; what each run said.

    `first` is the same lake as it stood after FIRST; whoever writes to one of them copies it before.
    """

    lake: Path
    first: Path
    said: Mapping[str, Said]
    result: Mapping[str, dict[str, Any]]


def environment(**more: str) -> dict[str, str]:
    """The caller's environment without settings of ours, and wide enough a screen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRLINE_", "AWS_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"COLUMNS": "200"} | more


def fairline(*arguments: object, timeout: float = 900, cwd: Path | None = None, **more: str) -> Said:
    """Run `fairline` in a process of its own."""
    done = subprocess.run(
        [str(COMMAND), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=timeout,
        env=environment(**more), cwd=cwd or PROJECT,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def run(lake: Path, json_file: Path, *arguments: object, timeout: float = 900) -> tuple[Said, dict[str, Any]]:
    """`fairline run` into this lake; raises where it fails."""
    said = fairline("run", "--lake", lake, "--json", json_file, *arguments, timeout=timeout)
    assert said.code == 0, said.text
    return said, json.loads(json_file.read_text(encoding="utf-8"))


def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this test session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def finished(folder: Path) -> Finished:
    """The shared lake of one league of football."""
    return _made(folder, "shared", dict(zip(SUBJECTS, (FIRST, SECOND, SECOND), strict=True)), "--leagues", "E0")


def nba(folder: Path) -> Finished:
    """The shared lake of basketball alone, decided once at SECOND: earlier no book's price was seen."""
    return _made(folder, "nba", {"second": SECOND}, "--sport", "basketball")


def _made(folder: Path, called: str, moments: Mapping[str, str], *arguments: str) -> Finished:
    """A lake decided at some moments: made by the first that asks, the others wait for it."""
    lake, first, done = (folder / f"{called}-{part}" for part in ("lake", "lake-first", "said.json"))
    told = {name: folder / f"{called}-{name}.json" for name in moments}
    with FileLock(folder / f"{called}.lock"):
        if not done.exists():
            said = {}
            for name, moment in moments.items():
                said[name] = run(lake, told[name], *arguments, "--as-of", moment)[0]
                if name == "first":
                    shutil.copytree(lake, first)
            done.write_text(json.dumps({name: one.__dict__ for name, one in said.items()}))
    said = {name: Said(**one) for name, one in json.loads(done.read_text()).items()}
    return Finished(lake, first, said, {name: json.loads(path.read_text()) for name, path in told.items()})
