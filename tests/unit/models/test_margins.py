"""The choice of a devig method on invented books whose margin was put on by a known method."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from core.market.devig import DIFFERENT_METHODS, Method, devig
from models.margins import choose_method
from tests.unit.models.worlds import Floats, Integers, outcomes, truths


def seasons(n: int, count: int = 8) -> Integers:
    return 2010 + np.arange(n) * count // n


def proportional(p: Floats, book: float = 1.08) -> Floats:
    return 1.0 / (p * book)


def powered(p: Floats, exponent: float = 0.9) -> Floats:
    return 1.0 / p**exponent


def lopsided(n: int, seed: int) -> Floats:
    """Chances with clear favourites and long shots, on which the methods differ."""
    return 0.85 * truths(n, seed, 0.8) + 0.05


def test_the_method_that_put_the_margin_on_is_found_where_it_matters() -> None:
    p = lopsided(16_000, 1)
    found = choose_method(proportional(p), outcomes(p, 2), seasons(16_000))
    assert (found.method, found.best) == ("multiplicative", "multiplicative")
    assert found.scores["multiplicative"].minus_default.ci95[1] < 0.0
    assert found.n == 16_000


def test_power_stays_where_it_put_the_margin_on() -> None:
    p = lopsided(16_000, 3)
    found = choose_method(powered(p), outcomes(p, 4), seasons(16_000))
    assert (found.method, found.best) == ("power", "power")
    assert found.scores["multiplicative"].minus_default.ci95[0] > 0.0


def test_power_stays_where_another_is_better_by_chance_only() -> None:
    kept = []
    for world in range(40):
        p = truths(400, world)
        found = choose_method(1.0 / (p * 1.0005), outcomes(p, world + 60), seasons(400))
        kept.append((found.method, found.best))
    assert sum(best != "power" for _, best in kept) >= 10, "nothing was put to the test"
    assert sum(method != "power" for method, _ in kept) <= 3


def test_every_mean_is_that_of_a_loop_over_books() -> None:
    p = truths(300, 5)
    odds, happened, folds = proportional(p), outcomes(p, 6), seasons(300, 3)
    found = choose_method(odds, happened, folds)
    for method, score in found.scores.items():
        losses = [-math.log(devig(row, method)[0, result]) for row, result in zip(odds, happened, strict=True)]
        assert score.log_loss == pytest.approx(np.mean(losses), abs=1e-12)
        for fold, mean in score.by_fold.items():
            assert mean == pytest.approx(
                np.mean([loss for loss, own in zip(losses, folds, strict=True) if own == fold])
            )
    ranked = sorted(found.scores, key=lambda method: found.scores[method].log_loss)
    assert [found.best, found.runner_up] == ranked[:2]


def test_of_equal_seasons_the_interval_is_that_of_a_t_test_on_their_means() -> None:
    p = truths(900, 7)
    odds, happened, folds = proportional(p), outcomes(p, 8), seasons(900, 9)
    found = choose_method(odds, happened, folds, ("power", "multiplicative"))
    best, other = (np.log(devig(odds, method)[np.arange(900), happened]) for method in (found.best, found.runner_up))
    means = (other - best).reshape(9, 100).mean(axis=1)
    half = 2.306004 * means.std(ddof=1) / 3.0
    difference = found.best_minus_runner_up
    assert difference.mean == pytest.approx(means.mean(), abs=1e-12)
    assert difference.ci95 == pytest.approx((means.mean() - half, means.mean() + half), rel=1e-5)
    only = found.scores["multiplicative"].minus_default
    assert only.ci95[1] - only.ci95[0] == pytest.approx(2 * half, rel=1e-5)


def test_more_challengers_need_a_wider_gap() -> None:
    p = truths(900, 9)
    few, many = (
        choose_method(proportional(p), outcomes(p, 10), seasons(900), methods).scores["multiplicative"].minus_default
        for methods in (("power", "multiplicative"), DIFFERENT_METHODS)
    )
    assert few.mean == many.mean
    assert many.ci95[0] < few.ci95[0] < few.ci95[1] < many.ci95[1]


def test_books_without_all_prices_or_an_outcome_are_left_out() -> None:
    p = truths(600, 11)
    odds, happened, folds = proportional(p), outcomes(p, 12), seasons(600)
    odds[::7, 1], happened[::5] = np.nan, -1
    kept = np.isfinite(odds).all(axis=1) & (happened >= 0)
    assert choose_method(odds, happened, folds) == choose_method(odds[kept], happened[kept], folds[kept])


def test_one_season_is_no_ground_for_leaving_power() -> None:
    p = lopsided(4_000, 13)
    found = choose_method(proportional(p), outcomes(p, 14), np.full(4_000, 2015))
    assert found.best != "power"
    assert found.method == "power"
    assert math.isnan(found.best_minus_runner_up.ci95[0])


def test_two_way_books_are_judged_alike() -> None:
    first = np.random.default_rng(15).uniform(0.05, 0.95, 12_000)
    p = np.column_stack([first, 1.0 - first])
    happened = (np.random.default_rng(16).random(12_000) > first).astype(np.int64)
    found = choose_method(1.0 / (p + 0.02), happened, seasons(12_000))
    assert found.scores["additive"].log_loss == pytest.approx(found.scores["shin"].log_loss, abs=1e-12)
    assert found.scores["additive"].log_loss < found.scores["multiplicative"].log_loss


@pytest.mark.parametrize("methods", [("power",), ("shin", "additive"), ()])
def test_a_choice_without_power_or_without_another_is_refused(methods: tuple[Method, ...]) -> None:
    with pytest.raises(ValueError, match="between power and"):
        choose_method(np.array([[2.0, 2.0]]), np.array([0]), np.array([2010]), methods)


def test_no_whole_book_is_refused() -> None:
    with pytest.raises(ValueError, match="No book"):
        choose_method(np.array([[np.nan, 2.0]]), np.array([0]), np.array([2010]))


def test_a_choice_is_told_in_json() -> None:
    p = truths(200, 17)
    found = choose_method(proportional(p), outcomes(p, 18), seasons(200))
    told = json.loads(json.dumps(found.to_json()))
    assert told["method"] == found.method
    assert told["scores"]["shin"]["log_loss"] == found.scores["shin"].log_loss
