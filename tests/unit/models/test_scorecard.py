"""The score card: everybody is judged on the same matches, and differences from the close are paired."""

from __future__ import annotations

import numpy as np
import pytest

from models import scores
from models.belief import Belief
from models.scorecard import score
from tests.unit.models.worlds import Floats, outcomes, truths

N = 400
DAYS = np.repeat(np.arange(N // 8), 8)


def with_gaps(p: Floats, *rows: int) -> Belief:
    holed = p.copy()
    holed[list(rows)] = np.nan
    return Belief(holed)


def test_scores_are_taken_on_the_matches_that_all_have_and_on_no_other() -> None:
    p, q = truths(N, 1), truths(N, 2)
    happened = outcomes(p, 3)
    happened[7] = -1
    n, cards = score({"a": with_gaps(q, 0, 1), "b": with_gaps(p, 2)}, with_gaps(p, 3), happened, DAYS)
    kept = np.setdiff1d(np.arange(N), [0, 1, 2, 3, 7])
    assert n == len(kept) == N - 5
    assert cards["a"].log_loss == pytest.approx(scores.log_loss(q[kept], happened[kept]).mean())
    assert cards["b"].brier == pytest.approx(scores.brier(p[kept], happened[kept]).mean())
    assert cards["a"].rps == pytest.approx(scores.rps(q[kept], happened[kept]).mean())
    assert cards["a"].kl_to_close == pytest.approx(scores.kl_divergence(p[kept], q[kept]).mean())


def test_a_forecaster_is_judged_alike_whatever_a_match_outside_says() -> None:
    p, q = truths(N, 4), truths(N, 5)
    happened, gap = outcomes(p, 6), with_gaps(p, 10)
    upset = q.copy()
    upset[10] = [0.998, 0.001, 0.001]
    first, second = (score({"a": Belief(x), "b": gap}, Belief(p), happened, DAYS) for x in (q, upset))
    assert first == second


def test_the_close_against_itself_is_nothing_with_an_interval_of_nothing() -> None:
    p = truths(N, 7)
    _, cards = score({"close": Belief(p)}, Belief(p), outcomes(p, 8), DAYS)
    assert cards["close"].kl_to_close == 0
    assert cards["close"].log_loss_minus_close == 0
    assert cards["close"].log_loss_minus_close_ci95 == (0, 0)


def test_the_difference_is_that_of_the_means_and_lies_in_its_interval() -> None:
    p, q = truths(N, 9), truths(N, 10)
    _, cards = score({"close": Belief(p), "worse": Belief(q)}, Belief(p), outcomes(p, 11), DAYS)
    worse = cards["worse"]
    low, high = worse.log_loss_minus_close_ci95
    assert worse.log_loss_minus_close == pytest.approx(worse.log_loss - cards["close"].log_loss)
    assert 0 < low < worse.log_loss_minus_close < high


def test_without_a_common_match_nobody_is_scored() -> None:
    p = truths(4, 12)
    happened = outcomes(p, 13)
    split = {"a": with_gaps(p, 0, 1), "b": with_gaps(p, 2, 3)}
    assert score(split, Belief(p), happened, DAYS[:4]) == (0, {})
    assert score({"a": Belief(p)}, Belief(p), np.full(4, -1), DAYS[:4]) == (0, {})
