"""Who mints a club's id, and from when on its season counts as complete (invented clubs)."""

from __future__ import annotations

import polars as pl
import pytest

from lake.entities.teams import stray_names
from lake.keys import slug
from tests.unit.sources.vendor import NO_RESULT, clubs, file, read, row, season


def _statuses(rows: list[dict[str, str]], league: str = "E0") -> dict[str, tuple[int, str]]:
    teams = read(file(*rows), league).teams
    return {
        name: (listed, status) for name, listed, status in teams.select("team_name", "matches_listed", "status").rows()
    }


def test_a_complete_double_round_robin_confirms_its_clubs() -> None:
    assert _statuses(season(clubs(6))) == dict.fromkeys(clubs(6), (10, "confirmed"))


def test_one_missing_match_leaves_every_club_provisional() -> None:
    found = _statuses(season(clubs(6))[1:])
    assert {status for _, status in found.values()} == {"provisional"}
    assert (found["Club A"], found["Club F"]) == ((9, "provisional"), (10, "provisional"))


def test_a_club_meeting_another_twice_does_not_replace_a_missing_match() -> None:
    rows = season(clubs(6))
    rows[0] = row(HomeTeam="Club A", AwayTeam="Club C", Date="10/02/2024")
    assert {status for _, status in _statuses(rows).values()} == {"provisional"}


def test_a_league_whose_clubs_meet_more_often_is_complete_too() -> None:
    rows = season(clubs(4)) + season(clubs(4), start="10/02/2024")
    found = _statuses([row(cells, Div="SC0") for cells in rows], "SC0")
    assert found == dict.fromkeys(clubs(4), (12, "confirmed"))


def test_the_coming_fixtures_mint_no_club() -> None:
    assert read(file(row(NO_RESULT, HomeTeam="Brand New")), endpoint="fixtures").teams.is_empty()


def test_a_minted_club_carries_its_country_and_the_vendors_spelling() -> None:
    teams = read(file(row(HomeTeam="Nótt'm Vale", Div="SP1")), "SP1").teams.filter(
        pl.col("team_id") == "esp-nottm-vale"
    )
    assert teams.select("team_name", "country", "competition_id", "season_code").rows() == [
        ("Nótt'm Vale", "ESP", "SP1", "2023-24")
    ]


def _listed(counts: dict[str, int]) -> pl.DataFrame:
    """A frame in which each name stands so often, against clubs that stand 20 times."""
    names = [name for name, count in counts.items() for _ in range(count)] + clubs(9) * 20
    pairs = list(zip(names, reversed(names), strict=True))
    frame = pl.DataFrame(pairs, schema=["HomeTeam", "AwayTeam"], orient="row")
    return frame.with_columns(pl.lit("E0").alias("competition_id"), pl.lit("2023-24").alias("season_code"))


@pytest.mark.parametrize(("listed", "stray"), [(1, True), (5, True), (6, False), (19, False)])
def test_a_name_is_stray_up_to_a_quarter_of_the_usual_number_of_matches(listed: int, stray: bool) -> None:
    """Clubs stand 40 times here, so a quarter is 10: a name that stands `listed` times on either side."""
    assert ("Clubb A" in stray_names(_listed({"Clubb A": listed}))) == stray


def test_a_season_that_has_just_begun_has_no_stray_name() -> None:
    rows = pl.DataFrame({"HomeTeam": ["A"] * 8 + ["Aa"], "AwayTeam": ["B"] * 9})
    assert stray_names(rows.with_columns(competition_id=pl.lit("E0"), season_code=pl.lit("2023-24"))) == []


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Nott'm Forest", "nottm-forest"),
        ("St. Orm & Vale", "st-orm-vale"),
        ("1. Brückfeld 09", "1-bruckfeld-09"),
    ],
)
def test_a_name_becomes_a_slug(name: str, made: str) -> None:
    assert slug(name) == made


@pytest.mark.parametrize("name", ["日本", "Спартак", "???"])
def test_a_name_without_a_latin_letter_mints_no_empty_id(name: str) -> None:
    teams = read(file(row(HomeTeam=name))).teams
    assert "eng-" not in set(teams["team_id"])
