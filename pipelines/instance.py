"""The Dagster instance of one lake: its runs, events and schedules stand beside its tables."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster import DagsterInstance


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


def _template() -> Path:
    """In a checkout it stands in infra/, in a wheel beside this file."""
    beside = Path(str(resources.files("pipelines"))) / "dagster.yaml"
    return beside if beside.is_file() else Path(__file__).parents[1] / "infra" / "dagster.yaml"
