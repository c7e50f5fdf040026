"""Basketball's forecasters on disk: JSON and LightGBM's native text; never a pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from models.artifacts import Format
from models.basketball.closing import ClosingLines
from models.basketball.pool import Calibration, Pool
from models.basketball.training import Trained

_SPEC, _CLOSING = "spec.json", "closing.member.txt"


def write(folder: Path, trained: Trained) -> None:
    """Write trees, readers and pool into a folder."""
    spec = {
        "readers": {name: asdict(reader) for name, reader in trained.readers.items()},
        "pool": None if trained.pool is None else asdict(trained.pool),
        "blend": asdict(trained.blend),
        "games": trained.games,
    }
    (folder / _SPEC).write_text(json.dumps(spec, indent=1, sort_keys=True), encoding="utf-8")
    if trained.closing is not None:
        (folder / _CLOSING).write_text(trained.closing.to_text(), encoding="utf-8")


def read(folder: Path) -> Trained:
    """The forecaster that was written; the caller has checked the digest. Raises KeyError for another format."""
    spec = json.loads((folder / _SPEC).read_text(encoding="utf-8"))
    path = folder / _CLOSING
    trees = ClosingLines.from_text(path.read_text(encoding="utf-8")) if path.is_file() else None
    readers = {name: _reader(values) for name, values in spec["readers"].items()}
    weights = None if spec["pool"] is None else Pool(**spec["pool"])
    return Trained(trees, readers, weights, Pool(**spec["blend"]), spec["games"])


def _reader(values: dict[str, list[float]]) -> Calibration:
    offset, slope, sd = (tuple(values[name]) for name in ("offset", "slope", "sd"))
    return Calibration(offset, slope, sd, values["correlation"])  # type: ignore[arg-type]


FORMAT = Format(write, read)
