"""Beliefs: the champion trained and registered, then probabilities and fair odds of the coming matches."""

from collections.abc import Iterator

import polars as pl
from dagster import AssetExecutionContext, AssetKey, AssetSpec, MaterializeResult, MetadataValue, multi_asset

from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import Metadata, picture, preview, table_metadata
from assets.workspace import Workspace
from replay import believe, learning
from serving import pictures

SPORT = "football"
CHAMPION = AssetKey(["models", SPORT, "champion"])
PERFORMANCE = AssetKey(["gold", SPORT, "model_performance"])
GOLD = "gold.football"
_TRAINED_ON = [AssetKey(["gold", SPORT, name]) for name in learning.TRAINED_ON]


@multi_asset(
    specs=[
        AssetSpec(CHAMPION, deps=_TRAINED_ON, group_name="beliefs", kinds={"mlflow", "lightgbm"},
                  description="Elo, boosted trees and the market, pooled on earlier seasons; registered in MLflow."),
        AssetSpec(PERFORMANCE, deps=_TRAINED_ON, group_name="beliefs", kinds={"deltalake"},
                  description="Out-of-fold scores of every forecaster at each training, against the close."),
    ],
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
    name="learn_football",
)  # fmt: skip
def learn(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
    """Trains on everything known at the moment; what was trained on the same data before is used again."""
    as_of = workspace.moment(context.partition_key)
    learned = learning.learn(
        workspace.lake, workspace.registry, workspace.settings, as_of, context.log.info, pictures.reliability
    )
    table = workspace.lake.table(f"{GOLD}.model_performance")
    if len(learned.scores):
        table.merge(learned.scores)
    yield MaterializeResult(asset_key=CHAMPION, metadata=_champion_metadata(learned))
    yield MaterializeResult(asset_key=PERFORMANCE, metadata=table_metadata(table))


@multi_asset(
    specs=[
        AssetSpec(AssetKey(["gold", SPORT, name]), deps=[CHAMPION, AssetKey(["online", SPORT, "team_form"])],
                  group_name="beliefs", kinds={"deltalake"}, description=description)
        for name, description in {
            "predictions": "Every forecaster's probabilities of the coming matches.",
            "fair_odds": "Fair prices of every market, from one score grid a match: what consumers read.",
            "score_grids": "The distribution of the final score of every coming match.",
        }.items()
    ],
    partitions_def=DAYS,
    backfill_policy=ONE_RUN_A_DAY,
    name="price_football",
)  # fmt: skip
def price(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
    """Reads the online features of both clubs and prices every match inside the horizon."""
    as_of = workspace.moment(context.partition_key)
    found = believe.predict(workspace.lake, workspace.registry, workspace.store, workspace.settings, as_of)
    for name in believe.PRICED:
        frame: pl.DataFrame = getattr(found, name)
        table = workspace.lake.table(f"{GOLD}.{name}")
        table.replace(frame, believe.at_moment(as_of))
        yield MaterializeResult(asset_key=AssetKey(["gold", SPORT, name]), metadata=table_metadata(table))


def _champion_metadata(learned: learning.Learned) -> Metadata:
    if learned.registered is None:
        return {"trained": MetadataValue.text("No finished match is known yet.")}
    trained = learned.registered.trained
    shown = (
        {"reliability": picture("Reliability", pictures.reliability(*learned.reliability))}
        if learned.reliability
        else {}
    )
    return {
        "version": MetadataValue.text(learned.registered.version),
        "training_hash": MetadataValue.text(learned.registered.training_hash),
        "matches": MetadataValue.int(trained.matches),
        "model_pool": MetadataValue.json(dict(trained.result.model.pool.weights)),
        "blend_pool": MetadataValue.json(dict(trained.result.blend.pool.weights)),
        "out_of_fold": preview(learned.scores),
        **shown,
    }
