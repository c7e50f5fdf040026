"""Rates per minute of every component of a night, given opponent, pace, team-mates and what the game is expected to be.

A player's own long rate, drawn to the league's, is multiplied by what a Poisson regression with minutes as exposure has
learned of all players: how much his recent form, his shots tried, the opponent's allowance and the game move it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.props import regression
from models.props.absences import MISSED
from models.props.form import rate
from models.props.words import COMPONENTS, VALUES

Floats = NDArray[np.float64]

HALF_LIFE_DAYS = 60.0
_PENALTY = 5000.0
_LEAST_MINUTES = 0.3
_USUAL_TOTAL, _USUAL_PACE = 228.0, 99.0
_LEAST_RATE = 1e-4


@dataclass(frozen=True)
class RatesBelief:
    """One regression a component, and the league's rates (7,) for players without a past."""

    by_component: tuple[regression.Linear, ...]
    league: tuple[float, ...]

    def predict(self, features: pl.DataFrame) -> Floats:
        """(n, 7) expected counts per minute, in the order of `COMPONENTS`."""
        columns = [
            own_rate(features, component, usual)
            * np.exp(np.clip(model.predict(design(features, component)), -1.5, 1.5))
            for component, model, usual in zip(COMPONENTS, self.by_component, self.league, strict=True)
        ]
        return np.maximum(np.column_stack(columns), _LEAST_RATE)


def fit(features: pl.DataFrame, counts: Floats, minutes: Floats, weight: Floats) -> RatesBelief:
    """Learn from players who took part: `counts` (n, 7) in the order of `COMPONENTS`, `minutes` and `weight` (n,)."""
    exposure = np.maximum(minutes, _LEAST_MINUTES)
    league = counts.sum(axis=0) / exposure.sum()
    models = tuple(
        regression.poisson(
            design(features, component), counts[:, place], exposure * own_rate(features, component, league[place]),
            weight, _PENALTY,
        )
        for place, component in enumerate(COMPONENTS)
    )  # fmt: skip
    return RatesBelief(models, tuple(league.tolist()))


def own_rate(features: pl.DataFrame, component: str, usual: float) -> Floats:
    """(n,) a player's long rate per minute; `usual` for one without a past."""
    own = features[rate(component)].fill_null(usual).to_numpy()
    rates: Floats = np.maximum(own, _LEAST_RATE)
    return rates


def design(features: pl.DataFrame, component: str) -> pl.DataFrame:
    """The columns that the log of a rate over the player's own is linear in."""
    own = pl.col(rate(component)).clip(_LEAST_RATE)
    total, margin = pl.col("expected_total"), pl.col("expected_margin")
    return features.select(
        (pl.col(rate(component, 6.0)).clip(_LEAST_RATE) / own).log().alias("lately"),
        (pl.col(rate(component, 20.0)).clip(_LEAST_RATE) / own).log().alias("this_month"),
        own.log().alias("own"),
        (own.log() / (1.0 + pl.col("games_played"))).alias("own_by_newness"),
        *_tried(component),
        ((total + margin) / _USUAL_TOTAL).log().alias("team_points"),
        ((total - margin) / _USUAL_TOTAL).log().alias("opponent_points"),
        (pl.col("even_minutes_h25").clip(1.0)).log().alias("level"),
        (pl.col("even_minutes_h3").clip(1.0) / pl.col("even_minutes_h25").clip(1.0)).log().alias("level_lately"),
        pl.col("bigness"),
        *((pl.col("role") == each).cast(pl.Float64).alias(each) for each in ("passer", "big")),
        (pl.col("pace") / _USUAL_PACE).log(),
        (pl.col("opponent_pace") / _USUAL_PACE).log(),
        pl.col("is_home").cast(pl.Float64),
        pl.col(f"allows_{component}").log(),
        pl.col(f"allows_role_{component}").log(),
        *_absent(component),
    )


def _absent(component: str) -> list[pl.Expr]:
    """What team-mates leave to him beyond the usual: minutes, and what is of the component's own kind."""
    kind = "points" if component in VALUES else component
    return [
        (pl.col(f"absent_{what}") - pl.col(f"usual_absent_{what}_h{h}")).alias(f"more_absent_{what}_h{h}")
        for h in (3, 8)
        for what in ("minutes", kind)
        if what in MISSED
    ]


def _tried(component: str) -> list[pl.Expr]:
    """What shots tried say of shots made: less noisy than the shots made themselves."""
    if component not in VALUES:
        return []
    own = pl.col(rate(component)).clip(_LEAST_RATE)
    return [
        (pl.col(rate(f"tried_{component}", h)).clip(_LEAST_RATE) / own).log().alias(f"tried_h{h:g}")
        for h in (6.0, 20.0, 60.0)
    ]
