"""What prices of matches mean, and which are refused. All values are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from lake.conform import conform
from lake.contracts.model import contract
from tests.unit.sources.the_odds_api.vendor import (
    CAPTURED,
    KICKOFF,
    basketball,
    event,
    football,
    game,
    match,
    outcome,
    parse,
    payload,
    reasons,
)  # fmt: skip

RESULT = [outcome("Arbury", 2.1), outcome("Belston", 3.6), outcome("Draw", 3.4)]
MEANT = ("market", "selection", "line", "price_odds_dec")


def test_every_market_of_football_gets_its_selection_and_line() -> None:
    markets = {
        "h2h": RESULT,
        "alternate_spreads": [outcome("Arbury", 1.9, -0.75), outcome("Belston", 1.95, 0.75)],
        "totals": [outcome("Over", 1.8, 2.5), outcome("Under", 2.05, 2.5)],
        "team_totals": [outcome("Over", 1.7, 1.5, "Arbury"), outcome("Under", 2.1, 0.5, "Belston")],
        "btts": [outcome("Yes", 1.75), outcome("No", 2.0)],
        "draw_no_bet": [outcome("Belston", 2.6)],
        "double_chance": [
            outcome("Arbury or Draw", 1.3),
            outcome("Arbury or Belston", 1.2),
            outcome("Draw/Belston", 1.7),
        ],
    }
    found = parse(payload([event(markets)]))
    assert found.refused["odds_quotes"].is_empty()
    assert found.rows["odds_quotes"].select(MEANT).rows() == [
        ("1x2", "home", None, 2.1),
        ("1x2", "away", None, 3.6),
        ("1x2", "draw", None, 3.4),
        ("asian_handicap", "home", -0.75, 1.9),
        ("asian_handicap", "away", -0.75, 1.95),
        ("totals", "over", 2.5, 1.8),
        ("totals", "under", 2.5, 2.05),
        ("team_total_home", "over", 1.5, 1.7),
        ("team_total_away", "under", 0.5, 2.1),
        ("both_to_score", "yes", None, 1.75),
        ("both_to_score", "no", None, 2.0),
        ("draw_no_bet", "away", None, 2.6),
        ("double_chance", "home_draw", None, 1.3),
        ("double_chance", "home_away", None, 1.2),
        ("double_chance", "draw_away", None, 1.7),
    ]
    assert set(found.rows["odds_quotes"]["match_id"]) == {"E0-2023-24-arbury-belston"}


def test_spreads_of_the_nba_are_points_added_to_the_home_side() -> None:
    spread = [outcome("Miami Heat", 1.9, 7.5), outcome("Boston Celtics", 1.92, -7.5)]
    found = parse(payload([game({"h2h": [outcome("Miami Heat", 3.1)], "spreads": spread})]), basketball())
    assert found.rows["odds_quotes"].select(MEANT).rows() == [
        ("moneyline", "away", None, 3.1),
        ("spread", "away", -7.5, 1.9),
        ("spread", "home", -7.5, 1.92),
    ]


def test_rows_keep_the_contract_of_silver() -> None:
    found = parse(payload([event({"h2h": RESULT})], at=CAPTURED)).rows["odds_quotes"]
    wanted = contract("silver.football.odds_quotes")
    absent = [name for name in wanted.column_names if name not in found.columns]
    assert set(absent) == {"liquidity", "traded_volume", "source", "bronze_sha256", "ingested_at_utc"}
    lineage = {"source": "the_odds_api", "bronze_sha256": "0" * 64, "ingested_at_utc": CAPTURED}
    told = [pl.lit(value).alias(name) for name, value in lineage.items()]
    held = conform(found.with_columns(*told, liquidity=None, traded_volume=None), wanted)
    assert len(held.good) == 3
    assert held.good["known_at_utc"].unique().to_list() == [CAPTURED]


def test_a_price_to_lay_stands_beside_the_price_to_back() -> None:
    lays = [outcome("Arbury", 2.14), outcome("Draw", 3.5)]
    found = parse(payload([event({"h2h": RESULT[:2], "h2h_lay": lays}, book="betfair_ex_eu")]))
    rows = found.rows["odds_quotes"].select("bookmaker", "selection", "price_odds_dec", "lay_odds_dec").rows()
    assert rows == [("betfair_exchange", "home", 2.1, 2.14), ("betfair_exchange", "away", 3.6, None)]
    assert reasons(found) == ["lay_without_back"]


def test_american_prices_are_told_by_the_address_and_by_their_size() -> None:
    american = [outcome("Arbury", 110), outcome("Belston", -260), outcome("Draw", 240)]
    for query in ("oddsFormat=american", "oddsFormat=decimal"):
        rows = parse(payload([event({"h2h": american})], query=query)).rows["odds_quotes"]
        assert rows["price_odds_dec"].to_list() == [2.1, 1.384615, 3.4]
    dear = [outcome("Arbury", 1.01), outcome("Belston", 151.0), outcome("Draw", 23.0)]
    rows = parse(payload([event({"h2h": dear})], query="oddsFormat=american")).rows["odds_quotes"]
    assert rows["price_odds_dec"].to_list() == [1.01, 151.0, 23.0]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"h2h": [outcome("Arbury", 0)]}, "impossible_price"),
        ({"h2h": [outcome("Arbury", 1)]}, "impossible_price"),
        ({"h2h": [outcome("Corwick", 2.0)]}, "unknown_selection"),
        ({"h2h": [outcome("Arbury", "2.0")]}, "wrong_type"),
        ({"h2h": [{"name": "Arbury", "odds": 2.0}]}, "missing_field"),
        ({"totals": [outcome("Over", 1.9)]}, "no_line"),
        ({"totals": [outcome("Over", 1.9, 2.6)]}, "no_line"),
        ({"h2hh": [outcome("Arbury", 2.0)]}, "unknown_market"),
        ({"draw_no_bet": [outcome("Draw", 2.0)]}, "unknown_selection"),
    ],
)
def test_a_bad_price_is_refused_and_good_ones_beside_it_are_kept(bad: dict[str, list[object]], reason: str) -> None:
    good = {"btts": [outcome("Yes", 1.75), outcome("No", 2.0)]}
    found = parse(payload([event({**good, **bad})]))  # type: ignore[dict-item]
    assert reasons(found) == [reason]
    assert len(found.rows["odds_quotes"]) == 2
    assert found.refused["odds_quotes"]["row_number"].to_list() == [3]


@pytest.mark.parametrize(
    ("updated", "reason"),
    [(CAPTURED + timedelta(minutes=11), "clock_skew"), (CAPTURED - timedelta(hours=7), "stale_price")],
)
def test_prices_of_a_wrong_time_are_refused(updated: datetime, reason: str) -> None:
    assert reasons(parse(payload([event({"h2h": RESULT}, updated=updated.isoformat())]))) == [reason] * 3


def test_prices_after_kick_off_are_refused() -> None:
    later = KICKOFF + timedelta(minutes=5)
    found = parse(payload([event({"h2h": RESULT}, updated=later.isoformat())], at=later))
    assert reasons(found) == ["in_play"] * 3


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (football(match("Belston", "Arbury")), "sides_swapped"),
        (football(match(kickoff=KICKOFF + timedelta(days=20))), "off_calendar"),
    ],
)
def test_a_match_that_the_calendar_has_otherwise_is_refused(known: object, reason: str) -> None:
    assert reasons(parse(payload([event({"h2h": RESULT})]), known)) == [reason] * 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"home_team": "Nobody Rovers"}, "unknown_team"),
        ({"away_team": "Arbury"}, "same_team"),
        ({"home_team": None, "home_side": "Arbury"}, "missing_field"),
        ({"commence_time": "soon"}, "missing_field"),
        ({"sport_key": "soccer_moon"}, "unknown_competition"),
    ],
)
def test_all_prices_of_a_bad_event_are_refused(change: dict[str, object], reason: str) -> None:
    assert reasons(parse(payload([event({"h2h": RESULT}) | change]))) == [reason] * 3


def test_renamed_lists_are_noticed() -> None:
    renamed = event({"h2h": RESULT})
    renamed["books"] = renamed.pop("bookmakers")
    found = parse(payload([renamed, event({"btts": [outcome("No", 2.0)]}), "nothing"]))
    assert reasons(found) == ["missing_field", "no_event"]
    assert len(found.rows["odds_quotes"]) == 1


def test_of_two_prices_of_one_book_the_newer_stands_and_repeated_ones_are_no_fault() -> None:
    older = event({"h2h": [outcome("Arbury", 2.0)]}, updated="2024-03-01T09:00:00Z")["bookmakers"]
    own = event({"h2h": RESULT})
    own["bookmakers"] = [*older, *own["bookmakers"], *own["bookmakers"]]
    found = parse(payload([own]))
    assert reasons(found) == ["two_prices"]
    assert found.rows["odds_quotes"]["price_odds_dec"].to_list() == [2.1, 3.6, 3.4] * 2


def test_a_historical_answer_is_known_from_its_snapshot_on() -> None:
    told = {"timestamp": "2024-02-28T12:00:00Z", "data": [event({"h2h": RESULT}, updated="2024-02-28T11:58:00Z")]}
    rows = parse(payload(told, "historical_odds")).rows["odds_quotes"]
    assert rows["known_at_utc"].unique().to_list() == [datetime(2024, 2, 28, 12, tzinfo=UTC)]
    ahead = told | {"timestamp": "2024-03-01T10:30:00Z"}
    assert reasons(parse(payload(ahead, "historical_odds"))) == ["malformed_payload"]


def test_unknown_fields_and_parts_of_a_match_break_nothing() -> None:
    own = event({"h2h": RESULT, "h2h_h1": [outcome("Arbury", 2.5)], "outrights": [outcome("Arbury", 9.0)]})
    own["weather"] = {"rain": True}
    own["bookmakers"][0]["markets"][0]["outcomes"][0]["sid"] = [1, 2]
    found = parse(payload([own]))
    assert len(found.rows["odds_quotes"]) == 3
    assert found.refused["odds_quotes"].is_empty()
