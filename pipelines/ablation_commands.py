"""What `fairline ablate` does: measure, on a lake that a backtest has filled, what every part of it adds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.settings import load_settings
from pipelines import screens
from pipelines.commands import console, day_of, write_json


def run_ablation(given: Mapping[str, Any], first: str, last: str, json_file: Path | None) -> None:
    """`fairline ablate`."""
    from lake.competitions import competitions
    from lake.storage import Lake
    from replay.ablation import ablate

    first_day, last_day = day_of(first), day_of(last)
    settings = load_settings(**given)
    if given["profile"] is None and settings.archive is not None:
        settings = load_settings(**dict(given) | {"profile": "archive", "archive": settings.archive})
    competitions(settings.sport, settings.leagues)
    lake = Lake(given["lake"] or settings.lake_root / "backtests")
    found = ablate(lake, settings, first_day, last_day, console.print).to_json()
    screens.show_ablation(console, found)
    write_json(json_file, found)
