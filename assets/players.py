"""Player markets: who may score in the coming matches, from the same score grid as the fair prices."""

from dagster import AssetExecutionContext, AssetKey, MaterializeResult, asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import table_metadata
from assets.workspace import Workspace
from lake.contracts.model import contract
from replay import believe, players

SPORT = "football"
TABLE = f"gold.{SPORT}.player_predictions"
_READ = [
    AssetKey(contract(name).identity)
    for name in (f"gold.{SPORT}.fair_odds", f"silver.{SPORT}.player_stats", f"silver.{SPORT}.players")
]


@asset(
    key=AssetKey(contract(TABLE).identity),
    deps=_READ,
    group_name="beliefs",
    kinds={"deltalake"},
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
    description="Every known player's chance to score in the coming matches, and its fair price.",
)
def player_predictions(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Prices the players of leagues whose players are known; empty where there are none."""
    as_of = workspace.moment(context.partition_key)
    table = workspace.lake.table(TABLE)
    found = players.predict(workspace.lake, workspace.settings, as_of)
    table.replace(found, believe.at_moment(as_of))
    return MaterializeResult(metadata=table_metadata(table))
