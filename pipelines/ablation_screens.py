"""What `fairline ablate` shows: by how much each forecaster is worse without each of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.screens import told

_END = "_minus_full"
_SHOWN = {
    "log_loss": ("log-loss", "+.5f"),
    "kl": ("KL to close", "+.5f"),
    "spread_mae": ("spread MAE", "+.4f"),
    "spread_square_to_close": ("spread to close²", "+.3f"),
    "total_mae": ("total MAE", "+.4f"),
    "points_mae": ("points MAE", "+.4f"),
    "total_square_to_close": ("total to close²", "+.3f"),
}
"""Every measure of a sport, as it is called and shown."""


def show_ablation(console: Console, found: Mapping[str, Any]) -> None:
    """By how much each forecaster is worse without each of its parts, and what each part says alone."""
    overall = found["overall"]
    tables: dict[str, Table] = {}
    for change in overall["changes"]:
        title = f"{change['of']}, {change['kind'].replace('_', ' ')}"
        names = [name for name in _SHOWN if f"{name}{_END}" in change]
        table = tables.setdefault(title, _table(title, names))
        table.add_row(change["name"], *(_difference(change, name) for name in names))
    console.print(*tables.values(), *_of_players(found.get("players", {})))
    said = f"{overall['n']:,} matches · {found['data']} · {found['hash']} · losses in nats"
    in_points = any(f"spread_mae{_END}" in change for change in overall["changes"])
    console.print(f"{said}{', distances in points (²: squared)' if in_points else ''}; above 0 is worse")


def _of_players(players: Mapping[str, Any]) -> Iterator[Table]:
    """Errors of players' points without each group of what is known of them, by competition."""
    for name, nights in players.items():
        table = _table(f"{name}: points of players, {nights['n']:,} nights, without features", ["points_mae"])
        for change in nights["changes"]:
            table.add_row(change["name"], _difference(change, "points_mae"))
        yield table


def _table(title: str, names: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    for name in names:
        table.add_column(f"{_SHOWN[name][0]} − full [95%]", justify="right")
    return table


def _difference(change: Mapping[str, Any], name: str) -> str:
    form = _SHOWN[name][1]
    low, high = (told(end, form) for end in change[f"{name}{_END}_ci95"] or (None, None))
    return f"{change[f'{name}{_END}']:{form}} [{low}, {high}]"
