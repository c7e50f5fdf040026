"""A registered forecaster on disk: JSON, LightGBM's native text and Parquet, held to one sha256; never a pickle."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from models.catalog import MEMBERS
from models.members import Members
from models.panel import Panel
from models.training import Trained

_SPEC, _MEMBER, _LOSSES = "spec.json", ".member.txt", "out_of_fold.parquet"
_EXAMPLE_ROWS = 3


@dataclass(frozen=True)
class Format:
    """How a forecaster is written into a folder and read again; its files are `spec.json` and `*.member.txt`."""

    write: Callable[[Path, Any], None]
    read: Callable[[Path], Any]


def write(folder: Path, trained: Trained) -> None:
    """Write members and pools into a folder."""
    spec = {
        "members": sorted(trained.members.fitted),
        "failed": dict(trained.members.failed),
        "result": trained.result.to_json(),
        "over": trained.over.to_json(),
        "matches": trained.matches,
    }
    (folder / _SPEC).write_text(json.dumps(spec, indent=1, sort_keys=True), encoding="utf-8")
    for member in MEMBERS:
        if member.name in trained.members.fitted:
            text = member.write(trained.members.fitted[member.name])
            (folder / f"{member.name}{_MEMBER}").write_text(text, encoding="utf-8")


def write_losses(folder: Path, losses: pl.DataFrame) -> None:
    """Write its losses on matches that it was not fitted on: `match_id`, `event_at_utc`, `log_loss`."""
    losses.sort("match_id").write_parquet(folder / _LOSSES)


def write_papers(
    folder: Path, card: str, pictures: Mapping[str, bytes], input_example: pl.DataFrame | None = None
) -> None:
    """Write what people read: the card in Markdown, pictures by file name, and the first three rows of features."""
    (folder / "card.md").write_text(card, encoding="utf-8")
    for name, picture in pictures.items():
        (folder / name).write_bytes(picture)
    if input_example is not None:
        (folder / "input_example.json").write_text(_example(input_example), encoding="utf-8")


def digest(folder: Path) -> str:
    """SHA-256 over all that decides a forecast or a promotion; papers for people are not among it."""
    parts = sorted(path for path in folder.iterdir() if path.name in {_SPEC, _LOSSES} or path.name.endswith(_MEMBER))
    return sha256(b"\0".join(part for path in parts for part in (path.name.encode(), path.read_bytes()))).hexdigest()


def read(folder: Path) -> Trained:
    """The forecaster that was written; the caller has checked the digest.

    Of a member whose library is not installed here the stand-in answers.
    """
    spec = json.loads((folder / _SPEC).read_text(encoding="utf-8"))
    fitted = {
        member.name: member.read((folder / f"{member.name}{_MEMBER}").read_text(encoding="utf-8"))
        for member in MEMBERS
        if member.name in spec["members"] and member.is_installed()
    }
    away = {name: "not installed" for name in spec["members"] if name not in fitted}
    result, over = (Panel.from_json(spec[question]) for question in ("result", "over"))
    return Trained(Members(fitted, spec["failed"] | away), result, over, spec["matches"])


FORMAT = Format(write, read)
"""Of football's forecasters."""


def read_losses(folder: Path) -> pl.DataFrame | None:
    """Its out-of-fold losses; None where none were written."""
    path = folder / _LOSSES
    return pl.read_parquet(path) if path.is_file() else None


def _example(features: pl.DataFrame) -> str:
    """MLflow's "split" form of an input example; what is not known is null."""
    rows = features.head(_EXAMPLE_ROWS).with_columns(pl.selectors.float().fill_nan(None)).rows()
    return json.dumps({"columns": features.columns, "data": rows}, indent=1, default=str, allow_nan=False)
