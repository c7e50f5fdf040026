"""Player markets: what players may do in the coming matches, of each sport in its own way (replay/craft.py)."""

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, MaterializeResult, asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import table_metadata
from assets.workspace import Workspace
from lake.contracts.model import contract
from replay import believe
from replay.craft import CRAFTS, Players, craft_of


def _player_predictions(sport: str, priced: Players) -> AssetsDefinition:
    """Every known player of a sport's coming matches, with fair prices of what he may do."""
    name = f"gold.{sport}.player_predictions"
    read = (table.split(".") for table in craft_of(sport).PLAYERS_FROM)

    @asset(
        key=AssetKey(contract(name).identity),
        deps=[AssetKey([layer, sport, entity]) for layer, entity in read],
        group_name="beliefs",
        kinds={"deltalake"},
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        description=f"Players of the coming matches of {sport}: what they may do, and its fair prices.",
    )
    def player_predictions(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
        """Prices the players of leagues whose players are known; empty where there are none."""
        as_of, table = workspace.moment(context.partition_key), workspace.lake.table(name)
        found = priced(workspace.lake, workspace.settings.of(sport), as_of)
        table.replace(found, believe.at_moment(as_of))
        return MaterializeResult(metadata=table_metadata(table))

    return player_predictions


PLAYER_PREDICTIONS = [_player_predictions(sport, priced) for sport in CRAFTS if (priced := craft_of(sport).players)]
