"""Attack and defence of every club as states that walk at random, filtered from goals and shots on target.

Goals are Poisson with a log link, strengths Gaussian with a variance per day and a jump of it over the summer, as in
Rue and Salvesen, "Prediction and retrospective analysis of soccer matches in a league" (2000), and Owen, "Dynamic
Bayesian forecasting models of football match outcomes" (2011). A match is one step of West, Harrison and Migon,
"Dynamic generalized linear models and Bayesian forecasting" (1985): the rate is given the gamma law of its mean and
variance, which goals update in closed form. It was chosen over an extended Kalman filter because it needs no iteration
and cannot run away on a score that nobody expected. Between matches all clubs count as independent (assumed density).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from core.frames import with_nulls
from models.families import numbering

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
COLUMNS = ("state_home_goals", "state_away_goals", "state_variance")
SHOTS = ("home_shots_on_target", "away_shots_on_target")

_OFF_SEASON_DAYS = 50.0
_FIRST_SEASON_MATCHES = 380
"""Before a division has played so many, its clubs are new to us, not to it."""
_FIRST_BASE, _FIRST_HOME_ADVANTAGE = 0.1, 0.25
_FIRST_GOALS, _FIRST_SHOTS, _RATIO_KEEP = 100.0, 300.0, 0.999
"""Goals and shots on target that every division begins with, and what a match leaves of all before it."""


@dataclass(frozen=True)
class StateSpaceParameters:
    """Found by CMA-ES (627 trials) on the seasons 2013/14-2020/21: least divergence from the close, 5 and 20 divisions.

    The link to probabilities was fitted on 2007/08-2012/13. Strengths are logs of goals, for attack and defence alike:
    `first_variance` of a club not seen in its division, `daily_variance` and `off_season_variance` by which it grows,
    with `correlation` between the two; `off_season_keep` is the share of a strength left after a summer. A newcomer
    begins at `newcomer_attack` and `newcomer_defence`, and a step up costs either `division_gap`. A division's base and
    home advantage have `league_variance` at most and gain `league_match_variance` a match. `goal_weight` and
    `shot_weight` are the shares of a goal's and a shot's information that is believed.
    """

    first_variance: float = 0.02686
    correlation: float = 0.5392
    daily_variance: float = 1.731e-05
    off_season_variance: float = 0.005913
    off_season_keep: float = 0.9659
    newcomer_attack: float = -0.1434
    newcomer_defence: float = -0.03911
    division_gap: float = 0.1787
    league_variance: float = 0.00755
    league_match_variance: float = 1.361e-05
    goal_weight: float = 0.6032
    shot_weight: float = 0.1865

    def __post_init__(self) -> None:
        grows = min(self.daily_variance, self.off_season_variance, self.league_match_variance, self.shot_weight)
        if min(self.first_variance, self.league_variance, self.goal_weight) <= 0 or grows < 0:
            raise ValueError("First variances and the weight of goals must be above 0, the others 0 or more.")
        if abs(self.correlation) >= 1:
            raise ValueError("A correlation lies between -1 and 1.")


def rates_as_known(results: pl.DataFrame, spine: pl.DataFrame, parameters: StateSpaceParameters) -> pl.DataFrame:
    """The columns `COLUMNS` for each spine row, as known at its `as_of_utc`; never NaN, a row a spine row in its order.

    Expected goals of home and away (above 0), and the variance of the log of their ratio. `results`: match_id,
    competition_id, known_at_utc, home_team_id, away_team_id, home_goals, away_goals, and if known by then the columns
    `SHOTS` (null or NaN where untold). A match counts as it was first told: corrections are ignored, because the filter
    cannot forget. `spine`: competition_id, as_of_utc, home_team_id, away_team_id. A club that changes division keeps
    its strengths less the gap, with the first variance; one never seen is a newcomer, or average where the division
    itself has hardly been seen.
    """
    told = results.sort("known_at_utc", "match_id", "home_goals", "away_goals")
    played = told.unique("match_id", keep="first", maintain_order=True)
    before = numbering.known_before(played["known_at_utc"], spine["as_of_utc"])
    order = np.argsort(before, kind="stable")
    clubs = numbering.numbers((played, spine), ("home_team_id", "away_team_id"))
    leagues = numbering.numbers((played, spine), ("competition_id",))
    answers = np.empty((len(spine), 3))
    answers[order] = _filter(
        numbering.places(played, clubs, leagues), numbering.days(played["known_at_utc"]), _counts(played),
        before[order].astype(np.int64), numbering.places(spine, clubs, leagues)[order],
        numbering.days(spine["as_of_utc"])[order], len(clubs),
        numbering.tiers(leagues), _record(parameters),
    )  # fmt: skip
    return pl.DataFrame(answers, schema=dict.fromkeys(COLUMNS, pl.Float64))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _filter(matches, day, counts, before, asks, asks_day, n_clubs, tiers, p):  # type: ignore[no-untyped-def]
    """What the first `before[i]` matches say of question i; `before` is sorted. `p`: StateSpaceParameters.

    `matches`, `asks`: home, away, division. `counts`: goals of home and away, shots on target of home and away. `mean`:
    attack, defence; `doubt`: their variances about the covariance. `level`, `unsure`: base and home advantage of a
    division, and their variances. `told`: its goals and shots on target.
    """
    mean, doubt = np.full((n_clubs, 2), np.nan), np.zeros((n_clubs, 3))
    last, division = np.zeros(n_clubs), np.full(n_clubs, -1)
    level, unsure = np.empty((len(tiers), 2)), np.full((len(tiers), 2), p.league_variance)
    level[:, 0], level[:, 1] = _FIRST_BASE, _FIRST_HOME_ADVANTAGE
    played, told = np.zeros(len(tiers)), np.empty((len(tiers), 2))
    told[:, 0], told[:, 1] = _FIRST_GOALS, _FIRST_SHOTS
    answers = np.empty((len(before), 3))
    match = 0
    for ask in range(len(before)):
        while match < before[ask]:
            home, away, where = matches[match]
            for club in (home, away):
                mean[club], doubt[club] = _shown(club, where, day[match], mean, doubt, last, division, played, tiers, p)
                last[club], division[club] = day[match], where
            played[where] += 1
            unsure[where] = np.minimum(unsure[where] + p.league_match_variance, p.league_variance)
            _learn(home, away, counts[match], mean, doubt, level[where], unsure[where], told[where], p)
            match += 1
        home, away, where = asks[ask]
        ours, home_doubt = _shown(home, where, asks_day[ask], mean, doubt, last, division, played, tiers, p)
        theirs, away_doubt = _shown(away, where, asks_day[ask], mean, doubt, last, division, played, tiers, p)
        answers[ask, 0] = _rate(
            np.array([1.0, 1.0]), level[where], unsure[where], ours[0] - theirs[1], home_doubt[0] + away_doubt[2]
        )[0]
        answers[ask, 1] = _rate(
            np.array([1.0, 0.0]), level[where], unsure[where], theirs[0] - ours[1], away_doubt[0] + home_doubt[2]
        )[0]
        answers[ask, 2] = unsure[where, 1] + ((home_doubt + away_doubt) * np.array([1.0, 2.0, 1.0])).sum()
    return answers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _learn(home, away, counts, mean, doubt, level, unsure, told, p):  # type: ignore[no-untyped-def]
    """Home's goals and then away's move both clubs and the division; shots on target count as goals at its ratio."""
    for side in range(2):
        attacks, defends = (home, away) if side == 0 else (away, home)
        count, exposure = p.goal_weight * counts[side], p.goal_weight
        if not np.isnan(counts[2 + side]):
            count += p.shot_weight * counts[2 + side]
            exposure += p.shot_weight * told[1] / told[0]
        _observe(count, exposure, attacks, defends, np.array([1.0, 1.0 - side]), mean, doubt, level, unsure)
    if not np.isnan(counts).any():
        told *= _RATIO_KEEP
        told += np.array([counts[0] + counts[1], counts[2] + counts[3]])


@njit(cache=True)  # type: ignore[untyped-decorator]
def _rate(effects, level, unsure, lead, doubt):  # type: ignore[no-untyped-def]
    """Expected goals, whose log is Gaussian, and the variance of that log; `effects`: 1 for base and home advantage."""
    variance = (unsure * effects).sum() + doubt
    return np.exp((level * effects).sum() + lead + variance / 2), variance


@njit(cache=True)  # type: ignore[untyped-decorator]
def _observe(count, exposure, attacks, defends, effects, mean, doubt, level, unsure):  # type: ignore[no-untyped-def]
    """A Poisson count of mean `exposure` * rate moves every state by its covariance with the log rate.

    The gamma law of the rate has shape 1 / variance, and the mean of its log is log(mean) - variance / 2 nearly; the
    variance shrinks by the information expected of the count.
    """
    lead, doubted = mean[attacks, 0] - mean[defends, 1], doubt[attacks, 0] + doubt[defends, 2]
    rate, variance = _rate(effects, level, unsure, lead, doubted)
    expected, counted = variance * exposure * rate, variance * count
    gain = np.log((1.0 + counted) / (1.0 + expected)) / variance + counted / (1.0 + counted) / 2
    shrink = expected / (1.0 + expected) / variance
    level += gain * unsure * effects
    unsure -= shrink * unsure**2 * effects
    for club, pull in ((attacks, doubt[attacks, :2].copy()), (defends, -doubt[defends, 1:])):
        mean[club] += gain * pull
        doubt[club] -= shrink * np.array([pull[0] ** 2, pull[0] * pull[1], pull[1] ** 2])


@njit(cache=True)  # type: ignore[untyped-decorator]
def _shown(club, where, day, mean, doubt, last, division, played, tiers, p):  # type: ignore[no-untyped-def]
    """Strengths of a club in this division on this day, and their covariance: it grows with time and over a summer."""
    shape = np.array([1.0, p.correlation, 1.0])
    if np.isnan(mean[club, 0]):
        is_newcomer = 1.0 if played[where] > _FIRST_SEASON_MATCHES else 0.0
        return is_newcomer * np.array([p.newcomer_attack, p.newcomer_defence]), p.first_variance * shape
    days = day - last[club]
    keep, jump = (p.off_season_keep, p.off_season_variance) if days > _OFF_SEASON_DAYS else (1.0, 0.0)
    strength = keep * mean[club] + p.division_gap * (tiers[where] - tiers[division[club]])
    if division[club] != where:
        return strength, p.first_variance * shape
    grown = doubt[club] + (p.daily_variance * days + jump) * shape
    return strength, grown * min(1.0, p.first_variance / max(grown[0], grown[2]))


def _counts(played: pl.DataFrame) -> Floats:
    """Goals of home and away, shots on target of home and away, (n, 4); NaN for shots untold."""
    counts = with_nulls(played, dict.fromkeys(SHOTS, pl.Float64)).select(
        pl.col("home_goals", "away_goals", *SHOTS).cast(pl.Float64).fill_null(float("nan"))
    )
    return np.ascontiguousarray(counts.to_numpy())


def _record(parameters: StateSpaceParameters) -> np.void:
    """The parameters by name, for the kernel."""
    record: np.void = np.array([astuple(parameters)], dtype=[(field.name, float) for field in fields(parameters)])[0]
    return record
