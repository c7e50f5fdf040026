"""Totals: a price becomes expected goals and back, and a memory of prices that knows nothing later. All is invented."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from core.market.devig import devig
from models.families import totals
from models.families.totals import TotalParameters, benchmark, expected_total, over, seen_totals

START = datetime(2020, 8, 1, 15, tzinfo=UTC)
UTC_TIME = pl.Datetime("us", "UTC")
NAN = float("nan")
PARAMETERS = TotalParameters()
CLUBS = [f"club-{letter}" for letter in "abcdef"]
OPENNESS = dict(zip(CLUBS, np.linspace(0.15, -0.15, len(CLUBS)), strict=True))
LEVEL = math.log(2.7)
BOOKS = {"pinnacle": (1.9, 2.0), "betfair_exchange": (1.95, 2.02), "market_average": (1.8, 1.95), "bet365": (1.5, 2.4)}
Row = dict[str, Any]


def day(after: float) -> datetime:
    return START + timedelta(days=after)


def seen(rounds: int = 40, **changes: float) -> pl.DataFrame:
    """Rounds of even matches whose prices know the clubs' openness, played as the price foretold."""
    rows: list[Row] = []
    for number in range(rounds):
        drawn = np.random.default_rng(number).permutation(CLUBS).tolist()
        for place, (home, away) in enumerate(zip(drawn[::2], drawn[1::2], strict=True)):
            expected = math.exp(LEVEL + OPENNESS[home] + OPENNESS[away])
            play = {"expected_total": expected, "total_goals": expected, "total_shots_on_target": 3.4 * expected}
            match: Row = {"match_id": f"m{number:03d}{place}", "competition_id": "X1", "home_team_id": home}
            match |= {"known_at_utc": day(3 * number + 0.125), "away_team_id": away, "supremacy": 0.0}
            rows.append(match | play | changes)
    return pl.DataFrame(rows, schema_overrides={"known_at_utc": UTC_TIME})


def ask(*questions: tuple[float, str, str], supremacy: float = 0.0, league: str = "X1") -> pl.DataFrame:
    """Questions of (days after the start, home, away)."""
    rows = [(league, day(after), home, away, supremacy) for after, home, away in questions]
    names = {
        "competition_id": pl.String, "as_of_utc": UTC_TIME, "home_team_id": pl.String, "away_team_id": pl.String,
        "memory_supremacy": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def signals(found: pl.DataFrame, questions: pl.DataFrame) -> pl.DataFrame:
    return totals.signals(found, questions, PARAMETERS)


def goals(found: pl.DataFrame, questions: pl.DataFrame) -> list[float]:
    return signals(found, questions)["total_memory_goals"].to_list()


def first_pair() -> tuple[str, str]:
    home, away = seen(1).select("home_team_id", "away_team_id").row(0)
    return home, away


# The law of a total


@given(st.lists(st.floats(0.05, 15.0), min_size=1, max_size=20))
def test_over_is_the_poisson_probability_of_three_goals_or_more_and_its_inverse_is_exact(rates: list[float]) -> None:
    probability = over(rates)
    assert probability == pytest.approx(1 - poisson.cdf(2, rates), rel=1e-9, abs=1e-12)
    assert expected_total(probability) == pytest.approx(rates, rel=1e-10)


@given(st.floats(1e-6, 1 - 1e-6))
def test_a_probability_is_found_again_from_its_expected_total(probability: float) -> None:
    assert float(over(expected_total(probability))) == pytest.approx(probability, abs=1e-12)


def test_what_is_no_expectation_or_no_probability_has_no_answer() -> None:
    assert np.isnan(over([NAN, -1.0])).all()
    assert np.isnan(expected_total([NAN, -0.1, 1.1])).all()


# The benchmark


def quotes(*quoted: tuple[str, str], line: float = 2.5) -> pl.DataFrame:
    """Rows of (match, book) at the book's prices."""
    names = {
        "match_id": pl.String, "bookmaker": pl.String, "line": pl.Float64,
        "over_odds_dec": pl.Float64, "under_odds_dec": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([(match, book, line, *BOOKS[book]) for match, book in quoted], schema=names, orient="row")


def matches(*names: str) -> pl.DataFrame:
    return pl.DataFrame({"match_id": list(names)}, schema={"match_id": pl.String})


def test_each_match_is_priced_by_the_sharpest_book_that_quotes_it_in_any_order_of_rows() -> None:
    quoted = quotes(
        ("all", "market_average"), ("all", "bet365"), ("all", "betfair_exchange"), ("all", "pinnacle"),
        ("two", "market_average"), ("two", "betfair_exchange"), ("one", "market_average"), ("soft", "bet365"),
    )  # fmt: skip
    for listed in (quoted, quoted.reverse()):
        p, names = benchmark(matches("one", "all", "none", "two", "soft"), listed)
        assert names.to_list() == ["market_average", "pinnacle", None, "betfair_exchange", None]
        expected = [devig([BOOKS[name]])[0, 0] if name else NAN for name in names]
        assert p.tolist() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("side", ["over_odds_dec", "under_odds_dec"])
@pytest.mark.parametrize("gap", [None, NAN, 1.0])
def test_a_sharp_book_without_both_prices_lets_the_next_one_speak(side: str, gap: float | None) -> None:
    sharp = pl.col("bookmaker") == "pinnacle"
    quoted = quotes(("a", "pinnacle"), ("a", "market_average"))
    broken = quoted.with_columns(pl.when(sharp).then(gap).otherwise(side).alias(side))
    assert benchmark(matches("a"), broken)[1].to_list() == ["market_average"]


def test_other_lines_are_not_looked_at() -> None:
    quoted = pl.concat([quotes(("a", "pinnacle"), line=3.5), quotes(("a", "market_average"))])
    assert benchmark(matches("a"), quoted)[1].to_list() == ["market_average"]
    assert np.isnan(benchmark(matches("a"), quotes(("a", "pinnacle"), line=3.5))[0]).all()


# What is seen of a match


def finished() -> pl.DataFrame:
    return seen(1).head(1).drop("expected_total", "total_shots_on_target").with_columns(match_id=pl.lit("a"))


def history(*told: tuple[str, float, float]) -> pl.DataFrame:
    """Pinnacle's quotes of (kind, days after the start, price of over)."""
    rows = [("a", "pinnacle", 2.5, price, 2.0, kind, day(after)) for kind, after, price in told]
    added = {"quote_kind": pl.String, "known_at_utc": UTC_TIME}
    return pl.DataFrame(rows, schema=dict(quotes().schema) | added, orient="row")


def shots(after: float) -> pl.DataFrame:
    told = {"match_id": ["a"], "known_at_utc": [day(after)], "home_shots_on_target": [5], "away_shots_on_target": [4]}
    return pl.DataFrame(told, schema_overrides={"known_at_utc": UTC_TIME})


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ([("opening", -2, 1.9), ("closing", 0, 1.7)], 1.7),
        ([("closing", 0, 1.7), ("closing", 0.1, 1.2)], 1.7),
        ([("opening", -2, 1.9), ("opening", -1, 1.8)], 1.8),
        ([("opening", -2, 1.9), ("closing", 0.5, 1.7)], 1.9),
        ([("closing", 0.5, 1.7)], None),
        ([], None),
    ],
)
def test_the_last_price_told_before_the_result_counts(told: list[Any], counts: float | None) -> None:
    found = seen_totals(finished(), history(*told), shots(9))
    expected = float(expected_total(devig([[counts, 2.0]])[0, 0])) if counts else NAN
    assert found["expected_total"].to_list() == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize(("after", "expected"), [(0.125, 9.0), (0.126, NAN)])
def test_shots_count_if_they_were_told_with_the_result(after: float, expected: float) -> None:
    found = seen_totals(finished(), history(), shots(after))
    assert found["total_shots_on_target"].to_list() == pytest.approx([expected], nan_ok=True)
    assert seen_totals(finished(), history(), shots(0).clear())["total_shots_on_target"].is_nan().all()
