"""Why a day has no ticket of a sport; clubs, games and prices are invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from core.settings import load_settings
from lake.storage import Lake
from pipelines import screens
from serving import report, summary
from serving.no_ticket import no_ticket, no_tickets_yet
from tests.gold import gold
from tests.unit.replay.hoops import filled
from tests.unit.serving.houses import AS_OF, KICKOFF, decided, rows

ONE = load_settings(sports=("basketball",))
GAME: dict[str, Any] = {
    "sport": "basketball", "match_id": "g1", "competition_id": "NBA", "as_of_utc": AS_OF, "event_at_utc": KICKOFF,
    "home_team_id": "x", "away_team_id": "y", "is_upcoming": True, "season_type": "regular",
}  # fmt: skip
BET = GAME | {"market": "moneyline", "selection": "home", "line": None, "bookmaker": "bwin", "price_odds_dec": 1.8,
              "prob": 0.5, "fair_odds_dec": 2.0}  # fmt: skip
PRICE = {"match_id": "g1", "bookmaker": "bwin", "is_aggregate": False, "quote_kind": "observed",
         "known_at_utc": AS_OF, "known_at_basis": "observed"}  # fmt: skip


def put(lake: Lake, table: str, *records: dict[str, Any]) -> None:
    lake.table(gold(table, "basketball")).merge(rows(table, *records, sport="basketball"))


def quoted(lake: Lake, *bases: str, is_aggregate: bool = True) -> None:
    """Silver lines of past games, with as much of a time as their basis says."""
    told = pl.DataFrame({"match_id": [f"p{place}" for place in range(len(bases))], "known_at_basis": bases,
                         "selection_key": range(len(bases))})  # fmt: skip
    lines = filled("silver.basketball.odds_quotes", told.with_columns(is_aggregate=pl.lit(is_aggregate)))
    lake.table("silver.basketball.odds_quotes").replace(lines)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A game that is coming and priced, and no price of any book."""
    lake = Lake(tmp_path)
    put(lake, "spn_decisions", GAME)
    put(lake, "fair_odds", BET)
    return lake


def said(lake: Lake) -> str:
    (sentence,) = no_ticket(lake, ONE, AS_OF)
    return sentence.removeprefix("No ticket of basketball: ")


def test_nothing_coming_and_nothing_priced_are_told_apart(lake: Lake, tmp_path: Path) -> None:
    assert said(Lake(tmp_path / "new")) == "no match kicks off within 18 hours."
    lake.table("gold.basketball.fair_odds").replace(lake.table("gold.basketball.fair_odds").contract.empty())
    assert said(lake) == "none of its 1 coming matches has a fair price."


def test_lines_of_a_day_are_named_where_no_price_has_a_time(lake: Lake) -> None:
    untimed = "no price with a time of its own stands for any of its 1 coming matches."
    assert said(lake) == untimed
    put(lake, "fct_match_prices", PRICE | {"known_at_basis": "date_only"})
    quoted(lake, "date_only", "date_only")
    never = "so they judge and teach and never make an offer."
    assert said(lake) == f"{untimed} Its 2 lines here tell no hour and no book, {never}"
    quoted(lake, "date_only", is_aggregate=False)
    assert said(lake) == f"{untimed} Its 1 lines here tell no hour, {never}"
    quoted(lake, "date_only", "observed")
    assert said(lake) == untimed


def test_prices_of_books_that_are_not_asked_are_no_offers(lake: Lake) -> None:
    put(lake, "fct_match_prices", PRICE | {"bookmaker": "nobody"})
    assert said(lake) == "2 prices stand, none of them at a book of the policy and on a line that has a fair price."


def test_refused_offers_are_counted_by_verdict(lake: Lake) -> None:
    refused = [(None, "below_minimum_edge"), (1.5, "below_minimum_edge"), (2.5, "market_off")]
    put(lake, "value_bets", *(BET | {"line": line, "verdict": verdict} for line, verdict in refused))
    because = "2 below minimum edge, 1 market off"
    assert said(lake) == f"3 offers were looked at, and none passed every rule ({because})."


def test_an_offer_that_passed_and_got_no_stake_is_not_called_refused(lake: Lake) -> None:
    put(lake, "value_bets", BET | {"verdict": "accepted"}, BET | {"line": 1.5, "verdict": "market_off"})
    assert said(lake) == "1 of 2 offers passed every rule, and none of them was given a stake."


def test_a_sport_with_a_ticket_needs_no_reason_and_the_other_has_one(tmp_path: Path) -> None:
    both, lake = load_settings(sports=("football", "basketball")), decided(tmp_path)
    assert no_ticket(lake, both, AS_OF) == ["No ticket of basketball: no match kicks off within 18 hours."]
    assert no_ticket(lake, load_settings(sports=("football",)), AS_OF) == []


def test_json_screen_and_page_say_the_same(lake: Lake) -> None:
    reasons = no_ticket(lake, ONE, AS_OF)
    assert summary.run(lake, ONE, AS_OF, {}, [])["no_ticket"] == reasons
    assert reasons[0] in report.daily(lake, ONE, AS_OF)
    console = Console(record=True, width=200)
    screens.show_tickets(console, [], False, reasons)
    assert console.export_text().strip() == reasons[0]


def test_a_lake_without_a_decision_says_so(tmp_path: Path) -> None:
    assert no_tickets_yet(Lake(tmp_path), ONE) == ["No ticket: nothing was decided here yet."]
