"""Gold features: dbt builds a candidate in a private database, the contract audits it, and only then gold changes.

Dagster hears "materialised" after the commit, in dbt's own order.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    MaterializeResult,
)
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from assets import dbt_runner
from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import table_metadata
from assets.workspace import Workspace
from lake.contracts.render import dbt_contracts, source_entities
from lake.storage import Lake
from lake.views import open_snapshot, read_table
from sources.catalog import SPORTS


class Translator(DagsterDbtTranslator):  # type: ignore[misc]  # dagster-dbt ships no types that mypy can follow
    """A table has one identity: dbt's source `silver_football.matches` is the asset silver/football/matches."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """The identity of the table."""
        if dbt_resource_props["resource_type"] == "source":
            layer, sport = dbt_resource_props["source_name"].split("_", 1)
            return AssetKey([layer, sport, dbt_resource_props["name"]])
        layer, sport = dbt_resource_props["schema"].split("_", 1)
        return AssetKey([layer, sport, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """All of dbt stands in one group."""
        return "features"


def _features(sport: str) -> AssetsDefinition:
    """Every staging model, mart and feature of a sport."""

    @dbt_assets(  # type: ignore[untyped-decorator]  # dagster-dbt ships no types that mypy can follow
        manifest=dbt_runner.manifest_path(sport),
        dagster_dbt_translator=Translator(),
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        name=f"{sport}_features",
        pool="dbt",
    )
    def features(
        context: AssetExecutionContext, workspace: Workspace
    ) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
        """Every staging model, mart and feature of the sport, as known at the moment of decision."""
        lake, as_of = workspace.lake, workspace.moment(context.partition_key)
        with tempfile.TemporaryDirectory(prefix="fairline-candidate-") as folder:
            database = Path(folder) / dbt_runner.DATABASE_NAME
            open_snapshot(database, lake, [f"silver.{sport}.{entity}" for entity in source_entities(sport)])
            variables = {
                "as_of_utc": as_of.isoformat(),
                "horizon_hours": workspace.settings.of(sport).ahead_hours,
                "leagues": sorted(workspace.leagues_of(sport)) if workspace.settings.leagues else [],
            }
            result = dbt_runner.build(database, variables, sport)
            if result.exception:
                raise result.exception
            if result.success:
                publish_candidate(lake, database, sport)
        yield from _events(context, lake, result)

    return cast("AssetsDefinition", features)


features = [_features(sport) for sport in SPORTS]


def publish_candidate(lake: Lake, database: Path, sport: str) -> None:
    """Audit every model of the candidate against its contract, then replace gold; the first breach stops it all."""
    frames = {name: read_table(database, f"gold_{sport}", name) for name in dbt_contracts(sport)}
    for name, frame in frames.items():
        lake.table(f"gold.{sport}.{name}").replace(frame)


def _events(
    context: AssetExecutionContext, lake: Lake, result: Any
) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
    """Checks of models and, where all passed, materialisations; a failed build raises and materialises nothing."""
    keys = {spec.metadata["dagster_dbt/unique_id"]: spec.key for spec in context.assets_def.specs}
    wanted = {check.name: check for check in context.selected_asset_check_keys}
    for found in result.result.results:
        name = found.node.name
        if name in wanted:
            passed, failures = str(found.status) in ("pass", "warn"), int(found.failures or 0)
            yield AssetCheckResult(
                asset_key=wanted[name].asset_key, check_name=name, passed=passed, metadata={"failures": failures}
            )
        elif result.success and found.node.unique_id in keys:
            yield _materialised(keys[found.node.unique_id], lake, found.execution_time)
    if not result.success:
        raise Failure(f"{_broken(result)} Gold stands as it was.", allow_retries=False)


def _broken(result: Any) -> str:
    """What stopped a build, in sentences: the first model that could not be made, else the first test that failed."""
    bad = {kind: [one for one in result.result.results if str(one.status) == kind] for kind in ("error", "fail")}
    if bad["error"]:
        return f"{bad['error'][0].node.name} could not be built: {' '.join(str(bad['error'][0].message).split())}"
    return f"The features do not keep their contract: {', '.join(sorted(one.node.name for one in bad['fail']))}."


def _materialised(key: AssetKey, lake: Lake, seconds: float) -> MaterializeResult[None]:
    is_gold = key.path[0] == "gold"
    shown = table_metadata(lake.table(".".join(key.path))) if is_gold else {}
    return MaterializeResult(asset_key=key, metadata=shown | {"dbt_seconds": seconds})
