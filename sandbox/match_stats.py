"""Match statistics that follow from how a match went: expected goals, shots, corners, fouls and cards; and referees."""

from __future__ import annotations

import numpy as np
import polars as pl

from sandbox.arrays import Floats, Ints, stream
from sandbox.clubs import referees_of
from sandbox.play import Played

XG_NOISE_SHAPE = 14.0
XG_SHARE_OF_GOALS = 0.3
SHOTS_BASE, SHOTS_PER_XG = 3.6, 6.0
ON_TARGET_SHARE = 0.25
CORNERS_BASE, CORNERS_PER_SHOT = 1.2, 0.31
FOULS = 11.2
YELLOWS_PER_FOUL = 0.175


def statistics(played: Played, strictness: Floats, rng: np.random.Generator) -> pl.DataFrame:
    """Return the statistics of n matches, one column per vendor name without a side (`HS`, `AS` become `S_home` ...).

    `strictness` (n,) multiplies fouls and yellow cards. Expected goals mix the chances that arose with the goals that
    fell, times a gamma noise of mean one, so that their mean equals the mean number of goals.
    """
    goals = played.full_time[:, :2]
    mixed = (1.0 - XG_SHARE_OF_GOALS) * played.chances + XG_SHARE_OF_GOALS * goals
    xg = mixed * rng.gamma(XG_NOISE_SHAPE, 1.0 / XG_NOISE_SHAPE, size=mixed.shape)
    misses = rng.poisson(SHOTS_BASE + SHOTS_PER_XG * xg)
    shots = goals + misses
    fouls = rng.poisson(FOULS * np.sqrt(strictness)[:, None], size=goals.shape)
    return _by_side(
        {
            "xg": np.round(xg, 2),
            "shots": shots,
            "shots_on_target": goals + rng.binomial(misses, ON_TARGET_SHARE),
            "fouls": fouls,
            "corners": rng.poisson(CORNERS_BASE + CORNERS_PER_SHOT * shots),
            "yellows": rng.poisson(YELLOWS_PER_FOUL * fouls * strictness[:, None]),
            "reds": played.full_time[:, 2:],
            "goals": goals,
            "half_time_goals": played.half_time[:, :2],
        }
    )


def _by_side(pairs: dict[str, Floats | Ints]) -> pl.DataFrame:
    sides = enumerate(("home", "away"))
    return pl.DataFrame({f"{side}_{name}": pair[:, column] for column, side in sides for name, pair in pairs.items()})


def assign_referees(country: str, rounds: int, matches: int, rng: np.random.Generator) -> list[str | None]:
    """Draw the referees of a season, nobody twice in a round; None in countries whose referees the vendor omits."""
    names = np.array(referees_of(country), dtype=object)
    if not len(names):
        return [None] * (rounds * matches)
    order = rng.random((rounds, len(names))).argsort(axis=1)[:, :matches]
    return [str(name) for name in names[order].ravel()]


def strictness_of(referees: pl.Series, seed: int) -> Floats:
    """Return how strict each match's referee is, shape (n,), around one; one where no referee is named."""
    names = referees_of("England")
    by_name = dict(zip(names, stream(seed, "referees").lognormal(0.0, 0.15, len(names)).tolist(), strict=True))
    return referees.replace_strict(by_name, default=1.0, return_dtype=pl.Float64).to_numpy()
