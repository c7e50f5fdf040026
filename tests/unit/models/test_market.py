"""The market as a forecaster: whose price speaks for each match, and what becomes of half a book."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.market.devig import devig
from models.families.market import benchmark

SCHEMA = {
    "match_id": pl.String,
    "bookmaker": pl.String,
    "home_odds_dec": pl.Float64,
    "draw_odds_dec": pl.Float64,
    "away_odds_dec": pl.Float64,
}
BOOKS = {
    "pinnacle": (2.0, 3.5, 4.0),
    "betfair_exchange": (2.1, 3.4, 3.9),
    "market_average": (1.9, 3.3, 3.8),
    "bet365": (5.0, 4.0, 1.6),
}


def prices(*quoted: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame([(match, book, *BOOKS[book]) for match, book in quoted], schema=SCHEMA, orient="row")


def matches(*names: str) -> pl.DataFrame:
    return pl.DataFrame({"match_id": list(names)}, schema={"match_id": pl.String})


def test_each_match_is_priced_by_the_sharpest_book_that_quotes_it() -> None:
    quoted = prices(
        ("all", "market_average"), ("all", "betfair_exchange"), ("all", "pinnacle"), ("all", "bet365"),
        ("two", "market_average"), ("two", "betfair_exchange"), ("one", "market_average"), ("soft", "bet365"),
    )  # fmt: skip
    belief, names = benchmark(matches("one", "all", "none", "two", "soft"), quoted)
    assert names.to_list() == ["market_average", "pinnacle", None, "betfair_exchange", None]
    assert belief.present.tolist() == [True, True, False, True, False]
    for row, book in ((0, "market_average"), (1, "pinnacle"), (3, "betfair_exchange")):
        assert belief.probabilities[row].tolist() == pytest.approx(devig([BOOKS[book]])[0].tolist())


def test_the_order_in_which_quotes_are_listed_does_not_matter() -> None:
    quoted = prices(("a", "market_average"), ("a", "pinnacle"), ("b", "betfair_exchange"), ("b", "market_average"))
    asked = matches("b", "a")
    (first, names), (second, again) = benchmark(asked, quoted), benchmark(asked, quoted.reverse())
    assert names.to_list() == again.to_list() == ["betfair_exchange", "pinnacle"]
    assert np.array_equal(first.probabilities, second.probabilities)


@pytest.mark.parametrize("gap", [None, float("nan"), 1.0, 0.0, -2.0])
def test_a_sharp_book_without_all_three_prices_lets_the_next_one_speak(gap: float | None) -> None:
    quoted = prices(("a", "pinnacle"), ("a", "market_average")).with_columns(
        draw_odds_dec=pl.when(pl.col("bookmaker") == "pinnacle").then(gap).otherwise(pl.col("draw_odds_dec"))
    )
    belief, names = benchmark(matches("a"), quoted)
    assert names.to_list() == ["market_average"]
    assert belief.present.all()


def test_no_match_and_no_price_are_answered_with_nothing() -> None:
    belief, names = benchmark(matches(), prices())
    assert belief.probabilities.shape == (0, 3)
    assert names.is_empty()
    belief, names = benchmark(matches("a", "b"), prices())
    assert not belief.present.any()
    assert names.to_list() == [None, None]


def test_the_method_of_taking_the_margin_out_is_the_one_asked_for() -> None:
    quoted = prices(("a", "pinnacle"))
    belief, _ = benchmark(matches("a"), quoted, method="multiplicative")
    implied = 1 / np.array(BOOKS["pinnacle"])
    assert belief.probabilities[0] == pytest.approx(implied / implied.sum())
