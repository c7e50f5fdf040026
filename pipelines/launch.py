"""Running a job from the command line as a Dagster run: in this process, with live events, visible in the UI later."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import FairlineError
from core.settings import Settings
from sources.catalog import SPORTS

if TYPE_CHECKING:
    from dagster import DagsterEvent, EventLogEntry, JobDefinition

Listener = Callable[[str, str], None]
"""Called with (stage, "started" | "done" | "failed" | a message)."""


BESIDE = frozenset(f"gold__{sport}__outcome_intervals_posterior_has_converged" for sport in SPORTS)
"""Checks whose failure stops what is built on their table while the run delivers: tickets do without intervals."""


@dataclass
class Outcome:
    """How a run ended: seconds and rows by stage, and what went wrong in the trade's own words."""

    run_id: str = ""
    success: bool = False
    stages: dict[str, dict[str, float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


def run_job(
    name: str, settings: Settings, resource: Mapping[str, Any], listen: Listener, ops: Mapping[str, Any] | None = None,
    partition: str | None = None,
) -> Outcome:  # fmt: skip
    """Run one job of the definitions on the lake of `settings`; never raises for a failing asset.

    Raises RunInProgress while another command runs on this lake.
    """
    warnings.filterwarnings("ignore", module="dagster.*")
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    from dagster._core.utils import make_new_run_id  # the public way to listen to a run needs its id beforehand

    from pipelines.definitions import defs
    from pipelines.instance import BY_COMMAND_LINE, alone

    outcome = Outcome(run_id=make_new_run_id())
    job = _of_sports(defs.resolve_job_def(name), settings.sports)
    with alone(settings.lake_root) as instance:
        instance.add_event_listener(outcome.run_id, lambda entry, *_: _hear(outcome, entry, listen))
        result = job.execute_in_process(
            instance=instance, run_id=outcome.run_id, partition_key=partition, raise_on_error=False,
            run_config=_config(resource, ops or {}), tags={**BY_COMMAND_LINE, "fairline/profile": settings.profile},
        )  # fmt: skip
    beside = bool(outcome.failures) and all(said.split(":")[0] in BESIDE for said in outcome.failures)
    outcome.success = bool(result.success) or beside
    return outcome


def _of_sports(job: JobDefinition, sports: Sequence[str]) -> JobDefinition:
    """A job without the assets and checks of sports that are not asked for."""
    from dagster import AssetKey

    others = set(SPORTS) - set(sports)
    wanted, left_out = set[AssetKey](), 0
    checks = set()
    for data in job.asset_layer.data:
        for key in data.assets_def.asset_and_check_keys:
            asset = key if isinstance(key, AssetKey) else key.asset_key
            if asset.path[1] in others:
                left_out += 1
            elif isinstance(key, AssetKey):
                wanted.add(key)
            else:
                checks.add(key)
    return job.get_subset(asset_selection=wanted, asset_check_selection=checks) if left_out else job


def _config(resource: Mapping[str, Any], ops: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resources": {"workspace": {"config": dict(resource)}},
        "ops": {name: {"config": dict(values)} for name, values in ops.items()},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def _hear(outcome: Outcome, entry: EventLogEntry, listen: Listener) -> None:
    event = entry.dagster_event
    if event is None:
        if entry.step_key and entry.user_message:
            listen(entry.step_key, entry.user_message)
        return
    if event.step_key is None:
        return
    _note(outcome, event, listen)


def _note(outcome: Outcome, event: DagsterEvent, listen: Listener) -> None:
    step, stages = str(event.step_key), outcome.stages
    if event.is_step_start:
        stages[step] = {"seconds": -time.monotonic(), "rows": 0}
        listen(step, "started")
    elif event.is_step_materialization:
        shown = event.materialization.metadata
        outcome.metadata |= {name: value.value for name, value in shown.items() if name == "hash"}
        count = shown.get("dagster/row_count")
        stages[step]["rows"] += int(str(count.value)) if count is not None else 0
    elif event.is_step_success or event.is_step_failure:
        stages[step]["seconds"] = round(stages[step]["seconds"] + time.monotonic(), 3)
        listen(step, "done" if event.is_step_success else "failed")
        outcome.failures += [_said(event)] if event.is_step_failure else []


def _said(event: DagsterEvent) -> str:
    """The innermost of our own errors, else the innermost error at all."""
    error = event.step_failure_data.error
    said = [error]
    while error is not None and error.cause is not None:
        error = error.cause
        said.append(error)
    ours = {found.__name__ for found in _tree(FairlineError)}
    chosen = next((found for found in said if found and found.cls_name in ours), said[-1])
    return f"{event.step_key}: {chosen.message.strip() if chosen else 'failed'}"


def _tree(kind: type[FairlineError]) -> list[type[FairlineError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _tree(child))]
