"""A consensus of books: in probabilities, without those that do not quote, nearer to those that foresaw the close."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.consensus import PRIOR_MATCHES, consensus, sharpness

CLOSE = np.random.default_rng(5).dirichlet([4, 3, 3], 400)


def beliefs(*errors: float) -> np.ndarray:
    """Invented books that see the close with these errors in its log-probabilities."""
    draws = np.random.default_rng(7)
    seen = np.stack([CLOSE * np.exp(error * draws.normal(size=CLOSE.shape)) for error in errors])
    return seen / seen.sum(axis=2, keepdims=True)


def test_the_book_nearest_to_the_close_weighs_most() -> None:
    weights = sharpness(beliefs(0.3, 0.05, 0.1), CLOSE)
    assert weights.argsort().tolist() == [0, 2, 1]
    assert weights.sum() == pytest.approx(1)


def test_weights_are_the_inverse_of_the_mean_divergence_worked_by_hand() -> None:
    books = beliefs(0.3, 0.1)
    divergence = [sum(float((c * np.log(c / p)).sum()) for c, p in zip(CLOSE, book, strict=True)) for book in books]
    average = sum(divergence) / 800
    inverse = [(400 + PRIOR_MATCHES) / (total + PRIOR_MATCHES * average) for total in divergence]
    np.testing.assert_allclose(sharpness(books, CLOSE), np.array(inverse) / sum(inverse), rtol=1e-9)


def test_a_book_that_was_never_seen_weighs_no_more_than_the_best_and_no_less_than_the_worst() -> None:
    books = np.concatenate([beliefs(0.3, 0.05), np.full((1, *CLOSE.shape), np.nan)])
    worst, best, unseen = sharpness(books, CLOSE)
    assert worst < unseen < best


def test_a_few_lucky_matches_do_not_make_a_book_sharp() -> None:
    books = beliefs(0.1, 0.1)
    books[1, 3:] = np.nan
    books[1, :3] = CLOSE[:3]
    weights = sharpness(books, CLOSE)
    assert weights[1] < 1.1 * weights[0]


def test_without_any_match_or_any_error_all_weigh_the_same() -> None:
    np.testing.assert_allclose(sharpness(np.full((3, 400, 3), np.nan), CLOSE), 1 / 3)
    np.testing.assert_allclose(sharpness(np.stack([CLOSE, CLOSE]), CLOSE), 1 / 2)


def test_outcomes_judge_books_as_well_as_a_close_does() -> None:
    draws = np.random.default_rng(3)
    outcomes = np.eye(3)[[draws.choice(3, p=row) for row in CLOSE]]
    certain_of_the_wrong = np.tile([1.0, 0.0, 0.0], (1, 400, 1))
    weights = sharpness(np.concatenate([beliefs(0.05), certain_of_the_wrong]), outcomes)
    assert weights[0] > 5 * weights[1]


def test_the_consensus_is_the_weighted_mean_of_probabilities_and_not_of_prices() -> None:
    found = consensus([[[0.5, 0.5]], [[0.2, 0.8]]], [3.0, 1.0])
    np.testing.assert_allclose(found, [[0.425, 0.575]])


def test_a_book_without_a_price_leaves_the_others_alone() -> None:
    books = np.array([[[0.5, 0.5], [np.nan, 0.4]], [[0.3, 0.7], [0.2, 0.8]], [[0.9, 0.1], [np.nan, np.nan]]])
    np.testing.assert_allclose(consensus(books, [1, 1, 0]), [[0.4, 0.6], [0.2, 0.8]])
    assert np.isnan(consensus(books[[0, 2], 1:], [1, 1])).all()


def test_weights_and_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one weight of 0 or more"):
        consensus(beliefs(0.1, 0.2), [1, -1])
    with pytest.raises(ValueError, match="one weight of 0 or more"):
        consensus(beliefs(0.1, 0.2), [1, np.nan])
    with pytest.raises(ValueError, match="The close has the shape"):
        sharpness(beliefs(0.1), CLOSE[:5])
    with pytest.raises(ValueError, match="books, matches, outcomes"):
        consensus(CLOSE, [1.0])
