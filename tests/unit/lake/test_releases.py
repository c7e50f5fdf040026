"""Readers see the tables that belong together, and a rollback is one more record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from lake.publish import CURRENT, publish
from lake.releases import Release, commit, named_versions, newest, rollback
from lake.storage import Lake

TEAMS = "gold.football.dim_teams"
FRIDAY = datetime(2024, 5, 10, 17, tzinfo=UTC)


def teams(*names: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "team_id": [f"eng-{name.lower()}" for name in names],
            "team_name": list(names),
            "country": "ENG",
            "competition_id": "E0",
            "first_season_code": "2022-23",
            "last_season_code": "2023-24",
        }
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.table(TEAMS).replace(teams("Leeds"))
    return lake


def released(lake: Lake, as_of: datetime = FRIDAY) -> Release:
    return commit(lake, as_of, simulated=True, tables=[TEAMS])


def names(lake: Lake, release: Release) -> list[str]:
    return lake.table(TEAMS).read(version=release.versions[TEAMS])["team_name"].to_list()


def test_before_the_first_release_there_is_none(lake: Lake) -> None:
    assert newest(lake) is None


def test_a_release_names_the_version_and_the_hash_of_each_table(lake: Lake) -> None:
    release = released(lake)
    assert newest(lake) == release
    assert release.versions == {TEAMS: lake.table(TEAMS).version()}
    assert release.hashes == {TEAMS: lake.table(TEAMS).content_hash()}
    assert (release.sequence, release.as_of_utc) == (0, FRIDAY)


def test_a_run_that_changes_nothing_makes_no_release(lake: Lake) -> None:
    assert released(lake) == released(lake)
    assert lake.table("gold.desk.releases").rows() == 1


def test_readers_keep_what_is_released_while_the_next_run_writes(lake: Lake) -> None:
    first = released(lake)
    lake.table(TEAMS).replace(teams("Leeds", "Derby"))
    standing = newest(lake)
    assert standing == first
    assert names(lake, first) == ["Leeds"]
    second = released(lake)
    assert (second.sequence, sorted(names(lake, second))) == (1, ["Derby", "Leeds"])
    assert newest(lake) == second


def test_a_later_decision_on_the_same_rows_is_a_release_of_its_own(lake: Lake) -> None:
    released(lake)
    assert released(lake, FRIDAY + timedelta(days=1)).sequence == 1


def test_a_rollback_is_one_new_record_that_makes_the_old_tables_the_newest(lake: Lake) -> None:
    first = released(lake)
    lake.table(TEAMS).replace(teams("Derby"))
    released(lake)
    back = rollback(lake, first.release_id)
    assert newest(lake) == back
    assert (back.sequence, back.versions, back.hashes) == (2, first.versions, first.hashes)
    assert names(lake, back) == ["Leeds"]
    assert lake.table("gold.desk.releases").rows() == 3
    again = released(lake)
    assert (again.sequence, names(lake, again)) == (3, ["Derby"])


def test_a_release_that_never_was_cannot_be_rolled_back_to(lake: Lake) -> None:
    released(lake)
    with pytest.raises(KeyError, match="R00009"):
        rollback(lake, "R00009-abcdef12")


def test_the_nightly_tidying_keeps_what_the_newest_release_names(lake: Lake) -> None:
    release = released(lake)
    lake.table(TEAMS).replace(teams("Derby"))
    lake.table(TEAMS).compact(0, named_versions(lake)[TEAMS])
    standing = newest(lake)
    assert standing == release
    assert names(lake, release) == ["Leeds"]


def test_a_publication_is_plain_parquet_with_a_manifest_that_tells_the_truth(lake: Lake, tmp_path: Path) -> None:
    release, root = released(lake), tmp_path / "published"
    manifest = json.loads(publish(lake, release, root).read_text(encoding="utf-8"))
    told = manifest["tables"][TEAMS]
    file = root / told["path"]
    assert pl.read_parquet(file).equals(lake.table(TEAMS).read())
    assert told["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert (told["rows"], told["delta_version"], told["contract_version"]) == (1, release.versions[TEAMS], 1)
    pointer = json.loads((root / CURRENT).read_text(encoding="utf-8"))
    assert pointer == {"release_id": release.release_id, "manifest": f"releases/{release.release_id}.json"}


def test_a_second_publication_overwrites_no_file_and_leaves_no_scraps(lake: Lake, tmp_path: Path) -> None:
    root = tmp_path / "published"
    publish(lake, released(lake), root)
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in root.rglob("*.parquet")}
    lake.table(TEAMS).replace(teams("Derby"))
    publish(lake, released(lake), root)
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in before} == before
    assert len(list(root.rglob("*.parquet"))) == 2
    assert list(root.rglob("*.tmp")) == []
