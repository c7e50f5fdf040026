"""Whatever a body holds, every line of it is read or refused, and nothing is raised (all payloads are invented)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.fantasy_premier_league import plan
from tests.unit.sources.fantasy import AWAY, LINE, PLAYER, parsed, week

ENTITIES = {plan.GAME_WEEK: "player_stats", plan.SNAPSHOT: "players"}
CELLS = st.dictionaries(
    st.sampled_from(sorted(LINE)), st.sampled_from(["", "-1", "1.5", "1e400", "nan", "True", "zwölf", "99999999999"])
)
VALUES = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5) | st.lists(st.none(), max_size=1)
)
FIELDS = st.dictionaries(st.sampled_from(sorted(PLAYER)), VALUES)


@pytest.mark.parametrize("endpoint", list(ENTITIES))
@given(body=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_refused_whole_or_read(endpoint: str, body: bytes) -> None:
    found = parsed(body, endpoint)
    assert set(found.rows) | set(found.refused) == {ENTITIES[endpoint]}


@given(changes=st.lists(CELLS, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_every_line_of_a_week_is_read_or_refused(changes: list[dict[str, str]]) -> None:
    found = parsed(week(LINE, AWAY, *(LINE | {"name": f"No {n}"} | cells for n, cells in enumerate(changes))))
    counted = [found.rows["player_stats"], found.refused["player_stats"]]
    assert sorted(n for rows in counted for n in rows["row_number"]) == list(range(2, len(changes) + 4))


@given(changes=st.lists(FIELDS, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_every_player_of_a_snapshot_is_read_or_refused(changes: list[dict[str, object]]) -> None:
    body = json.dumps({"elements": [PLAYER | fields for fields in changes], "teams": [{"id": 1, "name": "Alderwick"}]})
    found = parsed(body.encode(), plan.SNAPSHOT, None)
    counted = [found.rows["players"], found.refused["players"]]
    assert sorted(n for rows in counted for n in rows["row_number"]) == list(range(1, len(changes) + 1))
