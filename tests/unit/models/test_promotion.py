"""Promotion: equal models are seldom swapped, better ones are found in time, and every crowning says why.

All losses are invented: differences with heavy tails, days that share their luck, days of very different sizes.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import promotion
from models.promotion import PAIRED_SD, Verdict, compare, compare_out_of_fold, crowning, matches_needed
from tests.unit.models.worlds import Floats, Integers

MATCHES_A_DAY = 9.5
"""Of the five leagues in 2018/19 to 2020/21."""
PROMOTED = Verdict(900, -0.01, -0.02, -0.001, True, "The challenger is better.")
NOT_PROMOTED = Verdict(900, 0.0, -0.01, 0.01, False, "The challenger is not better.")
TIE = Verdict(900, 0.0, 0.0, 0.0, False, "Both forecast the same.")


def paired(
    matches: int, gain: float, seed: int, sd: float = PAIRED_SD, day_sd: float = 0.0
) -> tuple[Floats, Floats, Integers]:
    """Losses of champion and challenger, and match days; the challenger's mean loss is lower by `gain`."""
    generator = np.random.default_rng(seed)
    days = np.cumsum(generator.random(matches) < 1 / MATCHES_A_DAY).astype(np.int64)
    luck = generator.standard_t(5, matches) * sd / math.sqrt(5 / 3) + day_sd * generator.normal(size=matches)[days]
    champion = generator.gamma(4.0, 0.25, matches)
    return champion, champion + luck - gain, days


def promotions(trials: int, matches: int, gain: float, day_sd: float = 0.0) -> int:
    return sum(compare(*paired(matches, gain, seed, day_sd=day_sd), seed).promoted for seed in range(trials))


def at_most(share: float, trials: int) -> float:
    """Two standard deviations above the expected number of successes."""
    return trials * share + 2 * math.sqrt(trials * share * (1 - share))


@pytest.mark.slow
@pytest.mark.parametrize("day_sd", [0.0, 0.03])
def test_of_1000_equal_challengers_at_most_5_percent_are_promoted(day_sd: float) -> None:
    """On about 63 days; the nominal share is 2.5%, and two standard deviations of 1,000 trials are added to 3.5%."""
    swapped = promotions(1_000, 600, 0.0, day_sd)
    assert 5 <= swapped <= at_most(0.035, 1_000) < 50


@pytest.mark.slow
def test_a_challenger_better_by_0_005_is_found_with_80_percent_power_within_the_stated_number_of_matches() -> None:
    assert matches_needed(PAIRED_SD, 0.005) == 3_140
    trials = 150
    found = promotions(trials, 3_140, 0.005)
    assert abs(found - 0.8 * trials) <= 2 * math.sqrt(trials * 0.8 * 0.2)


def test_matches_needed_grow_with_the_square_of_noise_over_gain_and_with_what_days_share() -> None:
    few = matches_needed(0.1, 0.01)
    assert matches_needed(0.2, 0.01) == pytest.approx(4 * few, abs=4)
    assert matches_needed(0.1, 0.005) == pytest.approx(4 * few, abs=4)
    assert matches_needed(0.1, 0.01, day_effect=1.5) == pytest.approx(1.5 * few, abs=2)
    assert matches_needed(0.1, 0.01, power=0.9) > few


def _slow_interval(difference: Floats, blocks: Integers, seed: int) -> tuple[float, float]:
    """The studentised bootstrap, resample by resample, from the definition."""
    names = np.unique(blocks)
    days = [difference[blocks == name] for name in names]

    def studied(drawn: list[Floats]) -> tuple[float, float]:
        mean = sum(day.sum() for day in drawn) / sum(len(day) for day in drawn)
        scatter = sum((day.sum() - mean * len(day)) ** 2 for day in drawn)
        return mean, math.sqrt(scatter * len(drawn) / (len(drawn) - 1)) / sum(len(day) for day in drawn)

    mean, error = studied(days)
    picks = np.random.default_rng(seed).integers(len(days), size=(len(days), promotion.DRAWS))
    drawn = [studied([days[place] for place in column]) for column in picks.T]
    t = [(resampled - mean) / spread for resampled, spread in drawn]
    below, above = np.quantile(t, [promotion.LEVEL, 1 - promotion.LEVEL])
    return mean - above * error, mean - below * error


def test_the_interval_is_that_of_the_slow_definition() -> None:
    champion, challenger, days = paired(700, 0.002, 3, day_sd=0.05)
    verdict = compare(champion, challenger, days, seed=9)
    assert (verdict.low, verdict.high) == pytest.approx(_slow_interval(challenger - champion, days, 9), rel=1e-9)
    assert verdict.difference == pytest.approx((challenger - champion).mean())
    assert verdict.low < verdict.difference < verdict.high


@given(st.integers(0, 1_000))
def test_the_order_of_the_matches_changes_no_bit_and_names_of_days_mean_nothing(seed: int) -> None:
    champion, challenger, days = paired(600, 0.01, 1)
    order = np.random.default_rng(seed).permutation(len(days))
    assert compare(champion[order], challenger[order], days[order], 5) == compare(champion, challenger, days, 5)
    assert compare(champion, challenger, days * 7 - 3, 5) == compare(champion, challenger, days, 5)


def test_days_that_share_their_luck_widen_the_interval() -> None:
    champion, challenger, days = paired(2_000, 0.0, 4, day_sd=0.1)
    by_day = compare(champion, challenger, days, 1)
    by_match = compare(champion, challenger, np.arange(2_000), 1)
    assert by_day.high - by_day.low > 1.5 * (by_match.high - by_match.low)


@pytest.mark.parametrize(("matches", "days"), [(0, 1), (499, 499), (5_000, 49)])
def test_too_few_matches_or_days_promote_nobody_and_say_how_many_are_needed(matches: int, days: int) -> None:
    champion = np.ones(matches)
    verdict = compare(champion, champion - 0.5, np.arange(matches) % days, 1)
    assert not verdict.promoted
    assert math.isnan(verdict.low)
    assert math.isnan(verdict.high)
    assert "500 matches on 50 days are needed" in verdict.reason


def test_the_same_forecasts_are_a_tie_and_no_promotion() -> None:
    champion, _, days = paired(600, 0.0, 1)
    verdict = compare(champion, champion.copy(), days, 1)
    assert (verdict.is_tie, verdict.promoted, verdict.difference) == (True, False, 0.0)


def test_a_match_without_both_forecasts_is_left_out() -> None:
    champion, challenger, days = paired(800, 0.01, 2)
    holes = np.arange(800) % 8 == 0
    kept = compare(champion[~holes], challenger[~holes], days[~holes], 1)
    assert compare(np.where(holes, np.nan, champion), challenger, days, 1) == kept
    assert compare(champion, np.where(holes, np.nan, challenger), days, 1) == kept
    assert kept.n == 700


def test_losses_of_other_matches_and_infinite_losses_are_refused() -> None:
    champion, challenger, days = paired(600, 0.0, 1)
    with pytest.raises(ValueError, match="same matches"):
        compare(champion[1:], challenger, days, 1)
    challenger[3] = np.inf
    with pytest.raises(ValueError, match="infinite"):
        compare(champion, challenger, days, 1)


def test_out_of_fold_losses_are_compared_on_the_matches_that_both_forecast() -> None:
    champion, challenger, days = paired(900, 0.02, 6)
    kickoffs = [datetime(2018, 8, 1, 15, tzinfo=UTC) + timedelta(days=int(day)) for day in days]
    frame = pl.DataFrame({"match_id": [f"m{place:04d}" for place in range(900)], "event_at_utc": kickoffs})
    first = frame.with_columns(log_loss=pl.Series(champion))[:800]
    second = frame.with_columns(log_loss=pl.Series(challenger))[100:].sample(fraction=1, shuffle=True, seed=1)
    inside = slice(100, 800)
    expected = compare(champion[inside], challenger[inside], days[inside], 3)
    assert compare_out_of_fold(first, second, 3) == expected
    assert expected.promoted


def test_a_verdict_cannot_promote_against_its_own_interval() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Verdict(900, -0.01, -0.02, 0.001, True, "")
    with pytest.raises(ValueError, match="below zero"):
        Verdict(9, -0.01, math.nan, math.nan, True, "")


@pytest.mark.parametrize(
    ("champion", "is_refit", "verdict", "is_held", "crowned", "because"),
    [
        (None, False, None, False, True, "first"), (None, False, NOT_PROMOTED, True, True, "first"),
        ("3", True, None, False, True, "version 3 refitted"), ("3", True, NOT_PROMOTED, True, True, "refitted"),
        ("3", False, None, False, False, "not compared"), ("3", False, NOT_PROMOTED, False, False, "not better"),
        ("3", False, PROMOTED, False, True, "better"), ("3", False, PROMOTED, True, False, "chosen by hand"),
        ("3", False, TIE, False, True, "what version 3 forecasts"), ("3", False, TIE, True, True, "what version 3"),
    ],
)  # fmt: skip
def test_who_is_crowned_and_why(
    champion: str | None, is_refit: bool, verdict: Verdict | None, is_held: bool, crowned: bool, because: str
) -> None:
    found = crowning(champion, is_refit, verdict, is_held)
    assert found.is_crowned is crowned
    assert because in found.because
