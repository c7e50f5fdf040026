"""Delivery: one release of all gold tables, the same as plain Parquet, and the daily report."""

from dagster import AssetExecutionContext, AssetKey, MaterializeResult, MetadataValue, asset

from assets.decisions import key
from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.uncertainty import posterior_key
from assets.workspace import Workspace
from lake import publish, releases
from lake.contracts.model import contracts
from lake.desk import DESK, of_desk
from optimizer.audit import anchor, head
from replay.catalog import sampled
from serving import report

_UNRELEASED = ("releases", "backtests", "source_status", "alerts")
"""Tables about runs, written beside or after a release."""

RELEASED = tuple(
    name for name, found in contracts().items()
    if found.identity[0] == "gold" and found.identity[2] not in _UNRELEASED
)  # fmt: skip
_LAST = (
    *map(of_desk, ("outbox", "bet_performance", "attributions", "compliance_reports", "arbitrages")),
    *(".model_performance", ".predictions", ".player_predictions", ".prop_values", ".feat_match_market", ".dim_teams"),
)
"""Names, or their ends, of what is written last of all that a release holds."""


@asset(
    key=key("releases"),
    deps=[*(AssetKey(name.split(".")) for name in RELEASED if name.endswith(_LAST)), *map(posterior_key, sampled())],
    group_name="delivery",
    kinds={"deltalake", "parquet"},
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
)  # fmt: skip
def release(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """The versions of all gold tables that belong together, written last and published as plain Parquet."""
    as_of = workspace.moment(context.partition_key)
    made = releases.commit(workspace.lake, as_of, workspace.settings.simulated, RELEASED)
    manifest = publish.publish(workspace.lake, made, workspace.published)
    audit = workspace.lake.table(of_desk("audit")).scan().select("sequence", "entry_hash").collect()
    anchor(workspace.anchors, head(audit), len(audit), as_of)
    shown = {name.removeprefix("gold."): version for name, version in made.versions.items()}
    return MaterializeResult(
        metadata={"release": made.release_id, "manifest": MetadataValue.path(str(manifest)), "versions": shown}
    )


@asset(
    key=AssetKey(["report", DESK, "daily"]),
    deps=[key("releases"), key("source_status")],
    group_name="delivery",
    kinds={"html"},
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
)
def daily_report(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Tickets, prices, scores and provenance of the day on one self-contained page."""
    as_of = workspace.moment(context.partition_key)
    page = report.daily(workspace.lake, workspace.settings, as_of)
    path = report.page_path(workspace.state_root, as_of)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return MaterializeResult(metadata={"page": MetadataValue.path(str(path)), "bytes": len(page)})
