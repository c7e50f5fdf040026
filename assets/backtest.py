"""A backtest as an asset: the walk-forward over a range of days, and its report in gold."""

import json
from datetime import date

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    Config,
    MaterializeResult,
    asset,
)
from pydantic import Field

from assets.show import table_metadata
from assets.workspace import Workspace
from replay import walk_forward
from replay.suspicion import suspects

SPORT = "football"
KEY = AssetKey(["gold", SPORT, "backtests"])
NOBODY_BEATS_THE_CLOSE = "nobody_beats_the_close"


class BacktestConfig(Config):
    """The range of match days, inclusive."""

    first_day: str = Field(description="First match day, such as 2021-07-01.")
    last_day: str = Field(description="Last match day, such as 2024-06-30.")
    posterior: bool = Field(default=False, description="Also score the goals model's posterior, sampled each month.")


@asset(
    key=KEY,
    deps=[AssetKey(["gold", SPORT, "feat_team_form"])],
    group_name="replay",
    kinds={"deltalake"},
    check_specs=[AssetCheckSpec(NOBODY_BEATS_THE_CLOSE, asset=KEY, description="Who does is a suspected leak.")],
)
def backtests(context: AssetExecutionContext, workspace: Workspace, config: BacktestConfig) -> MaterializeResult:  # type: ignore[type-arg]  # with a check, Dagster knows only the bare type
    """Forecasters on the same matches against the close, and the tickets that the optimizer would have issued."""
    first, last = date.fromisoformat(config.first_day), date.fromisoformat(config.last_day)
    found = walk_forward.backtest(workspace.lake, workspace.settings, first, last, context.log.info, config.posterior)
    table = workspace.lake.table(f"gold.{SPORT}.backtests")
    table.merge(found)
    suspected = suspects(json.loads(found["report"][0]))
    return MaterializeResult(
        metadata=table_metadata(table) | {"hash": found["backtest_hash"][0]},
        check_results=[
            AssetCheckResult(check_name=NOBODY_BEATS_THE_CLOSE, passed=not suspected, metadata={"suspected": suspected})
        ],
    )
