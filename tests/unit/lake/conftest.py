"""A fresh trial table for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from lake.storage import Table
from tests.unit.lake.trial import open_table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return open_table(tmp_path)
