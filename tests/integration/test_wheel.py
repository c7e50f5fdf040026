"""The wheel holds all that the project needs: unpacked, its definitions load and its command works anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.integration.runs import PROJECT

pytestmark = pytest.mark.slow
BUILD = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
LOAD = (
    "import pipelines, pathlib, sys; from pipelines.definitions import defs; from assets.dbt_runner import PROJECT\n"
    "from pipelines.instance import home\n"
    "place = pathlib.Path(sys.argv[1])\n"
    "assert pathlib.Path(pipelines.__file__).is_relative_to(place), pipelines.__file__\n"
    "assert PROJECT.is_relative_to(place) and (PROJECT / 'dbt_project.yml').is_file()\n"
    "assert (home(pathlib.Path('lake')) / 'dagster.yaml').is_file()\n"
    "print(len(list(defs.resolve_asset_graph().get_all_asset_keys())), 'assets')"
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, as an installer would lay them down."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120
    )
    with zipfile.ZipFile(folder / built.stdout.split()[-1]) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def _python(unpacked: Path, empty: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(unpacked), "PATH": os.environ["PATH"], "HOME": str(empty)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=empty, env=environment, capture_output=True, text=True, check=False,
        timeout=180,
    )  # fmt: skip


def test_definitions_load_from_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    said = _python(unpacked, tmp_path, "-c", LOAD, str(unpacked))
    assert said.returncode == 0, said.stderr[-2000:]
    assert int(said.stdout.split()[-2]) > 25


def test_the_command_answers_from_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['fairline', 'tickets']; from pipelines.cli import main; main()"
    said = _python(unpacked, tmp_path, "-c", code)
    assert said.returncode == 0, said.stderr[-2000:]
    assert "No ticket" in said.stdout


def test_the_wheel_holds_no_test_and_no_lake(unpacked: Path) -> None:
    top = {path.name for path in unpacked.iterdir()}
    assert not top & {"tests", "lakes", "docs", "infra"}
    assert not (unpacked / "dbt_project" / "target").exists()
    assert not list(unpacked.rglob("partial_parse.msgpack"))
