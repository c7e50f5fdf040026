"""Expected goals as known at each decision: each league's goal model, of any family, refitted on Mondays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.families import numbering
from models.families.goals import bivariate_poisson, dixon_coles, negative_binomial
from models.families.goals._walk_kernel import refits
from models.families.goals.design import Family, Floats, GoalPrior, Integers


@dataclass(frozen=True)
class WalkParameters:
    """What a weekly refit learns from, and what it assumes of clubs that it has not seen.

    `window_days` of results before the refit, weighted by exp(-`decay_per_day` * age): the default is Dixon and Coles'
    0.0065 a half-week. A club begins a spell in a league after `absence_days` without a match there, and is a newcomer
    for the `first_season_days` of it; newcomers' attack and defence, and everybody else's, centre on their goals for
    and against over the league's mean in all results known, drawn to 0 by `newcomer_matches`. The centres of clubs in
    `prior` are not used; its shape is that of the family which is walked. `warm_start` begins each fit at the one
    before it: no faster as measured, since a cold start needs as many steps, and the rates then agree with a cold
    start's to about 1e-9 instead of to the last bit, so that they depend that much on which weeks were asked.
    """

    window_days: float = 1095.0
    decay_per_day: float = 0.00186
    absence_days: float = 250.0
    first_season_days: float = 320.0
    newcomer_matches: float = 10.0
    prior: GoalPrior = field(default_factory=lambda: dixon_coles.PRIOR)
    warm_start: bool = False

    def __post_init__(self) -> None:
        if min(self.window_days, self.absence_days, self.first_season_days, self.newcomer_matches) <= 0:
            raise ValueError("Days and matches of the walk must be above 0.")
        if self.decay_per_day < 0:
            raise ValueError("Weights may not grow with age: the decay must be 0 or more.")


PARAMETERS = {
    Family.DIXON_COLES: WalkParameters(),
    Family.BIVARIATE_POISSON: WalkParameters(prior=bivariate_poisson.PRIOR),
    Family.NEGATIVE_BINOMIAL: WalkParameters(prior=negative_binomial.PRIOR),
}
"""Priors are the family's own; one decay serves all: others gained under 0.0001 of log-loss on 2014/15 to 2020/21."""


@dataclass(frozen=True)
class Walk:
    """Answers in the order of the spine, and how the refits went.

    `rates`: expected goals of home and away, common ones included, (n, 2); `shape`: rho, the covariance or the
    dispersion of the family, (n,); `converged`: one for each league and week with a question.
    """

    rates: Floats
    shape: Floats
    converged: NDArray[np.bool_]


def rates_as_known(
    results: pl.DataFrame, spine: pl.DataFrame, parameters: WalkParameters, family: Family = Family.DIXON_COLES
) -> Floats:
    """Expected goals of home and away for each spine row by the refit of its week; (n_spine, 2), above 0, never NaN.

    `results`: match_id, competition_id, known_at_utc, event_at_utc, home_team_id, away_team_id, home_goals, away_goals,
    one row a match and version; the latest known version counts. `spine`: match_id, competition_id, as_of_utc,
    event_at_utc, home_team_id, away_team_id. A league is refitted at Monday 00:00 UTC of each week with spine rows, on
    what is known then. A club without a match in the window has its group's typical level, a league without a result
    the prior's.
    """
    return walk(results, spine, parameters, family).rates


def walk(
    results: pl.DataFrame, spine: pl.DataFrame, parameters: WalkParameters, family: Family = Family.DIXON_COLES
) -> Walk:
    """`rates_as_known` with the family's shape, and whether each refit converged."""
    rates, shape, converged = np.empty((len(spine), 2)), np.empty(len(spine)), [np.empty(0, dtype=bool)]
    keyed = spine.select("competition_id", "as_of_utc", "home_team_id", "away_team_id").with_row_index("row")
    played = results.partition_by("competition_id", as_dict=True)
    for key, asks in keyed.partition_by("competition_id", as_dict=True).items():
        rows = asks["row"].to_numpy()
        rates[rows], shape[rows], fitted = _league(played.get(key, results.clear()), asks, parameters, family)
        converged.append(fitted)
    return Walk(rates, shape, np.concatenate(converged))


def _league(
    results: pl.DataFrame, asks: pl.DataFrame, parameters: WalkParameters, family: Family
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    rows = results.sort("known_at_utc", "match_id", "event_at_utc", "home_goals", "away_goals")
    numbers = numbering.numbers((rows, asks), ("home_team_id", "away_team_id"))
    weeks = numbering.micros(asks["as_of_utc"].dt.truncate("1w"))
    order = np.argsort(weeks, kind="stable")
    moments, first = np.unique(weeks[order], return_index=True)
    prior = parameters.prior
    rates, shape = np.empty((len(asks), 2)), np.empty(len(asks))
    rates[order], shape[order], converged = refits(
        family.value,
        _in_order_of_appearance(rows["match_id"]), numbering.days(rows["event_at_utc"]),
        _table(rows, numbers),
        np.searchsorted(numbering.micros(rows["known_at_utc"]), moments, side="right"), moments / numbering.DAY_US,
        np.append(first[1:], len(asks)),
        *(numbering.codes(asks[f"{side}_team_id"], numbers)[order] for side in ("home", "away")), len(numbers),
        parameters.window_days, parameters.decay_per_day, parameters.absence_days, parameters.first_season_days,
        parameters.newcomer_matches,
        np.array([prior.base, prior.home_advantage, prior.shape]),
        np.array([prior.club_precision, prior.base_precision, prior.home_precision, prior.shape_precision]),
        parameters.warm_start,
    )  # fmt: skip
    return rates, shape, converged


def _table(rows: pl.DataFrame, numbers: numbering.Numbers) -> Integers:
    codes = [numbering.codes(rows[f"{side}_team_id"], numbers) for side in ("home", "away")]
    goals = [rows[f"{side}_goals"].to_numpy().astype(np.int64) for side in ("home", "away")]
    return np.column_stack([*codes, *goals])


def _in_order_of_appearance(names: pl.Series) -> Integers:
    _, first, number = np.unique(names.cast(pl.String).to_numpy().astype(str), return_index=True, return_inverse=True)
    place = np.empty(len(first), dtype=np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    return place[number]
