"""Whom invented headlines name."""

from __future__ import annotations

import polars as pl
import pytest

from lake.contracts.model import contract
from sources.known import Known
from sources.news.linking import Linker
from tests.unit.sources.news.world import subjects


@pytest.mark.parametrize(
    ("headline", "wanted"),
    [
        ("Alderwick win again", ["team:eng-alderwick"]),
        ("ALDERWICK WIN AGAIN", ["team:eng-alderwick"]),
        ("Alderwick’s keeper is out", ["team:eng-alderwick"]),
        ("Alderwick Athletic sign a striker", ["team:eng-alderwick"]),
        ("Cadenza and Cádenza are one", ["team:esp-cadenza"]),
        ("Tom Hale signs", ["player:tom-hale"]),
        ("CJ Moss and C. J. Moss are one", ["player:c-j-moss"]),
    ],
)
def test_a_whole_name_is_linked(headline: str, wanted: list[str]) -> None:
    assert subjects([headline]) == wanted


@pytest.mark.parametrize(
    "headline",
    [
        "Alderwickers march on",
        "a north city council",
        "Nice weather for ducks",
        "City stay up",
        "Hale is out",
        "Tom Hale Jr. signs",
        "Alderwick Women win the cup",
        "North, City and others",
    ],
)
def test_what_may_be_another_is_not_linked(headline: str) -> None:
    assert subjects([headline]) == ["none"]


def test_a_surname_counts_beside_its_club_only() -> None:
    assert subjects(["Alderwick without Hale"]) == ["player:tom-hale", "team:eng-alderwick"]
    assert subjects(["Alderwick without him", "Hale is hurt."]) == ["player:tom-hale", "team:eng-alderwick"]
    both = ["team:eng-alderwick", "team:eng-north-city"]
    assert subjects(["North City meet Alderwick, but not Hale"]) == both, "two clubs have one"
    assert subjects(["Alderwick face Dean Hale"]) == ["team:eng-alderwick"], "another Hale"


def test_a_name_of_one_word_counts_beside_its_club_only() -> None:
    assert subjects(["Ramón scores"]) == ["none"]
    assert subjects(["For Cádenza, Ramon scores"]) == ["player:ramon", "team:esp-cadenza"]


def test_a_name_that_two_bear_is_nobodys() -> None:
    twice = [
        {"player_id": id, "player_name": "Ben Moor", "competition_id": "E0", "season_code": "2026-27"} for id in "ab"
    ]
    players = pl.DataFrame(twice, schema=contract("silver.football.players").schema)
    assert Linker(Known("football", frames={"players": players})).subjects_of(["Ben Moor scores"]) == []


def test_a_basketball_club_goes_by_its_last_word_unless_that_is_an_ordinary_one() -> None:
    names = {"nba-pvl": "Port Vale Larks", "nba-mia": "Miasma Heat"}
    rows = [
        {"team_id": id, "team_name": name, "competition_id": "NBA", "season_code": "2026-27"}
        for id, name in names.items()
    ]
    teams = pl.DataFrame(rows, schema=contract("silver.basketball.teams").schema)
    linker = Linker(Known("basketball", frames={"teams": teams}))
    assert [found.id for found in linker.subjects_of(["Larks take the Heat"])] == ["team:nba-pvl"]
    assert [found.id for found in linker.subjects_of(["Miasma Heat lose"])] == ["team:nba-mia"]
