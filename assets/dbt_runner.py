"""Running dbt in this process over a private database: the parsed project is cached, nothing is sent anywhere.

dbt keeps process-wide state, so a run holds it alone; `assets/features.py` is the only caller.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.errors import SettingsInvalid

PROJECT = Path(__file__).parents[1] / "dbt_project"
FOOTBALL = "football"
DATABASE_NAME = "run.duckdb"
"""dbt remembers the database by its file's stem, so a run's private database is always called this."""


def manifest_path(sport: str = FOOTBALL) -> Path:
    """The manifest of a sport's parsed models, made when the project's files changed since it was last made."""
    return _parsed_folder(sport) / "manifest.json"


def build(database: Path, variables: Mapping[str, object], sport: str = FOOTBALL) -> Any:
    """`dbt build` of a sport's models into `database`; the result's `success` is False when a model or test failed.

    Unit tests are left out: they prove the SQL, not the data.
    """
    with tempfile.TemporaryDirectory(prefix="fairline-dbt-") as target:
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        return _invoke(arguments, Path(target), database, {**variables, "sport": sport}, _manifest(sport))


def unit_test(database: Path, variables: Mapping[str, object], sport: str = FOOTBALL) -> Any:
    """Run the unit tests of a sport's models over a database in which they stand; returns dbt's result."""
    with tempfile.TemporaryDirectory(prefix="fairline-dbt-") as target:
        arguments = ["test", "--select", "test_type:unit"]
        return _invoke(arguments, Path(target), database, {**variables, "sport": sport}, None)


def _parsed_folder(sport: str) -> Path:
    folder = _cache_root() / f"{_project_hash()}-{sport}"
    if not (folder / "manifest.json").is_file():
        fresh = Path(tempfile.mkdtemp(dir=folder.parent))
        result = _invoke(["parse"], fresh, fresh / DATABASE_NAME, {"sport": sport}, None)
        if not result.success:
            raise result.exception
        _rename_unless_there(fresh, folder)
    return folder


def _rename_unless_there(fresh: Path, folder: Path) -> None:
    try:
        fresh.rename(folder)
    except OSError:
        if not (folder / "manifest.json").is_file():
            raise


def _cache_root() -> Path:
    """A folder of this user alone: what is read from it is trusted."""
    folder = Path(tempfile.gettempdir()) / f"fairline-dbt-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise SettingsInvalid(f"{folder} belongs to somebody else.", "Remove it, or set TMPDIR to a folder of yours.")
    return folder


@cache
def _project_hash() -> str:
    """Of the project's files and of where they stand, since a parsed project names its seeds by their full paths."""
    files = sorted(path for path in PROJECT.rglob("*") if path.suffix in {".sql", ".yml", ".csv"})
    parts = [str(PROJECT).encode(), *(path.name.encode() + path.read_bytes() for path in files)]
    return sha256(b"\0".join(parts)).hexdigest()[:16]


@cache
def _manifest(sport: str) -> Any:
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack((_parsed_folder(sport) / "partial_parse.msgpack").read_bytes())
    manifest.build_flat_graph()
    return manifest


def _invoke(
    arguments: Sequence[str], target: Path, database: Path, variables: Mapping[str, object], manifest: Any
) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters
    from dbt.cli.main import dbtRunner

    os.environ["FAIRLINE_CANDIDATE"] = str(database)
    reset_adapters()
    quiet = ["--quiet", "--log-level", "none", "--log-level-file", "none", "--no-send-anonymous-usage-stats"]
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles")]
    outputs = ["--target-path", str(target), "--log-path", str(target)]
    write = [] if manifest is None else ["--no-write-json"]
    try:
        return dbtRunner(manifest=manifest).invoke(
            [*quiet, *arguments, *places, *outputs, "--vars", json.dumps(dict(variables)), *write]
        )
    finally:
        DuckDBConnectionManager.close_all_connections()
