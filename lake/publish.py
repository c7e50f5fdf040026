"""Gold as plain Parquet, for those who want only that: immutable files, a manifest, and a pointer swapped last."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

from lake.contracts.model import contract
from lake.files import fsync
from lake.releases import Release
from lake.storage import Lake

CURRENT = "current.json"


def publish(lake: Lake, release: Release, root: Path) -> Path:
    """Write every table of a release under `root` and point `current.json` at its manifest; returns the manifest.

    A table whose content stands there already is not written again; no file is ever overwritten.
    """
    tables = {
        name: _table(lake, name, version, release.hashes[name], root) for name, version in release.versions.items()
    }
    manifest = root / "releases" / f"{release.release_id}.json"
    _write(manifest, {"release_id": release.release_id, "as_of_utc": release.as_of_utc.isoformat(), "tables": tables})
    _write(root / CURRENT, {"release_id": release.release_id, "manifest": manifest.relative_to(root).as_posix()})
    return manifest


def _table(lake: Lake, name: str, version: int, content_hash: str, root: Path) -> dict[str, object]:
    _, sport, entity = contract(name).identity
    file = root / sport / entity / f"{content_hash[:16]}.parquet"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}.tmp")
        lake.table(name).scan(version).collect().write_parquet(fresh, compression="zstd")
        fsync(fresh)
        os.replace(fresh, file)
        fsync(file.parent)
    return {
        "path": file.relative_to(root).as_posix(),
        "rows": lake.table(name).rows(version),
        "sha256": sha256(file.read_bytes()).hexdigest(),
        "content_hash": content_hash,
        "delta_version": version,
        "contract_version": contract(name).version,
    }


def _write(path: Path, document: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(json.dumps(document, indent=1, sort_keys=True), encoding="utf-8")
    fsync(fresh)
    os.replace(fresh, path)
    fsync(path.parent)
