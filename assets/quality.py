"""How good the data are and how sources stand: Data Docs every night, source status and alerts in every run."""

from collections.abc import Mapping

import polars as pl
from dagster import (
    AssetExecutionContext,
    AssetKey,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    HookContext,
    MaterializeResult,
    MetadataValue,
    RunsFilter,
    asset,
    failure_hook,
)

from assets.decisions import key
from assets.show import Metadata, preview, table_metadata
from assets.workspace import Workspace
from core.clock import SystemClock
from core.http import post
from lake.contracts.model import contract
from lake.desk import DESK
from lake.quality import data_docs as pages
from serving.alerts import book
from serving.alerts.conditions import failures, quality
from serving.alerts.look import KINDS, look
from serving.alerts.tell import Told, tell
from sources import status
from sources.catalog import SPORTS, TERMS, sources
from sources.known import Known
from sources.transport.standing import standing
from sources.transport.state import State

_RUNS = 200
"""So many of the newest finished runs are looked at for each job's last one."""


@asset(
    key=AssetKey(contract(status.NAME).identity), group_name="delivery", kinds={"deltalake"},
    deps=[AssetKey(contract(f"bronze.{vendor}.captures").identity) for vendor in TERMS],
)  # fmt: skip
def source_status(workspace: Workspace) -> MaterializeResult[None]:
    """How every vendor and endpoint stands now: last good answer, what is missing, who stood in, circuit, quota."""
    table = workspace.lake.table(status.NAME)
    rows = stands(workspace)
    table.replace(rows)
    told = {"degraded": MetadataValue.json(status.degraded(rows)), "sources": preview(rows.filter("is_stale"))}
    return MaterializeResult(metadata=table_metadata(table) | told)


def stands(workspace: Workspace) -> pl.DataFrame:
    """Rows of gold source_status as they are now; nothing is written."""
    known = {sport: Known.read(workspace.lake, sport) for sport in SPORTS}
    plans = [
        status.plan(source, known[source.sport], workspace.leagues_of(source.sport), workspace.moment(),
                    workspace.freshness(source))
        for source in sources(workspace.settings.simulated)
    ]  # fmt: skip
    exists = workspace.state_file.is_file()
    standings = standing(State(workspace.state_file), TERMS, workspace.present, SystemClock().now()) if exists else []
    return status.status(workspace.lake, plans, TERMS, standings, workspace.present)


@asset(
    key=AssetKey(contract(book.NAME).identity), group_name="delivery", kinds={"deltalake"},
    deps=[AssetKey(contract(status.NAME).identity), key("limit_changes"), key("releases"),
          *(AssetKey(["silver", sport, "odds_quotes"]) for sport in SPORTS)],
)  # fmt: skip
def alerts(context: AssetExecutionContext, workspace: Workspace) -> MaterializeResult[None]:
    """What went wrong or moved, told once each to the channels of the settings, and once more when it is over."""
    table = workspace.lake.table(book.NAME)
    if workspace.is_replay:
        return MaterializeResult(metadata={"told": MetadataValue.text("A replay tells nobody.")})
    failed = failed_jobs(context.instance, context.run.job_name)
    found = look(workspace.lake, workspace.settings, workspace.present, failed)
    told = tell(workspace.lake, workspace.settings, found, KINDS, workspace.present, post)
    return MaterializeResult(metadata=table_metadata(table) | _told(told))


def failed_jobs(instance: DagsterInstance, own_job: str) -> Mapping[str, str]:
    """Jobs other than this one whose last finished run failed: this one has come as far as its alerts."""
    finished = RunsFilter(statuses=[DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE])
    last: dict[str, DagsterRun] = {}
    for run in instance.get_runs(filters=finished, limit=_RUNS):
        last.setdefault(run.job_name, run)
    return {
        job: f"Its id is {run.run_id}." for job, run in last.items()
        if run.status is DagsterRunStatus.FAILURE and job != own_job
    }  # fmt: skip


@failure_hook(required_resource_keys={"workspace"})
def tell_failure(context: HookContext) -> None:
    """A step that failed for good is told at once; it is over when a run of the job comes as far as its alerts."""
    workspace = context.resources.workspace
    fault = context.op_exception
    said = failures({context.job_name: f"{context.op.name}: {fault or 'no reason was given'}"})
    tell(workspace.lake, workspace.settings, said, (), workspace.present, post)


@asset(
    key=AssetKey(["report", DESK, "data_docs"]), group_name="quality", kinds={"html"},
    deps=[*(AssetKey(["silver", sport, "odds_quotes"]) for sport in SPORTS), key("releases")],
)  # fmt: skip
def data_docs(workspace: Workspace) -> MaterializeResult[None]:
    """Pages of every audit of the night, and of what is expected of vendors' data beyond the contracts."""
    from lake.quality.vendors import judged

    site, lake = pages.folder(workspace.state_root), workspace.lake
    found = [one for sport in SPORTS for one in judged(lake, sport, workspace.moment(), site)]
    page = pages.build(site)
    metadata: Metadata = {
        "pages": MetadataValue.path(str(page)),
        "address": MetadataValue.url(page.as_uri()),
        "broken": MetadataValue.json({one.expectation.name: len(one.broken) for one in found if len(one.broken)}),
    }
    if workspace.is_replay:
        return MaterializeResult(metadata=metadata)
    told = tell(lake, workspace.settings, quality(found), {"quality"}, workspace.present, post)
    return MaterializeResult(metadata=metadata | _told(told))


def _told(told: Told) -> Metadata:
    return {
        "alerts_opened": MetadataValue.int(told.opened),
        "alerts_closed": MetadataValue.int(told.closed),
        "messages": MetadataValue.int(told.messages),
        "faults": MetadataValue.json(list(told.faults)),
    }
