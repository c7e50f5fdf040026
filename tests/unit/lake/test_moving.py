"""A lake of an earlier version is moved under the present names: once, whole, and again without harm."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from core.errors import ContractBroken
from lake.desk import DESK, desk_tables, of_desk
from lake.moving import present_name, settle_in
from lake.releases import commit, named_versions, newest
from lake.storage import Lake

FRIDAY = datetime(2024, 5, 10, 17, tzinfo=UTC)
OLD = "gold/football"


def entry(number: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "ticket_id": [f"T{number}"], "match_id": ["m"], "season_code": ["2023-24"], "outcome": ["won"],
            "payoff": [1.0], "stake_minor": [100], "return_minor": [200], "profit_minor": [100], "currency": ["EUR"],
            "event_at_utc": [FRIDAY], "known_at_utc": [FRIDAY], "version": [1], "reason": [None],
        },
        schema_overrides={"reason": pl.String},
    )  # fmt: skip


def an_older_lake(root: Path) -> Lake:
    """Two versions of settlements and a release of them, under the names of before."""
    lake = Lake(root)
    for number in (1, 2):
        lake.table(of_desk("settlements")).merge(entry(number))
    commit(lake, FRIDAY, simulated=True, tables=[of_desk("settlements")])
    (root / OLD).mkdir(parents=True)
    for name in ("settlements", "releases"):
        (root / "gold" / DESK / name).rename(root / OLD / name)
    (root / "gold" / DESK).rmdir()
    (root / "anchors").mkdir()
    (root / "anchors" / "football.jsonl").write_text('{"rows": 2}\n')
    return Lake(root)


def test_nothing_is_lost_and_every_version_stays_readable(tmp_path: Path) -> None:
    lake = an_older_lake(tmp_path / "old")
    assert lake.table(of_desk("settlements")).rows() == 0
    moved = settle_in(lake, lake.root)
    assert [Path(path).name for path in moved] == ["releases", "settlements", "desk.jsonl"]
    table = lake.table(of_desk("settlements"))
    assert [sorted(table.read(version=version)["ticket_id"]) for version in (1, 2)] == [["T1"], ["T1", "T2"]]
    assert table.merge(entry(3)).version == 3, "it goes on as the same table"
    assert (lake.root / "anchors" / "desk.jsonl").read_text() == '{"rows": 2}\n'
    assert not [*(lake.root / OLD).iterdir()]


def test_moving_twice_is_moving_once(tmp_path: Path) -> None:
    lake = an_older_lake(tmp_path / "old")
    assert settle_in(lake, lake.root)
    before = lake.table(of_desk("settlements")).content_hash()
    assert settle_in(lake, lake.root) == []
    assert lake.table(of_desk("settlements")).content_hash() == before


def test_what_a_killed_move_left_is_moved_by_the_next(tmp_path: Path) -> None:
    lake = an_older_lake(tmp_path / "old")
    (lake.root / "gold" / DESK).mkdir()
    (lake.root / OLD / "releases").rename(lake.root / "gold" / DESK / "releases")
    assert [Path(path).name for path in settle_in(lake, lake.root)] == ["settlements", "desk.jsonl"]
    assert newest(lake) is not None


def test_an_empty_lake_stays_empty(tmp_path: Path) -> None:
    assert settle_in(Lake(tmp_path / "new"), tmp_path / "new") == []
    assert not (tmp_path / "new").exists()


def test_a_replay_is_moved_in_its_own_folder(tmp_path: Path) -> None:
    lake = an_older_lake(tmp_path / "replays" / "then")
    replayed = Lake(tmp_path / "main", gold_root=lake.root)
    assert settle_in(replayed, lake.root)
    assert replayed.table(of_desk("settlements")).rows() == 2


def test_a_table_under_both_names_is_for_a_person_to_judge(tmp_path: Path) -> None:
    lake = an_older_lake(tmp_path / "old")
    lake.table(of_desk("settlements")).merge(entry(9))
    with pytest.raises(ContractBroken, match="are the same table"):
        settle_in(lake, lake.root)
    assert lake.table(of_desk("settlements")).rows() == 1
    assert (lake.root / OLD / "settlements").is_dir()


def test_an_older_release_protects_the_versions_of_the_moved_table(tmp_path: Path) -> None:
    lake = an_older_lake(tmp_path / "old")
    settle_in(lake, lake.root)
    releases = lake.table(of_desk("releases"))
    told = releases.read().with_columns(
        pl.col("versions", "hashes").str.replace_all("gold.desk.", "gold.football.", literal=True)
    )
    releases.replace(told)
    assert named_versions(lake) == {of_desk("settlements"): {1 + 1}}


@pytest.mark.parametrize("table", desk_tables())
def test_every_table_of_the_desk_has_one_name_today(table: str) -> None:
    assert present_name(f"gold.football.{table}") == present_name(of_desk(table)) == of_desk(table)


def test_a_table_of_a_sport_keeps_its_name() -> None:
    assert present_name("gold.football.fair_odds") == "gold.football.fair_odds"
    assert present_name("silver.football.matches") == "silver.football.matches"
    assert present_name("gold.basketball.tickets") == "gold.basketball.tickets"
