"""Invented players: father and son, brothers, namesakes, initials; a doubt is a refusal."""

from __future__ import annotations

import polars as pl
import pytest

from lake.entities.players import Roster, pair_players, player_ids

PLAYERS = pl.DataFrame(
    [
        ("tom-ward-jr", "Tom Ward Jr.", "a"),
        ("al-stone", "Al Stone", "a"),
        ("max-reedy", "Maximilian Reedy", "a"),
        ("aaron-lane", "Aaron Lane", "a"),
        ("ivo-schroder", "Ivo Schröder", "a"),
        ("jose-lima-costa", "José Lima Costa", "a"),
        ("mark-twin", "Mark Twin", "b"),
        ("martin-twin", "Martin Twin", "b"),
        ("sam-hill-1", "Sam Hill", "b"),
        ("sam-hill-2", "Sam Hill", "b"),
        ("nik-jokov", "Nik Jokov", "b"),
        ("dan-antetoumpo", "Dan Antetoumpo", "b"),
        ("rio", "Rio", "b"),
    ],
    schema=["id", "name", "team_id"],
    orient="row",
)
ROSTER = Roster.of(PLAYERS)


def found(name: str, *teams: str, **options: bool) -> str | None:
    return pair_players([name], ROSTER, {}, teams, **options).pairs[0].id


@pytest.mark.parametrize(
    ("name", "player"),
    [
        ("Tom Ward Jr", "tom-ward-jr"),
        ("Ward Jr., Tom", "tom-ward-jr"),
        ("A. Lane", "aaron-lane"),
        ("Max Reedy", "max-reedy"),
        ("Ivo Schroeder", "ivo-schroder"),
        ("José Costa", "jose-lima-costa"),
        ("Reedy Max / Maximilian Reedy", "max-reedy"),
    ],
)
def test_inside_a_team_a_name_may_be_shortened(name: str, player: str) -> None:
    assert found(name, "a") == player


@pytest.mark.parametrize("name", ["Tom Ward", "Tom Ward Sr.", "Tom Ward III", "T. Ward"])
def test_a_suffix_must_agree_whoever_else_is_known(name: str) -> None:
    assert found(name, "a") is None
    assert found(name) is None


@pytest.mark.parametrize(
    "name", ["M. Twin", "Mar Twin", "Sam Hill", "S. Hill", "Nik Jovov", "Twin", "Mark Twin (b. 1975)"]
)
def test_brothers_namesakes_near_misses_and_lone_words_are_refused(name: str) -> None:
    assert found(name, "b") is None


def test_one_letter_wrong_in_a_long_family_name_is_a_slip() -> None:
    assert found("Dan Antetounpo", "b") == "dan-antetoumpo"
    assert found("Don Antetounpo", "b") is None


def test_without_a_team_only_equal_names_count() -> None:
    assert found("Aaron Lane") == "aaron-lane"
    assert found("A. Lane") is None
    assert found("Max Reedy") is None


def test_a_name_of_another_team_is_refused_unless_he_may_have_moved() -> None:
    assert found("Al Stone", "b") is None
    assert found("Al Stone", "b", may_have_moved=True) == "al-stone"
    assert found("Rio", "a", may_have_moved=True) is None


def test_a_cell_that_names_two_players_is_refused() -> None:
    assert found("Al Stone / Aaron Lane", "a") is None


def test_an_alias_holds_inside_the_team_only() -> None:
    aliases = {"slim": "al-stone"}
    assert pair_players(["Slim"], ROSTER, aliases, ["a"]).ids == {"Slim": "al-stone"}
    assert pair_players(["Slim"], ROSTER, aliases, ["b"]).ids == {}


def test_who_is_that_by_right_keeps_the_name_from_one_who_is_merely_like_it() -> None:
    assert pair_players(["A. Lane", "Aaron Lane"], ROSTER, {}, ["a"]).ids == {"Aaron Lane": "aaron-lane"}


def test_players_who_share_a_name_get_their_number_and_minted_ids_never_change() -> None:
    first = player_ids(pl.DataFrame({"number": [7, 8, 9], "name": ["Al Stone", "Al Stone", "Bo Reed"]}))
    assert first["player_id"].to_list() == ["al-stone-7", "al-stone-8", "bo-reed"]
    known = dict(first.select("number", "player_id").iter_rows())
    later = player_ids(pl.DataFrame({"number": [9, 10, 7], "name": ["Bo Reed", "Bo Reed", "Alan Stone"]}), known)
    assert later["player_id"].to_list() == ["bo-reed", "bo-reed-10", "al-stone-7"]
