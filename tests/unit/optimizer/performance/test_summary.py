"""The table of performance: what tickets are counted under, and that its parts add up."""

from __future__ import annotations

from datetime import timedelta
from math import log

import polars as pl
import pytest

from lake.conform import require
from lake.contracts.model import contract
from optimizer.performance.summary import performance, settled_rows
from tests.unit.optimizer.performance.history import LATER, leg, legs, settled, ticket, value

AS_OF = LATER + timedelta(days=30)
OPENING = 10_000
TICKETS = pl.DataFrame(
    [
        ticket("a", edge=0.005),
        ticket("b", edge=0.02),
        ticket("c", edge=0.3, training_hash="new"),
        ticket("d"),
        ticket("e"),
    ]
)
LEGS = legs(
    leg("a"), leg("b", competition_id="D1"), leg("c", bookmaker="bwin"), leg("c", 1, "m2", competition_id="D1"),
    leg("d"), leg("e"),
)  # fmt: skip
SETTLED = pl.DataFrame(
    [
        settled("a", 120), settled("b", -300, 300, LATER + timedelta(days=1)),
        settled("c", 500, 100, LATER + timedelta(days=1)), settled("d", 0) | {"outcome": "void"},
        settled("e", 900, at=AS_OF + timedelta(seconds=1)),
    ]
)  # fmt: skip
VALUES = pl.concat(
    [
        value(LEGS, "a", 0, 0.02), value(LEGS, "b", 0, None), value(LEGS, "c", 0, 0.1), value(LEGS, "c", 1, -0.1),
        value(LEGS, "e", 0, 0.05),
    ]
)  # fmt: skip


def table(settlements: pl.DataFrame = SETTLED) -> pl.DataFrame:
    found = performance(TICKETS, LEGS, settlements, VALUES, OPENING, AS_OF, seed=1)
    return require(found, contract("gold.desk.bet_performance"))


def measured(measure: str, scope: str) -> dict[str, float]:
    rows = table().filter((pl.col("measure") == measure) & (pl.col("scope") == scope))
    return dict(rows.select("name", "value").iter_rows())


def test_tickets_are_counted_under_every_name_and_under_several_where_legs_differ() -> None:
    counts = table().filter(pl.col("measure") == "profit_minor").select("scope", "name", "n").rows()
    assert set(counts) == {
        ("all", "all", 3), ("kind", "single", 3), ("bookmaker", "bet365", 2), ("bookmaker", "several", 1),
        ("competition", "E0", 1), ("competition", "D1", 1), ("competition", "several", 1), ("market", "1x2", 3),
        ("training", "hash", 2), ("training", "new", 1), ("season", "2023-24", 3), ("edge", "below 1%", 1),
        ("edge", "2% to 5%", 1), ("edge", "10% and more", 1),
    }  # fmt: skip


def test_a_yield_is_profit_over_stakes_and_stands_within_its_interval() -> None:
    row = table().row(by_predicate=(pl.col("scope") == "all") & (pl.col("measure") == "yield"), named=True)
    assert row["value"] == pytest.approx(320 / 500)
    assert row["low_ci95"] <= row["value"] <= row["high_ci95"]


def test_one_day_gives_no_interval() -> None:
    row = table().row(by_predicate=(pl.col("name") == "E0") & (pl.col("measure") == "yield"), named=True)
    assert (row["low_ci95"], row["high_ci95"]) == (None, None)


def test_the_closing_line_value_is_the_mean_of_those_that_have_one() -> None:
    assert measured("clv", "all") == pytest.approx({"all": (0.02 - 0.01) / 2})
    assert measured("clv", "competition") == pytest.approx({"E0": 0.02, "several": -0.01})


def test_a_leg_counts_under_its_own_book_and_league_whether_settled_or_not() -> None:
    assert measured("leg_clv", "all") == pytest.approx({"all": (0.02 + 0.1 - 0.1 + 0.05) / 4})
    assert measured("leg_clv", "bookmaker") == pytest.approx({"bet365": -0.01, "bwin": 0.1})
    assert measured("leg_clv", "training") == pytest.approx({"hash": 0.035, "new": 0.0})


def test_a_close_that_becomes_known_later_does_not_count() -> None:
    late = VALUES.with_columns(known_at_utc=AS_OF + timedelta(seconds=1))
    found = performance(TICKETS, LEGS, SETTLED, late, OPENING, AS_OF, seed=1)
    assert not {"clv", "leg_clv"} & set(found["measure"])


def test_a_ticket_has_no_value_before_its_last_leg_has_closed() -> None:
    last = (pl.col("ticket_id") == "c") & (pl.col("leg") == 1)
    moved = pl.when(last).then(pl.lit(AS_OF + timedelta(1))).otherwise(pl.col("known_at_utc")).alias("known_at_utc")
    rows = settled_rows(TICKETS, LEGS, SETTLED, VALUES.with_columns(moved), OPENING, AS_OF)
    assert dict(rows.select("ticket_id", "clv").iter_rows()) == pytest.approx({"a": 0.02, "b": None, "c": None})


def test_a_corrected_result_counts_from_when_it_is_known_and_instead_of_the_first() -> None:
    corrected = pl.concat([pl.DataFrame([settled("a", -100, at=LATER + timedelta(days=3))]), SETTLED])
    early = settled_rows(TICKETS, LEGS, corrected, VALUES, OPENING, LATER + timedelta(days=2))
    late = settled_rows(TICKETS, LEGS, corrected, VALUES, OPENING, AS_OF)
    assert [dict(rows.select("ticket_id", "profit_minor").iter_rows())["a"] for rows in (early, late)] == [120, -100]
    assert len(late) == len(early) == 3


def test_growth_adds_up_over_the_names_of_a_scope_to_that_of_the_bankroll() -> None:
    whole = log((OPENING + 320) / OPENING)
    for scope in ("all", "bookmaker", "competition", "training", "edge"):
        assert sum(measured("log_growth", scope).values()) == pytest.approx(whole)


def test_money_adds_up_over_the_names_of_a_scope() -> None:
    for scope in ("bookmaker", "competition", "season"):
        assert sum(measured("profit_minor", scope).values()) == 320
        assert sum(measured("staked_minor", scope).values()) == 500


def test_a_drawdown_says_from_when_to_when_and_a_rise_has_none() -> None:
    rows = table().filter((pl.col("measure") == "max_drawdown") & (pl.col("scope") == "competition"))
    found = {row["name"]: row for row in rows.iter_rows(named=True)}
    assert found["D1"]["value"] == pytest.approx(0.03)
    assert found["D1"]["ends_at_utc"] == LATER + timedelta(days=1)
    assert (found["E0"]["value"], found["E0"]["begins_at_utc"]) == (0.0, None)


def test_losing_runs_are_of_the_scope_alone() -> None:
    assert measured("longest_losing_run", "competition") == {"D1": 1, "E0": 0, "several": 0}


def test_before_the_first_settlement_only_closes_are_known() -> None:
    for early in (SETTLED.clear(), SETTLED.tail(1)):
        assert table(early)["measure"].unique().to_list() == ["leg_clv"]


def test_the_same_history_gives_the_same_table_in_whatever_order_it_comes() -> None:
    assert table().equals(table(SETTLED.reverse()))


def test_a_bankroll_that_is_lost_has_no_growth() -> None:
    ruin = pl.DataFrame([settled("a", -OPENING, OPENING)])
    assert table(ruin).filter(pl.col("measure") == "log_growth").is_empty()
