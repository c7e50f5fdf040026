"""Which assets run together. Every job runs its small steps in one process: a step costs milliseconds, not seconds."""

from __future__ import annotations

from dagster import AssetSelection, JobDefinition, define_asset_job, in_process_executor, job
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets.backtest import backtest_key
from assets.cleanup import compact_tables
from assets.decisions import key
from assets.quality import tell_failure
from replay.catalog import CRAFTS, craft_of

SPORT = "football"
_BACKTESTS = AssetSelection.groups("replay")
_INGESTION = AssetSelection.groups("bronze", "silver", "quarantine")
_FEATURES = AssetSelection.groups("features")
_DECISIONS = AssetSelection.groups("decisions", "money")
_DELIVERY = AssetSelection.groups("delivery")


def backtest_name(sport: str) -> str:
    """The job that walks forward over a sport."""
    return f"backtest_{sport}"


nightly = define_asset_job(
    "nightly",
    selection=AssetSelection.all() - _BACKTESTS,
    executor_def=in_process_executor,
    hooks={tell_failure},
    description="From vendors' files to tickets: everything, audited by Great Expectations, released and reported.",
)
hourly_statistics = define_asset_job(
    "hourly_statistics",
    selection=(_INGESTION | _FEATURES).without_checks(),
    executor_def=in_process_executor,
    hooks={tell_failure},
    description="New results and statistics into silver and the features.",
)
intraday_odds = define_asset_job(
    "intraday_odds",
    selection=(_INGESTION | _FEATURES | AssetSelection.groups("beliefs") | _DECISIONS | _DELIVERY).without_checks(),
    executor_def=in_process_executor,
    hooks={tell_failure},
    description="New prices into tickets around what stands; contracts are checked on writing.",
)
settlement = define_asset_job(
    "settlement",
    selection=(_INGESTION | AssetSelection.assets(*map(key, ("settlements", "ledger", "outbox")))).without_checks(),
    executor_def=in_process_executor,
    hooks={tell_failure},
    description="Tickets whose results are known, settled and booked.",
)


def _backtest(sport: str) -> UnresolvedAssetJobDefinition:
    return define_asset_job(
        backtest_name(sport),
        selection=(_INGESTION | _FEATURES).without_checks() | AssetSelection.assets(backtest_key(sport)),
        executor_def=in_process_executor,
        hooks={tell_failure},
        description=f"A walk-forward of {sport} over a range of match days.",
    )


@job(
    executor_def=in_process_executor,
    hooks={tell_failure},
    description="Small files joined, checkpoints written, unused files deleted.",
)
def cleanup() -> None:
    """Tidy every table."""
    compact_tables()


JOBS: list[JobDefinition | UnresolvedAssetJobDefinition] = [
    nightly,
    hourly_statistics,
    intraday_odds,
    settlement,
    *(_backtest(sport) for sport in CRAFTS if craft_of(sport).backtest),
    cleanup,
]
