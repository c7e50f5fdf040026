"""No two selections share a key, and a slug is made of safe letters only."""

from __future__ import annotations

import re
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market.markets import MARKETS
from lake.keys import short_hash, slug, with_selection_key

QUARTERS = st.integers(-40, 60).map(lambda quarters: quarters / 4)
MATCHES = st.integers(0, 400).map(lambda number: f"E0-2023-24-match-{number}")


@st.composite
def selections(draw: st.DrawFn) -> tuple[str, str, str, float | None]:
    """One selection of one market that is really sold."""
    market = MARKETS[draw(st.sampled_from(sorted(MARKETS)))]
    line = draw(QUARTERS) if market.has_line else None
    return draw(MATCHES), market.name, draw(st.sampled_from(market.selections)), line


def keyed(found: list[tuple[str, str, str, float | None]]) -> pl.DataFrame:
    schema = {"match_id": pl.String, "market": pl.String, "selection": pl.String, "line": pl.Float64}
    return with_selection_key(pl.DataFrame(found, schema=schema, orient="row"))


@given(st.lists(selections(), min_size=2, max_size=80, unique=True))
@settings(max_examples=60, deadline=None)
def test_different_selections_have_different_keys(found: list[tuple[str, str, str, float | None]]) -> None:
    assert keyed(found)["selection_key"].n_unique() == len(found)


@given(st.lists(selections(), min_size=1, max_size=30), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_key_does_not_depend_on_the_company_it_comes_in(
    found: list[tuple[str, str, str, float | None]], random: Random
) -> None:
    alone = [keyed([one])["selection_key"].item() for one in found]
    assert keyed(found)["selection_key"].to_list() == alone
    places = random.sample(range(len(found)), len(found))
    assert keyed([found[place] for place in places])["selection_key"].to_list() == [alone[place] for place in places]


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_slug_holds_only_small_letters_digits_and_single_dashes_and_is_its_own_slug(name: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(name))
    assert slug(slug(name)) == slug(name)


@given(st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_short_hash_tells_different_parts_apart(one: str, other: str) -> None:
    assert (short_hash("url", one) == short_hash("url", other)) == (one == other)
