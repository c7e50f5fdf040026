"""The Dagster instance of one lake: its runs, events and schedules stand beside its tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from core.errors import RunInProgress

if TYPE_CHECKING:
    from dagster import DagsterInstance

BY_COMMAND_LINE: Mapping[str, str] = {"fairline/by": "cli"}
"""The tag of runs that live and die with a `fairline` process."""


def home(lake_root: Path) -> Path:
    """The folder of the instance, with its `dagster.yaml`, made where it is missing."""
    folder = lake_root / "dagster"
    if not (folder / "dagster.yaml").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_template(), folder / "dagster.yaml")
    return folder


def open_instance(lake_root: Path) -> DagsterInstance:
    """The instance; close it after use."""
    from dagster import DagsterInstance

    return DagsterInstance.from_config(str(home(lake_root)))


@contextmanager
def alone(lake_root: Path) -> Iterator[DagsterInstance]:
    """The instance for one run of the command line; raises RunInProgress while another one is at work on this lake.

    Whoever holds the lock knows that earlier runs are dead, so what a killed one left open is closed here.
    """
    with locked(lake_root), open_instance(lake_root) as instance:
        _close_killed_runs(instance)
        yield instance


@contextmanager
def locked(lake_root: Path) -> Iterator[None]:
    """The lake for one command alone; raises RunInProgress while another one is at work on it."""
    try:
        with FileLock(home(lake_root) / "command.lock", blocking=False):
            yield
    except Timeout as error:
        raise RunInProgress(
            f"Another `fairline` run is at work on {lake_root}.", "Wait for it, or name another lake with --lake."
        ) from error


def _close_killed_runs(instance: DagsterInstance) -> None:
    """Mark them failed and give back their places in pools, for which the next run would wait for ever."""
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    for run in instance.get_runs(RunsFilter(tags=dict(BY_COMMAND_LINE), statuses=unfinished)):
        instance.report_run_failed(run, "The process of this run ended without a word: it was killed.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _template() -> Path:
    """In a checkout it stands in infra/, in a wheel beside this file."""
    beside = Path(str(resources.files("pipelines"))) / "dagster.yaml"
    return beside if beside.is_file() else Path(__file__).parents[1] / "infra" / "dagster.yaml"
