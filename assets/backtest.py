"""A backtest as an asset: the walk-forward over a range of days, and its report in gold."""

from datetime import date

from dagster import AssetExecutionContext, AssetKey, Config, MaterializeResult, asset
from pydantic import Field

from assets.show import table_metadata
from assets.workspace import Workspace
from replay import walk_forward

SPORT = "football"


class BacktestConfig(Config):
    """The range of match days, inclusive."""

    first_day: str = Field(description="First match day, such as 2021-07-01.")
    last_day: str = Field(description="Last match day, such as 2024-06-30.")


@asset(
    key=AssetKey(["gold", SPORT, "backtests"]),
    deps=[AssetKey(["gold", SPORT, "feat_team_form"])],
    group_name="replay",
    kinds={"deltalake"},
)
def backtests(context: AssetExecutionContext, workspace: Workspace, config: BacktestConfig) -> MaterializeResult[None]:
    """Forecasters on the same matches against the close, and the tickets that the optimizer would have issued."""
    first, last = date.fromisoformat(config.first_day), date.fromisoformat(config.last_day)
    found = walk_forward.backtest(workspace.lake, workspace.settings, first, last, context.log.info)
    table = workspace.lake.table(f"gold.{SPORT}.backtests")
    table.merge(found)
    return MaterializeResult(metadata=table_metadata(table) | {"hash": found["backtest_hash"][0]})
