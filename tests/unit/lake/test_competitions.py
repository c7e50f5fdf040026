"""The leagues of the vendor, each one entry in one file."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from core.errors import UnknownCompetition
from lake.competitions import competitions


def test_all_22_divisions_and_16_extra_countries_are_known() -> None:
    endpoints = Counter(found.vendors["football_data"]["endpoint"] for found in competitions("football").values())
    assert endpoints == {"season_file": 22, "extra_file": 16}


def test_every_league_has_a_real_zone_a_country_of_three_letters_and_a_code_of_its_own() -> None:
    found = competitions("football")
    assert all(ZoneInfo(league.timezone).key == league.timezone for league in found.values())
    assert all(len(league.country) == 3 and league.country.isupper() for league in found.values())
    assert all(code == league.id and league.sport == "football" for code, league in found.items())
    codes = [tuple(league.vendors["football_data"].values()) for league in found.values()]
    assert len(set(codes)) == len(codes)


def test_the_divisions_of_a_country_are_numbered_from_one_without_a_gap() -> None:
    tiers: dict[str, list[int]] = {}
    for league in competitions("football").values():
        tiers.setdefault(league.country, []).append(league.tier)
    assert {country: sorted(found) for country, found in tiers.items()} == {
        country: list(range(1, len(found) + 1)) for country, found in tiers.items()
    }


def test_asking_for_some_leagues_gives_those() -> None:
    assert set(competitions("football", ["SP1", "E0"])) == {"E0", "SP1"}


def test_an_unknown_league_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UnknownCompetition, match=r"called E9, XX\. Known codes: E0, E1, .*USA.*docs/add-a-league\.md"):
        competitions("football", ["XX", "E0", "E9"])


def test_an_unknown_sport_is_refused_in_the_same_words() -> None:
    with pytest.raises(UnknownCompetition, match="curling"):
        competitions("curling")
