"""Games and prices of a scoreboard (payloads are invented, but for the archive's own)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sources.base import Parsed
from sources.espn.reading import SCOREBOARD
from sources.espn.source import Espn
from sources.known import Known
from tests.unit.sources.espn.vendor import FLAT, NESTED, board, event, side
from tests.unit.sources.nba import LEAGUES, NOBODY, archived, game, knowing, payload, reasons, silver

TIPOFF = datetime(2023, 11, 1, 23, tzinfo=UTC)
BEFORE, AFTER = TIPOFF - timedelta(hours=2), TIPOFF + timedelta(hours=9)


def read(*events: object, at: datetime = BEFORE, known: Known = NOBODY) -> Parsed:
    return Espn().parse(payload(SCOREBOARD, board(*events), at=at), LEAGUES, known)


def test_a_game_to_come_has_prices_of_three_markets_known_when_they_were_seen() -> None:
    found = read(event(odds=[NESTED]))
    rows = silver(found, "odds_quotes")
    assert rows.select("market", "selection", "line", "price_odds_dec").rows() == [
        ("moneyline", "home", None, 1.444444),
        ("moneyline", "away", None, 2.85),
        ("spread", "home", -5.5, 1.909091),
        ("spread", "away", -5.5, 2.0),
        ("totals", "over", 224.5, 1.952381),
        ("totals", "under", 224.5, 1.869565),
    ]
    assert set(rows["bookmaker"]) == {"draftkings"}
    assert set(rows["known_at_utc"]) == {BEFORE}
    assert set(rows["match_id"]) == {"NBA-2023-24-20231101-bos-nyk"}
    assert rows["selection_key"].n_unique() == 6


def test_the_older_flat_prices_are_read_too_and_unknown_books_keep_their_name() -> None:
    rows = silver(read(event(odds=[FLAT])), "odds_quotes")
    assert len(rows) == 6
    assert set(rows["bookmaker"]) == {"some_book_nj"}
    assert rows.filter(rows["market"] == "spread")["line"].to_list() == [4.0, 4.0]


@pytest.mark.parametrize("state", ["in", "post"])
def test_prices_of_games_that_have_begun_are_not_read(state: str) -> None:
    found = read(event(state, odds=[NESTED]), at=AFTER)
    assert found.rows["odds_quotes"].is_empty()
    assert found.refused["odds_quotes"].is_empty()
    assert read(event(odds=[NESTED]), at=AFTER).rows["odds_quotes"].is_empty()


PRICE_FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"moneyline": {"home": {"close": {"odds": "0"}}, "away": {"close": {"odds": "-50"}}}}, ["impossible_price"] * 2),
    ({"pointSpread": {"home": {"close": {"line": "+5.5", "odds": "-110"}}}}, ["line_contradicts"] * 3),
    ({"pointSpread": {"home": {"close": {"line": "-5.3", "odds": "-110"}}}}, ["bad_line"]),
    ({"pointSpread": {"home": {"close": {"odds": "-110"}}}, "spread": None}, ["missing_line"]),
    ({"pointSpread": {"home": {"close": {"line": "-5.5", "odds": "-110"}},
                      "away": {"close": {"line": "+6.5", "odds": "-110"}}}}, ["line_contradicts"] * 4),
    ({"provider": {}}, ["unknown_bookmaker"] * 6),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), PRICE_FAULTS)
def test_a_broken_price_is_refused_and_other_books_are_kept(change: dict[str, Any], expected: list[str]) -> None:
    found = read(event(odds=[NESTED | change, FLAT, None]))
    assert reasons(found, "odds_quotes") == expected
    assert len(silver(found, "odds_quotes").filter(found.rows["odds_quotes"]["bookmaker"] == "some_book_nj")) == 6


def test_renamed_prices_are_noticed_and_prices_that_are_off_are_none() -> None:
    assert reasons(read(event(odds=[{"provider": {"name": "X"}, "prices": 7}])), "odds_quotes") == ["no_prices"]
    closed = NESTED | {"moneyline": {"home": {"close": {"odds": "OFF"}}, "away": {"close": {"odds": "OFF"}}}}
    assert len(read(event(odds=[closed])).rows["odds_quotes"]) == 4


def test_prices_of_a_refused_game_are_refused_with_it() -> None:
    found = read(event(odds=[NESTED], name="Boston Celtics at New York Knicks"))
    assert reasons(found, "vendor_matches") == ["sides_swapped"]
    assert reasons(found, "odds_quotes") == ["game_refused"] * 6


GAME_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"name": "Boston Celtics at New York Knicks"}, "sides_swapped"),
    ({"date": "soon"}, "wrong_type"),
    ({"date": None}, "missing_field"),
    ({"competitions": []}, "missing_field"),
    ({"date": "2023-11-03T23:00Z"}, "clock_skew"),
]


@pytest.mark.parametrize(("change", "reason"), GAME_FAULTS)
def test_a_broken_game_is_refused_and_the_others_are_kept(change: dict[str, Any], reason: str) -> None:
    found = read(event("post", **change), event("post", id="402"), at=AFTER)
    assert reasons(found, "vendor_matches") == [reason]
    assert found.rows["vendor_matches"]["vendor_match_id"].to_list() == ["402"]


def test_unknown_clubs_and_the_anchors_calendar_are_heeded() -> None:
    stranger = event()
    stranger["competitions"][0]["competitors"][0] = side("home", "Team Nowhere", "0")
    assert reasons(read(stranger), "vendor_matches") == ["unknown_team"]
    assert reasons(read(event(), known=knowing(game("nyk", "bos", TIPOFF))), "vendor_matches") == ["sides_swapped"]
    assert reasons(read(event(), known=knowing(game("den", "lal", TIPOFF))), "vendor_matches") == ["off_calendar"]
    assert reasons(read(event(), known=knowing(game("bos", "nyk", TIPOFF))), "vendor_matches") == []


def test_pre_season_games_are_left_out() -> None:
    found = read(event(season={"type": 1}))
    assert found.rows["vendor_matches"].is_empty()
    assert found.refused["vendor_matches"].is_empty()


def test_the_real_scoreboard_has_three_finished_games_and_no_prices(archive: Path) -> None:
    ((url, at, body),) = archived(archive, "https://site.api.espn.com/")
    found = Espn().parse(payload(SCOREBOARD, body, "2025-26", at, url), LEAGUES, NOBODY)
    rows = silver(found, "vendor_matches")
    assert rows.select("match_id", "vendor_match_id", "state", "home_score", "away_score").rows() == [
        ("NBA-2025-26-20260115-orl-mem", "401810433", "finished", 118, 111),
        ("NBA-2025-26-20260115-det-phx", "401810434", "finished", 108, 105),
        ("NBA-2025-26-20260115-mia-bos", "401810435", "finished", 114, 119),
    ]
    assert rows["event_at_utc"][0] == datetime(2026, 1, 15, 19, tzinfo=UTC)
    assert found.rows["odds_quotes"].is_empty()
    assert found.refused["vendor_matches"].is_empty()
