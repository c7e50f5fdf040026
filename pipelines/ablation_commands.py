"""What `fairline ablate` does: measure, on a lake that a backtest has filled, what every part of it adds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import SettingsInvalid
from pipelines.ablation_screens import show_ablation
from pipelines.commands import console, day_of, of_backtests, write_json


def run_ablation(
    given: Mapping[str, Any], first: str, last: str, json_file: Path | None, players: bool = False
) -> None:
    """`fairline ablate`."""
    from lake.storage import Lake
    from replay.catalog import craft_of

    first_day, last_day = day_of(first), day_of(last)
    settings = of_backtests(given)
    ablate = craft_of(settings.sport).ablate
    if ablate is None:
        raise SettingsInvalid(
            f"Nothing tells what each part of {settings.sport}'s forecasters adds yet.",
            "See `ablate` in replay/craft.py.",
        )
    found = ablate(Lake(settings.lake_root), settings, first_day, last_day, console.print, players).to_json()
    show_ablation(console, found)
    write_json(json_file, found)
