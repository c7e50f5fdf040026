"""Clubs: a stray name is never one, and a whole season confirms those that are."""

from __future__ import annotations

from itertools import permutations

import polars as pl

from lake.contracts.model import contract
from lake.entities.teams import appearances, minted, stray_names, team_id
from lake.keys import slug

CLUBS = ("Arsenal", "Bolton", "Chelsea", "Derby", "Everton", "Fulham")


def season(pairs: list[tuple[str, str]], code: str = "2023-24", league: str = "E0") -> pl.DataFrame:
    """A season file of these matches, home side first."""
    return pl.DataFrame(
        [(league, code, "ENG", home, away, f"eng-{slug(home)}", f"eng-{slug(away)}") for home, away in pairs],
        schema=["competition_id", "season_code", "country", "HomeTeam", "AwayTeam", "home_team_id", "away_team_id"],
        orient="row",
    )


WHOLE_SEASON = list(permutations(CLUBS, 2))


def status(rows: pl.DataFrame) -> dict[str, str]:
    return dict(minted(rows).select("team_name", "status").iter_rows())


def test_a_club_is_named_by_its_country_and_its_name() -> None:
    names = pl.DataFrame({"country": ["ENG", "ECU"], "slug": ["everton", "everton"]})
    found = names.select(team_id(pl.col("country"), pl.col("slug")).alias("team_id"))
    assert found["team_id"].to_list() == ["eng-everton", "ecu-everton"]


def test_each_name_is_counted_at_home_and_away() -> None:
    counted = appearances(season([("Arsenal", "Bolton"), ("Chelsea", "Arsenal")]))
    assert dict(counted.select("team_name", "matches_listed").iter_rows()) == {"Arsenal": 2, "Bolton": 1, "Chelsea": 1}


def test_a_name_that_hardly_plays_in_a_season_is_a_stray_one() -> None:
    assert stray_names(season([*WHOLE_SEASON, ("Arsenal", "Chelsae")])) == ["Chelsae"]


def test_a_whole_season_and_its_first_weeks_hold_no_stray_names() -> None:
    assert stray_names(season(WHOLE_SEASON)) == []
    assert stray_names(season([*WHOLE_SEASON[:8], ("Arsenal", "Chelsae")])) == []


def test_a_name_is_stray_in_one_season_and_at_home_in_another() -> None:
    other = [(home.replace("Arsenal", "Chelsae"), away.replace("Arsenal", "Chelsae")) for home, away in WHOLE_SEASON]
    both = pl.concat([season([*WHOLE_SEASON, ("Arsenal", "Chelsae")]), season(other, code="2022-23")])
    assert stray_names(both) == ["Chelsae"]
    assert stray_names(season(other, code="2022-23")) == []


def test_a_season_in_which_everybody_met_everybody_at_home_confirms_its_clubs() -> None:
    assert status(season(WHOLE_SEASON)) == dict.fromkeys(CLUBS, "confirmed")


def test_one_match_short_of_a_season_confirms_nobody() -> None:
    assert status(season(WHOLE_SEASON[:-1])) == dict.fromkeys(CLUBS, "provisional")


def test_a_league_that_meets_four_times_is_whole_once_it_has_met_twice() -> None:
    assert set(status(season(WHOLE_SEASON * 2)).values()) == {"confirmed"}


def test_one_season_is_judged_without_the_other() -> None:
    found = minted(pl.concat([season(WHOLE_SEASON), season(WHOLE_SEASON[:9], code="2024-25")]))
    by_season = dict(found.group_by("season_code").agg(pl.col("status").unique().sort().str.join(",")).iter_rows())
    assert by_season == {"2023-24": "confirmed", "2024-25": "provisional"}


def test_the_clubs_of_a_season_keep_the_contract_of_teams_with_one_row_each() -> None:
    teams = contract("silver.football.teams")
    found = minted(season(WHOLE_SEASON))
    assert set(found.columns) == set(teams.column_names)
    assert len(found) == len(found.unique(teams.key)) == len(CLUBS)
    assert found["matches_listed"].unique().to_list() == [10]


def test_a_club_that_the_vendor_spells_in_two_ways_is_still_one_row() -> None:
    spelt = [
        (home.replace("Derby", "Derby."), away) if away == "Fulham" else (home, away) for home, away in WHOLE_SEASON
    ]
    found = minted(season(spelt))
    assert found["team_id"].is_unique().all()
    assert set(found["status"]) == {"confirmed"}


def test_a_club_against_itself_does_not_make_up_for_a_match_that_is_missing() -> None:
    assert set(status(season([*WHOLE_SEASON[:-1], ("Derby", "Derby")])).values()) == {"provisional"}
