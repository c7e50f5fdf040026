"""One run on the sandbox: what it says, the shape of its JSON, and that the same moment twice changes nothing."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from lake.contracts.model import contracts
from tests.integration.runs import SECOND, Finished

pytestmark = pytest.mark.slow
KEYS = {
    "as_of_utc": str, "profile": str, "simulated": bool, "matches_priced": int,
    "matches_priced_by_sport": dict, "stages": dict, "tables": dict, "release": str, "tickets": list, "no_ticket": list,
    "warnings": list,
}  # fmt: skip
TICKET = {
    "ticket_id": str, "kind": str, "price_odds_dec": float, "stake": float, "currency": str, "edge": float,
    "binding_limit": str,
    "expected_log_growth": float, "price_age_minutes": float, "minimum_price_odds_dec": float,
    "stand_ins": type(None), "legs": list,
}  # fmt: skip
LEG = {
    "sport": str, "match_id": str, "home": str, "away": str, "kickoff_at_utc": str, "market": str, "selection": str,
    "line": type(None), "bookmaker": str, "price_odds_dec": float, "fair_odds_dec": float, "prob": float,
    "bet": str, "player": type(None),
}  # fmt: skip


def _types(values: dict[str, Any]) -> dict[str, type]:
    return {name: type(value) for name, value in values.items()}


def test_a_run_has_the_keys_and_types_that_are_promised(ran: Finished) -> None:
    assert _types(ran.result["second"]) == KEYS
    assert ran.result["second"]["as_of_utc"] == SECOND
    assert ran.result["second"]["profile"] == "sandbox"


def test_stages_tell_seconds_and_rows(ran: Finished) -> None:
    stages = ran.result["second"]["stages"]
    assert len(stages) > 10
    for stage in stages.values():
        assert stage.keys() == {"seconds", "rows"}
        assert 0 <= stage["seconds"] < 600
        assert stage["rows"] >= 0
    assert stages["football_features"]["rows"] > 0


def test_tables_tell_rows_version_and_content_hash_of_every_table(ran: Finished) -> None:
    tables = ran.result["second"]["tables"]
    assert tables.keys() == {name for name in contracts() if ".basketball." not in name}, "of what was asked for"
    for name, table in tables.items():
        assert table.keys() == {"rows", "version", "content_hash"}
        assert len(table["content_hash"]) == 64, name
        assert table["rows"] == 0 or table["version"] >= 1, name


def test_tickets_have_the_keys_and_types_that_are_promised(ran: Finished) -> None:
    tickets = [ticket for name in ("first", "second") for ticket in ran.result[name]["tickets"]]
    assert tickets
    for ticket in tickets:
        assert _types(ticket) == TICKET
        assert ticket["legs"]
        assert all(_types(leg) == LEG for leg in ticket["legs"])


@pytest.mark.parametrize("name", ["first", "second"])
def test_every_ticket_is_worth_its_price_at_the_moment(ran: Finished, name: str) -> None:
    result = ran.result[name]
    moment = datetime.fromisoformat(result["as_of_utc"])
    assert result["matches_priced"] > 0
    for ticket in result["tickets"]:
        (leg,) = ticket["legs"]
        assert ticket["stake"] > 0
        assert leg["price_odds_dec"] >= ticket["minimum_price_odds_dec"] > leg["fair_odds_dec"] > 1
        assert leg["fair_odds_dec"] == pytest.approx(1 / leg["prob"])
        assert 0 < (datetime.fromisoformat(leg["kickoff_at_utc"]) - moment).total_seconds() <= 72 * 3600


def test_the_simulation_is_said_in_the_json_in_the_warnings_and_on_the_screen(ran: Finished) -> None:
    for name in ("first", "second", "again"):
        assert ran.result[name]["simulated"] is True
        assert any("SIMULATED" in warning for warning in ran.result[name]["warnings"])
        assert "SIMULATED" in ran.said[name].out


def test_the_same_moment_twice_gives_equal_content_hashes_and_versions_do_not_grow(ran: Finished) -> None:
    assert ran.result["again"]["tables"] == ran.result["second"]["tables"]


def test_the_same_moment_twice_gives_the_same_tickets_and_the_same_release(ran: Finished) -> None:
    for key in ("tickets", "release", "matches_priced", "warnings"):
        assert ran.result["again"][key] == ran.result["second"][key]


def test_no_file_of_a_gold_table_is_written_twice(ran: Finished) -> None:
    files = sorted(path.name for path in (ran.lake / "gold").rglob("*.parquet"))
    assert files
    assert all(one != other for one, other in pairwise(files))
