"""The goal filter against a slow one with dictionaries and dense matrices, planted strengths, and its doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.families import link
from models.families.state_space import COLUMNS, SHOTS, StateSpaceParameters, rates_as_known
from tests.unit.models.test_pi_ratings import TIERS, Ask, ask, corrected, hopping
from tests.unit.models.worlds import START

Floats = NDArray[np.float64]
PARAMETERS = StateSpaceParameters(
    first_variance=0.08, correlation=0.4, daily_variance=2e-4, off_season_variance=0.01, off_season_keep=0.9,
    newcomer_attack=-0.2, newcomer_defence=-0.1, division_gap=0.3, league_variance=0.02, league_match_variance=1e-4,
    goal_weight=0.7, shot_weight=0.2,
)  # fmt: skip
SHAPE = np.array([[1.0, PARAMETERS.correlation], [PARAMETERS.correlation, 1.0]])


def shooting(seed: int, matches: int = 60, clubs: int = 6) -> pl.DataFrame:
    """Hopping clubs whose shots on target are told for two matches in three."""
    generator = np.random.default_rng(seed)
    shots = {name: generator.integers(0, 12, matches) for name in SHOTS}
    silent = pl.Series(generator.random(matches) < 1 / 3)
    told = hopping(seed, matches, clubs).with_columns(**{name: pl.Series(shots[name]) for name in SHOTS})
    return told.with_columns(pl.when(silent).then(None).otherwise(pl.col(name)).alias(name) for name in SHOTS)


class SlowFilter:
    """The obvious way: clubs and divisions by name, every observation on the joint Gaussian of all states in it."""

    def __init__(self, parameters: StateSpaceParameters) -> None:
        self.p = parameters
        self.clubs: dict[str, tuple[Floats, Floats, datetime, str]] = {}
        self.leagues: dict[str, tuple[Floats, Floats]] = {}
        self.told: dict[str, tuple[float, float]] = {}
        self.played: dict[str, int] = {}

    def league(self, where: str) -> tuple[Floats, Floats]:
        return self.leagues.get(where, (np.array([0.1, 0.25]), np.eye(2) * self.p.league_variance))

    def shown(self, club: str, where: str, at: datetime) -> tuple[Floats, Floats]:
        if club not in self.clubs:
            is_newcomer = self.played.get(where, 0) > 380
            start = np.array([self.p.newcomer_attack, self.p.newcomer_defence]) * is_newcomer
            return start, self.p.first_variance * SHAPE
        mean, covariance, last, division = self.clubs[club]
        days = (at - last) / timedelta(days=1)
        over_summer = days > 50
        mean = mean * (self.p.off_season_keep if over_summer else 1) + self.p.division_gap * (
            TIERS[where] - TIERS[division]
        )
        if division != where:
            return mean, self.p.first_variance * SHAPE
        grown = covariance + (self.p.daily_variance * days + self.p.off_season_variance * over_summer) * SHAPE
        return mean, grown * min(1, self.p.first_variance / grown.diagonal().max())

    def see(self, row: dict[str, object]) -> None:
        sides = [str(row[f"{side}_team_id"]) for side in ("home", "away")]
        where, at = str(row["competition_id"]), row["known_at_utc"]
        assert isinstance(at, datetime)
        for club in sides:
            self.clubs[club] = (*self.shown(club, where, at), at, where)
        self.played[where] = self.played.get(where, 0) + 1
        level, unsure = self.league(where)
        grown = np.diag(np.minimum(unsure.diagonal() + self.p.league_match_variance, self.p.league_variance))
        self.leagues[where] = level, grown
        goals = [float(str(row[f"{side}_goals"])) for side in ("home", "away")]
        shots = [float("nan" if row[name] is None else str(row[name])) for name in SHOTS]
        scored, shot = self.told.get(where, (100.0, 300.0))
        for side in (0, 1):
            is_told = not np.isnan(shots[side])
            count = self.p.goal_weight * goals[side] + (self.p.shot_weight * shots[side] if is_told else 0)
            exposure = self.p.goal_weight + (self.p.shot_weight * shot / scored if is_told else 0)
            self.observe(count, exposure, sides[side], sides[1 - side], where, 1.0 - side)
        if not np.isnan(shots).any():
            self.told[where] = 0.999 * scored + sum(goals), 0.999 * shot + sum(shots)

    def observe(self, count: float, exposure: float, attacks: str, defends: str, where: str, at_home: float) -> None:
        mean = np.concatenate([self.leagues[where][0], self.clubs[attacks][0], self.clubs[defends][0]])
        covariance = np.zeros((6, 6))
        for place, block in enumerate((self.leagues[where][1], self.clubs[attacks][1], self.clubs[defends][1])):
            covariance[2 * place : 2 * place + 2, 2 * place : 2 * place + 2] = block
        design = np.array([1, at_home, 1, 0, 0, -1])
        variance = design @ covariance @ design
        shape, rate_scale = 1 / variance, 1 / (variance * np.exp(design @ mean + variance / 2))
        log_before = np.log(shape / rate_scale) - 1 / (2 * shape)
        log_after = np.log((shape + count) / (rate_scale + exposure)) - 1 / (2 * (shape + count))
        left = 1 / (variance * (shape + exposure * shape / rate_scale))
        pull = covariance @ design / variance
        mean = mean + pull * (log_after - log_before)
        covariance = covariance - np.outer(pull, pull) * variance * (1 - left)
        self.leagues[where] = mean[:2], np.diag(covariance.diagonal()[:2])
        for club, own in ((attacks, slice(2, 4)), (defends, slice(4, 6))):
            self.clubs[club] = mean[own], covariance[own, own], *self.clubs[club][2:]

    def answer(self, home: str, away: str, where: str, at: datetime) -> list[float]:
        (level, unsure), ours, theirs = self.league(where), self.shown(home, where, at), self.shown(away, where, at)
        doubt_home = unsure[0, 0] + unsure[1, 1] + ours[1][0, 0] + theirs[1][1, 1]
        doubt_away = unsure[0, 0] + theirs[1][0, 0] + ours[1][1, 1]
        return [
            float(np.exp(level.sum() + ours[0][0] - theirs[0][1] + doubt_home / 2)),
            float(np.exp(level[0] + theirs[0][0] - ours[0][1] + doubt_away / 2)),
            float(unsure[1, 1] + ours[1].sum() + theirs[1].sum()),
        ]


def slow_rates(played: pl.DataFrame, as_of: datetime, home: str, away: str, where: str) -> list[float]:
    slow, seen = SlowFilter(PARAMETERS), set()
    for row in sorted(played.iter_rows(named=True), key=lambda row: (row["known_at_utc"], row["match_id"])):
        if row["known_at_utc"] <= as_of and row["match_id"] not in seen:
            slow.see(row)
            seen.add(row["match_id"])
    return slow.answer(home, away, where, as_of)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.lists(st.integers(-2, 90), min_size=1, max_size=5))
def test_the_fast_filter_is_the_slow_one_with_shots_corrections_summers_and_moves(seed: int, days: list[int]) -> None:
    played = corrected(shooting(seed, matches=90))
    clubs = ["club-0", "club-3", "club-never-seen"]
    asks = [(START + timedelta(days=day), clubs[place % 3], clubs[(place + 1) % 3]) for place, day in enumerate(days)]
    for where in ("E0", "E1", "X1"):
        found = rates_as_known(played, ask(*asks, competition=where), PARAMETERS).to_numpy()
        assert found == pytest.approx(np.array([slow_rates(played, *one, where) for one in asks]), abs=1e-9)


def test_a_newcomer_after_a_full_season_is_placed_as_the_slow_filter_does() -> None:
    played = shooting(3, matches=900, clubs=12)
    one = (START + timedelta(days=3000), "club-never-seen", "club-1")
    found = rates_as_known(played, ask(one), PARAMETERS)
    assert found.row(0) == pytest.approx(slow_rates(played, *one, "E0"), abs=1e-9)
    level = rates_as_known(played, ask(one), replace(PARAMETERS, newcomer_attack=0.0, newcomer_defence=0.0))
    assert found["state_home_goals"][0] < level["state_home_goals"][0]
    assert found["state_away_goals"][0] > level["state_away_goals"][0]


def league(seed: int, rounds: int = 400) -> tuple[pl.DataFrame, Floats, Floats]:
    """Goals of eight invented clubs drawn from planted attacks and defences; base 0.2 and home advantage 0.3."""
    generator = np.random.default_rng(seed)
    attack, defence = generator.normal(0, 0.25, (2, 8))
    sides = np.array([generator.permutation(8).reshape(4, 2) for _ in range(rounds)]).reshape(-1, 2)
    home, away = sides.T
    frame = pl.DataFrame(
        {
            "match_id": [f"m{place:05d}" for place in range(len(sides))],
            "competition_id": "X1",
            "known_at_utc": [START + timedelta(days=place // 4) for place in range(len(sides))],
            "home_team_id": [f"club-{number}" for number in home],
            "away_team_id": [f"club-{number}" for number in away],
            "home_goals": generator.poisson(np.exp(0.5 + attack[home] - defence[away])),
            "away_goals": generator.poisson(np.exp(0.2 + attack[away] - defence[home])),
        },
        schema_overrides={"known_at_utc": pl.Datetime("us", "UTC")},
    )
    return frame, attack, defence


STILL = replace(PARAMETERS, daily_variance=1e-7, league_match_variance=1e-7, goal_weight=1.0)


def test_planted_strengths_are_found_again_from_goals_alone() -> None:
    played, attack, defence = league(1)
    pairs = [(home, away) for home in range(8) for away in range(8) if home != away]
    asks = ask(*((START + timedelta(days=401), f"club-{h}", f"club-{a}") for h, a in pairs), competition="X1")
    found = np.log(rates_as_known(played, asks, STILL).select(COLUMNS[:2]).to_numpy())
    planted = [[0.5 + attack[h] - defence[a], 0.2 + attack[a] - defence[h]] for h, a in pairs]
    assert np.abs(found - planted).max() < 0.2
    assert np.abs((found - planted).mean()) < 0.03


def test_the_variance_says_how_far_the_filter_is_from_the_truth() -> None:
    """Over many invented leagues, errors of the log supremacy in units of its standard deviation are of size one."""
    errors = []
    for seed in range(40):
        played, attack, defence = league(seed, rounds=30)
        asks = ask((START + timedelta(days=31), "club-0", "club-1"), competition="X1")
        wide = replace(STILL, first_variance=0.0625, correlation=0.0)
        home, away, variance = rates_as_known(played, asks, wide).row(0)
        truth = 0.3 + attack[0] + defence[0] - attack[1] - defence[1]
        errors.append((np.log(home / away) - truth) / np.sqrt(variance))
    assert 0.7 < np.sqrt(np.mean(np.square(errors))) < 1.3


def test_doubt_falls_with_matches_and_grows_with_time_up_to_that_of_a_club_never_seen() -> None:
    played, _, _ = league(2, rounds=30)
    asks = [(START + timedelta(days=day), "club-0", "club-1") for day in (-1, 10, 30, 60, 20_000)]
    none, few, many, later, ages = rates_as_known(played, ask(*asks, competition="X1"), PARAMETERS)["state_variance"]
    assert many < few < none
    assert many < later < ages <= none


def test_what_becomes_known_after_the_decision_changes_nothing() -> None:
    played, as_of = corrected(shooting(2)), START + timedelta(days=9)
    asks = ask((as_of, "club-1", "club-2"), (as_of - timedelta(days=4), "club-0", "club-5"))
    later = pl.col("known_at_utc") > as_of
    upset, early = (
        played.with_columns(home_goals=pl.when(when).then(9).otherwise(pl.col("home_goals")))
        for when in (later, ~later)
    )
    cut = played.filter(~later)
    assert 0 < len(cut) < len(played)
    expected = rates_as_known(played, asks, PARAMETERS)
    assert rates_as_known(upset, asks, PARAMETERS).equals(expected)
    assert rates_as_known(cut, asks, PARAMETERS).equals(expected)
    assert not rates_as_known(early, asks, PARAMETERS).equals(expected)


def test_a_match_counts_as_it_was_first_told() -> None:
    played = shooting(4)
    asks = ask((START + timedelta(days=200), "club-0", "club-1"))
    assert rates_as_known(corrected(played), asks, PARAMETERS).equals(rates_as_known(played, asks, PARAMETERS))


def test_results_and_questions_may_be_listed_in_any_order() -> None:
    played = corrected(shooting(3))
    asks = ask(*((START + timedelta(days=n), f"club-{n}", f"club-{(n + 1) % 6}") for n in range(6)))
    expected = rates_as_known(played, asks, PARAMETERS)
    for seed in range(3):
        shuffled = played.sample(fraction=1, shuffle=True, seed=seed)
        assert rates_as_known(shuffled, asks.reverse(), PARAMETERS).equals(expected.reverse())


def test_shots_on_target_speak_beside_the_same_goals_and_untold_ones_are_silent() -> None:
    one = hopping(1, matches=1, clubs=2).with_columns(home_goals=1, away_goals=1)
    home, away, where = one.select("home_team_id", "away_team_id", "competition_id").row(0)
    asks = ask((START + timedelta(days=1), home, away), competition=where)

    def supremacy(**shots: float | None) -> float:
        columns = [pl.lit(value, pl.Float64).alias(name) for name, value in shots.items()]
        found = rates_as_known(one.with_columns(columns), asks, PARAMETERS)
        return float(np.log(found["state_home_goals"][0] / found["state_away_goals"][0]))

    home_shots, away_shots = SHOTS
    assert supremacy(**{home_shots: 9, away_shots: 1}) > supremacy() > supremacy(**{home_shots: 1, away_shots: 9})
    assert supremacy() == supremacy(**{home_shots: None, away_shots: float("nan")})


def test_a_promoted_club_expects_fewer_goals_above_than_below_and_concedes_more() -> None:
    played = hopping(5, matches=30).with_columns(competition_id=pl.lit("E1"))
    one: Ask = (START + timedelta(days=11), "club-0", "club-never-seen")
    above, below = (rates_as_known(played, ask(one, competition=where), PARAMETERS) for where in ("E0", "E1"))
    log_lead = [np.log(found["state_home_goals"][0] / found["state_away_goals"][0]) for found in (above, below)]
    assert log_lead[0] < log_lead[1]
    assert above["state_variance"][0] > below["state_variance"][0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40))
def test_absurd_scores_still_give_rates_a_variance_and_a_coherent_belief(scores: list[tuple[int, int]]) -> None:
    played = hopping(7, matches=len(scores)).with_columns(
        home_goals=pl.Series([home for home, _ in scores]), away_goals=pl.Series([away for _, away in scores])
    )
    asks = ask(*((START + timedelta(days=day), "club-0", "club-1") for day in (0, 5, 9, 400)))
    found = rates_as_known(played, asks, PARAMETERS).to_numpy()
    assert np.isfinite(found).all()
    assert (found > 0).all()
    assert link.OrderedLogit(1.0, -0.6, 0.6).predict(np.log(found[:, 0] / found[:, 1])).present.all()


def test_neither_results_nor_questions_are_answered_with_nothing() -> None:
    none = shooting(4).clear()
    assert rates_as_known(none, ask(), PARAMETERS).shape == (0, 3)
    home, away, _ = rates_as_known(none, ask((START, "club-1", "club-2")), PARAMETERS).row(0)
    assert home > away


@pytest.mark.parametrize(
    "wrong", [{"first_variance": 0.0}, {"goal_weight": 0.0}, {"daily_variance": -1e-9}, {"correlation": 1.0}]
)
def test_parameters_that_make_no_filter_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"above 0|between"):
        replace(PARAMETERS, **wrong)
