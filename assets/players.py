"""Player markets: what players may do in the coming matches, of each sport in its own way (replay/sports.py)."""

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, MaterializeResult, asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import table_metadata
from assets.workspace import Workspace
from lake.contracts.model import contract
from replay import believe
from replay.sports import SPORTS, Sport


def _player_predictions(sport: Sport) -> AssetsDefinition:
    """Every known player of a sport's coming matches, with fair prices of what he may do."""
    name = f"gold.{sport.name}.player_predictions"
    read = (table.split(".") for table in sport.players_from)

    @asset(
        key=AssetKey(contract(name).identity),
        deps=[AssetKey([layer, sport.name, entity]) for layer, entity in read],
        group_name="beliefs",
        kinds={"deltalake"},
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        description=f"Players of the coming matches of {sport.name}: what they may do, and its fair prices.",
    )
    def player_predictions(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
        """Prices the players of leagues whose players are known; empty where there are none."""
        as_of, table = workspace.moment(context.partition_key), workspace.lake.table(name)
        if sport.name in workspace.settings.sports:
            found = sport.players(workspace.lake, workspace.settings.of(sport.name), as_of)
            table.replace(found, believe.at_moment(as_of))
        return MaterializeResult(metadata=table_metadata(table))

    return player_predictions


PLAYER_PREDICTIONS = [_player_predictions(sport) for sport in SPORTS.values()]
