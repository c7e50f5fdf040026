"""What a league's known results add up to: the weighted sums that a Poisson likelihood needs, and nothing more.

With log rates that are sums of strengths, the matches and goals of every ordered pair of clubs are sufficient, so a
league of three seasons is one small matrix however many matches it had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.families.goals.design import time_weights

Floats = NDArray[np.float64]
_DAY = timedelta(days=1)
_SIDES = (("home", "away"), ("away", "home"))


@dataclass(frozen=True)
class History:
    """Which results count, and how much.

    `window_days` of matches before the cutoff, weighted by exp(-`decay_per_day` * age): strengths change, so what is
    older says less (Dixon and Coles, 1997), and weights below 1 widen the posterior (power prior, Ibrahim and Chen,
    2000). The defaults of both were the best of five pairs on the EPL's seasons 2018/19 and 2019/20, by divergence from
    the close. A club begins a spell in a league after `absence_days` without a match there. Raises ValueError for days
    that are not above 0 or a negative decay.
    """

    window_days: float = 1095.0
    decay_per_day: float = 0.0011
    absence_days: float = 250.0

    def __post_init__(self) -> None:
        if not (self.window_days > 0 and self.absence_days > 0 and self.decay_per_day >= 0):
            raise ValueError("Days must be above 0, and weights may not grow with age.")


@dataclass(frozen=True, eq=False)
class Tally:
    """Weighted sums over the matches of one league among n clubs.

    `clubs`: n ids in alphabetical order. `is_newcomer`: (n,), whether a club's present spell in the league began inside
    the window. `matches`: (n, n), home club by away club. `scored`, `conceded`: goals, (n,). `home_goals`,
    `away_goals`: goals of all home and of all away sides. Raises ValueError where shapes do not fit or a sum is
    negative or not finite.
    """

    league: str
    clubs: tuple[str, ...]
    is_newcomer: NDArray[np.bool_]
    matches: Floats
    scored: Floats
    conceded: Floats
    home_goals: float
    away_goals: float

    def __post_init__(self) -> None:
        n = len(self.clubs)
        if self.matches.shape != (n, n) or {self.is_newcomer.shape, self.scored.shape, self.conceded.shape} != {(n,)}:
            raise ValueError(f"The tally of {self.league} does not have one row for each of its {n} clubs.")
        if not (np.isfinite(self._sums) & (self._sums >= 0)).all():
            raise ValueError(f"The tally of {self.league} has a sum that is negative or not finite.")

    @property
    def _sums(self) -> Floats:
        totals = [self.home_goals, self.away_goals]
        return np.concatenate([self.matches.ravel(), self.scored, self.conceded, totals])

    def digest(self) -> str:
        """SHA-256 of everything in it, in hexadecimal: equal tallies have equal posteriors."""
        names = "\n".join((self.league, *self.clubs)).encode()
        return sha256(names + b"\0" + self.is_newcomer.tobytes() + self._sums.tobytes()).hexdigest()


def tally_as_known(results: pl.DataFrame, league: str, cutoff: datetime, history: History) -> Tally:
    """The tally of one league from what was known at `cutoff` (UTC); without a match it has no club.

    `results`: match_id, competition_id, known_at_utc, event_at_utc, home_team_id, away_team_id, home_goals, away_goals,
    one row a match and version; the last version known by the cutoff counts.
    """
    known = last_known(results.filter(pl.col("competition_id") == league), cutoff, ("home_goals", "away_goals"))
    since = cutoff - timedelta(days=history.window_days)
    window = known.filter(pl.col("event_at_utc") >= since)
    clubs = pl.concat([window["home_team_id"], window["away_team_id"]]).unique().sort()
    came = _newcomers(known, since, timedelta(days=history.absence_days))
    return _sum_up(league, clubs, clubs.is_in(came.implode()).to_numpy(), window, cutoff, history.decay_per_day)


def last_known(results: pl.DataFrame, cutoff: datetime, scores: tuple[str, str]) -> pl.DataFrame:
    """The last version of each result that was known at `cutoff`, in order of events; `scores`: columns of both."""
    versions = results.filter(pl.col("known_at_utc") <= cutoff).sort("known_at_utc", "event_at_utc", *scores)
    return versions.unique("match_id", keep="last").sort("event_at_utc", "match_id")


def _newcomers(known: pl.DataFrame, since: datetime, absence: timedelta) -> pl.Series:
    """Clubs that began a spell after `since`; nobody is new while the league's own history has just begun."""
    sides = [known.select(pl.col(f"{side}_team_id").alias("club"), "event_at_utc") for side, _ in _SIDES]
    seen = pl.concat(sides).sort("club", "event_at_utc")
    event = pl.col("event_at_utc")
    begins = (event.diff().over("club") > absence).fill_null(True)
    return seen.filter(begins, event >= since, event - event.min() > absence)["club"].unique()


def _sum_up(
    league: str, clubs: pl.Series, is_newcomer: NDArray[np.bool_], window: pl.DataFrame, cutoff: datetime, decay: float
) -> Tally:
    n = len(clubs)
    numbers = {club: number for number, club in enumerate(clubs)}
    home, away = (
        window[f"{side}_team_id"].replace_strict(numbers, return_dtype=pl.Int64).to_numpy().astype(np.int64)
        for side, _ in _SIDES
    )
    age = window.select((pl.lit(cutoff) - pl.col("event_at_utc")) / _DAY).to_series().to_numpy().astype(np.float64)
    weight = time_weights(np.maximum(age, 0.0), decay)
    ours, theirs = (window[f"{side}_goals"].to_numpy() * weight for side, _ in _SIDES)
    return Tally(
        league,
        tuple(clubs),
        is_newcomer,
        _totals(home * n + away, weight, n * n).reshape(n, n),
        _totals(home, ours, n) + _totals(away, theirs, n),
        _totals(home, theirs, n) + _totals(away, ours, n),
        float(ours.sum()),
        float(theirs.sum()),
    )


def _totals(places: NDArray[np.int64], values: Floats, size: int) -> Floats:
    """The sum of the values of each place, (size,)."""
    totals: Floats = np.bincount(places, values, size).astype(np.float64)
    return totals
