"""Whatever the vendor sends is rows or refusals, never an exception."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.outcomes import HTTP_ERROR, MALFORMED
from sources.the_odds_api.reading import verdict
from tests.unit.sources.the_odds_api.vendor import event, football, match, outcome, parse, payload, reasons

ENDPOINTS = ("odds", "event_odds", "scores", "events", "historical_odds", "historical_event_odds")
KNOWN = football(match())
_NAMES = (
    "id sport_key commence_time home_team away_team bookmakers markets outcomes key name price point data timestamp"
    " description last_update scores score completed message h2h totals player_points soccer_epl Arbury Belston"
)
_WORDS = st.sampled_from(_NAMES.split())
_VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _WORDS | st.text(max_size=8)
_JSON = st.recursive(_VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(ENDPOINTS))
def test_random_bytes_are_refused_whole(body: bytes, endpoint: str) -> None:
    parse(payload(body, endpoint), KNOWN)


@settings(max_examples=150, deadline=None)
@given(_JSON, st.sampled_from(ENDPOINTS))
def test_random_json_never_raises(found: object, endpoint: str) -> None:
    body = orjson.dumps(found, default=str, option=orjson.OPT_NON_STR_KEYS) if _fits(found) else b"{}"
    parse(payload(body, endpoint), KNOWN)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(("home_team", "commence_time", "id", "sport_key", "bookmakers")), _JSON)
def test_one_field_of_any_kind_never_raises_and_counts_hold(field: str, value: object) -> None:
    own = event({"h2h": [outcome("Arbury", 2.0)]}) | {field: value if _fits(value) else None}
    found = parse(payload([own, event({"btts": [outcome("Yes", 2.0)]})]), KNOWN)
    assert found.rows["odds_quotes"].filter(market="both_to_score").height == 1


@pytest.mark.parametrize("cut", [1, 50, 200, -1])
def test_a_payload_cut_off_is_refused_whole(cut: int) -> None:
    body = orjson.dumps([event({"h2h": [outcome("Arbury", 2.0)]})])[:cut]
    assert reasons(parse(payload(body), KNOWN)) == ["malformed_payload"]
    assert verdict("odds", body) == MALFORMED


def test_an_error_with_status_200_is_known_at_once() -> None:
    body = b'{"message": "Usage quota has been reached", "error_code": "OUT_OF_USAGE_CREDITS"}'
    assert verdict("odds", body) == HTTP_ERROR
    assert verdict("event_odds", body) == HTTP_ERROR
    assert verdict("odds", b"<html></html>") == MALFORMED
    assert verdict("odds", b"[]") is None
    assert reasons(parse(payload(body), KNOWN)) == ["malformed_payload"]


def _fits(value: object) -> bool:
    """Whether JSON can carry it: integers of 64 bits."""
    if isinstance(value, dict):
        return all(_fits(item) for item in value.values())
    if isinstance(value, list):
        return all(_fits(item) for item in value)
    return not isinstance(value, int) or -(2**63) <= value < 2**64
