"""The invented league, and gold built of it at a late moment, once for all tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.unit.dbt_project.basketball import league

LATE = datetime(2022, 11, 20, 17, tzinfo=UTC)


@pytest.fixture(scope="session")
def silver() -> dict[str, pl.DataFrame]:
    """Silver of the whole league."""
    return league.facts()


@pytest.fixture(scope="session")
def late(silver: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Gold at noon of a day near the end of the second season."""
    return league.gold(silver, LATE)
