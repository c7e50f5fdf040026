"""Player markets: what players may do in the coming matches, of each sport in its own way (replay/craft.py)."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, AssetSpec, MaterializeResult, multi_asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import table_metadata
from assets.workspace import Workspace
from replay import believe
from replay.catalog import CRAFTS, craft_of
from replay.craft import PLAYER_BELIEFS, PLAYER_PREDICTIONS, PROP_VALUES, Craft, Players

DESCRIBED = {
    PLAYER_PREDICTIONS: "Players of the coming matches of {sport}: what they may do, and its fair prices.",
    PLAYER_BELIEFS: "What is believed of every player of {sport}: what scenarios of bets on players are drawn from.",
    PROP_VALUES: "Books' prices of props of {sport} beside our own at the same lines.",
}


def _players(sport: str, craft: Craft, price: Players) -> AssetsDefinition:
    """Every known player of a sport's coming matches, with fair prices of what he may do, and books' beside them."""

    @multi_asset(
        specs=[
            AssetSpec(AssetKey(["gold", sport, name]), deps=[_asset(sport, table) for table in read],
                      group_name="beliefs", kinds={"deltalake"}, description=DESCRIBED[name].format(sport=sport))
            for name, read in craft.PLAYERS_FROM.items()
        ],
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        name=f"gold__{sport}__player_predictions",
    )  # fmt: skip
    def players(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
        """Prices the players of leagues whose players are known; empty where there are none."""
        as_of = workspace.moment(context.partition_key)
        found = price(workspace.lake, workspace.settings.of(sport), as_of)
        for name in craft.PLAYERS_FROM:
            table = workspace.lake.table(f"gold.{sport}.{name}")
            table.replace(found[name], believe.at_moment(as_of))
            yield MaterializeResult(asset_key=AssetKey(["gold", sport, name]), metadata=table_metadata(table))

    return players


def _asset(sport: str, table: str) -> AssetKey:
    layer, entity = table.split(".")
    return AssetKey([layer, sport, entity])


PLAYERS = [_players(sport, craft, craft.players) for sport in CRAFTS if (craft := craft_of(sport)).players]
"""One step a sport that has players: they are priced once for all their tables."""
