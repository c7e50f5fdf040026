"""XGBoost fitted to the closing price, where the optional package is installed: one door, native JSON, one thread.

Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System" (2016). It cuts features into bins and chooses splits in
another way than LightGBM does, so its errors are not quite those of models/families/closing.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from core.errors import PermanentError
from models.belief import Belief
from models.families.residual import Floats, PairBelief

if TYPE_CHECKING:
    import xgboost


@dataclass(frozen=True)
class XgbParameters:
    """Of XGBoost, by what they do; chosen on seasons up to 2020/21."""

    rounds: int = 200
    learning_rate: float = 0.03
    depth: int = 5
    minimum_leaf_matches: int = 50
    feature_share: float = 0.4
    bagging_share: float = 0.7
    l2: float = 10.0


class Booster:
    """A fitted booster that finds its own columns."""

    def __init__(self, booster: xgboost.Booster) -> None:
        self._booster = booster

    def predict(self, features: pl.DataFrame) -> Floats:
        """(n,) of float32 precision; null is "unknown"."""
        data = _matrix(features.select(self._booster.feature_names or ()))
        return np.asarray(self._booster.predict(data), dtype=np.float64)

    def to_text(self) -> str:
        """XGBoost's native JSON."""
        return str(self._booster.save_raw("json"), "utf-8")

    @classmethod
    def from_text(cls, text: str) -> Booster:
        """Read what `to_text` wrote. Raises PermanentError where XGBoost is not installed."""
        return cls(_xgboost().Booster(_SETTINGS, model_file=bytearray(text.encode())))


@dataclass(frozen=True)
class XgbBelief(PairBelief):
    """A fitted pair of boosters, for supremacy and for draw."""

    @classmethod
    def from_text(cls, text: str) -> XgbBelief:
        """Read what `to_text` wrote. Raises PermanentError where XGBoost is not installed."""
        return cls.read(text, Booster.from_text)


def is_installed() -> bool:
    """Whether the optional package is there; without it the family stays out of the ensemble."""
    return find_spec("xgboost") is not None


def fit(features: pl.DataFrame, close: Belief, parameters: XgbParameters, seed: int, threads: int) -> XgbBelief:
    """Learn from `features` (n, k; null allowed, with market memory's columns) and the close (n, 3) of each match.

    Matches without a close teach nothing. One thread does the work, whatever `threads` says: several would sum in
    another order. Raises PermanentError where XGBoost is not installed.
    """
    return XgbBelief.learn(features, close, partial(_regress, parameters=parameters, seed=seed))


_SETTINGS = {"nthread": 1, "verbosity": 0}


def _regress(features: pl.DataFrame, target: Floats, parameters: XgbParameters, seed: int) -> Booster:
    data = _matrix(features, target)
    return Booster(_xgboost().train(_SETTINGS | _native(parameters, seed), data, num_boost_round=parameters.rounds))


def _native(parameters: XgbParameters, seed: int) -> dict[str, object]:
    return {
        "objective": "reg:squarederror", "tree_method": "hist", "device": "cpu", "seed": seed,
        "learning_rate": parameters.learning_rate, "max_depth": parameters.depth,
        "min_child_weight": parameters.minimum_leaf_matches, "colsample_bytree": parameters.feature_share,
        "subsample": parameters.bagging_share, "reg_lambda": parameters.l2,
    }  # fmt: skip


def _matrix(features: pl.DataFrame, target: Floats | None = None) -> xgboost.DMatrix:
    values = features.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return _xgboost().DMatrix(values, label=target, feature_names=features.columns, nthread=1)


def _xgboost() -> Any:
    if not is_installed():
        raise PermanentError("XGBoost is not installed.", "Install the extra: pip install 'fairline[xgboost]'.")
    import xgboost

    return xgboost
