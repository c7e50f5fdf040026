"""The online feature stores: the newest features of every team, where the prediction step of its sport reads them."""

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, MaterializeResult, asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.workspace import Workspace
from feature_repo.tables import TABLES


def online_key(sport: str) -> AssetKey:
    """The asset of a sport's online features."""
    return AssetKey(["online", sport, "team_form"])


def _online(sport: str) -> AssetsDefinition:
    tables = TABLES[sport]

    @asset(
        key=online_key(sport),
        deps=[AssetKey(["gold", sport, table]) for table in tables],
        group_name="features",
        kinds={"feast", "sqlite"},
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        description="Feast's views of features of teams: applied, and their newest values written to SQLite.",
    )
    def online_team_form(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
        gold = {table: workspace.lake.table(f"gold.{sport}.{table}").read() for table in tables}
        teams = workspace.store(sport).publish(gold, workspace.moment(context.partition_key))
        return MaterializeResult(metadata={"teams": teams})

    return online_team_form


online_features = [_online(sport) for sport in TABLES]
