"""What is shown of a day with football and basketball on one desk; clubs, games and prices are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings, load_settings
from lake.storage import Lake
from serving import report, summary
from serving.explain import explain
from serving.health import examine
from tests.gold import gold
from tests.unit.serving.houses import AS_OF, KICKOFF, decided
from tests.unit.serving.houses import rows as filled

GAME: dict[str, Any] = {
    "sport": "basketball", "match_id": "g1", "competition_id": "NBA", "as_of_utc": AS_OF, "event_at_utc": KICKOFF,
    "home_team_id": "x", "away_team_id": "y", "training_hash": "h", "season_type": "regular", "is_upcoming": True,
}  # fmt: skip
BET = GAME | {
    "market": "spread", "selection": "away", "line": -2.5, "prob": 0.5, "fair_odds_dec": 2.0, "bookmaker": "bwin",
    "price_odds_dec": 2.1, "price_known_at_utc": AS_OF, "edge": 0.05, "verdict": "accepted", "ticket_id": "T2",
    "leg": 0, "stake_minor": 500, "currency": "EUR", "kind": "single", "minimum_price_odds_dec": 2.01,
    "price_age_minutes": 5.0, "expected_log_growth": 0.0001, "binding_limit": "kelly",
}  # fmt: skip
BOTH = load_settings(sports=("football", "basketball"))


def put(lake: Lake, table: str, *records: dict[str, Any]) -> None:
    """Add rows to a table of basketball or of the desk."""
    lake.table(gold(table, "basketball")).merge(filled(table, *records, sport="basketball"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """The decided day of football, and a game with one ticket on it."""
    lake = decided(tmp_path, "Home")
    put(lake, "spn_decisions", GAME)
    put(lake, "dim_teams", {"team_id": "x", "team_name": "Elks"}, {"team_id": "y", "team_name": "Owls"})
    sides = (("home", 0.55), ("away", 0.45))
    fair = [
        {"market": "moneyline", "selection": side, "line": None, "prob": p, "fair_odds_dec": 1 / p} for side, p in sides
    ]
    put(lake, "fair_odds", *(GAME | row for row in fair))
    for table in ("tickets", "ticket_legs", "value_bets"):
        put(lake, table, BET)
    return lake


def test_the_summary_counts_priced_matches_by_sport_and_names_sides_of_both(lake: Lake) -> None:
    found = summary.run(lake, BOTH, AS_OF, {}, [])
    assert found["matches_priced"] == 2
    assert found["matches_priced_by_sport"] == {"football": 1, "basketball": 1}
    told = {ticket["ticket_id"]: ticket["legs"][0] for ticket in found["tickets"]}
    assert (told["T1"]["sport"], told["T1"]["home"], told["T1"]["away"]) == ("football", "Home", "Away")
    assert (told["T2"]["sport"], told["T2"]["home"], told["T2"]["away"]) == ("basketball", "Elks", "Owls")
    assert told["T2"]["bet"] == "spread away +2.5"
    assert {"gold.desk.tickets", "gold.football.fair_odds", "gold.basketball.fair_odds"} <= set(found["tables"])
    assert json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(("sport", "ticket"), [("football", "T1"), ("basketball", "T2")])
def test_tickets_of_one_sport_are_shown_alone(lake: Lake, sport: str, ticket: str) -> None:
    assert [row["ticket_id"] for row in summary.tickets(lake, (sport,))] == [ticket]
    found = summary.run(lake, load_settings(sports=(sport,)), AS_OF, {}, [])
    assert found["matches_priced_by_sport"] == {sport: 1}
    assert [row["ticket_id"] for row in found["tickets"]] == [ticket]


def test_the_page_shows_both_sports_and_no_draw_where_there_is_none(lake: Lake) -> None:
    football, basketball = report.content(lake, BOTH, AS_OF)["fair_prices"]
    assert [(row["competition_id"], row["draw"]) for row in football["rows"]] == [("E0", 0.3)]
    assert [(row["competition_id"], "draw" in row) for row in basketball["rows"]] == [("NBA", False)]
    page = report.daily(lake, BOTH, AS_OF)
    assert page.count("<th>Draw</th>") == page.count("<th>Fair draw</th>") == 1
    for said in ("Elks – Owls", "Home – Away", "spread away +2.5", "55.0%", "basketball"):
        assert said in page


def test_a_ticket_on_a_game_is_explained_from_its_own_sport(lake: Lake) -> None:
    (leg,) = explain(lake, BOTH, "T2")["legs"]
    assert (leg["sport"], leg["selection"], leg["votes"]) == ("basketball", "spread away +2.5", {})
    assert explain(lake, load_settings(sports=("football",)), "T2")["legs"] == [leg]


def warned(lake: Lake, settings: Settings = BOTH) -> list[str]:
    return summary.warnings(lake, settings, AS_OF, is_replay=False)


def test_a_sport_that_nobody_priced_is_named(lake: Lake) -> None:
    said = "None of 1 coming matches of basketball has a fair price, so none of them is offered."
    assert said not in warned(lake)
    lake.table("gold.basketball.fair_odds").replace(lake.table("gold.basketball.fair_odds").contract.empty())
    assert said in warned(lake)
    assert said not in warned(lake, load_settings(sports=("football",)))


def test_one_sport_with_a_match_is_a_day_with_matches(lake: Lake) -> None:
    empty = lake.table("gold.football.spn_decisions")
    empty.replace(empty.contract.empty())
    assert not any("kicks off within" in said for said in warned(lake))
    assert any("kicks off within" in said for said in warned(lake, load_settings(sports=("football",))))


def test_the_doctor_tells_of_each_sport(lake: Lake, tmp_path: Path) -> None:
    said = [finding["said"] for finding in examine(load_settings(lake=tmp_path))]
    assert "Newest fair prices of football: 2024-05-10T16:00:00Z." in said
    assert "Newest fair prices of basketball: 2024-05-10T16:00:00Z." in said
