"""Prices of what players do, and fixtures with their scores. All values are invented."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.unit.sources.the_odds_api.vendor import (
    CAPTURED,
    basketball,
    football,
    game,
    match,
    outcome,
    parse,
    payload,
    reasons,
)

SQUAD = {"Jay Tatham": "nba-bos", "Jim Butcher": "nba-mia", "Otto Elsewhere": "nba-lal"}


def test_props_name_player_statistic_side_and_line() -> None:
    markets = {
        "player_points": [outcome("Over", 1.9, 24.5, "Jay Tatham"), outcome("Under", 1.9, 24.5, "Jay Tatham")],
        "player_points_alternate": [outcome("Over", 2.8, 29.5, "Jim Butcher")],
        "player_double_double": [outcome("Yes", 3.2, None, "Jim Butcher")],
    }
    found = parse(payload(game(markets), "event_odds"), basketball(SQUAD))
    assert found.refused["prop_quotes"].is_empty()
    columns = ("player_id", "market", "selection", "line", "price_odds_dec", "bookmaker")
    assert found.rows["prop_quotes"].select(columns).rows() == [
        ("jay-tatham", "player_points", "over", 24.5, 1.9, "draftkings"),
        ("jay-tatham", "player_points", "under", 24.5, 1.9, "draftkings"),
        ("jim-butcher", "player_points", "over", 29.5, 2.8, "draftkings"),
        ("jim-butcher", "player_double_double", "yes", None, 3.2, "draftkings"),
    ]


def test_bad_props_are_refused_each_with_its_reason() -> None:
    bad = [
        outcome("Over", 1.9, 24.5, "Ned Nobody"),
        outcome("Over", 1.9, 9.5, "Otto Elsewhere"),
        outcome("Over", 1.9, None, "Jay Tatham"),
        outcome("Over", 0, 24.5, "Jay Tatham"),
        outcome("Over", 1.9, 24.5),
        outcome("Between", 1.9, 24.5, "Jay Tatham"),
        outcome("Over", 1.9, 20.5, "Jay Tatham"),
        outcome("Over", 2.9, 20.5, "Jay Tatham"),
    ]
    found = parse(payload(game({"player_points": bad}), "event_odds"), basketball(SQUAD))
    assert found.refused["prop_quotes"].sort("row_number")["_reason"].to_list() == [
        "unknown_player",
        "unknown_player",
        "no_line",
        "impossible_price",
        "missing_field",
        "unknown_selection",
        "two_prices",
    ]
    assert found.rows["prop_quotes"]["price_odds_dec"].to_list() == [1.9]


def _listed(**more: object) -> dict[str, object]:
    own = {"id": "e7", "sport_key": "soccer_epl", "commence_time": "2024-03-02T15:00:00Z"}
    return {**own, "home_team": "Arbury", "away_team": "Belston", **more}


def test_fixtures_carry_the_vendors_number_and_the_match() -> None:
    found = parse(payload([_listed(), _listed(id=None), _listed(home_team="Nobody")], "events"))
    row = found.rows["vendor_matches"].row(0, named=True)
    assert (row["vendor_match_id"], row["match_id"], row["state"]) == ("e7", "E0-2023-24-arbury-belston", "scheduled")
    assert (row["home_score"], row["known_at_utc"]) == (None, CAPTURED)
    assert reasons(found, "vendor_matches") == ["missing_field", "unknown_team"]


def test_a_score_counts_once_the_match_is_over() -> None:
    scores = [{"name": "Belston", "score": "1"}, {"name": "Arbury", "score": "3"}]
    after = datetime(2024, 3, 2, 17, tzinfo=UTC)
    for completed, state, score in ((True, "finished", (3, 1)), (False, "in_play", (None, None))):
        told = _listed(completed=completed, scores=scores, last_update="2024-03-02T16:59:00Z")
        found = parse(payload([told], "scores", at=after), football(match()))
        row = found.rows["vendor_matches"].row(0, named=True)
        assert (row["state"], (row["home_score"], row["away_score"])) == (state, score)


def test_places_of_broken_and_refused_events_are_their_own() -> None:
    found = parse(payload([_listed(home_team="Nobody"), 5, _listed()], "events"))
    assert sorted(found.refused["vendor_matches"]["row_number"].to_list()) == [1, 2]
