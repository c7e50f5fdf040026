"""The memory of totals: a filter over past prices and play that knows nothing later. All values are invented."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.families.totals import SIGNALS
from tests.unit.models.test_totals import (
    CLUBS,
    LEVEL,
    NAN,
    OPENNESS,
    PARAMETERS,
    UTC_TIME,
    Row,
    ask,
    day,
    first_pair,
    goals,
    seen,
    signals,
)

# The memory


@dataclass
class Oracle:
    """The memory in plain Python: every question walks again over everything known by then."""

    strength: dict[str, float] = field(default_factory=dict)
    variance: dict[str, float] = field(default_factory=dict)
    last: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    level: dict[str, float] = field(default_factory=dict)
    shots: dict[str, float] = field(default_factory=dict)
    played: dict[str, int] = field(default_factory=dict)

    def shown(self, club: str, league: str, at: datetime) -> tuple[float, float]:
        """Strength and variance of a club at this moment."""
        p = PARAMETERS
        if club not in self.last:
            return 0.0, p.first_variance
        since, where = self.last[club]
        days = (at - since) / timedelta(days=1)
        rested = days > 50
        strength = self.strength[club] * (p.off_season_keep if rested or where != league else 1)
        grown = self.variance[club] + p.daily_variance * days + p.off_season_variance * rested
        return strength, p.first_variance if where != league else min(grown, p.first_variance)

    def learn(self, row: Row) -> None:
        """Take in one finished match."""
        p, league, sides = PARAMETERS, row["competition_id"], (row["home_team_id"], row["away_team_id"])
        for club in sides:
            self.strength[club], self.variance[club] = self.shown(club, league, row["known_at_utc"])
            self.last[club] = row["known_at_utc"], league
        log_foretold = self.foretold(league, sides, row["supremacy"])
        price = row["expected_total"]
        mean = math.exp(log_foretold) if math.isnan(price) else price
        error, noise, extra = row["total_goals"] / mean - 1, 1 / mean, 0.0
        if not math.isnan(price):
            extra = p.goal_gain * error
            error, noise = math.log(price) - log_foretold, p.observation_variance
        usual = self.shots.get(league, 3.4)
        if not math.isnan(row["total_shots_on_target"]):
            extra += p.shot_on_target_gain * (row["total_shots_on_target"] / (usual * mean) - 1)
            self.shots[league] = 0.99 * usual + 0.01 * row["total_shots_on_target"] / mean
        self.played[league] = self.played.get(league, 0) + 1
        above = error + sum(self.strength[club] for club in sides)
        self.level[league] = self.level.get(league, math.log(2.6)) + above / min(self.played[league] + 10, 1000)
        whole = sum(self.variance[club] for club in sides) + noise
        for club in sides:
            self.strength[club] += self.variance[club] / whole * error + extra
            self.variance[club] -= self.variance[club] ** 2 / whole

    def foretold(self, league: str, sides: tuple[str, str], supremacy: float) -> float:
        """Log expected total of clubs as they stand."""
        bend = 0.0 if math.isnan(supremacy) else math.log(math.cosh(PARAMETERS.curvature * supremacy))
        return self.level.get(league, math.log(2.6)) + sum(self.strength[club] for club in sides) + bend


def answer(found: pl.DataFrame, question: Row) -> tuple[float, float]:
    """What the oracle says of one question."""
    oracle, league = Oracle(), question["competition_id"]
    for row in found.sort("known_at_utc", "match_id").iter_rows(named=True):
        if row["known_at_utc"] <= question["as_of_utc"]:
            oracle.learn(row)
    sides = question["home_team_id"], question["away_team_id"]
    shown = [oracle.shown(club, league, question["as_of_utc"]) for club in sides]
    oracle.strength |= {club: strength for club, (strength, _) in zip(sides, shown, strict=True)}
    return math.exp(oracle.foretold(league, sides, question["memory_supremacy"])), sum(v for _, v in shown)


def anything(seed: int, n: int = 80) -> pl.DataFrame:
    """Random matches of two leagues that exchange clubs, with summers between, and with much of it untold."""
    generator = np.random.default_rng(seed)
    sides = [generator.choice(CLUBS, 2, replace=False) for _ in range(n)]
    after = np.sort(generator.integers(0, 300, n)) + np.arange(n) // 30 * 80

    def untold(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.where(generator.random(n) < 0.3, NAN, values)

    rows = {
        "match_id": [f"m{place}" for place in generator.permutation(n)],
        "competition_id": generator.choice(["X1", "X2"], n), "known_at_utc": [day(float(at)) for at in after],
        "home_team_id": [home for home, _ in sides], "away_team_id": [away for _, away in sides],
        "expected_total": untold(generator.uniform(1.8, 4, n)), "total_goals": generator.poisson(2.7, n),
        "total_shots_on_target": untold(generator.poisson(9, n)), "supremacy": untold(generator.normal(0, 1, n)),
    }  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"known_at_utc": UTC_TIME})


def everything(league: str) -> pl.DataFrame:
    """Questions early, late and unsorted, of all clubs and one newcomer."""
    pairs = [(400.0, "club-a", "new"), (-1.0, "club-a", "club-b"), (90.5, "club-c", "club-d"), (9e3, "club-f", "new")]
    return ask(*pairs, *((150.0, home, "club-e") for home in CLUBS[:4]), supremacy=1.3, league=league)


@pytest.mark.parametrize(("seed", "n"), [*((seed, 80) for seed in range(6)), (6, 2500)])
def test_the_memory_is_what_a_slow_obvious_walk_says(seed: int, n: int) -> None:
    found, questions = anything(seed, n), pl.concat([everything("X1"), everything("X2"), everything("X3")])
    expected = [answer(found, question) for question in questions.iter_rows(named=True)]
    assert signals(found, questions).to_numpy() == pytest.approx(np.array(expected), rel=1e-11)


def test_planted_totals_are_found_again_from_prices_alone() -> None:
    pairs = [(home, away) for home in CLUBS for away in CLUBS if home != away]
    found = goals(seen(60, total_goals=2.7, total_shots_on_target=NAN), ask(*((180, *pair) for pair in pairs)))
    planted = [math.exp(LEVEL + OPENNESS[home] + OPENNESS[away]) for home, away in pairs]
    assert found == pytest.approx(planted, rel=0.02)


def test_nothing_known_later_matters() -> None:
    found, questions = anything(7), everything("X1").filter(pl.col("as_of_utc") < day(200))
    later = pl.col("known_at_utc") > questions["as_of_utc"].max()
    assert 0 < len(found.filter(later)) < len(found)
    upset = found.with_columns(
        pl.when(later).then(9.0).otherwise(pl.col(name)).alias(name) for name in ("expected_total", "total_goals")
    )
    for changed in (upset, found.filter(~later)):
        assert signals(changed, questions).equals(signals(found, questions))


def test_a_match_counts_from_the_moment_at_which_it_became_known() -> None:
    found, known = seen(1), seen(1)["known_at_utc"][0]
    asked = ask((0, *first_pair()), (0, *first_pair()))
    moments = pl.Series([known - timedelta(microseconds=1), known], dtype=UTC_TIME)
    before, at = goals(found, asked.with_columns(as_of_utc=moments))
    assert before == pytest.approx(2.6)
    assert at != before


@pytest.mark.parametrize("measure", ["expected_total", "total_goals", "total_shots_on_target"])
def test_a_match_with_more_than_was_foretold_promises_more_goals_and_one_with_less_fewer(measure: str) -> None:
    question = ask((2, *first_pair()))
    usual, more, fewer = (goals(seen(1, **{measure: value}), question)[0] for value in (seen(1)[measure][0], 15, 0.5))
    assert fewer < usual < more


def test_a_match_without_a_price_teaches_by_its_goals_but_less_than_a_price_of_as_many() -> None:
    question = ask((2, *first_pair()))
    quiet = {"total_shots_on_target": NAN, "total_goals": 4.0}
    nothing, by_goals, by_price = (
        goals(found, question)[0]
        for found in (seen(1).clear(), seen(1, expected_total=NAN, **quiet), seen(1, expected_total=4.0, **quiet))
    )
    assert nothing < by_goals < by_price
    assert by_goals - nothing < (by_price - nothing) / 2


def test_a_one_sided_match_has_more_goals_and_its_price_is_read_so() -> None:
    pair = first_pair()
    even, home, away = (goals(seen(), ask((130, *pair), supremacy=lead))[0] for lead in (0.0, 1.5, -1.5))
    assert home == away == pytest.approx(even * math.cosh(1.5 * PARAMETERS.curvature))
    assert goals(seen(supremacy=1.5), ask((130, *pair)))[0] < even


def test_a_match_without_supremacy_counts_as_even() -> None:
    question = ask((130, *first_pair()))
    assert goals(seen(supremacy=NAN), question) == goals(seen(), question)


def test_a_newcomer_is_typical_of_its_league_and_less_certain() -> None:
    found = signals(seen(), ask((121, "club-a", "new"), (121, "club-a", "club-f"), (121, "new", "newer")))
    open_new, mixed, level = found["total_memory_goals"]
    assert mixed < open_new
    assert level == pytest.approx(2.7, rel=0.02)
    doubts = found["total_memory_variance"].to_list()
    assert doubts[1] < doubts[0] < doubts[2] == 2 * PARAMETERS.first_variance


def test_after_a_summer_or_a_move_clubs_are_nearer_to_typical_and_less_certain() -> None:
    pair = ("club-a", "club-b")
    here, there = ask((119, *pair), (200, *pair)), ask((119, *pair), league="X2")
    before, rested, moved = signals(seen(), pl.concat([here, there])).iter_rows()
    assert 2.7 < rested[0] < before[0]
    assert before[1] < rested[1] <= moved[1] == 2 * PARAMETERS.first_variance
    strength = math.log(goals(seen(), ask((119, *pair)))[0] / goals(seen(), ask((119, "new", "newer")))[0])
    assert math.log(moved[0] / 2.6) == pytest.approx(PARAMETERS.off_season_keep * strength)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_in_which_rows_stand_does_not_matter(seed: int) -> None:
    found, questions = anything(3), everything("X1")
    shuffled = found.sample(fraction=1, shuffle=True, seed=seed)
    assert signals(shuffled, questions).equals(signals(found, questions))
    assert signals(found, questions.reverse()).reverse().equals(signals(found, questions))


def test_without_results_or_questions_there_is_no_error() -> None:
    assert signals(seen(1).clear(), ask()).shape == (0, len(SIGNALS))
    assert goals(seen(1).clear(), ask((0, "new", "newer"))) == pytest.approx([2.6])
