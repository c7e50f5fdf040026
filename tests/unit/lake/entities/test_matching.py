"""Invented leagues: a pairing is taken where it is sure, and refused with its candidates everywhere else."""

from __future__ import annotations

import polars as pl

from lake.entities.matching import Pairing, pair
from lake.keys import slug

CLUBS = ("Ashford", "Barton United", "Barton City", "Castleford", "Dunmore", "Elmsworth", "Fenwick", "Glenrock")


def clubs(*names: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"id": [f"eng-{slug(n)}" for n in names], "name": names}, schema={"id": pl.String, "name": pl.String}
    )


def how(pairing: Pairing) -> dict[str, str | None]:
    return {found.name: found.how for found in pairing.pairs}


def test_names_are_paired_by_alias_then_by_form_then_by_likeness() -> None:
    found = pair(["The Ashes", "Castleford FC", "Dunmore Town"], clubs(*CLUBS), {"the ashes": "eng-ashford"})
    assert found.ids == {"The Ashes": "eng-ashford", "Castleford FC": "eng-castleford", "Dunmore Town": "eng-dunmore"}
    assert how(found) == {"The Ashes": "alias", "Castleford FC": "equal", "Dunmore Town": "similar"}


def test_a_name_that_two_clubs_could_bear_is_refused_with_both_as_candidates() -> None:
    found = pair(["Barton"], clubs(*CLUBS)).refused[0]
    assert {candidate.id for candidate in found.candidates} == {"eng-barton-united", "eng-barton-city"}
    assert found.reason == "too close to call"
    assert found.alias_line("vendor", "E0") == "vendor,E0,Barton,eng-barton-city,"


def test_a_club_that_plays_elsewhere_is_never_taken_for_one_that_plays_here() -> None:
    found = pair(["Fenwick Town"], clubs("Fenwick"), rivals=clubs("Fenwick Town"))
    assert found.ids == {}
    assert found.refused[0].reason == "the name of eng-fenwick-town, which is not listed here"
    assert pair(["Fenwick Town"], clubs("Fenwick")).ids == {"Fenwick Town": "eng-fenwick"}


def test_an_alias_of_a_club_that_is_not_listed_is_refused_rather_than_guessed_past() -> None:
    found = pair(["Ashford"], clubs("Ashford"), {"ashford": "eng-other"})
    assert found.ids == {}
    assert found.refused[0].reason == "its alias is eng-other, which is not listed here"


def test_one_club_is_given_to_one_of_two_names_that_are_merely_alike() -> None:
    assert pair(["Dunmore", "Dunmore Town"], clubs(*CLUBS)).ids == {"Dunmore": "eng-dunmore"}
    assert pair(["Dunmore Town", "Dunmore County"], clubs(*CLUBS)).ids == {}


def test_the_last_name_of_a_whole_league_is_its_last_club_only_if_it_looks_it() -> None:
    others = [name for name in CLUBS if name != "Glenrock"]
    assert how(pair([*others, "Glenrock Abbey"], clubs(*CLUBS)))["Glenrock Abbey"] == "last"
    assert "Hillside" in {found.name for found in pair([*others, "Hillside"], clubs(*CLUBS)).refused}
    assert pair([*others[1:], "Glenrock Abbey"], clubs(*CLUBS)).ids.get("Glenrock Abbey") is None


def test_other_spellings_of_an_anchor_count_as_its_name() -> None:
    anchors = clubs("Ashford").with_columns(pl.Series("spellings", [["The Ashes", "ASH"]]))
    assert pair(["ASH", "The Ashes"], anchors).ids == {"ASH": "eng-ashford", "The Ashes": "eng-ashford"}


def test_what_is_paired_does_not_depend_on_the_order_of_names_or_clubs() -> None:
    names = ["Barton City FC", "Barton Utd", "Elmsworth Rovers", "Nowhere"]
    assert pair(names, clubs(*CLUBS)) == pair(names[::-1], clubs(*CLUBS[::-1]))


def test_no_anchors_pair_nothing() -> None:
    assert pair(["Ashford"], clubs()).refused[0].said() == "no club is like it; nearest: none"
