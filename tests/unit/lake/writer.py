"""A writer to run as a process of its own: `python -m tests.unit.lake.writer ROOT TASK NAME COUNT`.

It prints the number of each commit once it is made, so that a test knows what it may rely on.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lake.storage import Table
from tests.unit.lake.trial import one_each, open_table, prices

PROJECT = Path(__file__).parents[3]


def append(table: Table, name: str, number: int) -> None:
    """Append one match, named so that names sort as commits do."""
    table.append(prices(f"{name}-{number:04d}"), commit_id=f"{name}-{number}")


def merge(table: Table, name: str, number: int) -> None:
    """Upsert one match of this writer's own."""
    table.merge(prices(f"{name}-{number:04d}"))


def replace(table: Table, _name: str, number: int) -> None:
    """Replace the whole table: one match in each season, all with `number` goals."""
    table.replace(one_each(goals=number))


TASKS: dict[str, Callable[[Table, str, int], None]] = {"append": append, "merge": merge, "replace": replace}


def start(root: Path, task: str, name: str, count: int) -> subprocess.Popen[str]:
    """Start a writer of `count` commits."""
    command = [sys.executable, "-m", "tests.unit.lake.writer", str(root), task, name, str(count)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    _, root, task, name, count = sys.argv
    for number in range(int(count)):
        TASKS[task](open_table(Path(root)), name, number)
        print(number, flush=True)
