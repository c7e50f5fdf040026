"""The simulated world has the structure of real leagues, and its true probabilities are true."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from sandbox.calendar import pairings, round_saturdays
from sandbox.clubs import DIVISIONS, SEASON_START_YEARS, clubs_of
from sandbox.table import final_table
from sandbox.truth import score_probabilities, summarise
from sandbox.world import SANDBOX_NOW, World
from tests.unit.sandbox.conftest import Season

FINISHED = SEASON_START_YEARS[:-1]
REAL_CLUBS = (
    """
Arsenal|Aston Villa|Birmingham|Blackburn|Bournemouth|Brentford|Brighton|Bristol City|Burnley|Cardiff|Chelsea|Coventry
Crystal Palace|Derby|Everton|Fulham|Huddersfield|Hull|Ipswich|Leeds|Leicester|Liverpool|Luton|Man City|Man United
Middlesbrough|Millwall|Newcastle|Norwich|Nott'm Forest|Oxford|Plymouth|Portsmouth|Preston|QPR|Reading|Southampton
Sunderland|Swansea|Tottenham|Watford|West Brom|West Ham|Wolves|Alaves|Almeria|Ath Bilbao|Ath Madrid|Barcelona|Betis
Celta|Getafe|Girona|Osasuna|Real Madrid|Sevilla|Sociedad|Valencia|Villarreal|Augsburg|Bayern Munich|Bochum|Dortmund
Ein Frankfurt|Freiburg|Hoffenheim|Leverkusen|Mainz|RB Leipzig|Stuttgart|Union Berlin|Werder Bremen|Wolfsburg
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def members(world: World, division: str, year: int) -> set[str]:
    rows = world.matches.filter((pl.col("division") == division) & (pl.col("start_year") == year))
    return set(rows["home"])


@pytest.mark.parametrize("division", DIVISIONS, ids=lambda division: division.code)
def test_a_finished_season_is_a_double_round_robin(world: World, division) -> None:
    rows = world.matches.filter((pl.col("division") == division.code) & pl.col("start_year").is_in(FINISHED))
    for year in FINISHED:
        season = rows.filter(pl.col("start_year") == year)
        clubs = members(world, division.code, year)
        assert len(clubs) == division.size
        assert set(season.select("home", "away").rows()) == {(h, a) for h in clubs for a in clubs if h != a}
        assert season.height == division.size * (division.size - 1)
    assert rows["is_played"].all()


@pytest.mark.parametrize("year", FINISHED)
def test_three_clubs_change_places(world: World, year: int) -> None:
    top, second = (members(world, code, year) for code in ("E0", "E1"))
    assert members(world, "E0", year + 1) - top == second - members(world, "E1", year + 1)
    assert all(len(members(world, d.code, year + 1) - members(world, d.code, year)) == 3 for d in DIVISIONS)


def test_the_best_three_are_promoted(results: pl.DataFrame, world: World) -> None:
    second = results.filter((pl.col("division") == "E1") & (pl.col("start_year") == 2020))
    assert set(final_table(second)[:3]) == members(world, "E0", 2021) - members(world, "E0", 2020)


def test_the_table_counts_points_then_goal_difference() -> None:
    results = pl.DataFrame(
        {"home": ["A", "B", "C"], "away": ["B", "C", "A"], "home_goals": [2, 1, 1], "away_goals": [0, 0, 0]}
    )
    assert final_table(results) == ["A", "C", "B"]


def test_the_present_lies_before_the_coming_round(world: World) -> None:
    coming = world.matches.filter(~pl.col("is_played"))
    assert coming["kickoff_at_utc"].min() > SANDBOX_NOW
    assert coming.group_by("division").len().sort("division")["len"].to_list() == [9, 10, 12, 10]
    assert set(coming["kickoff_local"].dt.date()) == {date(2026, 11, day) for day in (20, 21, 22, 23)}
    assert coming.select("home_goals", "away_goals", "home_shots", "home_xg").null_count().row(0) == (41,) * 4


def test_no_club_plays_twice_within_two_days(world: World) -> None:
    sides = [pl.col(side).alias("club") for side in ("home", "away")]
    starts = pl.concat([world.matches.select(side, "kickoff_local") for side in sides]).sort("club", "kickoff_local")
    rest = starts.select(pl.col("kickoff_local").diff().over("club").dt.total_hours())
    assert rest.to_series().min() >= 44


@pytest.mark.parametrize(("clubs", "rounds"), [(18, 34), (20, 38), (24, 46)])
def test_a_calendar_has_every_round_once(clubs: int, rounds: int) -> None:
    schedule = pairings(clubs)
    assert schedule.shape == (rounds, clubs // 2, 2)
    assert all(len(np.unique(day)) == clubs for day in schedule)
    assert all(len(set(round_saturdays(year, rounds))) == rounds for year in SEASON_START_YEARS)


@pytest.mark.parametrize(("column", "happened"), [("p_home", 0), ("p_draw", 1), ("p_away", 2)])
def test_outcomes_happen_as_often_as_their_true_probability(played: Season, column: str, happened: int) -> None:
    probability, hit = played.truth[:, happened], played.outcome == happened
    bins = np.digitize(probability, np.quantile(probability, np.linspace(0.1, 0.9, 9)))
    for index in range(10):
        expected, observed = probability[bins == index], hit[bins == index]
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs(observed.sum() - expected.sum()) < 4 * error, (column, index)


def test_totals_and_expected_goals_agree_with_the_goals(results: pl.DataFrame) -> None:
    over = (results["home_goals"] + results["away_goals"] > 2).to_numpy()
    probability = results["p_over"].to_numpy()
    assert abs(over.sum() - probability.sum()) < 4 * np.sqrt((probability * (1 - probability)).sum())
    assert results["home_xg"].mean() == pytest.approx(results["home_goals"].mean(), abs=0.03)
    assert (results["home_goals"] <= results["home_shots_on_target"]).all()
    assert (results["home_shots_on_target"] <= results["home_shots"]).all()
    assert (results["home_half_time_goals"] <= results["home_goals"]).all()


def test_interpolated_probabilities_equal_the_chain(world: World) -> None:
    home, away = np.random.default_rng(0).uniform(-1.6, 1.6, (2, 40))
    exact, beliefs = summarise(score_probabilities(home, away)), world.scores.beliefs(home, away)
    np.testing.assert_allclose(beliefs.goal_difference, exact[:, :-1], atol=1e-5)
    np.testing.assert_allclose(beliefs.over, exact[:, -1], atol=1e-5)
    np.testing.assert_allclose(beliefs.outcomes.sum(axis=1), 1.0)


def test_no_club_is_a_real_one() -> None:
    invented = [club for country in ("England", "Spain", "Germany") for club in clubs_of(country)]
    assert len(invented) == len(set(invented)) == 106
    assert not {club.casefold() for club in invented} & {club.casefold() for club in REAL_CLUBS}
