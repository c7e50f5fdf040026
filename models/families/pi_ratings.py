"""Pi-ratings: a rating at home and one away for each club, moved by how far a score was from the one expected.

Constantinou and Fenton, "Determining the level of ability of football teams by dynamic ratings based on the relative
discrepancies in scores between adversaries" (2013). Added to the paper: a division's running level, towards which clubs
are drawn over the summer and from which newcomers are placed.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from models.families import numbering

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_SCALE = 3.0
"""A rating of so much expects nine goals more than an average opponent: the paper's c, with base 10."""
_OFF_SEASON_DAYS = 50.0
_FIRST_SEASON_MATCHES = 380
"""Before a division has played so many, its clubs are new to us, not to it."""


@dataclass(frozen=True)
class PiParameters:
    """Found by CMA-ES (333 trials) on the seasons 2013/14-2020/21: least divergence from the close, 5 and 20 divisions.

    The link to probabilities was fitted on 2007/08-2012/13. `rate` (the paper's lambda) moves the rating of the ground
    played on, `carry` (gamma) is the share of it that the other ground's rating takes. In units of rating: `first_home`
    is the first rating at home and minus that away, `newcomer` a newcomer's distance from its division's level,
    `division_gap` what a step up costs. `level_rate` is the weight of a match in a division's level, `off_season_keep`
    the share of its distance from that level which a club has left after a summer.
    """

    rate: float = 0.03587
    carry: float = 0.8449
    first_home: float = 0.2935
    newcomer: float = -0.3807
    division_gap: float = 0.6721
    level_rate: float = 0.01517
    off_season_keep: float = 0.9077

    def __post_init__(self) -> None:
        if not (self.rate > 0 and 0 <= self.carry <= 1 and 0 <= self.off_season_keep <= 1 and 0 <= self.level_rate < 1):
            raise ValueError("The rate must be above 0, and every share between 0 and 1.")


def goal_differences(results: pl.DataFrame, spine: pl.DataFrame, parameters: PiParameters) -> Floats:
    """Expected goals of home minus away for each spine row, as known at its `as_of_utc`; (n_spine,), never NaN.

    `results`: match_id, competition_id, known_at_utc, home_team_id, away_team_id, home_goals, away_goals, one row a
    finished match and version of its result. A correction moves the ratings by the difference it makes, from when it
    became known. `spine`: competition_id, as_of_utc, home_team_id, away_team_id. A club that changes division keeps its
    distance from its division's level, less `division_gap` for each step up; one never seen is placed by `newcomer`, or
    at the level where the division itself has hardly been seen.
    """
    played = results.sort("known_at_utc", "match_id", "home_goals", "away_goals")
    before = numbering.known_before(played["known_at_utc"], spine["as_of_utc"])
    order = np.argsort(before, kind="stable")
    clubs = numbering.numbers((played, spine), ("home_team_id", "away_team_id"))
    leagues = numbering.numbers((played, spine), ("competition_id",))
    _, numbered = np.unique(played["match_id"].to_numpy(), return_inverse=True)
    answers = np.empty(len(spine))
    answers[order] = _replay(
        numbered.astype(np.int64), numbering.places(played, clubs, leagues), numbering.days(played["known_at_utc"]),
        (played["home_goals"] - played["away_goals"]).to_numpy().astype(np.float64),
        before[order].astype(np.int64), numbering.places(spine, clubs, leagues)[order],
        numbering.days(spine["as_of_utc"])[order], len(clubs),
        numbering.tiers(leagues), _record(parameters),
    )  # fmt: skip
    return answers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _replay(number, matches, day, margin, before, asks, asks_day, n_clubs, tiers, p):  # type: ignore[no-untyped-def]
    """What the first `before[i]` results say of question i; `before` is sorted, `number` names the match.

    `matches`, `asks`: home, away, division. Ratings and levels: at home, away. `p`: PiParameters.
    """
    ratings, last, division = np.full((n_clubs, 2), np.nan), np.zeros(n_clubs), np.full(n_clubs, -1)
    levels, played = np.empty((len(tiers), 2)), np.zeros(len(tiers))
    levels[:, 0], levels[:, 1] = p.first_home, -p.first_home
    foretold, moved = np.full(len(number), np.nan), np.zeros(len(number))
    answers = np.empty(len(before))
    match = 0
    for ask in range(len(before)):
        while match < before[ask]:
            home, away, where = matches[match]
            name = number[match]
            if np.isnan(foretold[name]):
                for club in (home, away):
                    ratings[club] = _shown(club, where, day[match], ratings, last, division, levels, played, tiers, p)
                    last[club], division[club] = day[match], where
                played[where] += 1
                foretold[name] = _goals(ratings[home, 0]) - _goals(ratings[away, 1])
                levels[where] += p.level_rate * ((ratings[home] + ratings[away]) / 2 - levels[where])
            error = margin[match] - foretold[name]
            step = p.rate * _SCALE * np.sign(error) * np.log10(1.0 + abs(error))
            ratings[home] += (step - moved[name]) * np.array([1.0, p.carry])
            ratings[away] -= (step - moved[name]) * np.array([p.carry, 1.0])
            moved[name] = step
            match += 1
        home, away, where = asks[ask]
        at_home = _shown(home, where, asks_day[ask], ratings, last, division, levels, played, tiers, p)
        visiting = _shown(away, where, asks_day[ask], ratings, last, division, levels, played, tiers, p)
        answers[ask] = _goals(at_home[0]) - _goals(visiting[1])
    return answers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shown(club, where, day, ratings, last, division, levels, played, tiers, p):  # type: ignore[no-untyped-def]
    """Both ratings of a club in this division on this day: drawn to the level by a summer, moved by a new division."""
    if np.isnan(ratings[club, 0]):
        return levels[where] + (p.newcomer if played[where] > _FIRST_SEASON_MATCHES else 0.0)
    keep = p.off_season_keep if day - last[club] > _OFF_SEASON_DAYS else 1.0
    came_from = division[club]
    gap = p.division_gap * (tiers[where] - tiers[came_from])
    return levels[where] + keep * (ratings[club] - levels[came_from]) + gap


@njit(cache=True)  # type: ignore[untyped-decorator]
def _goals(rating):  # type: ignore[no-untyped-def]
    """Expected goal difference against an average opponent."""
    return np.sign(rating) * (10.0 ** (abs(rating) / _SCALE) - 1.0)


def _record(parameters: PiParameters) -> np.void:
    """The parameters by name, for the kernel."""
    record: np.void = np.array([astuple(parameters)], dtype=[(field.name, float) for field in fields(parameters)])[0]
    return record
