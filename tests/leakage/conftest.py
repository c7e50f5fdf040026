"""The finished lake of tests/integration, and a few seasons of its facts for the proofs of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from lake.storage import Lake
from tests.integration.runs import Finished, finished, shared
from tests.leakage.worlds import Facts, facts

SEASONS = ("2023-24", "2024-25", "2025-26", "2026-27")


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """One league of the sandbox decided at two moments, the second one twice."""
    return finished(shared(tmp_path_factory))


@pytest.fixture(scope="session")
def history(ran: Finished) -> Facts:
    """Four seasons of silver, up to the sandbox's present."""
    return facts(Lake(ran.lake), SEASONS)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this worker's planted lakes stand."""
    return tmp_path_factory.mktemp("planted")
