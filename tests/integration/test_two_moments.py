"""Two decision moments in one lake: the first's tickets are settled by the second; a replay leaves gold alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.clock import parse_instant
from lake.storage import Lake
from optimizer.ledger import balances, faults
from tests.gold import gold
from tests.integration.runs import FIRST, SECOND, Finished, run

pytestmark = pytest.mark.slow
ABOUT_RUNS = (gold("source_status"), gold("alerts"))
"""How vendors stand and what was told is of the present of a run, not of its moment of decision."""


def _gold(ran: Finished, name: str) -> pl.DataFrame:
    return Lake(ran.lake).table(gold(name)).read()


def test_every_ticket_of_the_first_moment_is_settled_in_the_second_run(ran: Finished) -> None:
    first = {ticket["ticket_id"] for ticket in ran.result["first"]["tickets"]}
    assert first
    assert set(_gold(ran, "settlements")["ticket_id"]) == first


def test_a_settlement_agrees_with_the_score_in_the_vendors_file(ran: Finished) -> None:
    lake = Lake(ran.lake)
    scores = lake.table("silver.football.matches").read(pl.col("state") == "finished")
    taken = _gold(ran, "ticket_legs").select("ticket_id", "match_id", "selection", "price_odds_dec")
    goals = scores.select("match_id", "home_goals", "away_goals")
    settled = _gold(ran, "settlements").select("ticket_id", "outcome", "stake_minor", "return_minor", "known_at_utc")
    legs = settled.join(taken, on="ticket_id").join(goals, on="match_id")
    assert len(legs) == len(_gold(ran, "settlements")) > 0
    for row in legs.iter_rows(named=True):
        margin = row["home_goals"] - row["away_goals"]
        happened = "home" if margin > 0 else "away" if margin < 0 else "draw"
        assert row["outcome"] == ("won" if row["selection"] == happened else "lost")
        back = round(row["stake_minor"] * row["price_odds_dec"]) if row["selection"] == happened else 0
        assert abs(row["return_minor"] - back) <= 1
        assert row["known_at_utc"] <= parse_instant(SECOND)


def test_the_ledger_balances_and_its_chain_is_whole(ran: Finished) -> None:
    ledger = _gold(ran, "ledger")
    assert list(faults(ledger)) == []
    found = balances(ledger)
    assert sum(found.values()) == 0
    standing = _gold(ran, "tickets").join(_gold(ran, "settlements"), on="ticket_id", how="anti")
    assert found.get("at_risk", 0) == standing["stake_minor"].sum()
    assert found["cash"] == 100_000 + _gold(ran, "settlements")["profit_minor"].sum() - standing["stake_minor"].sum()


def test_the_tickets_of_the_first_moment_are_unchanged_by_the_second(ran: Finished) -> None:
    lake = Lake(ran.lake)
    release = lake.table(gold("releases")).read().sort("sequence").row(0, named=True)
    versions = pl.Series([release["versions"]]).str.json_decode(infer_schema_length=None)[0]
    for name in ("tickets", "ticket_legs"):
        table = lake.table(gold(name))
        before = table.read(version=int(versions[gold(name)])).sort("ticket_id")
        after = table.read(pl.col("as_of_utc") == parse_instant(FIRST)).sort("ticket_id")
        assert len(before)
        assert after.equals(before)


def test_a_run_at_the_earlier_moment_goes_to_a_replay_gives_the_same_answer_and_changes_nothing_in_gold(
    ran: Finished, tmp_path: Path
) -> None:
    said, replayed = run(ran.lake, tmp_path / "replay.json", "--leagues", "E0", "--as-of", FIRST)
    assert any("replay" in warning for warning in replayed["warnings"])
    assert "SIMULATED" in said.out
    for name, told in ran.result["again"]["tables"].items():
        table = Lake(ran.lake).table(name)
        if name.startswith("gold."):
            assert (table.version(), table.content_hash()) == (told["version"], told["content_hash"]), name
    first = ran.result["first"]
    assert replayed["tickets"] == first["tickets"]
    gold = [name for name in first["tables"] if name.startswith("gold.") and name not in ABOUT_RUNS]
    hashes = [{name: one["tables"][name]["content_hash"] for name in gold} for one in (replayed, first)]
    assert hashes[0] == hashes[1]
