"""Prices carry a margin, are near-efficient, and flatter nobody."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.arrays import Floats
from sandbox.books import BOOKS, SOFT_BOOKS, Quotes, Snapshot
from sandbox.handicap import LINES, home_probabilities, main_line
from tests.unit.sandbox.conftest import Season

INDICES = range(len(BOOKS))


def overround(prices: Floats) -> Floats:
    """Return the sum of the implied probabilities over the last axis."""
    return (1.0 / prices).sum(axis=-1)


def excess_log_loss(prices: Floats, season: Season) -> float:
    """Return the mean log-loss of the prices' probabilities minus that of the truth, in nats a match."""
    prices = prices[season.played]
    quoted = ~np.isnan(prices[:, 0])
    implied = 1.0 / prices[quoted] / overround(prices[quoted])[:, None]
    rows, outcome = np.arange(quoted.sum()), season.outcome[quoted]
    return float(np.log(season.truth[quoted][rows, outcome] / implied[rows, outcome]).mean())


@pytest.mark.parametrize("book", INDICES, ids=lambda index: BOOKS[index].code)
@pytest.mark.parametrize("moment", ["opening", "closing"])
def test_every_overround_is_a_margin(quotes: Quotes, moment: str, book: int) -> None:
    snapshot: Snapshot = getattr(quotes, moment)
    for prices in (snapshot.outcomes[book], snapshot.totals[book], snapshot.handicap[book]):
        quoted = prices[~np.isnan(prices[:, 0])]
        assert quoted.min() > 1.0
        assert overround(quoted).min() > 1.0
        assert overround(quoted).max() < 1.12
        np.testing.assert_array_equal(quoted, np.round(quoted, 2))


@pytest.mark.parametrize("book", INDICES, ids=lambda index: BOOKS[index].code)
def test_closing_prices_are_near_the_truth_and_better_than_opening(quotes: Quotes, played: Season, book: int) -> None:
    opening, closing = (excess_log_loss(s.outcomes[book], played) for s in (quotes.opening, quotes.closing))
    assert abs(closing) < 0.01
    assert closing < opening


@pytest.mark.parametrize("book", SOFT_BOOKS, ids=lambda index: BOOKS[index].code)
def test_betting_on_everything_at_a_soft_book_loses(quotes: Quotes, played: Season, book: int) -> None:
    prices = quotes.opening.outcomes[book][played.played]
    quoted = ~np.isnan(prices[:, 0])
    won = np.arange(3) == played.outcome[quoted, None]
    assert 0.02 < 1.0 - (prices[quoted] * won).mean() < 0.12


def test_the_best_price_of_all_books_still_loses(quotes: Quotes, played: Season) -> None:
    best = np.nanmax(quotes.opening.outcomes, axis=0)[played.played]
    assert -0.03 < (best * played.truth).mean() - 1.0 < 0.0


def test_a_soft_book_is_visibly_off_in_a_few_matches_only(quotes: Quotes) -> None:
    soft = quotes.opening.outcomes[list(SOFT_BOOKS)]
    apart = np.abs(np.log(soft) - np.nanmedian(np.log(soft), axis=0)).max(axis=2)
    share = (np.nanmax(apart, axis=0) > 0.10).mean()
    assert 0.01 < share < 0.10


def test_the_handicap_line_balances_the_match(quotes: Quotes) -> None:
    np.testing.assert_array_equal(quotes.opening.line * 4, np.round(quotes.opening.line * 4))
    implied = 1.0 / quotes.closing.handicap
    home = implied[..., 0] / implied.sum(axis=2)
    inside = np.abs(quotes.closing.line) < LINES[-1]
    assert np.nanmean(np.abs(home[:, inside] - 0.5)) < 0.05


def test_a_handicap_of_nothing_returns_the_stake_of_a_draw() -> None:
    difference = np.zeros((1, 21))
    difference[0, [9, 10, 11]] = 0.2, 0.3, 0.5
    at = dict(zip(LINES, home_probabilities(difference)[0], strict=True))
    assert at[0.0] == pytest.approx(0.5 / 0.7)
    assert at[-0.5] == pytest.approx(0.5)
    assert at[-0.25] == pytest.approx(0.5 / (0.5 + 0.2 + 0.15))
    assert LINES[main_line(difference)[0]] == -0.5
