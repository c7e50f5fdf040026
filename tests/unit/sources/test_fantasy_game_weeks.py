"""Game weeks: clubs told by name or number and held against the anchor; what cannot be is refused with its reason."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from lake.conform import conform
from lake.contracts.model import contract
from tests.unit.sources.fantasy import AWAY, KICKOFF, LINE, PLAYED, anchor, parsed, reasons, week

NUMBERED = {"season": "2018-19", "played": anchor(("arsenal", "bournemouth", KICKOFF), season="2018-19")}
"""A season whose files give numbers only, in which 1 and 2 are these clubs."""


def test_a_row_becomes_the_statistics_of_a_player_in_the_anchors_match() -> None:
    rows = parsed(week(LINE, AWAY)).rows["player_stats"]
    first = rows.row(0, named=True)
    assert first["match_id"] == "E0-2020-21-alderwick-brackmoor"
    assert (first["player_id"], first["player_name"], first["player_id_fpl"]) == ("al-fern", "Al Fern", "1")
    assert rows["team_id"].to_list() == ["eng-alderwick", "eng-brackmoor"]
    assert (first["minutes"], first["goals"], first["threat"], first["position"]) == (90, 1, 30.0, "MID")
    assert first["event_at_utc"] == datetime(2020, 9, 12, 14, tzinfo=UTC)
    assert first["known_at_utc"] == datetime(2020, 9, 12, 17, tzinfo=UTC)
    assert first["known_at_basis"] == "rule"


def test_rows_keep_the_contract_of_silver() -> None:
    lineage = {"source": "x", "bronze_sha256": "0" * 64, "ingested_at_utc": datetime(2021, 7, 1, tzinfo=UTC)}
    rows = parsed(week(LINE, AWAY)).rows["player_stats"].with_columns(pl.lit(v).alias(k) for k, v in lineage.items())
    assert len(conform(rows, contract("silver.football.player_stats")).good) == 2


def test_a_season_without_names_tells_its_clubs_by_the_reviewed_numbers_of_the_opponents() -> None:
    found = parsed(week(LINE, AWAY, without=("team", "position")), **NUMBERED)
    assert found.rows["player_stats"]["team_id"].to_list() == ["eng-arsenal", "eng-bournemouth"]
    assert reasons(found) == []


def test_a_club_is_taken_by_the_anchors_spelling() -> None:
    lines = (LINE | {"team": "Man Utd"}, AWAY | {"team": "Spurs"})
    played = anchor(("man-united", "tottenham", KICKOFF))
    assert parsed(week(*lines), played=played).rows["player_stats"]["team_id"].to_list() == [
        "eng-man-united", "eng-tottenham",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("played", "reason"),
    [
        (anchor(("alderwick", "brackmoor", "2020-09-15T14:00:00Z")), "other_day"),
        (anchor(("alderwick", "corrie", KICKOFF)), "unknown_club"),
        (PLAYED.clear(), "unknown_club"),
    ],
    ids=["moved", "stranger", "first day"],
)
def test_a_match_that_the_anchor_cannot_have_is_refused(played: pl.DataFrame, reason: str) -> None:
    found = parsed(week(LINE, AWAY), played=played)
    assert reasons(found) == [reason, reason]
    assert found.rows["player_stats"].is_empty()


def test_a_match_that_the_anchor_has_not_yet_is_taken_where_it_knows_both_clubs() -> None:
    played = anchor(("alderwick", "corrie", KICKOFF), ("corrie", "brackmoor", KICKOFF))
    assert len(parsed(week(LINE, AWAY), played=played).rows["player_stats"]) == 2


def test_players_of_one_side_who_name_different_clubs_leave_the_match_without_one() -> None:
    third = LINE | {"name": "Cy Hale", "element": "3", "team": "Brackmoor"}
    assert reasons(parsed(week(LINE, third, AWAY))) == ["unknown_club"] * 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"minutes": "ninety"}, "unreadable_minutes"), ({"minutes": "12.5"}, "unreadable_minutes"),
        ({"goals_scored": ""}, "unreadable_goals"), ({"kickoff_time": "Saturday"}, "bad_kickoff"),
        ({"team_h_score": ""}, "not_played"), ({"was_home": "maybe"}, "unknown_club"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_refused_and_the_others_are_not(changes: dict[str, str], reason: str) -> None:
    third = LINE | {"name": "Cy Hale", "element": "3"} | changes
    found = parsed(week(LINE, AWAY, third))
    assert reasons(found) == [reason]
    assert len(found.rows["player_stats"]) == 2
    assert found.refused["player_stats"]["row_number"].to_list() == [4]


def test_two_players_of_one_name_are_told_apart_by_their_clubs() -> None:
    rows = parsed(week(LINE, AWAY | {"name": "Al Fern"})).rows["player_stats"]
    assert rows["player_id"].to_list() == ["al-fern-alderwick", "al-fern-brackmoor"]


def test_two_players_of_one_name_and_club_are_both_refused() -> None:
    assert reasons(parsed(week(LINE, LINE | {"element": "9"}, AWAY))) == ["two_players", "two_players"]


def test_a_player_with_two_matches_in_a_week_has_two_rows() -> None:
    later = "2020-09-15T19:00:00Z"
    back = {"fixture": "8", "kickoff_time": later}
    lines = (LINE, AWAY, LINE | back | {"was_home": "False"}, AWAY | back | {"was_home": "True"})
    found = parsed(week(*lines), played=anchor(("alderwick", "brackmoor", KICKOFF), ("brackmoor", "alderwick", later)))
    assert reasons(found) == []
    assert found.rows["player_stats"]["player_id"].to_list() == ["al-fern", "bo-gale"] * 2
    assert found.rows["player_stats"]["match_id"].n_unique() == 2


@pytest.mark.parametrize(
    "name", ["Al_Fern", "Al_Fern_402", "Al Fern"], ids=["2016/17", "2018/19", "2020/21"]
)  # fmt: skip
def test_every_seasons_spelling_is_one_player(name: str) -> None:
    assert parsed(week(LINE | {"name": name}, AWAY)).rows["player_stats"]["player_id"][0] == "al-fern"


def test_starts_and_expected_goals_are_read_where_the_season_has_them() -> None:
    more = {"starts": "0", "expected_goals": "0.41", "expected_assists": "0.10"}
    late, early = parsed(week(LINE | more, AWAY | more)), parsed(week(LINE, AWAY))
    assert late.rows["player_stats"]["has_started"].to_list() == [False, False]
    assert late.rows["player_stats"]["expected_goals"].to_list() == [0.41, 0.41]
    assert early.rows["player_stats"]["has_started"].null_count() == 2


def test_a_header_alone_is_a_week_without_matches() -> None:
    found = parsed(week(LINE, AWAY).split(b"\n")[0] + b"\n")
    assert found.rows["player_stats"].is_empty()
    assert reasons(found) == []


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"<html>busy</html>", b"a,b\n1,2\n", b"\xff\xfe\x00", b'name,"unclosed']
)
def test_what_is_no_table_of_players_is_refused_whole(body: bytes) -> None:
    found = parsed(body)
    assert reasons(found) == ["malformed_payload"]
    assert found.refused["player_stats"]["row_number"].to_list() == [0]
