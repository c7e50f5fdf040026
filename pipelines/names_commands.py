"""What the commands about names do: list, coverage, apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from core.errors import SettingsInvalid
from core.settings import load_settings
from pipelines.commands import console, write_json

if TYPE_CHECKING:
    from lake.storage import Lake

_HEADER = "source,competition_id,spelling,id,note"


def list_unresolved(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline names list`."""
    from lake.entities.unresolved import unresolved

    rows = unresolved(*_lake(given))
    table = Table("kind", "source", "competition", "name", "rows", "why", title="Unresolved", title_justify="left")
    for row in rows.iter_rows(named=True):
        place = (row["kind"], row["source"], row["competition_id"], row["spelling"])
        table.add_row(*place, f"{row['rows']:,}", row["detail"])
    console.print(table if len(rows) else "Every name is resolved.")
    if len(rows):
        console.print("Review these lines before `fairline names apply`:", _HEADER, sep="\n")
    for line in rows["alias_line"]:
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    write_json(json_file, {"unresolved": rows.to_dicts()})


def show_coverage(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline names coverage`."""
    from lake.entities.unresolved import coverage

    rows = coverage(*_lake(given))
    table = Table("source", "competition", "season", title="Rows that found their names", title_justify="left")
    for column in ("resolved", "refused", "names refused", "share"):
        table.add_column(column, justify="right")
    for row in rows.iter_rows(named=True):
        counts = (f"{row[name]:,}" for name in ("rows_resolved", "rows_refused", "names_refused"))
        where = (row["source"], row["competition_id"] or "–", row["season_code"] or "–")
        table.add_row(*where, *counts, f"{row['resolved_share']:.1%}")
    console.print(table if len(rows) else "Silver is empty: run `fairline run` first.")
    write_json(json_file, {"coverage": rows.to_dicts()})


def apply_file(given: Mapping[str, Any], file: Path, json_file: Path | None) -> None:
    """`fairline names apply`."""
    from lake.entities.unresolved import apply
    from pipelines.instance import locked

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{file} cannot be read: {error}.", "Save it as CSV in UTF-8.") from error
    lake, sport = _lake(given)
    with locked(lake.root):
        done = apply(lake, sport, text, file.name)
    console.print(f"{len(done.lines)} aliases are new; {len(done.payloads)} payloads are read again by the next run.")
    write_json(json_file, {"aliases": [asdict(line) for line in done.lines], "payloads": list(done.payloads)})


def _lake(given: Mapping[str, Any]) -> tuple[Lake, str]:
    from lake.storage import Lake

    settings = load_settings(**given)
    return Lake(settings.lake_root), settings.sport
