"""Uncertainty: the posterior of the goals model, and the interval that it leaves each coming probability.

Both come from one step. The check on the intervals stops what is built on them; delivery waits for the posterior
instead, so a posterior that has not converged withholds its intervals and nothing else.
"""

from collections.abc import Iterator

from dagster import AssetExecutionContext, AssetKey, AssetSpec, MaterializeResult, MetadataValue, multi_asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import preview, table_metadata
from assets.workspace import Workspace
from lake.contracts.model import contract
from replay import believe, uncertainty

SPORT = "football"
TABLE = f"gold.{SPORT}.outcome_intervals"
POSTERIOR = AssetKey(["models", SPORT, "posterior"])
INTERVALS = AssetKey(contract(TABLE).identity)
_READ = [AssetKey(["gold", SPORT, name]) for name in ("fct_results", "spn_decisions")]
_DIAGNOSTICS = ("competition_id", "cutoff_at_utc", "max_r_hat", "min_bulk_ess", "divergences", "withheld_because")


@multi_asset(
    specs=[
        AssetSpec(POSTERIOR, deps=_READ, group_name="beliefs", kinds={"pymc"},
                  description="Draws of every club's strength as known at the first of the month, kept as NetCDF."),
        AssetSpec(INTERVALS, deps=_READ, group_name="beliefs", kinds={"deltalake"},
                  description="How far the posterior leaves the probabilities of the coming matches open."),
    ],
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
    name="measure_football",
)  # fmt: skip
def measure(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
    """Samples where nothing was kept; without rows where the setting `posterior` is off."""
    as_of = workspace.moment(context.partition_key)
    found = uncertainty.intervals(workspace.lake, workspace.settings, as_of, context.log.info)
    table = workspace.lake.table(TABLE)
    table.replace(found, believe.at_moment(as_of))
    went = found.select(_DIAGNOSTICS).unique().sort("competition_id")
    folder = MetadataValue.path(str(uncertainty.posteriors(workspace.lake)))
    yield MaterializeResult(asset_key=POSTERIOR, metadata={"diagnostics": preview(went), "draws": folder})
    yield MaterializeResult(asset_key=INTERVALS, metadata=table_metadata(table))
