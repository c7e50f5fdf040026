"""Uncertainty: each sport's posterior of strengths, and the interval that it leaves each coming probability.

Both come from one step. The check on the intervals stops what is built on them; delivery waits for the posterior
instead, so a posterior that has not converged withholds its intervals and nothing else.
"""

from collections.abc import Iterator

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import preview, table_metadata
from assets.workspace import Workspace
from replay import believe, uncertainty
from replay.catalog import craft_of, sampled
from replay.kept import posteriors

_DIAGNOSTICS = ("competition_id", "cutoff_at_utc", "max_r_hat", "min_bulk_ess", "divergences", "withheld_because")


def posterior_key(sport: str) -> AssetKey:
    """The asset of a sport's posterior."""
    return AssetKey(["models", sport, "posterior"])


def intervals_key(sport: str) -> AssetKey:
    """The asset of the intervals that it leaves."""
    return AssetKey(["gold", sport, "outcome_intervals"])


def _measure(sport: str) -> AssetsDefinition:
    posterior, intervals = posterior_key(sport), intervals_key(sport)
    read = [AssetKey(["gold", sport, name]) for name in (*craft_of(sport).SEEN, "spn_decisions")]

    @multi_asset(
        specs=[
            AssetSpec(posterior, deps=read, group_name="beliefs", kinds={"pymc"},
                      description="Draws of every side's strengths as known at the first of the month, as NetCDF."),
            AssetSpec(intervals, deps=read, group_name="beliefs", kinds={"deltalake"},
                      description="How far the posterior leaves the probabilities of the coming matches open."),
        ],
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        name=f"measure_{sport}",
    )  # fmt: skip
    def measure(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
        """Samples where nothing was kept; without rows where the setting `posterior` is off."""
        as_of, settings = workspace.moment(context.partition_key), workspace.settings.of(sport)
        found = uncertainty.intervals(workspace.lake, settings, as_of, context.log.info)
        table = workspace.lake.table(f"gold.{sport}.outcome_intervals")
        table.replace(found, believe.at_moment(as_of))
        went = found.select(_DIAGNOSTICS).unique().sort("competition_id")
        folder = MetadataValue.path(str(posteriors(workspace.lake)))
        yield MaterializeResult(asset_key=posterior, metadata={"diagnostics": preview(went), "draws": folder})
        yield MaterializeResult(asset_key=intervals, metadata=table_metadata(table))

    return measure


measures = [_measure(sport) for sport in sampled()]
