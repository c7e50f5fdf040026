"""The data on places: each fact has a source, and nothing is claimed that no source could tell."""

from __future__ import annotations

import pytest

from core.market.markets import MARKETS
from core.settings import Staking
from optimizer.policy import jurisdiction, jurisdictions
from optimizer.policy.jurisdictions import notice

ALL = pytest.mark.parametrize("code", sorted(jurisdictions()))


def test_at_least_eight_places_are_known_and_none_of_it_is_legal_advice() -> None:
    assert len(jurisdictions()) >= 8
    assert notice().startswith("Not legal advice.")


@ALL
def test_a_place_names_its_sources_register_and_age(code: str) -> None:
    place = jurisdictions()[code]
    assert place.sources
    assert place.self_exclusion_register
    assert place.minimum_age in (18, 19, 21)
    assert place.loosen_after_hours >= 24


@ALL
def test_books_are_ours_by_name_and_none_is_both_licensed_and_not(code: str) -> None:
    books = jurisdictions()[code].books
    assert {*books.licensed, *books.not_licensed} <= set(Staking().bookmakers)
    assert not set(books.licensed) & set(books.not_licensed)


@ALL
def test_no_market_that_is_priced_is_refused_without_a_line_in_the_file_that_names_it(code: str) -> None:
    assert set(jurisdictions()[code].markets_not_allowed) & set(MARKETS) == set()


def test_no_place_is_none_and_an_unknown_place_is_an_error() -> None:
    assert jurisdiction(None) is None
    with pytest.raises(KeyError):
        jurisdiction("XX")
