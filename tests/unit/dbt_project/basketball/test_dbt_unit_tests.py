"""dbt's own unit tests of the basketball models, on invented rows, over models built of an empty lake."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets import dbt_runner
from lake.contracts.render import source_entities
from lake.storage import Lake
from lake.views import open_snapshot
from tests.unit.dbt_project.basketball.league import SPORT


@pytest.mark.slow
def test_every_model_keeps_the_promises_of_its_unit_tests(tmp_path: Path) -> None:
    database = tmp_path / dbt_runner.DATABASE_NAME
    open_snapshot(database, Lake(tmp_path / "lake"), [f"silver.{SPORT}.{entity}" for entity in source_entities(SPORT)])
    variables = {"as_of_utc": "2024-01-12T17:00:00+00:00", "horizon_hours": 72}
    assert dbt_runner.build(database, variables, SPORT).success, "an empty lake builds empty models"

    result = dbt_runner.unit_test(database, variables, SPORT)

    failed = [f"{found.node.name}: {found.message}" for found in result.result.results if str(found.status) != "pass"]
    assert len(result.result.results) == 5
    assert not failed, "\n".join(failed)
