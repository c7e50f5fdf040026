"""Bronze and silver: vendors' answers as they came, then typed, deduplicated and bitemporal."""

from collections.abc import Iterator

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Backoff,
    Failure,
    Jitter,
    MaterializeResult,
    RetryPolicy,
    asset,
    multi_asset,
)

from assets.show import table_metadata
from assets.workspace import Workspace
from core.clock import SystemClock
from core.errors import PermanentError
from lake.contracts.model import contract
from sources.base import Source
from sources.catalog import SOURCES
from sources.conforming import FACTS
from sources.ingest import due, land, to_silver

SPORT = "football"
CAPTURES = [AssetKey(contract(f"bronze.{name}.captures").identity) for name in SOURCES]
VENDOR_RETRIES = RetryPolicy(max_retries=2, delay=5, backoff=Backoff.EXPONENTIAL, jitter=Jitter.PLUS_MINUS)
SILVER = (*FACTS, "teams", "parsed_payloads")


def _captures(source: Source) -> AssetsDefinition:
    """Every attempt to fetch from a vendor, with the bytes as they came."""
    table = f"bronze.{source.name}.captures"

    @asset(
        key=AssetKey(contract(table).identity), group_name="bronze", kinds={"deltalake"}, pool=source.name,
        retry_policy=VENDOR_RETRIES, description=f"Every attempt to fetch from {source.name}, with the bytes.",
    )  # fmt: skip
    def captures(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
        requests = source.plan(workspace.leagues_asked_for, workspace.moment())
        if workspace.settings.profile == "live":
            requests = due(workspace.lake, source, requests, workspace.present)
        try:
            rows = land(workspace.lake, source, workspace.transport().fetch(requests))
        except PermanentError as error:
            raise Failure(str(error), allow_retries=False) from error
        context.log.info(f"{len(requests)} requests planned, {rows} new captures")
        return MaterializeResult(metadata=table_metadata(workspace.lake.table(table)) | {"new_rows": rows})

    return captures


captures = [_captures(source) for source in SOURCES.values()]


def _spec(layer: str, entity: str) -> AssetSpec:
    found = contract(f"{layer}.{SPORT}.{entity}")
    return AssetSpec(
        AssetKey(found.identity), deps=CAPTURES, group_name=layer, kinds={"deltalake", "polars"},
        description=f"{found.grain[0].upper()}{found.grain[1:]}.",
        metadata={"contract_version": found.version}, owners=[f"team:{found.owner}"],
    )  # fmt: skip


@multi_asset(
    specs=[*(_spec("silver", entity) for entity in SILVER), *(_spec("quarantine", entity) for entity in FACTS)],
    name="conform_football",
)
def silver(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
    """Reads what bronze has and silver has not, the anchor first; refused rows go to quarantine with their reason."""
    lake = workspace.lake
    leagues = workspace.leagues_asked_for
    for source in SOURCES.values():
        read = to_silver(lake, source, leagues, SystemClock().now(), context.log.info)
        context.log.info(f"{source.name}: {read} payloads read")
    for key in context.selected_asset_keys:
        table = lake.table(".".join(key.path))
        yield MaterializeResult(asset_key=key, metadata=table_metadata(table))
