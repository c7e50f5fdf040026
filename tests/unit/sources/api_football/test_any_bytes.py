"""Whatever a body holds, nothing is raised and nothing is lost (all payloads are invented)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.api_football.source import ApiFootball
from tests.unit.sources.api_football.vendor import RESULT, answer, fixture, odds, parsed
from tests.unit.sources.football_calendar import accounted, reasons

ENDPOINTS = ("fixtures", "lineups", "statistics", "injuries", "odds", "standings")
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)
NAMES = st.sampled_from(
    ["errors", "response", "fixture", "id", "date", "league", "season", "teams", "home", "name", "team", "statistics"]
    + ["type", "value", "bookmakers", "bets", "values", "odd", "update", "startXI", "player", "standings", "all"]
)
TREES = st.recursive(LEAVES, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAMES, inside, max_size=4))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@given(body=st.binary(max_size=80) | TREES.map(lambda tree: json.dumps(tree).encode()))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_refused_or_read(endpoint: str, body: bytes) -> None:
    found = parsed(endpoint, body)
    assert set(found.rows) | set(found.refused) <= set(ApiFootball.entities)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@given(items=st.lists(TREES, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_items_are_refused_or_read(endpoint: str, items: list[Any]) -> None:
    found = parsed(endpoint, answer(items))
    for entity in found.refused:
        reasons(found, entity)


@given(changed=st.sampled_from(["fixture", "league", "teams", "goals", "score"]), value=TREES)
@settings(max_examples=60, deadline=None)
def test_every_fixture_is_read_or_refused(changed: str, value: Any) -> None:
    found = parsed("fixtures", answer([fixture() | {changed: value}, fixture("Corvale", "Dunmarsh", number=502)]))
    assert accounted(found) == 2


@given(values=st.lists(st.tuples(LEAVES, LEAVES), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_price_of_a_bet_that_we_read_is_read_or_refused(values: list[tuple[Any, Any]]) -> None:
    assert accounted(parsed("odds", answer([odds(("Asian Handicap", values), RESULT)]))) == len(values) + 3
