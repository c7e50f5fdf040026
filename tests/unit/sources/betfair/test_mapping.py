"""What markets and offers mean, and which are refused. All values are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.betfair.plan import verdict
from sources.outcomes import HTTP_ERROR, MALFORMED
from tests.unit.sources.betfair.vendor import KICKOFF, NOW, RESULT, book, known, market, parse, rpc, told

MEANT = ("market_id", "selection_id", "market", "selection", "line")
PRICED = ("selection", "price_odds_dec", "lay_odds_dec", "liquidity", "traded_volume")


def _reasons(found: object, entity: str) -> list[str]:
    return sorted(found.refused[entity]["_reason"].to_list())  # type: ignore[attr-defined]


def test_the_catalogue_says_what_each_runner_stands_for() -> None:
    listed = [
        market("1.1", "MATCH_ODDS", RESULT),
        market("1.2", "OVER_UNDER_25", ((21, "Under 2.5 Goals", 0), (22, "Over 2.5 Goals", 0))),
        market("1.3", "ASIAN_HANDICAP", ((11, "Arbury", -0.75), (12, "Belston", 0.75))),
        market("1.4", "ALT_TOTAL_GOALS", ((31, "Over", 2.25), (32, "Under", 2.25))),
        market("1.5", "CORRECT_SCORE", ((41, "1 - 0", 0),)),
    ]
    found = parse(rpc(listed), "catalogue")
    assert found.rows["exchange_markets"].select(MEANT).rows() == [
        ("1.1", 11, "1x2", "home", None),
        ("1.1", 12, "1x2", "away", None),
        ("1.1", 58805, "1x2", "draw", None),
        ("1.2", 21, "totals", "under", 2.5),
        ("1.2", 22, "totals", "over", 2.5),
        ("1.3", 11, "asian_handicap", "home", -0.75),
        ("1.3", 12, "asian_handicap", "away", -0.75),
        ("1.4", 31, "totals", "over", 2.25),
        ("1.4", 32, "totals", "under", 2.25),
    ]
    assert found.refused["exchange_markets"].is_empty()
    event = found.rows["vendor_matches"].row(0, named=True)
    assert (event["vendor_match_id"], event["match_id"], event["state"]) == (
        "501",
        "E0-2023-24-arbury-belston",
        "scheduled",
    )


def test_games_of_the_nba_name_the_visitors_first() -> None:
    teams = ((1, "Miami Heat", 0), (2, "Boston Celtics", 0))
    spread = ((1, "Miami Heat", 7.5), (2, "Boston Celtics", -7.5))
    listed = [market("1.1", "MATCH_ODDS", teams, "basketball"), market("1.2", "HANDICAP", spread, "basketball")]
    found = parse(rpc(listed), "catalogue", known("basketball"))
    assert found.rows["exchange_markets"].select(MEANT).rows() == [
        ("1.1", 1, "moneyline", "away", None),
        ("1.1", 2, "moneyline", "home", None),
        ("1.2", 1, "spread", "away", -7.5),
        ("1.2", 2, "spread", "home", -7.5),
    ]
    assert set(found.rows["exchange_markets"]["match_id"]) == {"NBA-2023-24-20240302-bos-mia"}


def test_unknown_clubs_and_runners_are_refused_and_other_leagues_are_none_of_ours() -> None:
    stranger = market("1.1", "MATCH_ODDS", RESULT) | {"event": {"id": "502", "name": "Nowhere v Belston"}}
    odd = market("1.2", "MATCH_ODDS", ((11, "Arbury", 0), (99, "Somebody", 0)))
    other = market("1.3", "MATCH_ODDS", RESULT) | {"competition": {"id": "9"}}
    found = parse(rpc([stranger, odd, other, {"marketId": "1.4"}]), "catalogue")
    assert _reasons(found, "exchange_markets") == ["missing_field", *["unknown_selection"], *["unknown_team"] * 3]
    assert len(found.rows["exchange_markets"]) == 1


def test_a_book_gives_back_lay_and_money() -> None:
    found = parse(rpc([book("1.1", {11: (2.1, 2.14), 12: (3.6, None), 58805: (None, 3.5)})]), "book", told())
    assert found.rows["odds_quotes"].select(PRICED).rows() == [
        ("home", 2.1, 2.14, 40.0, 5000.5),
        ("away", 3.6, None, 40.0, 5000.5),
    ]
    assert found.rows["odds_quotes"]["known_at_utc"].unique().to_list() == [NOW]
    assert set(found.rows["odds_quotes"]["bookmaker"]) == {"betfair_exchange"}


@pytest.mark.parametrize("more", [{"status": "SUSPENDED"}, {"inplay": True}, {"marketId": "1.77"}])
def test_offers_that_nobody_can_take_before_the_match_are_no_candidates(more: dict[str, object]) -> None:
    found = parse(rpc([book("1.1", {11: (2.1, 2.14)}, **more)]), "book", told())
    assert found.rows["odds_quotes"].is_empty()
    assert found.refused["odds_quotes"].is_empty()


def test_offers_that_cannot_be_are_refused() -> None:
    body = rpc([book("1.1", {11: (0.0, None), 12: (3.6, 3.2), 58805: (3.4, 3.5)})])
    found = parse(body, "book", told())
    assert _reasons(found, "odds_quotes") == ["crossed_prices", "impossible_price"]
    assert len(found.rows["odds_quotes"]) == 1
    late = parse(body, "book", told(), at=KICKOFF + timedelta(minutes=1))
    assert "in_play" in _reasons(late, "odds_quotes")


def _line(received: datetime, published: datetime, back: float, is_image: bool) -> bytes:
    change: dict[str, object] = {"id": "1.1", "rc": [{"id": 11, "batb": [[0, back, 10]]}], "img": is_image}
    if is_image:
        change["marketDefinition"] = {"status": "OPEN", "inPlay": False, "runners": [{"id": 11, "status": "ACTIVE"}]}
    told_at = int(published.timestamp() * 1000)
    wrapped = {"received_at_utc": received.isoformat(), "message": {"op": "mcm", "pt": told_at, "mc": [change]}}
    return orjson.dumps(wrapped) + b"\r\n"


def test_a_stream_is_known_line_by_line() -> None:
    times = [NOW + timedelta(seconds=second) for second in (1, 2)]
    body = _line(times[0], times[0], 2.1, True) + _line(times[1], times[1], 2.12, False)
    rows = parse(body, "stream", told(), at=NOW + timedelta(minutes=1)).rows["odds_quotes"]
    assert rows.select("price_odds_dec", "known_at_utc").rows() == [(2.1, times[0]), (2.12, times[1])]
    assert rows["quoted_at_utc"].to_list() == times


def test_faults_of_a_stream_cost_their_lines_only() -> None:
    ahead, behind = NOW + timedelta(minutes=20), NOW - timedelta(hours=2)
    lines = [
        _line(NOW, NOW, 2.1, False),
        _line(NOW, NOW, 2.1, True),
        _line(NOW, ahead, 2.2, False),
        _line(NOW, behind, 2.3, False),
        _line(NOW, NOW, 2.4, False)[:40],
    ]
    found = parse(b"".join(lines[:4]) + lines[4], "stream", told())
    assert _reasons(found, "odds_quotes") == ["clock_skew", "delta_without_image", "malformed_line", "stale_price"]
    assert found.rows["odds_quotes"]["price_odds_dec"].to_list() == [2.1]


def test_an_error_with_status_200_is_known_at_once() -> None:
    error = b'{"jsonrpc":"2.0","error":{"code":-32099,"message":"ANGX-0003"},"id":1}'
    assert verdict("book", error) == HTTP_ERROR
    assert verdict("book", b'{"faultcode":"Client","faultstring":"DSC-0018"}') == HTTP_ERROR
    assert verdict("book", rpc([])[:-3]) == MALFORMED
    assert verdict("catalogue", b"<html>") == MALFORMED
    assert verdict("book", rpc([])) is None
    assert _reasons(parse(error, "book"), "odds_quotes") == ["malformed_payload"]


def test_unknown_fields_break_nothing() -> None:
    own = book("1.1", {11: (2.1, 2.14)}) | {"isMarketDataDelayed": True, "keyLineDescription": {"keyLine": []}}
    own["runners"][0]["sp"] = {"nearPrice": "NaN"}
    assert len(parse(rpc([own]), "book", told()).rows["odds_quotes"]) == 1


_WORDS = st.sampled_from(
    ["result", "marketId", "runners", "selectionId", "ex", "availableToBack", "price", "size", "mc", "rc", "op", "mcm"]
)
_VALUES = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | _WORDS
_JSON = st.recursive(_VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6))


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=120) | _JSON.map(orjson.dumps), st.sampled_from(("catalogue", "book", "stream")))
def test_nothing_that_comes_raises(body: bytes, endpoint: str) -> None:
    parse(body, endpoint, known())


def test_times_of_the_image_are_utc() -> None:
    body = _line(NOW, NOW, 2.1, True)
    assert parse(body, "stream", told()).rows["odds_quotes"]["quoted_at_utc"][0] == datetime(2024, 3, 1, 10, tzinfo=UTC)
