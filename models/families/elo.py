"""Elo with a margin of victory; the link from the difference of ratings to home, draw and away is `link.OrderedLogit`.

Elo (1978); the logarithmic margin follows Hvattum and Arntzen, "Using ELO ratings for match result prediction in
association football" (2010). Ratings are a recursion over results in the order in which they became known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from models.families import link, numbering

INITIAL_RATING = 1500.0
_SCALE = 400.0
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class EloParameters:
    """`k` points a match, multiplied by `1 + margin_weight * log(1 + |margin|)`; `home_advantage` in rating points."""

    k: float = 14.0
    home_advantage: float = 65.0
    margin_weight: float = 0.8


@dataclass(frozen=True)
class EloBelief(link.OrderedLogit):
    """The learned link from a difference in rating points, and the parameters that the ratings were made with."""

    parameters: EloParameters

    @classmethod
    def from_json(cls, values: dict[str, object]) -> EloBelief:
        """Read what `to_json` wrote."""
        parameters = EloParameters(**values["parameters"])  # type: ignore[arg-type]
        return cls(**(values | {"parameters": parameters}))  # type: ignore[arg-type]


def fit(difference: Floats, outcome: Integers, parameters: EloParameters) -> EloBelief:
    """The link by `link.fit`. `difference` (n,) without NaN; `outcome` (n,) of 0 home, 1 draw, 2 away."""
    found = link.fit(difference, outcome)
    return EloBelief(found.slope, found.low, found.high, parameters)


def rating_differences(results: pl.DataFrame, spine: pl.DataFrame, parameters: EloParameters) -> Floats:
    """Difference of ratings of each spine row as known at its `as_of_utc`, home advantage included; (n_spine,).

    `results`: match_id, known_at_utc, home_team_id, away_team_id, home_goals, away_goals, one row a finished match and
    version of its result. A correction moves the ratings by the difference it makes, from when it became known.
    `spine`: as_of_utc, home_team_id, away_team_id. A club without a result has the initial rating.
    """
    played = results.sort("known_at_utc", "match_id")
    numbers = numbering.numbers((played, spine), ("home_team_id", "away_team_id"))
    before = numbering.known_before(played["known_at_utc"], spine["as_of_utc"])
    order = np.argsort(before, kind="stable")
    differences = np.empty(len(spine))
    _, numbered = np.unique(played["match_id"].to_numpy(), return_inverse=True)
    differences[order] = _replay(
        numbered.astype(np.int64),
        numbering.codes(played["home_team_id"], numbers), numbering.codes(played["away_team_id"], numbers),
        (played["home_goals"] - played["away_goals"]).to_numpy().astype(np.float64),
        before[order].astype(np.int64),
        numbering.codes(spine["home_team_id"], numbers)[order], numbering.codes(spine["away_team_id"], numbers)[order],
        len(numbers), parameters.k, parameters.home_advantage, parameters.margin_weight,
    )  # fmt: skip
    return differences


@njit(cache=True)  # type: ignore[untyped-decorator]
def _replay(  # type: ignore[no-untyped-def]
    number, home, away, margin, before, asks_home, asks_away, n_teams, k, home_advantage, margin_weight
):
    """Ratings after the first `before[i]` results answer question i; `before` is sorted, `number` names the match."""
    ratings = np.full(n_teams, INITIAL_RATING)
    answers = np.empty(len(before))
    expected, moved = np.full(len(number), np.nan), np.zeros(len(number))
    match = 0
    for ask in range(len(before)):
        while match < before[ask]:
            name, lead = number[match], ratings[home[match]] - ratings[away[match]] + home_advantage
            if np.isnan(expected[name]):
                expected[name] = 1.0 / (1.0 + 10.0 ** (-lead / _SCALE))
            actual = 0.5 + 0.5 * np.sign(margin[match])
            step = k * (1.0 + margin_weight * np.log1p(abs(margin[match]))) * (actual - expected[name])
            ratings[home[match]] += step - moved[name]
            ratings[away[match]] -= step - moved[name]
            moved[name] = step
            match += 1
        answers[ask] = ratings[asks_home[ask]] - ratings[asks_away[ask]] + home_advantage
    return answers
