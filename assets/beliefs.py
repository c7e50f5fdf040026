"""Beliefs: each sport's champion trained and registered, then probabilities and fair odds of the coming matches."""

from collections.abc import Iterator

import polars as pl
from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from assets.feature_store import online_key
from assets.partitions import DAYS, ONE_RUN_A_DAY
from assets.show import Metadata, picture, preview, table_metadata
from assets.workspace import Workspace
from replay import believe, learning
from replay.catalog import CRAFTS, craft_of
from serving import pictures


def champion_key(sport: str) -> AssetKey:
    """The asset of a sport's champion."""
    return AssetKey(["models", sport, "champion"])


def _learn(sport: str) -> AssetsDefinition:
    champion, performance = champion_key(sport), AssetKey(["gold", sport, "model_performance"])
    trained_on = [AssetKey(name.split(".")) for name in learning.learned_from(sport)]

    @multi_asset(
        specs=[
            AssetSpec(champion, deps=trained_on, group_name="beliefs", kinds={"mlflow", "lightgbm"},
                      description="Every member and its pools, weighed on earlier seasons; registered in MLflow."),
            AssetSpec(performance, deps=trained_on, group_name="beliefs", kinds={"deltalake"},
                      description="Out-of-fold scores of every forecaster at each training, against the close."),
        ],
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        name=f"learn_{sport}",
    )  # fmt: skip
    def learn(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
        """Trains on everything known at the moment; what was trained on the same data before is used again."""
        as_of, settings = workspace.moment(context.partition_key), workspace.settings.of(sport)
        registry = workspace.registry(sport)
        learned = learning.learn(workspace.lake, registry, settings, as_of, context.log.info, pictures.reliability)
        table = workspace.lake.table(f"gold.{sport}.model_performance")
        if len(learned.scores):
            table.merge(learned.scores)
        yield MaterializeResult(asset_key=champion, metadata=_champion_metadata(sport, learned))
        yield MaterializeResult(asset_key=performance, metadata=table_metadata(table))

    return learn


def _price(sport: str) -> AssetsDefinition:
    @multi_asset(
        specs=[
            AssetSpec(AssetKey(["gold", sport, name]), deps=[champion_key(sport), online_key(sport)],
                      group_name="beliefs", kinds={"deltalake"}, description=description)
            for name, description in {
                "predictions": "Every forecaster's probabilities of the coming matches.",
                "fair_odds": "Fair prices of every market, from one score grid a match: what consumers read.",
                "score_grids": "The distribution of the final score of every coming match.",
            }.items()
        ],
        partitions_def=DAYS,
        backfill_policy=ONE_RUN_A_DAY,
        name=f"price_{sport}",
    )  # fmt: skip
    def price(context: AssetExecutionContext, workspace: Workspace) -> Iterator[MaterializeResult[None]]:
        """Reads the online features of both teams and prices every match inside the horizon."""
        as_of, settings = workspace.moment(context.partition_key), workspace.settings.of(sport)
        found = believe.predict(workspace.lake, workspace.registry(sport), workspace.store(sport), settings)
        for name in believe.PRICED:
            frame: pl.DataFrame = getattr(found, name)
            table = workspace.lake.table(f"gold.{sport}.{name}")
            table.replace(frame, believe.at_moment(as_of))
            yield MaterializeResult(asset_key=AssetKey(["gold", sport, name]), metadata=table_metadata(table))

    return price


def _champion_metadata(sport: str, learned: learning.Learned) -> Metadata:
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
        "described": MetadataValue.json(dict(craft_of(sport).described(trained))),
        "out_of_fold": preview(learned.scores),
        **shown,
    }


champions = [_learn(sport) for sport in CRAFTS]
prices = [_price(sport) for sport in CRAFTS]
