"""LightGBM on gold features: gradient-boosted trees for home, draw and away. The only door to lightgbm.

Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree" (2017).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.belief import Belief

if TYPE_CHECKING:
    import lightgbm


@dataclass(frozen=True)
class BoostingParameters:
    """Chosen on seasons up to 2020/21; every run is deterministic for a seed, whatever the number of threads."""

    rounds: int = 220
    learning_rate: float = 0.03
    leaves: int = 7
    minimum_leaf_matches: int = 300
    feature_share: float = 0.5
    bagging_share: float = 0.7
    l2: float = 10.0

    def native(self, seed: int, threads: int) -> dict[str, object]:
        """In LightGBM's own names."""
        return {
            "objective": "multiclass", "num_class": 3, "learning_rate": self.learning_rate, "num_leaves": self.leaves,
            "min_data_in_leaf": self.minimum_leaf_matches, "feature_fraction": self.feature_share,
            "bagging_fraction": self.bagging_share, "bagging_freq": 1, "lambda_l2": self.l2, "seed": seed,
            "deterministic": True, "force_row_wise": True, "num_threads": threads, "verbosity": -1,
        }  # fmt: skip


class BoostingBelief:
    """A fitted booster; hand-offs are LightGBM's native text, never a pickle."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Columns that it was fitted on."""
        return tuple(self._booster.feature_name())

    def predict(self, features: pl.DataFrame) -> Belief:
        """`features` has the columns it was fitted on, float; null is "unknown". Returns (n, 3)."""
        if features.is_empty():
            return Belief(np.empty((0, 3)))
        return Belief.of(np.asarray(self._booster.predict(_matrix(features, self.feature_names))))

    def to_text(self) -> str:
        """LightGBM's native text."""
        return str(self._booster.model_to_string())

    @classmethod
    def from_text(cls, text: str) -> BoostingBelief:
        """Read what `to_text` wrote."""
        import lightgbm

        return cls(lightgbm.Booster(model_str=text))


def fit(
    features: pl.DataFrame, outcome: NDArray[np.int64], parameters: BoostingParameters, seed: int, threads: int
) -> BoostingBelief:
    """Learn from `features` (n, k; null allowed) and `outcome` (n,) of 0 home, 1 draw, 2 away."""
    import lightgbm

    names = features.columns
    data = lightgbm.Dataset(_matrix(features, names), outcome, feature_name=list(names), free_raw_data=True)
    return BoostingBelief(lightgbm.train(parameters.native(seed, threads), data, num_boost_round=parameters.rounds))


def describe(parameters: BoostingParameters) -> dict[str, object]:
    """For the model's card."""
    return asdict(parameters)


def _matrix(features: pl.DataFrame, names: tuple[str, ...] | list[str]) -> NDArray[np.float64]:
    return features.select(pl.col(list(names)).cast(pl.Float64)).fill_null(float("nan")).to_numpy()
