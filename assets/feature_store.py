"""The online feature store: the newest form of every club, where the prediction step reads it."""

from dagster import AssetExecutionContext, AssetKey, MaterializeResult, asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.workspace import Workspace

ONLINE_FORM = AssetKey(["online", "football", "team_form"])


@asset(
    key=ONLINE_FORM,
    deps=[AssetKey(["gold", "football", "feat_team_form"])],
    group_name="features",
    kinds={"feast", "sqlite"},
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
)
def online_team_form(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """Feast view `team_form`: applied, and its newest values written to SQLite."""
    form = workspace.lake.table("gold.football.feat_team_form").read()
    clubs = workspace.store.publish(form, workspace.moment(context.partition_key))
    return MaterializeResult(metadata={"clubs": clubs})
