"""Settlement against cases from published rules, each worked out by hand and with its source beside it."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from lake.conform import require
from lake.contracts.model import contract
from optimizer.settlement import settle
from optimizer.systems import lines as lines_of
from optimizer.systems import written
from tests.unit.optimizer.settlement.stories import LATE, Told, leg, ticket

FILE = Path(__file__).with_name("cases.csv")
CASES = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))


def settled(case: dict[str, str]) -> pl.DataFrame:
    """The settlements of one case."""
    cells = {name: case[name].split("|") for name in ("market", "selection", "line", "price", "state")}
    legs, told = [], Told()
    for place, (market, selection, line, price, state) in enumerate(zip(*cells.values(), strict=True)):
        book = case["bookmaker"] or "bwin"
        odds = float(price)
        legs.append(leg(market, selection, float(line) if line else None, "t1", odds, place, f"m{place}", book))
        told.add(place, state)
    lines = written(lines_of(case["system"])) if case["system"] else None
    return settle(ticket("t1", int(case["stake_minor"]), lines), pl.concat(legs), as_of=LATE, **told.frames())


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case['market'][:14]}" for n, case in enumerate(CASES, start=2)])
def test_a_case_returns_what_was_worked_out_by_hand(case: dict[str, str]) -> None:
    found = require(settled(case), contract("gold.desk.settlements"))
    assert found.select("outcome", "return_minor").rows() == [(case["outcome"], int(case["return_minor"]))]


def test_there_are_cases_of_every_outcome_every_market_and_every_state_and_each_has_a_source() -> None:
    from core.market.markets import FOOTBALL

    assert len(CASES) >= 120
    assert all(len(case["source"]) > 10 for case in CASES)
    assert {name for case in CASES for name in case["market"].split("|")} >= set(FOOTBALL)
    states = {state.split()[0] for case in CASES for state in case["state"].split("|")}
    assert states >= {"postponed", "abandoned", "moved", "dead_heat", "did_not_play", "void"}
    outcomes = {column.name: column.allowed for column in contract("gold.desk.settlements").columns}["outcome"]
    assert {case["outcome"] for case in CASES} == set(outcomes or ())
