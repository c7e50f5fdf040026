"""The simulated football world: nine seasons of four divisions, up to a Friday afternoon in November 2026."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Floats, stream
from sandbox.calendar import season_fixtures
from sandbox.clubs import DIVISIONS, SEASON_START_YEARS, Division, clubs_of, first_members, next_members
from sandbox.hazards import LOG_RATE_RANGE
from sandbox.match_stats import assign_referees, statistics, strictness_of
from sandbox.play import play
from sandbox.strengths import first_strengths, over_the_season, over_the_summer
from sandbox.table import final_table
from sandbox.truth import ScoreModel, tabulate

SANDBOX_NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
RESULT_DELAY = timedelta(hours=3)
COMING_ROUND = timedelta(days=4)
OUTSIDE_LEVEL = -0.15

_KICKOFF_AT_UTC = pl.col("kickoff_local").dt.replace_time_zone("Europe/London").dt.convert_time_zone("UTC")
CLUBS = tuple(club for country in ("England", "Spain", "Germany") for club in clubs_of(country))


@dataclass(frozen=True)
class World:
    """Everything that happened, and what was true about it.

    `matches` has one row per match, in the order of season, division and kick-off: division, start_year, round, home,
    away, kickoff_local (naive UK time), kickoff_at_utc, referee, is_played, the statistics per side (null where not
    played), the log base rates log_home and log_away, and the true p_home, p_draw, p_away, p_over.
    `scores` gives the distribution of the goal difference and the total for any base rates.
    """

    seed: int
    matches: pl.DataFrame
    scores: ScoreModel

    def __post_init__(self) -> None:
        """Refuse a world whose matches are not unique."""
        if self.matches.select("start_year", "home", "away").is_duplicated().any():
            raise ValueError("a pair of clubs meets twice at the same ground in one season")


def simulate(seed: int) -> World:
    """Simulate the world of a seed as it is known at `SANDBOX_NOW`; the same seed gives the same world."""
    return published(simulate_whole(seed))


def published(whole: World) -> World:
    """Return what is known of a whole world at `SANDBOX_NOW`: matches to the coming round, results to the present."""
    return World(whole.seed, _hide_the_future(whole.matches), whole.scores)


def simulate_whole(seed: int) -> World:
    """Simulate all seasons to the end of the running one, results included: what nobody knows yet."""
    members = first_members()
    strengths = first_strengths(_division_levels(members), seed)
    seasons = []
    for start_year in SEASON_START_YEARS:
        rng = stream(seed, "season", start_year)
        path, strengths = over_the_season(strengths, 2 * (max(d.size for d in DIVISIONS) - 1), rng)
        season = _play_season(_fixtures(members, start_year, rng), path, seed, rng)
        members = next_members(_ranked(season), rng)
        strengths = over_the_summer(strengths, _division_levels(members), rng)
        seasons.append(season)
    scores = tabulate()
    matches = _with_truth(pl.concat(seasons), scores).with_columns(
        kickoff_at_utc=_KICKOFF_AT_UTC, is_played=pl.lit(True)
    )
    return World(seed, matches.sort("start_year", "division", "kickoff_local", "home"), scores)


def _division_levels(members: Mapping[str, list[str]]) -> Floats:
    level_of = {club: division.level for division in DIVISIONS for club in members[division.code]}
    return np.array([level_of.get(club, OUTSIDE_LEVEL) for club in CLUBS])


def _fixtures(members: Mapping[str, list[str]], start_year: int, rng: np.random.Generator) -> pl.DataFrame:
    return pl.concat([_division_fixtures(d, sorted(members[d.code]), start_year, rng) for d in DIVISIONS])


def _division_fixtures(division: Division, clubs: list[str], start_year: int, rng: np.random.Generator) -> pl.DataFrame:
    fixtures = season_fixtures(clubs, start_year, rng)
    referees = assign_referees(division.country, 2 * (division.size - 1), division.size // 2, rng)
    return fixtures.with_columns(
        division=pl.lit(division.code),
        start_year=pl.lit(start_year),
        referee=pl.Series(referees, dtype=pl.String),
        base_home=pl.lit(np.log(division.home_goals)),
        base_away=pl.lit(np.log(division.away_goals)),
    )


def _play_season(fixtures: pl.DataFrame, path: Floats, seed: int, rng: np.random.Generator) -> pl.DataFrame:
    """Play a season's fixtures; `path` has the strengths before each round, shape (rounds, clubs, 3)."""
    fixtures = _with_base_rates(fixtures, path)
    played = play(fixtures["log_home"].to_numpy(), fixtures["log_away"].to_numpy(), rng)
    return fixtures.hstack(statistics(played, strictness_of(fixtures["referee"], seed), rng).get_columns())


def _with_base_rates(fixtures: pl.DataFrame, path: Floats) -> pl.DataFrame:
    number = {club: index for index, club in enumerate(CLUBS)}
    rounds = fixtures["round"].to_numpy()
    home, away = (
        path[rounds, fixtures[side].replace_strict(number, return_dtype=pl.Int64).to_numpy()]
        for side in ("home", "away")
    )
    advantage = home[:, 2] / 2.0
    log_home = fixtures["base_home"].to_numpy() + home[:, 0] - away[:, 1] + advantage
    log_away = fixtures["base_away"].to_numpy() + away[:, 0] - home[:, 1] - advantage
    return fixtures.drop("base_home", "base_away").with_columns(
        log_home=pl.Series(np.clip(log_home, *LOG_RATE_RANGE)), log_away=pl.Series(np.clip(log_away, *LOG_RATE_RANGE))
    )


def _ranked(season: pl.DataFrame) -> dict[str, list[str]]:
    return {d.code: final_table(season.filter(pl.col("division") == d.code)) for d in DIVISIONS}


def _with_truth(matches: pl.DataFrame, scores: ScoreModel) -> pl.DataFrame:
    beliefs = scores.beliefs(matches["log_home"].to_numpy(), matches["log_away"].to_numpy())
    outcomes = dict(zip(("p_home", "p_draw", "p_away"), beliefs.outcomes.T, strict=True))
    return matches.with_columns(p_over=pl.Series(beliefs.over), **{name: pl.Series(p) for name, p in outcomes.items()})


def _hide_the_future(matches: pl.DataFrame) -> pl.DataFrame:
    """Drop what is not published yet, and blank the outcomes of matches that are not over."""
    outcomes = [name for name in matches.columns if name.startswith(("home_", "away_"))]
    return (
        matches.filter(pl.col("kickoff_at_utc") < SANDBOX_NOW + COMING_ROUND)
        .with_columns(is_played=pl.col("kickoff_at_utc") + RESULT_DELAY <= SANDBOX_NOW)
        .with_columns(pl.when("is_played").then(pl.col(name)).alias(name) for name in outcomes)
    )
