"""Invented rows of a vendor: ids added, the unsure refused with a line to review, in the order they came in."""

from __future__ import annotations

import polars as pl
import pytest

from lake.conform import DETAIL, REASON
from lake.entities import league_lists
from lake.entities.aliases import Alias, Aliases
from lake.entities.resolve import clubs_of, lines_in, with_player_ids, with_team_ids

NAMES = {"home_name": "home_team_id", "away_name": "away_team_id"}
TEAMS = pl.DataFrame(
    [
        ("eng-ash", "Ash", "E0", "2023-24", "confirmed"),
        ("eng-barton", "Barton", "E0", "2023-24", "confirmed"),
        ("eng-cove", "Cove", "E1", "2023-24", "confirmed"),
        ("eng-dunmore", "Dunmore", "E1", "2022-23", "confirmed"),
    ],
    schema=["team_id", "team_name", "competition_id", "season_code", "status"],
    orient="row",
).with_columns(pl.lit("ENG").alias("country"))


def rows(*games: tuple[str | None, str | None], season: str = "2023-24", league: str = "E0") -> pl.DataFrame:
    found = pl.DataFrame(games, schema={"home_name": pl.String, "away_name": pl.String}, orient="row")
    return found.with_columns(pl.lit(league).alias("competition_id"), pl.lit(season).alias("season_code"))


def test_both_sides_get_their_ids_and_unknown_ones_a_line_to_review() -> None:
    found = with_team_ids(rows(("Ash FC", "Barton"), ("Ash", "Bartn, the")), TEAMS, Aliases(), "vendor", NAMES)
    assert found["home_team_id"].to_list() == ["eng-ash", "eng-ash"]
    assert found["away_team_id"].to_list() == ["eng-barton", None]
    assert found[REASON].to_list() == [None, "unknown_team"]
    assert lines_in(found[DETAIL][1]) == [Alias("vendor", "E0", "Bartn, the", "")]


def test_two_unknown_sides_are_both_told_and_a_missing_name_is_told_as_such() -> None:
    found = with_team_ids(rows(("X", "Y"), (None, "Ash")), TEAMS, Aliases(), "vendor", NAMES)
    assert [line.spelling for line in lines_in(found[DETAIL][0])] == ["X", "Y"]
    assert found[DETAIL][1] == "The row gives no name."


def test_the_first_fault_of_a_row_stays() -> None:
    told = rows(("X", "Ash")).with_columns(pl.lit("bad_time").alias(REASON), pl.lit("No time.").alias(DETAIL))
    found = with_team_ids(told, TEAMS, Aliases(), "vendor", NAMES)
    assert found.select(REASON, DETAIL).row(0) == ("bad_time", "No time.")
    assert found["away_team_id"].to_list() == ["eng-ash"]


def test_before_a_season_has_clubs_all_of_the_country_may_play_in_it() -> None:
    found = with_team_ids(rows(("Ash", "Cove"), season="2024-25"), TEAMS, Aliases(), "vendor", NAMES)
    assert found.select("home_team_id", "away_team_id").row(0) == ("eng-ash", "eng-cove")
    assert with_team_ids(rows(("Ash", "Cove")), TEAMS, Aliases(), "vendor", NAMES)["away_team_id"][0] is None


def test_a_season_that_is_not_complete_yet_is_open_to_last_seasons_clubs() -> None:
    half = TEAMS.with_columns(pl.lit("provisional").alias("status"))
    anchors, rivals = clubs_of(half.filter(pl.col("team_id") != "eng-cove"), "E0", "2023-24")
    assert set(anchors["id"]) == {"eng-ash", "eng-barton", "eng-dunmore"}
    assert rivals.is_empty()


def test_a_league_that_nobody_minted_refuses_every_name() -> None:
    found = with_team_ids(rows(("Ash", "Barton"), league="I1"), TEAMS, Aliases(), "vendor", NAMES)
    assert found[REASON].to_list() == ["unknown_team"]


def test_no_rows_are_no_rows_with_the_new_columns() -> None:
    found = with_team_ids(rows(), TEAMS, Aliases(), "vendor", NAMES)
    assert len(found) == 0
    assert {*NAMES.values(), REASON, DETAIL} <= set(found.columns)


def test_players_are_looked_for_in_the_teams_of_their_row() -> None:
    known = pl.DataFrame(
        [("sam-hill", "Sam Hill", "a"), ("al-stone", "Al Stone", "b")],
        schema=["player_id", "player_name", "team_id"],
        orient="row",
    ).with_columns(pl.lit("NBA").alias("competition_id"), pl.lit("2022-23").alias("season_code"))
    told = pl.DataFrame({"player": ["S. Hill", "S. Hill"], "team_id": ["a", "b"]}).with_columns(
        pl.lit("NBA").alias("competition_id"), pl.lit("2023-24").alias("season_code")
    )
    found = with_player_ids(told, known, Aliases(), "vendor", {"player": "player_id"}, ["team_id"])
    assert found["player_id"].to_list() == ["sam-hill", None]
    assert found[REASON].to_list() == [None, "unknown_player"]


@pytest.mark.parametrize(
    ("season", "name", "team"),
    [
        ("2010-11", "Hornets", "nba-nop"),
        ("2023-24", "Hornets", "nba-cha"),
        ("2010-11", "New Jersey Nets", "nba-bkn"),
        ("2013-14", "Charlotte Bobcats", "nba-cha"),
        ("2007-08", "SEA", "nba-okc"),
        ("2023-24", "LA Clippers", "nba-lac"),
        ("2023-24", "New Jersey Nets", None),
        ("2023-24", "Los Angeles", None),
        ("2023-24", "Blazers", "nba-por"),
    ],
)
def test_a_listed_leagues_names_hold_in_their_seasons(season: str, name: str, team: str | None) -> None:
    told = pl.DataFrame({"name": [name], "competition_id": ["NBA"], "season_code": [season]})
    assert with_team_ids(told, TEAMS, Aliases(), "vendor", {"name": "team_id"})["team_id"].to_list() == [team]


@pytest.mark.parametrize(("season", "count"), [("2003-04", 29), ("2007-08", 30), ("2013-14", 30), ("2025-26", 30)])
def test_a_listed_league_has_each_club_once_a_season(season: str, count: int) -> None:
    assert league_lists.clubs("NBA", season)["id"].n_unique() == len(league_lists.clubs("NBA", season)) == count
