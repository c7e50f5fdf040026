"""One sandbox for the tests of this folder, and lakes that its nights begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.integration.faults.nights import Sandbox, first_lakes, sandbox
from tests.integration.runs import shared


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A running sandbox."""
    with sandbox(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture(scope="session")
def lakes(tmp_path_factory: pytest.TempPathFactory, world: Sandbox) -> Path:
    """A folder with the lakes `before` and `anchored`: made by the first that asks, the others wait for it."""
    folder = shared(tmp_path_factory) / "fault-lakes"
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            first_lakes(folder, world)
            (folder / "made").touch()
    return folder
