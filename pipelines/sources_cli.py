"""`fairline sources`: how every vendor stands, as a table for people and as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.options import Archive, JsonFile, LakeDir, Leagues, Profile, given

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLOURS = {"fresh": "green", "stale": "red", "no_credential": "yellow", "unasked": "dim"}


def add(app: typer.Typer) -> None:
    """Hang the command of this file below an application."""
    app.command()(sources)


def sources(
    degraded: Annotated[bool, typer.Option("--degraded", help="Only what is stale.")] = False,
    profile: Profile = None,
    archive: Archive = None,
    lake: LakeDir = None,
    leagues: Leagues = None,
    json_file: JsonFile = None,
) -> None:
    """Show how every source stands: last good answer, what is missing, who stands in, circuit and quota.

    It asks nobody: the lake and the transport's state say it.
    """
    from assets.quality import stands
    from assets.workspace import Workspace
    from core.settings import load_settings
    from pipelines.commands import console, write_json

    settings = load_settings(**given(profile, archive, lake, leagues=leagues))
    folder = str(settings.archive.absolute()) if settings.archive else ""
    rows = stands(
        Workspace(
            profile=settings.profile, archive=folder, lake_dir=str(settings.lake_root), leagues=list(settings.leagues)
        )
    )
    shown = rows.filter("is_stale") if degraded else rows
    console.print(_table(list(shown.iter_rows(named=True))) if len(shown) else "No source is stale.")
    write_json(json_file, {"sources": shown.to_dicts()})


def _table(rows: list[dict[str, Any]]) -> object:
    from rich.table import Table

    table = Table("source", "state", title="Sources", title_justify="left")
    for column in ("age", "life", "missing", "failed 24 h"):
        table.add_column(column, justify="right")
    for column in ("last attempt", "instead", "circuit"):
        table.add_column(column)
    table.add_column("credits today / left", justify="right")
    for row in rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    colour = _COLOURS[row["state"]]
    credits = "" if row["quota_left"] is None else f"{row['quota_routine_left']} / {row['quota_left']}"
    attempt = " ".join(str(row[name]) for name in ("newest_outcome", "newest_status") if row[name] is not None)
    return (
        f"{row['vendor']}/{row['endpoint']}",
        f"[{colour}]{row['state']}[/{colour}]",
        _span(row["age_minutes"]),
        _span(row["life_minutes"]),
        f"{row['missing']}/{row['wanted']}",
        f"{row['failures_24h']}/{row['attempts_24h']}",
        attempt,
        row["answered_by"] or "",
        row["circuit"] or "",
        credits,
    )


_FOR_EVER_MINUTES = 10 * 365 * 24 * 60


def _span(minutes: float | None) -> str:
    """Minutes as people say them: `5 min`, `6 h`, `12 d`."""
    if minutes is None:
        return "never"
    if minutes >= _FOR_EVER_MINUTES:
        return "for ever"
    for name, size in (("d", 1440), ("h", 60)):
        if minutes >= 2 * size:
            return f"{minutes / size:.0f} {name}"
    return f"{minutes:.0f} min"
