"""dbt's own unit tests of the football models, on invented rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets import dbt_runner
from lake.contracts.render import source_entities
from lake.storage import Lake
from lake.views import open_snapshot


@pytest.mark.slow
def test_every_model_keeps_the_promises_of_its_unit_tests(tmp_path: Path) -> None:
    database = tmp_path / dbt_runner.DATABASE_NAME
    read = [f"silver.football.{entity}" for entity in source_entities("football")]
    open_snapshot(database, Lake(tmp_path / "lake"), read)
    variables = {"as_of_utc": "2024-01-12T17:00:00+00:00", "horizon_hours": 72}
    assert dbt_runner.build(database, variables).success, "an empty lake builds empty models"

    result = dbt_runner.unit_test(database, variables)

    failed = [f"{found.node.name}: {found.message}" for found in result.result.results if str(found.status) != "pass"]
    assert len(result.result.results) == 6
    assert not failed, "\n".join(failed)
