"""Minutes of a player who takes part: their mean, and the whole distribution around it.

The mean is a ridge regression on memories of even minutes (history._even), on those of nights in like company (see
`company`), on who is missing, and on how one-sided the game is expected to be; it beat boosted trees, which take the
first months of a season for its law. The distribution is the empirical one of surprises over their expected size, by
how many minutes are expected: it is skewed to the left for starters (injuries, fouls, blow-outs) and to the right for
the bench.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.props import regression

Floats = NDArray[np.float64]

MOST = 53.0
"""Minutes: a game with one overtime, and the largest number that is ever given."""
LEAST = 0.5
LEVELS = np.linspace(0.01, 0.99, 50)
_GROUPS = 6
_MOST_EXPECTED = 42.0
_SPREADS = (2.0, 12.0)
_NEWCOMERS = 20.0
_PENALTY = 20.0
HALF_LIFE_DAYS = 100.0


@dataclass(frozen=True, eq=False)
class MinutesBelief:
    """A mean, how wide the minutes lie around it, and the shape of the surprises.

    `spread`: the mean size of a surprise in minutes. `centres`: (g,) expected minutes in rising order at which
    `surprises` (g, 50) are known: quantiles at `LEVELS` of minutes less their mean, in units of the spread; between two
    centres they are interpolated. `newcomer`: expected minutes of a player without a past.
    """

    mean: regression.Linear
    spread: regression.Linear
    centres: Floats
    surprises: Floats
    newcomer: float

    def expected(self, features: pl.DataFrame) -> Floats:
        """(n,) expected minutes of each player if he takes part."""
        return _expected(self.mean, features, self.newcomer)

    def quantiles(self, features: pl.DataFrame) -> Floats:
        """(n, 50) minutes at `LEVELS` of each player if he takes part: rising, `LEAST` to `MOST`."""
        expected = self.expected(features)
        shapes = np.column_stack([np.interp(expected, self.centres, column) for column in self.surprises.T])
        spread = _spread(self.spread, features)
        return np.maximum.accumulate(np.clip(expected[:, None] + spread[:, None] * shapes, LEAST, MOST), axis=1)


def fit(features: pl.DataFrame, minutes: Floats, weight: Floats) -> MinutesBelief:
    """Learn from players who took part: n rows of features.features with `plays_prob` and absences.absent.

    `minutes`: (n,) played; `weight`: (n,) what each row counts.
    """
    has_past = features["has_past"].to_numpy()
    newcomer = _newcomer(minutes[~has_past])
    inside = features.filter(pl.Series(has_past))
    mean = regression.ridge(design(inside), minutes[has_past], weight[has_past], _PENALTY)
    surprise = minutes - _expected(mean, features, newcomer)
    spread = regression.ridge(spread_design(features), np.abs(surprise), weight, _PENALTY)
    standard = surprise / _spread(spread, features)
    return MinutesBelief(mean, spread, *_shapes(_expected(mean, features, newcomer), standard, weight), newcomer)


def _newcomer(minutes: Floats) -> float:
    """Expected minutes without a past: the mean of such games, drawn to ten minutes."""
    return float((minutes.sum() + 10.0 * _NEWCOMERS) / (len(minutes) + _NEWCOMERS))


def _expected(mean: regression.Linear, features: pl.DataFrame, newcomer: float) -> Floats:
    foretold = np.clip(mean.predict(design(features)), LEAST, _MOST_EXPECTED)
    return np.where(features["has_past"].to_numpy(), foretold, newcomer)


def _spread(spread: regression.Linear, features: pl.DataFrame) -> Floats:
    return np.clip(spread.predict(spread_design(features)), *_SPREADS)


def _shapes(expected: Floats, standard: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Centres and quantiles of groups of as many rows each."""
    edges = np.quantile(expected, np.linspace(0.0, 1.0, _GROUPS + 1))
    group = np.clip(np.searchsorted(edges, expected, side="right") - 1, 0, _GROUPS - 1)
    kept = [g for g in range(_GROUPS) if (group == g).any()]
    centres = np.array([expected[group == g].mean() for g in kept])
    return centres, np.array([_quantiles(standard[group == g], weight[group == g]) for g in kept])


def spread_design(features: pl.DataFrame) -> pl.DataFrame:
    """The columns that the spread of minutes is linear in: who is doubted is as open as who missed the last game."""
    doubtful = pl.col("listed_status").is_in(["doubtful", "questionable"]).fill_null(False)
    spread = pl.col("even_minutes_spread")
    return features.select(
        spread, (spread**2 / 5.0).alias("squared"),
        pl.col("even_minutes_h3"), ((pl.col("even_minutes_h3") - 18.0) ** 2 / 100.0).alias("from_the_middle"),
        ((pl.col("missed_games") > 0) | doubtful).cast(pl.Float64).alias("is_doubtful"),
        (pl.col("even_minutes_h1") - pl.col("even_minutes_h8")).abs().alias("change"),
        (1.0 / (1.0 + pl.col("games_played"))).alias("newness"),
        "plays_prob", pl.col("has_past").cast(pl.Float64), pl.col("expected_margin").abs().alias("one_sided"),
    )  # fmt: skip


def design(features: pl.DataFrame) -> pl.DataFrame:
    """The columns that the mean is linear in: of rows of features.features with plays_prob, absences and company."""
    level = (pl.col("even_minutes_h8") - 20.0) / 20.0
    absent = {h: pl.col("absent_minutes") - pl.col(f"usual_absent_minutes_h{h}") for h in (3, 8)}
    one_sided, missed = pl.col("expected_margin").abs(), pl.col("missed_games").log1p()
    second_night = (pl.col("rest_days") == 1.0).cast(pl.Float64)
    return features.select(
        *_MEMORIES,
        (pl.col("even_minutes_h3") ** 2 / 30.0).alias("even_minutes_squared"),
        pl.col("has_past", "is_reported_since", "is_reported_doubtful").cast(pl.Float64),
        *(each.alias(f"more_absent_h{h}") for h, each in absent.items()),
        *((each * pl.col("even_minutes_h8") / 30.0).alias(f"more_absent_by_level_h{h}") for h, each in absent.items()),
        missed.alias("missed"), (missed * level).alias("missed_by_level"),
        (pl.col("missed_games") == 0).cast(pl.Float64).alias("has_played_last"),
        one_sided.alias("one_sided"), (one_sided * level).alias("one_sided_by_level"),
        "expected_margin", (pl.col("expected_margin") * level).alias("margin_by_level"),
        second_night.alias("second_night"), (second_night * level).alias("second_night_by_level"),
        (1.0 / (1.0 + pl.col("games_played"))).alias("newness"),
    )  # fmt: skip


_MEMORIES = (
    "even_minutes_last", "even_minutes_h1", "even_minutes_h3", "even_minutes_h8", "even_minutes_h25", "typical_minutes",
    "even_minutes_most", "even_minutes_least", "even_minutes_spread", "played_share_l5", "played_share_l15",
    "plays_prob", "alike_minutes", "company_minutes",
)  # fmt: skip


def _quantiles(surprise: Floats, weight: Floats) -> Floats:
    """Quantiles at `LEVELS` of weighted values."""
    order = np.argsort(surprise, kind="stable")
    reached = (np.cumsum(weight[order]) - weight[order] / 2.0) / weight.sum()
    return np.interp(LEVELS, reached, surprise[order])
