"""The list of grounds: one line a club, an index that describes it, and nobody else's folder touched."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sandbox.grounds import URL, grounds_csv, write_grounds
from sandbox.universe import Universe
from tests.unit.sandbox.conftest import SEED

LIST = "local/venues/stadiums-with-GPS-coordinates.csv"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_grounds(tmp_path_factory.mktemp("grounds") / "local", SEED)


def test_every_club_has_a_line_with_its_ground(written: Path, universe: Universe) -> None:
    listed, venues = pl.read_csv(written / LIST), universe.venues()
    assert listed.columns == ["Team", "FDCOUK", "City", "Stadium", "Capacity", "Latitude", "Longitude", "Country"]
    assert listed["Team"].to_list() == listed["FDCOUK"].to_list() == venues["club"].to_list()
    ours = listed.select(
        ground="Stadium", capacity="Capacity", latitude_deg="Latitude", longitude_deg="Longitude", country="Country"
    )
    assert_frame_equal(ours, venues.select(ours.columns))


def test_the_index_describes_the_list_where_it_lies(written: Path) -> None:
    (row,) = csv.DictReader((written / "index.csv").read_text("utf-8").splitlines())
    body = (written / row["path"]).read_bytes()
    assert (row["url"], row["path"], row["captured_at_utc"]) == (URL, LIST, "2026-07-01T00:00:00Z")
    assert (int(row["bytes"]), row["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    files = {path.name for path in written.rglob("*") if path.is_file()}
    assert files == {Path(LIST).name, "index.csv", "SANDBOX.json"}


def test_a_list_that_is_there_is_reused_and_that_of_another_seed_replaced(tmp_path: Path) -> None:
    folder = write_grounds(tmp_path / "local", SEED)
    first = (folder / LIST).stat().st_mtime_ns
    assert (write_grounds(folder, SEED) / LIST).stat().st_mtime_ns == first
    assert (write_grounds(folder, SEED + 1) / LIST).read_bytes() == grounds_csv(SEED + 1) != grounds_csv(SEED)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not a sandbox archive"):
        write_grounds(tmp_path, SEED)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
