"""The finished lake that tests of whole runs share."""

from __future__ import annotations

import pytest

from tests.integration.runs import Finished, finished, shared


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """One league of the sandbox decided at two moments, the second one twice."""
    return finished(shared(tmp_path_factory))
