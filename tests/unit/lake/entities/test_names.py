"""Invented and well-known names: what is one name written twice, and what is two."""

from __future__ import annotations

import pytest

from lake.entities.names import club_core, person, plain, spellings
from lake.entities.similarity import similarity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C.J. McCollum", "CJ McCollum"),
        ("C. J. McCollum", "CJ McCollum"),
        ("Luka Dončić", "Luka Doncic"),
        ("De'Aaron Fox", "De’Aaron Fox"),
        ("Karl-Anthony Towns", "KARL ANTHONY TOWNS"),
        ("Đorđe Petrović", "Dorde Petrovic"),
    ],
)
def test_accents_case_dots_and_dashes_make_no_other_name(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize("name", ["Tim Hardaway Jr.", "Hardaway Jr., Tim", "Tim Hardaway, Jr.", "• tim hardaway JR"])
def test_a_suffix_is_read_wherever_it_stands(name: str) -> None:
    assert person(name).form == "tim hardaway jr"
    assert person(name).suffix == "jr"


def test_a_bracketed_remark_is_kept_apart_from_the_name() -> None:
    read = person("Brandon Williams (b. 1975-02-27)")
    assert (read.form, read.remark) == ("brandon williams", "b 1975 02 27")


def test_a_cell_of_several_names_is_split_and_a_lone_one_is_not() -> None:
    assert spellings("• Nicolas Claxton / Nic Claxton") == ("Nicolas Claxton", "Nic Claxton")
    assert spellings("A/C Milan") == ("A/C Milan",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1. FC Köln", "FC Koln"),
        ("Nuernberg", "1. FC Nürnberg"),
        ("Sheffield Utd", "Sheffield United"),
        ("St Etienne", "Saint-Étienne"),
    ],
)
def test_legal_forms_and_abbreviations_make_no_other_club(one: str, other: str) -> None:
    assert club_core(one) == club_core(other)


def test_a_town_of_several_clubs_keeps_the_legal_form_that_tells_them_apart() -> None:
    assert len({club_core("Paris FC"), club_core("Paris SG"), club_core("Paris")}) == 3
    assert club_core("TSV 1860 München") != club_core("FC München")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Manchester United", "Man City"),
        ("Dundee United", "Dundee"),
        ("Barcelona", "Barcelona B"),
        ("Inter Milan", "Milan"),
        ("TSV 1860 München", "Bayern Munich"),
        ("Arsenal Women", "Arsenal"),
        ("Sheffield Weds", "Sheffield United"),
        ("Man Utd", "Mansfield"),
        ("Lecco", "Lecce"),
        ("Paris FC", "Paris SG"),
    ],
)
def test_clubs_of_one_town_and_second_teams_are_not_alike_at_all(one: str, other: str) -> None:
    assert similarity(one, other) == similarity(other, one) == 0.0


def test_the_order_of_words_counts() -> None:
    assert similarity("Bilbao Athletic", "Athletic Bilbao") < 0.75 < similarity("Manchester United", "Man United")
