"""LightGBM, for all families of trees: one door, native text instead of pickles, the same answer on any thread.

Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree" (2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    import lightgbm

Values = NDArray[np.float64]


@dataclass(frozen=True)
class TreeParameters:
    """Of LightGBM's boosted trees, by what they do; every family has defaults of its own."""

    rounds: int
    learning_rate: float
    leaves: int
    minimum_leaf_matches: int
    feature_share: float
    bagging_share: float
    l2: float

    def native(self) -> dict[str, object]:
        """The same in LightGBM's words."""
        return {
            "learning_rate": self.learning_rate, "num_leaves": self.leaves,
            "min_data_in_leaf": self.minimum_leaf_matches, "feature_fraction": self.feature_share,
            "bagging_fraction": self.bagging_share, "lambda_l2": self.l2,
        }  # fmt: skip


@dataclass(frozen=True)
class RandomForestParameters:
    """Of LightGBM's random forest: `rounds` trees side by side, each split sees a draw of the features."""

    rounds: int
    leaves: int
    minimum_leaf_matches: int
    split_feature_share: float
    bagging_share: float

    def native(self) -> dict[str, object]:
        """The same in LightGBM's words."""
        return {
            "boosting": "rf", "num_leaves": self.leaves, "min_data_in_leaf": self.minimum_leaf_matches,
            "feature_fraction_bynode": self.split_feature_share, "bagging_fraction": self.bagging_share,
        }  # fmt: skip


Parameters = TreeParameters | RandomForestParameters


class Booster:
    """A fitted booster that finds its own columns."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Columns that it was fitted on."""
        return tuple(self._booster.feature_name())

    def predict(self, features: pl.DataFrame) -> Values:
        """(n,) of a regression, (n, classes) of a classifier; null is "unknown"."""
        return np.asarray(self._booster.predict(_matrix(features, self.feature_names)))

    def to_text(self) -> str:
        """LightGBM's native text."""
        return str(self._booster.model_to_string())

    @classmethod
    def from_text(cls, text: str) -> Booster:
        """Read what `to_text` wrote."""
        import lightgbm

        return cls(lightgbm.Booster(model_str=text))


def classify(
    features: pl.DataFrame, outcome: NDArray[np.int64], parameters: Parameters, seed: int, threads: int
) -> Booster:
    """Learn classes 0, 1, 2 from `features` (n, k; null allowed)."""
    return _train(features, outcome, {"objective": "multiclass", "num_class": 3}, parameters, seed, threads)


def regress(features: pl.DataFrame, target: Values, parameters: Parameters, seed: int, threads: int) -> Booster:
    """Learn a number from `features` (n, k; null allowed) by least squares."""
    return _train(features, target, {"objective": "regression"}, parameters, seed, threads)


def _train(
    features: pl.DataFrame,
    label: NDArray[np.generic],
    task: dict[str, object],
    parameters: Parameters,
    seed: int,
    threads: int,
) -> Booster:
    import lightgbm

    names = features.columns
    data = lightgbm.Dataset(_matrix(features, names), label, feature_name=list(names), free_raw_data=True)
    settings = task | parameters.native() | _same_on_any_thread(seed, threads)
    return Booster(lightgbm.train(settings, data, num_boost_round=parameters.rounds))


def _same_on_any_thread(seed: int, threads: int) -> dict[str, object]:
    return {
        "bagging_freq": 1, "seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": threads,
        "verbosity": -1,
    }  # fmt: skip


def _matrix(features: pl.DataFrame, names: tuple[str, ...] | list[str]) -> Values:
    return features.select(pl.col(list(names)).cast(pl.Float64)).fill_null(float("nan")).to_numpy()
