"""The sandbox as an archive, written once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.vendor_files import write_archive


@pytest.fixture(scope="session")
def sandbox_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the simulated vendor."""
    return write_archive(tmp_path_factory.mktemp("sandbox") / "archive", 20261120)
