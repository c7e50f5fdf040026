"""What `fairline models` and `fairline rollback` do: look at the registry of a lake, and move its crown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clock import iso
from core.settings import load_settings
from pipelines import screens
from pipelines.commands import console, write_json

if TYPE_CHECKING:
    from models.registry import Registry, Version


def list_models(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline models`."""
    registry, name = _opened(given)
    found = registry.versions(name)
    screens.show_models(console, found)
    write_json(json_file, {"name": name, "versions": [_plain(version) for version in found]})


def roll_back(given: Mapping[str, Any], to: str | None, json_file: Path | None) -> None:
    """`fairline rollback`."""
    registry, name = _opened(given)
    registered = registry.rollback(name, to)
    console.print(f"Version {registered.version} is the champion of {name}: the next run decides with it.")
    write_json(json_file, {"name": name, "champion": registered.version, "training_hash": registered.training_hash})


def _opened(given: Mapping[str, Any]) -> tuple[Registry, str]:
    """The registry of the lake, and what it calls the forecaster of this sport."""
    from models.registry import Registry
    from replay.learning import model_name

    settings = load_settings(**given)
    return Registry(settings.lake_root / "mlflow"), model_name(settings)


def _plain(version: Version) -> dict[str, Any]:
    return asdict(version) | {"as_of_utc": iso(version.as_of_utc)}
