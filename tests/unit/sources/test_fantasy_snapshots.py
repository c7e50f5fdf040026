"""Snapshots: who can play as the vendor said it at that moment."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from lake.conform import conform
from lake.contracts.model import contract
from sources.fantasy_premier_league import plan
from tests.unit.sources.fantasy import PLAYED, PLAYER, parsed, reasons, snapshot

AT = datetime(2022, 2, 3, 9, tzinfo=UTC)


def players(*found: dict[str, object]) -> pl.DataFrame:
    return parsed(snapshot(*found), plan.SNAPSHOT, season=None, captured_at=AT).rows["players"]


def test_a_player_is_known_from_the_capture_on_in_the_season_of_it() -> None:
    row = players({**PLAYER, "news": "Knock"}).row(0, named=True)
    assert (row["player_id"], row["team_id"], row["position"], row["season_code"]) == (
        "al-fern", "eng-alderwick", "MID", "2021-22",
    )  # fmt: skip
    assert (row["known_at_utc"], row["known_at_basis"], row["news"]) == (AT, "observed", "Knock")


@pytest.mark.parametrize(
    ("status", "chance", "available", "said"),
    [
        ("a", None, 1.0, "available"), ("a", 100, 1.0, "available"), ("d", 75, 0.75, "doubtful"),
        ("d", None, None, "doubtful"), ("i", None, 0.0, "injured"), ("i", 0, 0.0, "injured"),
        ("s", 0, 0.0, "suspended"), ("u", None, 0.0, "unavailable"), ("n", 0, 0.0, "ineligible"),
    ],
)  # fmt: skip
def test_the_vendors_chance_counts_and_else_his_status(
    status: str, chance: int | None, available: float | None, said: str
) -> None:
    row = players({**PLAYER, "status": status, "chance_of_playing_next_round": chance}).row(0, named=True)
    assert (row["available_prob"], row["status"]) == (available, said)


def test_rows_keep_the_contract_of_silver() -> None:
    lineage = {"source": "x", "bronze_sha256": "0" * 64, "ingested_at_utc": AT}
    rows = players({**PLAYER}).with_columns(pl.lit(value).alias(name) for name, value in lineage.items())
    assert len(conform(rows, contract("silver.football.players")).good) == 1


def test_players_of_one_name_are_told_apart_by_club_or_refused() -> None:
    other_club, same_club = {**PLAYER, "id": 2, "team": 2}, {**PLAYER, "id": 3}
    assert players({**PLAYER}, other_club)["player_id"].to_list() == ["al-fern-alderwick", "al-fern-brackmoor"]
    found = parsed(snapshot(PLAYER, same_club), plan.SNAPSHOT, season=None, captured_at=AT)
    assert reasons(found, "players") == ["two_players", "two_players"]


@pytest.mark.parametrize("changes", [{"team": 9}, {"team": None}])
def test_a_player_of_an_unknown_club_is_refused(changes: dict[str, object]) -> None:
    found = parsed(snapshot({**PLAYER, **changes}, {**PLAYER, "id": 2, "second_name": "Hale"}), plan.SNAPSHOT, None)
    assert reasons(found, "players") == ["unknown_club"]
    assert len(found.rows["players"]) == 1


def test_a_promoted_clubs_players_are_known_before_the_anchor_has_a_match_of_it() -> None:
    found = parsed(snapshot(PLAYER), plan.SNAPSHOT, None, played=PLAYED.clear())
    assert found.rows["players"]["team_id"].to_list() == ["eng-alderwick"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"elements": 3, "teams": []}', b'{"elements": [1], "teams": []}']
)
def test_what_is_no_snapshot_is_refused_whole(body: bytes) -> None:
    assert reasons(parsed(body, plan.SNAPSHOT, None), "players") == ["malformed_payload"]
