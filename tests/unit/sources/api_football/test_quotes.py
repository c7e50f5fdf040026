"""Bets become quotes with our markets, selections and lines; worthless prices are refused (all are invented)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sources.api_football.vendor import KNOWN, RESULT, answer, odds, parsed
from tests.unit.sources.football_calendar import AT, at, kept, match_id, reasons

ENTITY = "odds_quotes"


def prices(*bets: tuple[str, list[tuple[Any, Any]]]) -> dict[tuple[str, str, float | None], float]:
    rows = kept(parsed("odds", answer([odds(*bets)])), ENTITY)
    return {
        (market, s, line): p
        for market, s, line, p in rows.select("market", "selection", "line", "price_odds_dec").rows()
    }


def test_a_price_is_observed_at_the_capture_and_says_when_the_book_gave_it() -> None:
    row = kept(parsed("odds", answer([odds(RESULT)])), ENTITY).row(0, named=True)
    assert (row["match_id"], row["bookmaker"]) == (match_id("Alderwick", "Brackmoor"), "invented_book")
    assert (row["known_at_utc"], row["quoted_at_utc"]) == (AT, at("2024-03-01T09:00:00Z"))
    assert (row["quote_kind"], row["is_aggregate"], row["price_odds_dec"]) == ("observed", False, 2.1)


def test_every_market_that_we_know_is_read_and_others_are_no_candidates() -> None:
    found = prices(
        RESULT,
        ("Home/Away", [("Home", "1.5"), ("Away", "2.5")]),
        ("Goals Over/Under", [("Over 2.5", "1.9"), ("Under 2.5", "1.95")]),
        ("Both Teams Score", [("Yes", 1.7), ("No", 2.1)]),
        ("Double Chance", [("Home/Draw", "1.3"), ("Home/Away", "1.3"), ("Draw/Away", "1.7")]),
        ("Total - Home", [("Over 1.5", "2.0")]),
        ("Exact Score", [("1:0", "7.0")]),
        ("Second Half Winner", [("Home", "2.0")]),
    )
    assert len(found) == 13
    assert found[("totals", "over", 2.5)] == 1.9
    assert found[("double_chance", "home_draw", None)] == 1.3
    assert found[("draw_no_bet", "away", None)] == 2.5
    assert found[("team_total_home", "over", 1.5)] == 2.0
    assert found[("both_to_score", "yes", None)] == 1.7


SHARED = [("Home -0.5", "2.05"), ("Away -0.5", "1.85"), ("Home -1.5", "4.0"), ("Away -1.5", "1.25")]
OWN = [("Home -0.5", "2.05"), ("Away +0.5", "1.85"), ("Home -1.5", "4.0"), ("Away +1.5", "1.25")]


@pytest.mark.parametrize("ladder", [SHARED, OWN])
def test_a_handicaps_line_is_the_home_sides_however_the_book_writes_the_away_price(
    ladder: list[tuple[str, str]],
) -> None:
    found = prices(("Asian Handicap", ladder))
    assert found == {
        ("asian_handicap", "home", -0.5): 2.05, ("asian_handicap", "away", -0.5): 1.85,
        ("asian_handicap", "home", -1.5): 4.0, ("asian_handicap", "away", -1.5): 1.25,
    }  # fmt: skip


def test_a_full_ladder_is_read_by_the_only_way_that_gives_plausible_overrounds() -> None:
    both = [
        ("Home -0.5", "2.05"), ("Away -0.5", "1.85"), ("Home +0.5", "1.30"), ("Away +0.5", "3.60"),
        ("Home +0", "1.60"), ("Away +0", "2.35"),
    ]  # fmt: skip
    found = prices(("Asian Handicap", both))
    assert (found[("asian_handicap", "away", -0.5)], found[("asian_handicap", "away", 0.5)]) == (1.85, 3.6)
    assert found[("asian_handicap", "away", 0.0)] == 2.35


@pytest.mark.parametrize(
    ("bet", "reason"),
    [
        (("Asian Handicap", [("Home -0.5", "2.05")]), "unclear_line"),
        (("Asian Handicap", [("Home", "2.05")]), "bad_line"),
        (("Goals Over/Under", [("Over 2.3", "1.9")]), "bad_line"),
        (("Goals Over/Under", [("Over", "1.9")]), "bad_line"),
        (("Match Winner", [("Nobody", "1.9")]), "unknown_selection"),
        (("Match Winner", [("Home", "0")]), "impossible_price"),
        (("Match Winner", [("Home", "1.00")]), "impossible_price"),
        (("Match Winner", [("Home", "evens")]), "unreadable_price"),
        (("Match Winner", [("Home", "nan")]), "unreadable_price"),
        (("Match Winner", [("Home", None)]), "missing_field"),
        (("Match Winner", [("Home", [1])]), "wrong_type"),
    ],
)  # fmt: skip
def test_a_price_with_a_fault_is_refused_and_the_others_are_kept(bet: Any, reason: str) -> None:
    found = parsed("odds", answer([odds(bet, ("Double Chance", [("Home/Draw", "1.3")]))]))
    assert reasons(found, ENTITY) == [reason]
    assert kept(found, ENTITY)["price_odds_dec"].to_list() == [1.3]


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ("2024-02-29T11:59:00+00:00", "stale_price"),
        ("2024-02-29T12:01:00+00:00", None),
        ("2024-03-01T12:10:00+00:00", None),
        ("2024-03-01T12:11:00+00:00", "clock_skew"),
        ("soon", "wrong_type"),
    ],
)
def test_a_price_too_old_or_from_the_future_is_refused(update: str, reason: str | None) -> None:
    found = parsed("odds", answer([odds(RESULT, update=update)]))
    assert reasons(found, ENTITY) == [reason] * (3 if reason else 0)


def test_prices_of_a_match_that_has_begun_or_that_nobody_knows_are_refused() -> None:
    assert reasons(parsed("odds", answer([odds(RESULT, number=999)])), ENTITY) == ["unknown_match"] * 3
    begun = KNOWN.vendor_matches.with_columns(event_at_utc=AT)
    now = type(KNOWN)("football", KNOWN.matches, {**KNOWN.frames, "vendor_matches": begun})
    assert reasons(parsed("odds", answer([odds(RESULT)]), now), ENTITY) == ["after_kickoff"] * 3


def test_a_renamed_field_costs_the_prices_under_it_and_no_others() -> None:
    broken = odds(RESULT, number=502)
    broken["bookmakers"][0]["wagers"] = broken["bookmakers"][0].pop("bets")
    found = parsed("odds", answer([broken, odds(RESULT)]))
    assert reasons(found, ENTITY) == ["missing_field"]
    assert len(kept(found, ENTITY)) == 3


def test_duplicated_prices_are_one_key() -> None:
    rows = kept(parsed("odds", answer([odds(RESULT), odds(RESULT)])), ENTITY)
    assert (len(rows), rows.unique(["selection_key", "bookmaker"]).height) == (6, 3)
