"""Importing does no work, and help is not slowed down by anything heavy."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.houses import PROJECT, ROOMS

HEAVY = (
    "dagster", "polars", "pydantic", "mlflow", "feast", "lightgbm", "duckdb", "numpy", "pandas", "scipy", "numba",
    "deltalake", "great_expectations", "matplotlib", "dbt", "httpx", "sklearn", "xgboost", "pymc", "pytensor", "arviz",
)  # fmt: skip
WATCH = """
import importlib, os, pkgutil, sys
written = []
def watch(event, details):
    if event == "open":
        path, mode, flags = details
        writes = (isinstance(mode, str) and set(mode) & set("wax+")) or (
            isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if writes and "__pycache__" not in str(path) and "/dev/" not in str(path):
            written.append(str(path))
    if event in ("socket.connect", "subprocess.Popen", "os.mkdir", "os.rename", "os.remove") and (
        "__pycache__" not in str(details[0])):
        written.append(event + " " + str(details[:1]))
for name in {others!r}:
    importlib.import_module(name)
sys.addaudithook(watch)
for room in {rooms!r}:
    package = importlib.import_module(room)
    for found in pkgutil.walk_packages(package.__path__, room + "."):
        importlib.import_module(found.name)
print("\\n".join(written))
"""
OTHERS = (
    "polars", "numba", "scipy.optimize", "pydantic_settings", "deltalake", "duckdb", "httpx", "tenacity",
    "rich.console",
    "typer", "filelock", "yaml", "matplotlib.figure",
)  # fmt: skip


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a snippet in a process of its own that knows the project by PYTHONPATH only."""
    environment = {
        "PYTHONPATH": str(PROJECT),
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def written_by(rooms: tuple[str, ...], folder: Path) -> list[str]:
    """What importing every module of these rooms opened for writing or started."""
    ran = python(WATCH.format(rooms=rooms, others=OTHERS), folder)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [line for line in ran.stdout.splitlines() if line]


@pytest.mark.slow
def test_importing_the_rooms_below_the_wiring_writes_and_starts_nothing(tmp_path: Path) -> None:
    quiet = tuple(room for room in ROOMS if room not in ("assets", "pipelines", "feature_repo"))
    assert written_by(quiet, tmp_path) == []


@pytest.mark.slow
def test_a_module_that_writes_while_it_is_imported_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "careless").mkdir()
    (tmp_path / "careless" / "__init__.py").write_text("open('left_behind.txt', 'w').close()\n", encoding="utf-8")
    assert written_by(("careless",), tmp_path) == ["left_behind.txt"]


def test_help_imports_nothing_heavy_and_says_how_to_start(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['fairline', '--help']\n"
        "from pipelines.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print('HEAVY', sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    ran = python(code, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "HEAVY []" in ran.stdout
    for command in ("run", "backtest", "tickets", "explain", "ui", "doctor", "export"):
        assert command in ran.stdout


def test_help_answers_in_the_blink_of_an_eye(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['fairline', '--help']\nfrom pipelines.cli import main\nmain()"
    python(code, tmp_path)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        python(code, tmp_path)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1.0, "half a second on an idle machine; doubled here because tests share it"
