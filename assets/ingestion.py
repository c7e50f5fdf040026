"""Bronze and silver: vendors' answers as they came, then typed, deduplicated and bitemporal.

A vendor's turn asks, lands and reads; what a turn left unread is read when silver is materialised. Anchors come first
and local sets next, since the others' names and plans stand on theirs.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

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
from lake.contracts.model import contract, contracts
from sources.base import Source
from sources.catalog import ANCHORS, LOCAL, SPORTS, TERMS, served_by, sources_of
from sources.collecting import Turn, collect
from sources.ingest import to_silver

VENDOR_RETRIES = RetryPolicy(max_retries=2, delay=5, backoff=Backoff.EXPONENTIAL, jitter=Jitter.PLUS_MINUS)


def _key(vendor: str) -> AssetKey:
    return AssetKey(contract(f"bronze.{vendor}.captures").identity)


def _captures(vendor: str) -> AssetsDefinition:
    """Every attempt to fetch from a vendor, with the bytes as they came."""
    first = {ANCHORS[source.sport] for source in served_by(vendor)}
    before = sorted((first | ({LOCAL} if vendor not in first else set())) - {vendor})

    @asset(
        key=_key(vendor), deps=[_key(name) for name in before], group_name="bronze", kinds={"deltalake"}, pool=vendor,
        retry_policy=VENDOR_RETRIES, description=f"Every attempt to fetch from {vendor}, with the bytes.",
    )  # fmt: skip
    def captures(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
        try:
            asked = workspace.settings.sports
            served = [one for one in served_by(vendor, workspace.settings.simulated) if one.sport in asked]
            turns = [_turn(context, workspace, source) for source in served]
        except PermanentError as error:
            raise Failure(str(error), allow_retries=False) from error
        table = workspace.lake.table(f"bronze.{vendor}.captures")
        return MaterializeResult(metadata={**table_metadata(table), **_told(turns)})

    return captures


def _turn(context: AssetExecutionContext, workspace: Workspace, source: Source) -> Turn:
    turn = collect(
        workspace.lake, source, workspace.transport(source.name), workspace.leagues_of(source.sport),
        workspace.moment(), SystemClock().now(), context.log.info, workspace.freshness(source), workspace.held(source),
    )  # fmt: skip
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(turn.attempts.items())) or "nothing was due"
    context.log.info(f"{source.name} ({source.sport}): {said}; {turn.landed} new captures, {turn.read} payloads read")
    return turn


def _told(turns: Sequence[Turn]) -> dict[str, int | bool]:
    attempts = Counter[str]()
    for turn in turns:
        attempts.update(turn.attempts)
    degraded = {"is_degraded": any(turn.is_degraded for turn in turns)}
    return (
        {"new_rows": sum(turn.landed for turn in turns)} | degraded | {f"attempts_{k}": n for k, n in attempts.items()}
    )


captures = [_captures(vendor) for vendor in TERMS]


def _spec(name: str, sport: str) -> AssetSpec:
    found = contract(name)
    return AssetSpec(
        AssetKey(found.identity), deps=[_key(vendor) for vendor in sources_of(sport)], group_name=found.identity[0],
        kinds={"deltalake", "polars"}, description=f"{found.grain[0].upper()}{found.grain[1:]}.",
        metadata={"contract_version": found.version}, owners=[f"team:{found.owner}"],
    )  # fmt: skip


def _silver(sport: str) -> AssetsDefinition:
    """Everything that a sport's payloads say: silver, and quarantine for what was refused."""
    names = [
        name for name, found in contracts().items() if found.identity[:2] in {("silver", sport), ("quarantine", sport)}
    ]

    @multi_asset(specs=[_spec(name, sport) for name in names], name=f"conform_{sport}")
    def silver(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
        """Reads what bronze has and silver has not, anchors first; refused rows go to quarantine with their reason."""
        for source in sources_of(sport).values():
            read = to_silver(workspace.lake, source, workspace.leagues_of(sport), SystemClock().now(), context.log.info)
            context.log.info(f"{source.name}: {read} payloads read")
        for key in context.selected_asset_keys:
            yield MaterializeResult(asset_key=key, metadata=table_metadata(workspace.lake.table(".".join(key.path))))

    return silver


silver = [_silver(sport) for sport in SPORTS]
