"""A backtest as an asset: the walk-forward over a range of days, and its report in gold."""

import json
from datetime import date

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Config,
    MaterializeResult,
    asset,
)
from pydantic import Field

from assets.show import table_metadata
from assets.workspace import Workspace
from replay import learning
from replay.catalog import CRAFTS, craft_of
from replay.craft import Backtest
from replay.suspicion import suspects

NOBODY_BEATS_THE_CLOSE = "nobody_beats_the_close"


class BacktestConfig(Config):
    """The range of match days, inclusive."""

    first_day: str = Field(description="First match day, such as 2021-07-01.")
    last_day: str = Field(description="Last match day, such as 2024-06-30.")
    posterior: bool = Field(default=False, description="Also score the posterior of strengths, sampled each month.")


def backtest_key(sport: str) -> AssetKey:
    """The asset of a sport's backtests."""
    return AssetKey(["gold", sport, "backtests"])


def _backtests(sport: str, walk: Backtest) -> AssetsDefinition:
    key = backtest_key(sport)

    @asset(
        key=key,
        deps=[AssetKey(name.split(".")) for name in learning.learned_from(sport)],
        group_name="replay",
        kinds={"deltalake"},
        check_specs=[AssetCheckSpec(NOBODY_BEATS_THE_CLOSE, asset=key, description="Who does is a suspected leak.")],
        description="Forecasters on the same matches against the close, and the tickets that would have been issued.",
    )
    def backtests(context: AssetExecutionContext, workspace: Workspace, config: BacktestConfig) -> MaterializeResult:  # type: ignore[type-arg]  # with a check, Dagster knows only the bare type
        first, last = date.fromisoformat(config.first_day), date.fromisoformat(config.last_day)
        settings = workspace.settings.of(sport)
        found = walk(workspace.lake, settings, first, last, context.log.info, config.posterior)
        table = workspace.lake.table(f"gold.{sport}.backtests")
        table.merge(found)
        suspected = suspects(json.loads(found["report"][0]))
        told = {"suspected": suspected}
        return MaterializeResult(
            metadata=table_metadata(table) | {"hash": found["backtest_hash"][0]},
            check_results=[AssetCheckResult(check_name=NOBODY_BEATS_THE_CLOSE, passed=not suspected, metadata=told)],
        )

    return backtests


backtests = [_backtests(sport, walk) for sport in CRAFTS if (walk := craft_of(sport).backtest)]
