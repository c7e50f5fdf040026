"""Whatever a body holds, it is read or refused, and nothing is raised (all payloads are invented)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.stats_nba_com import reading
from sources.stats_nba_com.source import StatsNbaCom
from tests.unit.sources.nba import LEAGUES, NOBODY, is_accounted, payload
from tests.unit.sources.stats_nba_com.vendor import AWAY, GAME, HOME, PLAYER, TEAM_HEADERS, board, log, player_log

ENDPOINTS = [reading.TEAM_LOG, reading.PLAYER_LOG, reading.SCOREBOARD, reading.BOX_SCORE, reading.PLAYERS]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12)
)
DATES = st.sampled_from(["2023-11-01", "0001-01-01", "9999-12-31", "2023-02-30"])
VALUES = SCALARS | DATES | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@given(body=st.binary(max_size=80) | JSON.map(lambda found: json.dumps(found).encode()))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_refused_whole(endpoint: str, body: bytes) -> None:
    found = StatsNbaCom().parse(payload(endpoint, body), LEAGUES, NOBODY)
    assert is_accounted(StatsNbaCom(), found)
    assert StatsNbaCom().terms.verdict(endpoint, body) in ("malformed", "http_error")


@given(change=st.dictionaries(st.sampled_from(TEAM_HEADERS), VALUES, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_every_row_of_a_log_is_read_or_refused(change: dict[str, Any]) -> None:
    found = StatsNbaCom().parse(payload(reading.TEAM_LOG, log(HOME, AWAY | change)), LEAGUES, NOBODY)
    refused = found.refused["matches"]["row_number"].to_list()
    left_out = str(change.get("SEASON_ID", "2"))[:1] in ("1", "3")
    assert left_out or sorted([*refused, *found.rows["team_stats"]["row_number"]]) == [1, 2]


@given(change=st.dictionaries(st.sampled_from(sorted(PLAYER)), VALUES, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_any_player_is_read_or_refused(change: dict[str, Any]) -> None:
    found = StatsNbaCom().parse(payload(reading.PLAYER_LOG, player_log(PLAYER, PLAYER | change)), LEAGUES, NOBODY)
    assert is_accounted(StatsNbaCom(), found)


@given(change=st.dictionaries(st.sampled_from(sorted(GAME)), VALUES, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_game_is_read_or_refused(change: dict[str, Any]) -> None:
    found = StatsNbaCom().parse(payload(reading.SCOREBOARD, board(GAME | change)), LEAGUES, NOBODY)
    assert is_accounted(StatsNbaCom(), found)
