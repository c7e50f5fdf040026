"""Pi-ratings against a slow replay with dictionaries, what was known when, corrections, and clubs that are new."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.families.pi_ratings import PiParameters, goal_differences
from tests.unit.models.worlds import START, results, spine

PARAMETERS = PiParameters(
    rate=0.06, carry=0.6, first_home=0.2, newcomer=-0.4, division_gap=0.5, level_rate=0.03, off_season_keep=0.8
)
PAPER = PiParameters(
    rate=0.1, carry=0.3, first_home=0.0, newcomer=0.0, division_gap=0.0, level_rate=0.0, off_season_keep=1.0
)
TIERS = {"E0": 1, "E1": 2, "X1": 1}
Ask = tuple[datetime, str, str]


def hopping(seed: int, matches: int = 60, clubs: int = 6) -> pl.DataFrame:
    """Random results in two divisions between which clubs hop, with a summer after each 20 days."""
    played = results(seed, clubs=clubs, matches=matches)
    days = (pl.col("known_at_utc") - START).dt.total_days()
    codes = np.random.default_rng(seed).choice(["E0", "E1"], matches)
    return played.with_columns(
        pl.col("known_at_utc") + pl.duration(days=60 * (days // 20)), pl.Series("competition_id", codes)
    )


def corrected(played: pl.DataFrame, share: float = 0.2) -> pl.DataFrame:
    """The same results, some of them told differently five days later."""
    again = played.sample(fraction=share, seed=1).with_columns(
        pl.col("known_at_utc") + timedelta(days=5, hours=1), pl.col("home_goals") + 2
    )
    return pl.concat([played, again])


def ask(*asks: Ask, competition: str = "E0") -> pl.DataFrame:
    """Questions of (as_of, home club, away club) in one division."""
    return spine(list(asks)).with_columns(pl.lit(competition).alias("competition_id"))


class SlowRatings:
    """The obvious way: everything in dictionaries, one match after another, from nothing."""

    def __init__(self, parameters: PiParameters) -> None:
        self.p = parameters
        self.clubs: dict[str, tuple[tuple[float, ...], datetime, str]] = {}
        self.levels: dict[str, tuple[float, ...]] = {}
        self.played: dict[str, int] = {}
        self.told: dict[str, tuple[float, float]] = {}

    def level(self, where: str) -> tuple[float, ...]:
        return self.levels.get(where, (self.p.first_home, -self.p.first_home))

    def shown(self, club: str, where: str, at: datetime) -> tuple[float, ...]:
        level = self.level(where)
        if club not in self.clubs:
            behind = self.p.newcomer if self.played.get(where, 0) > 380 else 0.0
            return tuple(value + behind for value in level)
        ratings, last, division = self.clubs[club]
        keep = self.p.off_season_keep if at - last > timedelta(days=50) else 1.0
        gap = self.p.division_gap * (TIERS[where] - TIERS[division])
        return tuple(
            new + keep * (own - old) + gap for own, old, new in zip(ratings, self.level(division), level, strict=True)
        )

    def see(self, row: dict[str, object]) -> None:
        home, away, where = (str(row[name]) for name in ("home_team_id", "away_team_id", "competition_id"))
        at = row["known_at_utc"]
        assert isinstance(at, datetime)
        if row["match_id"] not in self.told:
            shown = {club: (self.shown(club, where, at), at, where) for club in (home, away)}
            self.clubs.update(shown)
            self.played[where] = self.played.get(where, 0) + 1
            pairs = zip(self.level(where), shown[home][0], shown[away][0], strict=True)
            self.levels[where] = tuple(level + self.p.level_rate * ((h + a) / 2 - level) for level, h, a in pairs)
            self.told[str(row["match_id"])] = goals(shown[home][0][0]) - goals(shown[away][0][1]), 0.0
        foretold, moved = self.told[str(row["match_id"])]
        error = int(str(row["home_goals"])) - int(str(row["away_goals"])) - foretold
        step = math.copysign(self.p.rate * 3 * math.log10(1 + abs(error)), error)
        for club, shares in ((home, (1.0, self.p.carry)), (away, (-self.p.carry, -1.0))):
            ratings, last, division = self.clubs[club]
            moves = (own + share * (step - moved) for own, share in zip(ratings, shares, strict=True))
            self.clubs[club] = tuple(moves), last, division
        self.told[str(row["match_id"])] = foretold, step


def goals(rating: float) -> float:
    return math.copysign(10 ** (abs(rating) / 3) - 1, rating)


def slow_difference(played: pl.DataFrame, as_of: datetime, home: str, away: str, where: str) -> float:
    slow = SlowRatings(PARAMETERS)
    for row in sorted(played.iter_rows(named=True), key=lambda row: (row["known_at_utc"], row["match_id"])):
        if row["known_at_utc"] <= as_of:
            slow.see(row)
    return goals(slow.shown(home, where, as_of)[0]) - goals(slow.shown(away, where, as_of)[1])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.lists(st.integers(-2, 90), min_size=1, max_size=6))
def test_the_fast_replay_is_the_slow_one_with_corrections_summers_and_moves(seed: int, days: list[int]) -> None:
    played = corrected(hopping(seed, matches=90))
    clubs = ["club-0", "club-3", "club-never-seen"]
    asks = [(START + timedelta(days=day), clubs[place % 3], clubs[(place + 1) % 3]) for place, day in enumerate(days)]
    for where in ("E0", "E1", "X1"):
        found = goal_differences(played, ask(*asks, competition=where), PARAMETERS)
        assert found.tolist() == pytest.approx([slow_difference(played, *one, where) for one in asks], abs=1e-9)


def test_a_newcomer_after_a_full_season_is_placed_as_the_slow_replay_does() -> None:
    played = hopping(3, matches=900, clubs=12)
    one = (START + timedelta(days=3000), "club-never-seen", "club-1")
    expected = slow_difference(played, *one, "E0")
    assert goal_differences(played, ask(one), PARAMETERS)[0] == pytest.approx(expected, abs=1e-9)


def test_one_match_moves_the_ratings_as_the_paper_says() -> None:
    """From nothing, 2-0: both sides' step is lambda * 3 * log10(1 + 2), and gamma of it on the other ground."""
    one = results(1, clubs=2, matches=1).with_columns(home_goals=2, away_goals=0, competition_id=pl.lit("E0"))
    home, away = one["home_team_id"][0], one["away_team_id"][0]
    again, reverse = goal_differences(one, ask((START, home, away), (START, away, home)), PAPER)
    step = 0.1 * 3 * math.log10(3)
    assert again == pytest.approx(2 * (10 ** (step / 3) - 1))
    assert reverse == pytest.approx(-2 * (10 ** (0.3 * step / 3) - 1))


def test_a_result_is_known_from_its_own_moment_on_and_not_a_microsecond_before() -> None:
    one = hopping(1, matches=1, clubs=2).with_columns(home_goals=pl.lit(3), away_goals=pl.lit(0))
    home, away, where = one.select("home_team_id", "away_team_id", "competition_id").row(0)
    asks = ask((START - timedelta(microseconds=1), home, away), (START, home, away), competition=where)
    before, after = goal_differences(one, asks, PARAMETERS)
    assert before == pytest.approx(2 * goals(PARAMETERS.first_home))
    assert after > before


def test_what_becomes_known_after_the_decision_changes_nothing() -> None:
    played, as_of = corrected(hopping(2)), START + timedelta(days=9)
    asks = ask((as_of, "club-1", "club-2"), (as_of - timedelta(days=4), "club-0", "club-5"))
    later = pl.col("known_at_utc") > as_of
    upset = played.with_columns(home_goals=pl.when(later).then(9).otherwise(pl.col("home_goals")))
    cut = played.filter(~later)
    assert 0 < len(cut) < len(played)
    expected = goal_differences(played, asks, PARAMETERS).tolist()
    assert goal_differences(upset, asks, PARAMETERS).tolist() == expected
    assert goal_differences(cut, asks, PARAMETERS).tolist() == expected
    early = played.with_columns(home_goals=pl.when(~later).then(9).otherwise(pl.col("home_goals")))
    assert goal_differences(early, asks, PARAMETERS).tolist() != expected


def test_a_correction_takes_the_place_of_what_was_told_first_and_only_from_then_on() -> None:
    told = hopping(4, matches=1, clubs=2).with_columns(home_goals=pl.lit(0), away_goals=pl.lit(3))
    home, away, where = told.select("home_team_id", "away_team_id", "competition_id").row(0)
    mended = told.with_columns(pl.col("known_at_utc") + timedelta(days=2), home_goals=pl.lit(3), away_goals=pl.lit(0))
    right = mended.with_columns(pl.col("known_at_utc") - timedelta(days=2))
    asks = ask((START + timedelta(days=1), home, away), (START + timedelta(days=3), home, away), competition=where)
    before, after = goal_differences(pl.concat([told, mended]), asks, PARAMETERS)
    assert before == goal_differences(told, asks, PARAMETERS)[0]
    assert after == pytest.approx(goal_differences(right, asks, PARAMETERS)[1], abs=1e-12)


def test_results_and_questions_may_be_listed_in_any_order() -> None:
    played = corrected(hopping(3))
    asks = ask(*((START + timedelta(days=n), f"club-{n}", f"club-{(n + 1) % 6}") for n in range(6)))
    expected = goal_differences(played, asks, PARAMETERS).tolist()
    for seed in range(3):
        shuffled = played.sample(fraction=1, shuffle=True, seed=seed)
        assert goal_differences(shuffled, asks.reverse(), PARAMETERS).tolist() == expected[::-1]


def test_a_promoted_club_expects_less_above_than_below_and_a_summer_draws_everybody_together() -> None:
    played = hopping(5, matches=30).with_columns(competition_id=pl.lit("E1"))
    at, summer = START + timedelta(days=11), START + timedelta(days=300)
    flat = replace(PARAMETERS, level_rate=0.0)
    best, worst = ordered(played, at)
    above = goal_differences(played, ask((at, best, "club-never-seen"), competition="E0"), flat)[0]
    below = goal_differences(played, ask((at, best, "club-never-seen"), competition="E1"), flat)[0]
    assert above < below
    near, far = goal_differences(played, ask((at, best, worst), (summer, best, worst), competition="E1"), flat)
    assert 2 * goals(flat.first_home) < far < near


def ordered(played: pl.DataFrame, at: datetime) -> tuple[str, str]:
    """The clubs that expect most and least at home against a club never seen."""
    names = [f"club-{number}" for number in range(6)]
    asks = ask(*((at, name, "club-never-seen") for name in names), competition="E1")
    found = goal_differences(played, asks, PARAMETERS)
    return names[int(found.argmax())], names[int(found.argmin())]


def test_a_newcomer_is_weaker_than_the_division_only_once_the_division_is_known() -> None:
    even = hopping(6, matches=1200).with_columns(home_goals=pl.lit(1), away_goals=pl.lit(1))
    for matches, is_behind in ((200, False), (1200, True)):
        asks = ask((START + timedelta(days=4000), "club-0", "club-never-seen"))
        played = even.head(matches)
        newcomer = goal_differences(played, asks, PARAMETERS)[0]
        usual = goal_differences(played, asks, replace(PARAMETERS, newcomer=0.0))[0]
        assert bool(newcomer > usual) is is_behind


def test_neither_results_nor_questions_are_answered_with_nothing() -> None:
    none = hopping(4).clear()
    assert goal_differences(none, ask(), PARAMETERS).shape == (0,)
    level = goal_differences(none, ask((START, "club-1", "club-2")), PARAMETERS)
    assert level == pytest.approx(2 * goals(PARAMETERS.first_home))


@pytest.mark.parametrize("wrong", [{"rate": 0.0}, {"carry": 1.1}, {"off_season_keep": -0.1}, {"level_rate": 1.0}])
def test_parameters_that_make_no_rating_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="rate"):
        replace(PARAMETERS, **wrong)
