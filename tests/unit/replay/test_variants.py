"""Flat stakes by a grid of rules, against loops over matches and quotes; every price and result is invented."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.settings import Staking, load_settings
from lake.storage import Lake
from models.belief import OUTCOMES, Belief
from models.dataset import Dataset
from optimizer.prices.edges import value_bets
from optimizer.prices.guards import Guards
from replay.overfitting import Trials, judge
from replay.variants import FORECASTERS, GRID, Variant, best_prices, nearest, other_backtests, overfitting, profits
from tests.unit.replay.seasons import LEAD, decided, moment, quoted, quotes

FREE = Staking(maximum_price_age_minutes=1e6)
UNGUARDED = Guards(maximum_rise_share=1e6, maximum_outlier_share=1e6)
HALF = (0.5, 0.3, 0.2)
BOOKS = ("bet365", "bwin", "pinnacle", "nobody's", "market_max")


def world(weeks: int, seed: int) -> tuple[Dataset, dict[str, Belief], pl.DataFrame]:
    """Two matches a week, three forecasters, and quotes of all books from two days before a decision to after it."""
    generator = np.random.default_rng(seed)
    names = [(f"m{week}-{place}", week) for week in range(weeks) for place in range(2)]
    p = generator.dirichlet([6, 4, 4], len(names))
    data, _ = decided(*((name, week, "E0", HALF) for name, week in names))
    data = replace(data, results=data.results.with_columns(pl.Series("outcome", generator.integers(0, 3, len(p)))))
    beliefs = {name: Belief.of(p * np.exp(generator.normal(0, 0.1, p.shape))) for name in FORECASTERS}
    quotes = [
        quoted((name, week, book, *(0.97 / row * np.exp(generator.normal(0, 0.1, 3))).clip(1.01, 900)), hours=hours)
        for (name, week), row in zip(names, p, strict=True)
        for book, hours in zip(
            BOOKS, generator.choice([-48.0, -30.0, -20.0, -2.0, 0.0, 1.0], len(BOOKS)).tolist(), strict=True
        )
        if generator.random() < 0.7
    ]
    return data, beliefs, pl.concat(quotes)


def bets_of(
    rule: Variant, data: Dataset, belief: Belief, prices: pl.DataFrame, staking: Staking
) -> Mapping[str, float]:
    """Profit by month of one rule, quote by quote."""
    found: dict[str, float] = {}
    first = {row["match_id"]: row["outcome"] for row in data.results.reverse().iter_rows(named=True)}
    for match, p in zip(data.rows.iter_rows(named=True), belief.probabilities, strict=True):
        month = f"{match['event_at_utc']:%Y-%m}"
        found.setdefault(month, 0.0)
        offers = [
            (p[place] * best - 1, -place, best)
            for place, best in enumerate(best_of(match, prices, staking))
            if best is not None and best <= rule.maximum_price_odds_dec
        ]
        if offers and (taken := max(offers))[0] >= rule.minimum_edge:
            found[month] += taken[2] - 1 if first[match["match_id"]] == -taken[1] else -1
    return found


def best_of(match: Mapping[str, Any], prices: pl.DataFrame, staking: Staking) -> list[float | None]:
    """The highest price of each selection that the policy may take."""
    oldest = match["as_of_utc"] - timedelta(minutes=staking.maximum_price_age_minutes)
    taken = [
        [row[f"{selection}_odds_dec"] for selection in OUTCOMES]
        for row in prices.filter(pl.col("match_id") == match["match_id"]).iter_rows(named=True)
        if row["bookmaker"] in staking.bookmakers and oldest <= row["known_at_utc"] <= match["as_of_utc"]
    ]
    return [max(column) for column in zip(*taken, strict=True)] if taken else [None] * 3


def test_every_rule_earns_month_by_month_what_a_loop_over_quotes_earns() -> None:
    data, beliefs, prices = world(30, 1)
    found = profits(data, beliefs, prices, Staking())
    assert found.variants == tuple(rule.name for rule in GRID)
    assert (found.returns != 0).any(axis=0).all(), "a rule that never bet was not put to the test"
    for rule, returns in zip(GRID, found.returns.T, strict=True):
        slow = bets_of(rule, data, beliefs[rule.forecaster], prices, Staking())
        assert returns == pytest.approx([slow[month] for month in sorted(slow)])


def test_prices_are_those_that_the_optimizer_accepts() -> None:
    data, _, prices = world(20, 2)
    found = best_prices(data.rows, prices, Staking(maximum_price_odds_dec=1000))
    usual = {"market": "1x2", "line": None, "prob": 1.0, "push_share": 0.0}
    lined = {"line": pl.Float64}
    for (match, as_of), row in zip(data.rows.select("match_id", "as_of_utc").rows(), found, strict=True):
        fair = pl.DataFrame(
            [usual | {"match_id": match, "selection": selection} for selection in OUTCOMES], schema_overrides=lined
        )
        bets = value_bets(fair, quotes(prices).offers(as_of), Staking(), as_of)
        fresh = bets.filter(pl.col("price_age_minutes") <= Staking().maximum_price_age_minutes)
        accepted = dict(fresh.select("selection", "price_odds_dec").iter_rows())
        assert [None if np.isnan(price) else price for price in row] == [accepted.get(name) for name in OUTCOMES]
    assert np.isnan(found).any()


@pytest.mark.parametrize(
    ("book", "hours", "taken"),
    [("bet365", -1, True), ("bet365", 0, True), ("bet365", 0.01, False), ("bet365", -25, False),
     ("market_max", -1, False), ("market_average", -1, False), ("nobody's", -1, False)],
)  # fmt: skip
def test_only_a_fresh_price_of_a_named_book_known_at_the_decision_is_taken(
    book: str, hours: float, taken: bool
) -> None:
    data, belief = decided(("a", 0, "E0", HALF))
    prices = quoted(("a", 0, book, 3.0, 3.0, 3.0), hours=hours)
    found = profits(data, dict.fromkeys(FORECASTERS, belief), prices, Staking())
    assert (found.returns == (2.0 if taken else 0.0)).all()


def test_of_one_match_the_selection_of_largest_edge_is_bet_and_dearer_ones_are_skipped() -> None:
    data, belief = decided(("a", 0, "E0", HALF))
    prices = quoted(("a", 0, "bet365", 2.1, 3.0, 7.0))
    found = profits(data, dict.fromkeys(FORECASTERS, belief), prices, FREE)
    by_name = dict(zip(found.variants, found.returns[0], strict=True))
    assert by_name["blend/0.05/8"] == -1, "away at 7.0 has the largest edge, and home won"
    assert by_name["blend/0.05/4"] == pytest.approx(1.1)
    assert by_name["blend/0.08/4"] == 0


def test_a_late_correction_does_not_reach_back() -> None:
    data, belief = decided(("a", 0, "E0", HALF))
    late = data.results.with_columns(pl.lit(2, pl.Int64).alias("outcome"), pl.col("known_at_utc") + timedelta(days=2))
    corrected = replace(data, results=pl.concat([data.results, late]))
    prices = quoted(("a", 0, "bet365", 2.5, 3.0, 4.0))
    for played in (data, corrected):
        assert profits(played, dict.fromkeys(FORECASTERS, belief), prices, FREE).returns[0, 0] == 1.5


def test_months_are_those_of_kick_off_and_a_month_without_a_bet_is_a_month_without_profit() -> None:
    data, belief = decided(("a", 0, "E0", HALF), ("b", 4, "E0", HALF), ("c", 13, "E0", HALF))
    assert [(moment(week) + LEAD).month for week in (0, 4, 13)] == [3, 3, 6]
    prices = quoted(("a", 0, "bet365", 2.5, 3.0, 4.0), ("b", 4, "bet365", 2.5, 3.0, 4.0))
    found = profits(data, dict.fromkeys(FORECASTERS, belief), prices, FREE)
    assert found.returns[:, 0].tolist() == [3.0, 0.0]


@pytest.mark.parametrize(
    ("policy", "name"),
    [({}, "blend/0.01/8"), ({"minimum_edge": 0.0}, "blend/0/8"), ({"minimum_edge": 0.5}, "blend/0.08/8"),
     ({"minimum_edge": 0.024, "maximum_price_odds_dec": 5.9}, "blend/0.02/4"),
     ({"maximum_price_odds_dec": 6.0}, "blend/0.01/4")],
)  # fmt: skip
def test_our_rule_is_the_nearest_to_the_policy_and_of_two_the_stricter(policy: dict[str, float], name: str) -> None:
    assert nearest(Staking(**policy)).name == name  # type: ignore[arg-type]


def noise(periods: int) -> Trials:
    return Trials(tuple(rule.name for rule in GRID), np.random.default_rng(5).normal(size=(periods, len(GRID))))


def test_without_other_backtests_the_report_is_what_the_statistics_say_of_the_grid() -> None:
    trials = noise(40)
    report: Any = overfitting(trials, Staking(), 0)
    ours, best = judge(trials, "blend/0.01/8"), judge(trials, GRID[int(trials.sharpe.argmax())].name)
    assert (report["trials"], report["variants"], report["periods"]) == (len(GRID), len(GRID), 40)
    for found, slow in ((report, ours), (report["best"], best)):
        assert Variant(**found["variant"]).name == slow.variant
        assert (found["sharpe"], found["deflated_sharpe"]) == pytest.approx((slow.sharpe, slow.deflated))
    assert report["probability_of_overfitting"] == ours.probability_of_overfitting


def test_every_other_backtest_is_one_more_trial_and_leaves_less() -> None:
    alone, among = (overfitting(noise(20), Staking(), others) for others in (0, 200))
    assert among["trials"] == len(GRID) + 200
    for name in ("variants", "sharpe", "probability_of_overfitting"):
        assert alone[name] == among[name]
    assert among["deflated_sharpe"] < alone["deflated_sharpe"]  # type: ignore[operator]


@pytest.mark.parametrize(("periods", "known"), [(0, 0), (1, 0), (2, 1), (9, 1), (10, 2), (15, 2), (16, 3)])
def test_what_too_few_months_cannot_say_is_null(periods: int, known: int) -> None:
    report = overfitting(noise(periods), Staking(), 0)
    said = [report[name] for name in ("sharpe", "deflated_sharpe", "probability_of_overfitting")]
    assert [value is not None for value in said] == [True] * known + [False] * (3 - known)
    assert (report["best"] is None) == (periods < 2)
    assert json.dumps(report, allow_nan=False)


def test_noise_is_seen_through() -> None:
    report: Any = overfitting(noise(30), Staking(), 0)
    assert report["best"]["sharpe"] > 0.2
    assert report["best"]["deflated_sharpe"] < 0.9
    assert 0.2 < report["probability_of_overfitting"] < 0.8


def test_other_backtests_are_those_of_the_same_days_and_leagues_by_another_hash(tmp_path: Path) -> None:
    lake, settings = Lake(tmp_path), load_settings(leagues=("SP1", "E0"))
    days = (date(2019, 7, 1), date(2020, 6, 30))
    assert other_backtests(lake, settings, *days, "mine") == 0
    rows = [("mine", *days, "E0,SP1"), ("another", *days, "E0,SP1"), ("a third", *days, "E0,SP1"),
            ("of one league", *days, "E0"), ("of other days", days[0], date(2021, 6, 30), "E0,SP1")]  # fmt: skip
    table = lake.table("gold.football.backtests")
    for row in rows:
        named = dict(zip(("backtest_hash", "first_day", "last_day", "leagues"), row, strict=True))
        table.merge(pl.DataFrame([named | {"matches": 1, "report": "{}"}]))
    assert other_backtests(lake, settings, *days, "mine") == 2
    assert other_backtests(lake, settings, *days, "a new one") == 3
