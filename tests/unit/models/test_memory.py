"""Market memory: prices become log ratios and back, strengths are found again, and nothing later is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.belief import Belief
from models.families.memory import SIGNALS, MemoryParameters, belief_of, log_ratios, signals

START = datetime(2020, 8, 1, 15, tzinfo=UTC)
UTC_TIME = pl.Datetime("us", "UTC")
PARAMETERS = MemoryParameters()
CLUBS = [f"club-{letter}" for letter in "abcdefgh"]
STRENGTH = dict(zip(CLUBS, np.linspace(1.0, -1.0, len(CLUBS)), strict=True))
WEIGHTS = arrays(float, st.tuples(st.integers(1, 6), st.just(3)), elements=st.floats(0.01, 100))


def _round(day: int, shift: int) -> list[tuple[str, str]]:
    order = CLUBS[shift % len(CLUBS) :] + CLUBS[: shift % len(CLUBS)]
    pairs = list(zip(order[::2], order[1::2], strict=True))
    return pairs if day % 2 else [(away, home) for home, away in pairs]


def seen(rounds: int = 60, **changes: float) -> pl.DataFrame:
    """Rounds of invented matches priced by the planted strengths, played as the price foretold."""
    rows = []
    for day in range(rounds):
        for place, (home, away) in enumerate(_round(day, day // 2)):
            lead = STRENGTH[home] - STRENGTH[away] + 0.45
            play = {
                "supremacy": lead, "draw": -0.05, "goal_difference": PARAMETERS.goal_slope * lead, "total_goals": 2.7,
                "shot_on_target_difference": PARAMETERS.shot_on_target_slope * lead,
                "shot_difference": PARAMETERS.shot_slope * lead,
            }  # fmt: skip
            rows.append(
                {
                    "match_id": f"m{day:03d}{place}", "competition_id": "X1",
                    "known_at_utc": START + timedelta(days=3 * day, hours=3), "home_team_id": home,
                    "away_team_id": away, **play, **changes,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"known_at_utc": UTC_TIME})


def ask(*questions: tuple[int, str, str]) -> pl.DataFrame:
    """Questions of (days after the start, home, away)."""
    rows = [("X1", START + timedelta(days=day), home, away) for day, home, away in questions]
    names = {
        "competition_id": pl.String, "as_of_utc": UTC_TIME, "home_team_id": pl.String, "away_team_id": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


@given(WEIGHTS)
def test_log_ratios_are_undone_by_their_inverse(weights: np.ndarray) -> None:
    belief = Belief.of(weights)
    assert np.allclose(belief_of(*log_ratios(belief).T).probabilities, belief.probabilities, atol=1e-12)


def test_no_belief_stays_no_belief() -> None:
    nothing = Belief(np.full((1, 3), np.nan))
    assert np.isnan(log_ratios(nothing)).all()
    assert not belief_of(*log_ratios(nothing).T).present.any()


def test_planted_strengths_are_found_again_from_prices_alone() -> None:
    pairs = [(home, away) for home in CLUBS for away in CLUBS if home != away]
    found = signals(seen(), ask(*((185, home, away) for home, away in pairs)), PARAMETERS)["memory_supremacy"]
    planted = [STRENGTH[home] - STRENGTH[away] + 0.45 for home, away in pairs]
    assert np.abs(found.to_numpy() - planted).max() < 0.1


def test_nothing_known_later_matters() -> None:
    season = seen()
    questions = ask((60, "club-a", "club-h"), (90, "club-c", "club-d"))
    moment = questions["as_of_utc"].max()
    later = pl.col("known_at_utc") > moment
    upset = season.with_columns(pl.when(later).then(9.0).otherwise("supremacy").alias("supremacy"))
    answers = [signals(found, questions, PARAMETERS) for found in (season, season.filter(~later), upset)]
    assert answers[0].equals(answers[1])
    assert answers[0].equals(answers[2])


def test_a_match_counts_from_the_moment_at_which_it_became_known() -> None:
    season = seen(1)
    known = season["known_at_utc"][0] - START
    home, away = season.select("home_team_id", "away_team_id").row(0)
    just_before, at = (
        ask((0, home, away)).with_columns(as_of_utc=pl.lit(START + known - gap).cast(UTC_TIME))
        for gap in (timedelta(microseconds=1), timedelta(0))
    )
    early, late = (signals(season, spine, PARAMETERS)["memory_supremacy"][0] for spine in (just_before, at))
    assert early != late


@pytest.mark.parametrize("measure", ["goal_difference", "shot_on_target_difference", "shot_difference"])
def test_a_club_that_played_better_than_its_price_is_stronger_afterwards(measure: str) -> None:
    home, away = seen(1).select("home_team_id", "away_team_id").row(0)
    question = ask((2, home, away))
    plain, better = (
        signals(found, question, PARAMETERS)["memory_supremacy"][0] for found in (seen(1), _better(measure))
    )
    assert better > plain


def _better(measure: str) -> pl.DataFrame:
    return seen(1).with_columns(pl.col(measure) + 4.0)


def test_shots_that_were_not_told_are_no_surprise() -> None:
    """The invented matches were played as foretold, so telling their shots or not must come to the same."""
    untold = {"shot_on_target_difference": float("nan"), "shot_difference": float("nan")}
    question = ask((100, "club-a", "club-b"))
    without, told = (signals(found, question, PARAMETERS).to_numpy() for found in (seen(**untold), seen()))
    assert without == pytest.approx(told, abs=1e-9)


def test_goals_beyond_the_usual_make_draws_rarer() -> None:
    question = ask((2, *seen(1).select("home_team_id", "away_team_id").row(0)))
    few, many = (signals(seen(1, total_goals=goals), question, PARAMETERS)["memory_draw"][0] for goals in (0.0, 7.0))
    assert many < few


def test_a_match_without_a_price_teaches_nothing() -> None:
    silent = seen(5, supremacy=float("nan"), draw=float("nan"))
    question = ask((20, "club-a", "club-b"))
    assert signals(silent, question, PARAMETERS).equals(signals(seen().clear(), question, PARAMETERS))


def test_a_newcomer_is_weaker_less_certain_and_never_left_out() -> None:
    found = signals(seen(100), ask((305, "club-d", "newcomer"), (305, "club-d", "club-c")), PARAMETERS)
    assert found["memory_supremacy"].is_finite().all()
    assert found["memory_supremacy"][0] > found["memory_supremacy"][1]
    assert found["memory_variance"][0] > found["memory_variance"][1]


def test_a_promoted_club_is_weaker_above_than_below_and_a_relegated_one_stronger() -> None:
    above, below = (seen(30).with_columns(pl.lit(code).alias("competition_id")) for code in ("E0", "E1"))
    names = {name: f"lower-{name}" for name in CLUBS}
    clubs = ("home_team_id", "away_team_id")
    below = below.with_columns(pl.col(clubs).replace(names), pl.format("x{}", "match_id").alias("match_id"))
    both = pl.concat([above, below])
    questions = pl.concat(
        [
            ask((100, "club-d", "club-e"), (100, "lower-club-d", "club-e")).with_columns(competition_id=pl.lit("E0")),
            ask((100, "club-d", "lower-club-e")).with_columns(competition_id=pl.lit("E1")),
        ]
    )
    staying, promoted, relegated = signals(both, questions, PARAMETERS)["memory_supremacy"]
    assert promoted == pytest.approx(staying - PARAMETERS.division_gap, abs=0.05)
    assert relegated == pytest.approx(staying + PARAMETERS.division_gap, abs=0.05)


def test_after_a_summer_clubs_are_nearer_to_each_other() -> None:
    last = 3 * 59
    in_season, next_season = signals(
        seen(), ask((last + 2, "club-a", "club-h"), (last + 80, "club-a", "club-h")), PARAMETERS
    )["memory_supremacy"]
    assert 0.45 < next_season < in_season


def test_without_results_or_questions_there_is_no_error() -> None:
    assert signals(seen().clear(), ask(), PARAMETERS).shape == (0, len(SIGNALS))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_in_which_rows_stand_does_not_matter(seed: int) -> None:
    season, questions = seen(20), ask((30, "club-a", "club-b"), (45, "club-h", "club-c"), (10, "club-a", "club-g"))
    shuffled = season.sample(fraction=1, shuffle=True, seed=seed)
    assert signals(shuffled, questions, PARAMETERS).equals(signals(season, questions, PARAMETERS))
    turned = signals(season, questions.reverse(), PARAMETERS)
    assert turned.reverse().equals(signals(season, questions, PARAMETERS))


def test_a_parameter_that_is_zero_switches_its_surprise_off() -> None:
    off = replace(PARAMETERS, goal_gain=0.0)
    question = ask((2, *seen(1).select("home_team_id", "away_team_id").row(0)))
    plain, better = (
        signals(found, question, off)["memory_supremacy"][0] for found in (seen(1), _better("goal_difference"))
    )
    assert plain == better
