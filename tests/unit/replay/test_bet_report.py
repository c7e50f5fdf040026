"""The report of a walk: sums by plain loops, parts that add up, and values that JSON knows; every price is invented."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.market.devig import devig
from replay.bet_report import SCOPES, report
from replay.bets import Walked
from tests.unit.replay.seasons import decided, played, quoted, settings_with, walk

HOME_HALF = (0.5, 0.3, 0.2)
MATCHES = [(f"m{week}{place}", week, ("E0", "D1", "E0")[place], ("bet365", "bwin", "bet365")[place])
           for week in range(8) for place in range(3)]  # fmt: skip
WEEKS = decided(*((name, week, league, HOME_HALF) for name, week, league, _ in MATCHES))
OPEN = quoted(*((name, week, book, 2.2 + 0.05 * (week % 3), 3.0, 4.0) for name, week, _, book in MATCHES))
CLOSE = quoted(
    *((name, week, "pinnacle", 2.05, 3.5, 4.6) for name, week, _, _ in MATCHES if week % 2), kind="closing", hours=22
)
RESULTS = played(*((name, week, place % 2, week % 2) for place, (name, week, *_) in enumerate(MATCHES)))
LIMITS = {"maximum_ticket_share": 0.02, "maximum_league_share": 0.03, "maximum_day_share": 0.05}


@pytest.fixture(scope="module")
def walked() -> Walked:
    return walk(WEEKS, pl.concat([OPEN, CLOSE]), RESULTS, settings_with(**LIMITS))


@pytest.fixture(scope="module")
def found(walked: Walked) -> dict[str, Any]:
    return report(walked, seed=1)


def bets_of(walked: Walked) -> list[dict[str, Any]]:
    """Tickets with their one leg and their settlement."""
    record = walked.record
    legs = record.legs.select("ticket_id", "match_id", "competition_id", "bookmaker", price="price_odds_dec")
    settled = record.settlements.select("ticket_id", "profit_minor", "known_at_utc")
    return record.tickets.join(legs, on="ticket_id").join(settled, on="ticket_id").to_dicts()


def test_stakes_profit_and_yield_are_those_of_a_plain_loop(walked: Walked, found: dict[str, Any]) -> None:
    bets = bets_of(walked)
    stakes, profit = (sum(bet[name] for bet in bets) for name in ("stake_minor", "profit_minor"))
    assert len(bets) > 15
    assert (found["n"], found["staked_minor"], found["profit_minor"]) == (len(bets), stakes, profit)
    assert found["yield"] == pytest.approx(profit / stakes)
    low, high = found["yield_ci95"]
    assert low < found["yield"] < high


def test_the_growth_and_the_largest_fall_are_those_of_the_bankroll(walked: Walked, found: dict[str, Any]) -> None:
    path = [walked.opening_minor]
    for moment in sorted({bet["known_at_utc"] for bet in bets_of(walked)}):
        path.append(path[-1] + sum(bet["profit_minor"] for bet in bets_of(walked) if bet["known_at_utc"] == moment))
    peaks = np.maximum.accumulate(path)
    assert found["log_growth"] == pytest.approx(np.log(path[-1] / path[0]))
    assert found["max_drawdown"] == pytest.approx(((peaks - path) / peaks).max())
    low, high = found["log_growth_ci95"]
    assert low < found["log_growth"] < high


def test_the_closing_line_value_is_that_of_the_price_at_the_close_without_margin(
    walked: Walked, found: dict[str, Any]
) -> None:
    home = float(devig(np.array([[2.05, 3.5, 4.6]]))[0, 0])
    values = [bet["price"] * home - 1 for bet in bets_of(walked) if int(bet["match_id"][1]) % 2]
    assert found["clv"] == pytest.approx(np.mean(values))
    assert found["benchmarks"] == {"pinnacle": len(values), "no_close": found["n"] - len(values)}
    low, high = found["clv_ci95"]
    assert low <= found["clv"] <= high


@pytest.mark.parametrize("scope", SCOPES)
def test_the_parts_of_every_scope_add_up_to_the_whole(found: dict[str, Any], scope: str) -> None:
    parts = found["by"][scope].values()
    for name in ("n", "staked_minor", "profit_minor", "log_growth"):
        assert sum(part[name] for part in parts) == pytest.approx(found[name])


def test_scopes_are_told_apart_by_what_the_legs_say(walked: Walked, found: dict[str, Any]) -> None:
    for scope, column in (("bookmaker", "bookmaker"), ("competition", "competition_id")):
        counted = {name: part["n"] for name, part in found["by"][scope].items()}
        names = [bet[column] for bet in bets_of(walked)]
        assert counted == {name: names.count(name) for name in set(names)}


def test_the_profit_is_edge_movement_and_luck(walked: Walked, found: dict[str, Any]) -> None:
    parts = found["attribution"]
    names = ("edge_minor", "movement_minor", "luck_minor", "edge_minor_without_close", "luck_minor_without_close")
    assert sum(parts[name] for name in names) == pytest.approx(found["profit_minor"])
    edge = sum(bet["stake_minor"] * (0.5 * bet["price"] - 1) for bet in bets_of(walked))
    assert parts["edge_minor"] + parts["edge_minor_without_close"] == pytest.approx(edge)
    assert parts["closed_tickets"] + parts["open_tickets"] == found["n"]


def test_stakings_are_means_over_decisions_with_a_candidate(walked: Walked, found: dict[str, Any]) -> None:
    for name, told in found["stakings"].items():
        rows = walked.portfolios.filter((pl.col("staking") == name) & (pl.col("candidates") > 0))
        assert told["decisions"] == len(rows) == 8
        assert told["staked_share"] == pytest.approx(sum(rows["staked_share"]) / len(rows))
        assert told["expected_log_growth"] == pytest.approx(sum(rows["expected_log_growth"]) / len(rows))
    assert set(found["stakings"]) == {"portfolio", "flat", "proportional", "single_kelly", "simultaneous_kelly"}
    assert found["stakings"]["portfolio"]["largest_gap"] is not None


def test_a_decision_without_a_candidate_is_no_part_of_the_means() -> None:
    weeks = decided(("m00", 0, "E0", HOME_HALF), ("m10", 1, "E0", HOME_HALF))
    prices = quoted(("m00", 0, "bet365", 2.3, 3.0, 4.0), ("m10", 1, "bet365", 1.9, 3.0, 4.0))
    walked = walk(weeks, prices, RESULTS, settings_with(**LIMITS))
    own = walked.portfolios.filter(staking="portfolio")
    assert own["candidates"].to_list() == [1, 0]
    told = report(walked, seed=1)["stakings"]["portfolio"]
    assert (told["decisions"], told["staked_share"]) == (1, own["staked_share"][0])


def test_refusals_are_counted_by_rule(found: dict[str, Any]) -> None:
    """Draw and away have no edge in any of 24 matches, and the price of home never fails a rule."""
    assert found["refused"] == {"below_minimum_edge": 2 * len(MATCHES)}


def test_a_walk_that_keeps_its_limits_breaks_none_and_one_that_does_not_says_which(
    walked: Walked, found: dict[str, Any]
) -> None:
    assert found["broken"] == []
    narrow = walked.staking.model_copy(update={"maximum_ticket_share": 0.001})
    assert report(replace(walked, staking=narrow), seed=1)["broken"]


def test_the_same_seed_gives_the_same_report_in_values_that_json_knows(walked: Walked, found: dict[str, Any]) -> None:
    assert report(walked, seed=1) == found
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_without_a_ticket_the_report_says_so_in_values_that_json_knows() -> None:
    nothing = report(walk(WEEKS, OPEN.clear(), RESULTS, settings_with()), seed=1)
    assert (nothing["n"], nothing["yield"], nothing["clv"], nothing["max_drawdown"]) == (0, None, None, 0.0)
    assert (nothing["yield_ci95"], nothing["clv_ci95"], nothing["log_growth_ci95"]) == (None, None, None)
    assert nothing["power"] == {"bets": 0, "yield": None, "clv": None}
    assert (nothing["stakings"], nothing["refused"], nothing["broken"]) == ({}, {}, [])
    assert json.dumps(nothing, allow_nan=False)


def test_tickets_that_wait_for_their_result_have_no_yield() -> None:
    waiting = report(walk(WEEKS, OPEN, RESULTS.clear(), settings_with(**LIMITS)), seed=1)
    assert (waiting["yield"], waiting["log_growth_ci95"]) == (None, None)
    assert json.dumps(waiting, allow_nan=False)


def test_a_backtest_of_one_match_day_has_no_interval() -> None:
    """DEFECT: the interval of one day was [NaN, NaN], which JSON does not know."""
    one = report(walk(decided(("m00", 0, "E0", HOME_HALF)), OPEN, RESULTS, settings_with()), seed=1)
    assert (one["n"], one["yield_ci95"], one["log_growth_ci95"]) == (1, None, None)
    assert json.dumps(one, allow_nan=False)


def test_a_bankroll_that_is_lost_has_no_growth() -> None:
    sure = (0.999998, 1e-6, 1e-6)
    weeks = decided(("m00", 0, "E0", sure), ("m01", 0, "D1", sure))
    lost = played(("m00", 0, 0, 1), ("m01", 0, 0, 1))
    found = report(walk(weeks, OPEN, lost, settings_with(kelly_fraction=1.0, stake_increment=0.01)), seed=1)
    assert (found["yield"], found["max_drawdown"], found["log_growth_ci95"]) == (-1.0, 1.0, None)
    assert json.dumps(found, allow_nan=False)


def test_the_largest_fall_does_not_depend_on_the_order_of_results_known_at_once(walked: Walked) -> None:
    """DEFECT: two results of one moment were taken one after the other, in whatever order the rows stood."""
    backwards = replace(walked.record, settlements=walked.record.settlements.reverse())
    assert report(replace(walked, record=backwards), 1)["max_drawdown"] == report(walked, 1)["max_drawdown"]
