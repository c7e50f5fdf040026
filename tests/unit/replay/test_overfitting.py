"""What luck of the search explains: against the papers' own numbers, slow definitions, and families of pure noise.

All returns are invented.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from replay import overfitting
from replay.overfitting import (
    Trials,
    deflated_sharpe_ratio,
    expected_maximum_sharpe,
    judge,
    probabilistic_of,
    probabilistic_sharpe_ratio,
    probability_of_overfitting,
    sharpe_ratio,
)

Floats = NDArray[np.float64]


def noise(seed: int, periods: int = 300, variants: int = 100) -> Floats:
    return np.random.default_rng(seed).normal(size=(periods, variants))


def tried(returns: Floats) -> Trials:
    return Trials(tuple(f"v{place:03d}" for place in range(returns.shape[1])), returns)


@pytest.mark.parametrize(("trials", "deflated"), [(100, 0.9004), (46, 0.9505)])
def test_the_numerical_example_of_the_deflated_sharpe_ratio(trials: int, deflated: float) -> None:
    """Bailey and López de Prado (2014): a yearly ratio of 2.5 over five years of days, skew -3, kurtosis 10."""
    luck = expected_maximum_sharpe(trials, 0.5 / 250)
    assert probabilistic_sharpe_ratio(2.5 / math.sqrt(250), 1250, -3, 10, luck) == pytest.approx(deflated, abs=5e-5)
    if trials == 100:
        assert luck == pytest.approx(0.1132, abs=5e-5)


def test_the_expected_maximum_is_that_of_many_draws() -> None:
    drawn = np.random.default_rng(1).normal(scale=0.3, size=(20_000, 50)).max(axis=1).mean()
    assert expected_maximum_sharpe(50, 0.09) == pytest.approx(drawn, rel=0.02)
    assert expected_maximum_sharpe(1, math.nan) == 0.0
    with pytest.raises(ValueError, match="at least one"):
        expected_maximum_sharpe(0, 0.1)


def test_a_probabilistic_ratio_is_that_of_scipys_moments() -> None:
    returns = np.random.default_rng(2).gamma(2.0, size=200) - 1.8
    ratio = returns.mean() / returns.std(ddof=1)
    skew, kurtosis = stats.skew(returns), stats.kurtosis(returns, fisher=False)
    error = math.sqrt((1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2) / 199)
    assert probabilistic_of(returns, 0.05) == pytest.approx(stats.norm.cdf((ratio - 0.05) / error), rel=1e-12)


def test_worthless_returns_look_significant_as_often_as_they_may() -> None:
    claimed = sum(probabilistic_of(noise(seed, 100, 1)[:, 0]) > 0.95 for seed in range(2_000))
    assert abs(claimed - 100) <= 3 * math.sqrt(2_000 * 0.05 * 0.95)


def _slow_overfitting(returns: Floats, blocks: int) -> float:
    """Split by split from the definition, with the ranks of scipy."""
    parts = np.array_split(np.arange(len(returns)), np.arange(1, blocks) * len(returns) // blocks)
    found = []
    for chosen in combinations(range(blocks), blocks // 2):
        seen = np.concatenate([parts[place] for place in chosen])
        unseen = np.concatenate([parts[place] for place in range(blocks) if place not in chosen])
        best = int(np.argmax(sharpe_ratio(returns[seen])))
        share = stats.rankdata(sharpe_ratio(returns[unseen]))[best] / (returns.shape[1] + 1)
        found.append(math.log(share / (1 - share)) <= 0)
    return float(np.mean(found))


@given(
    seed=st.integers(0, 10_000), periods=st.integers(16, 60), variants=st.integers(2, 9),
    blocks=st.sampled_from([2, 4, 6, 8]), edge=st.floats(0, 1), level=st.sampled_from([0.0, 5.0]),
)  # fmt: skip
def test_the_probability_of_overfitting_is_that_of_the_slow_definition(
    seed: int, periods: int, variants: int, blocks: int, edge: float, level: float
) -> None:
    returns = noise(seed, periods, variants) + level
    returns[:, 0] += edge
    assert probability_of_overfitting(returns, blocks) == _slow_overfitting(returns, blocks)


def test_ties_and_variants_that_never_bet_are_ranked_like_the_slow_definition() -> None:
    returns = np.column_stack([noise(5, 40, 3).repeat(2, axis=1), np.zeros((40, 3))])
    assert probability_of_overfitting(returns, 8) == _slow_overfitting(returns, 8)


def test_a_family_of_100_worthless_variants_is_overfitted_half_of_the_time() -> None:
    found = [probability_of_overfitting(noise(seed, 200), 8) for seed in range(60)]
    assert abs(np.mean(found) - 0.5) < 3 * np.std(found) / math.sqrt(60)
    assert np.std(found) < 0.25


def test_the_best_of_100_worthless_variants_shines_and_is_not_significant_once_the_search_is_counted() -> None:
    seeming, deflated = [], []
    for trials in map(tried, map(noise, range(40))):
        best = trials.returns[:, trials.sharpe.argmax()]
        seeming.append(probabilistic_of(best))
        deflated.append(deflated_sharpe_ratio(best, trials.count, trials.sharpe_variance))
    assert np.mean(seeming) > 0.97
    assert sum(share > 0.95 for share in deflated) <= 2
    assert np.mean(deflated) == pytest.approx(0.5, abs=0.1)


def test_one_good_variant_among_worthless_ones_is_recognised() -> None:
    returns = noise(7, 400)
    returns[:, 42] += 0.35
    found = judge(tried(returns), "v042")
    assert (found.trials, found.periods) == (100, 400)
    assert found.sharpe > found.expected_maximum
    assert found.deflated > 0.95
    assert found.probability_of_overfitting < 0.05


def test_more_trials_deflate_more() -> None:
    returns = noise(8, 400, 1)[:, 0] + 0.2
    deflated = [deflated_sharpe_ratio(returns, trials, 0.003) for trials in (1, 2, 10, 1_000)]
    assert deflated == sorted(deflated, reverse=True)
    assert deflated[0] == probabilistic_of(returns)


def test_trials_are_counted_from_rows_and_a_period_without_a_bet_has_no_profit() -> None:
    rows = pl.DataFrame(
        {
            "variant_hash": ["b", "a", "b", "a", "b"],
            "period": [2, 1, 1, 1, 3],
            "profit": [5, 1, -2, 3, 7],
        }
    )
    trials = Trials.of(rows)
    assert (trials.variants, trials.count, trials.periods) == (("a", "b"), 2, 3)
    assert trials.returns.tolist() == [[4.0, -2.0], [0.0, 5.0], [0.0, 7.0]]
    assert Trials.of(rows.sample(fraction=1, shuffle=True, seed=3)).returns.tolist() == trials.returns.tolist()


def test_copies_of_one_variant_are_worth_one_trial_and_strangers_all_of_them() -> None:
    one = noise(9, 500, 1)
    assert tried(np.repeat(one, 40, axis=1)).independent == pytest.approx(1.0)
    assert tried(noise(9, 500, 40)).independent > 39
    mixed = tried(np.sqrt(0.5) * one + np.sqrt(0.5) * noise(10, 500, 40))
    correlation = np.corrcoef(mixed.returns.T)[np.triu_indices(40, 1)].mean()
    assert mixed.independent == pytest.approx(correlation + (1 - correlation) * 40)


@pytest.mark.parametrize("value", [0.0, 0.1, -3.7])
def test_what_never_moves_has_no_ratio(value: float) -> None:
    assert float(sharpe_ratio(np.full(50, value))) == 0.0
    assert math.isnan(probabilistic_of(np.zeros(50)))


def test_too_few_periods_or_variants_give_nan_instead_of_a_guess() -> None:
    assert math.isnan(float(sharpe_ratio(np.ones(1))))
    assert math.isnan(probabilistic_of(noise(1, overfitting.MINIMUM_PERIODS - 1, 1)[:, 0]))
    assert math.isnan(probability_of_overfitting(noise(1, 31), 16))
    assert math.isnan(probability_of_overfitting(noise(1, 100, 1)))
    assert math.isnan(tried(noise(1, 100, 1)).sharpe_variance)
    assert math.isnan(probabilistic_sharpe_ratio(2.0, 100, skew=9.0, kurtosis=3.0))


def test_trials_and_questions_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="one column a variant"):
        Trials(("a",), noise(1, 10, 2))
    with pytest.raises(ValueError, match="named twice"):
        Trials(("a", "a"), noise(1, 10, 2))
    with pytest.raises(ValueError, match="not finite"):
        Trials(("a",), np.array([[math.inf]]))
    with pytest.raises(ValueError, match="not among the trials"):
        judge(tried(noise(1, 40, 2)), "v009")
    with pytest.raises(ValueError, match="two halves"):
        probability_of_overfitting(noise(1, 40, 2), 5)
