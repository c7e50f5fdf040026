"""Neural networks fitted to the closing price: a small ensemble of perceptrons with one hidden layer.

scikit-learn trains them (Adam: Kingma and Ba, 2015) and stays behind this door; what is kept is their weights, and a
forecast is plain arithmetic on these. The mean of several networks with one hidden layer is one wide network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.belief import Belief
from models.families.residual import Floats, belief_after, lessons

if TYPE_CHECKING:
    from sklearn.neural_network import MLPRegressor


_FURTHEST = 6.0
"""Standard deviations beyond which an input counts as no further off: a network's answer grows with its inputs."""


@dataclass(frozen=True)
class NetworkParameters:
    """Chosen on seasons up to 2020/21; a pass is one walk through all matches, in batches.

    Passes end `patience_passes` after the error on `held_back_share` of the matches, the latest ones, was smallest.
    """

    networks: int = 4
    units: int = 32
    learning_rate: float = 0.002
    l2: float = 3.0
    batch_matches: int = 512
    most_passes: int = 40
    patience_passes: int = 4
    held_back_share: float = 0.15


@dataclass(frozen=True, eq=False)
class Inputs:
    """How k columns become numbers of a like size: less their `mean` (k,), times their `scale` (k,).

    An unknown value counts as the mean; `gappy` (g,) are the places of columns that had any, and each adds an input
    that says so.
    """

    columns: tuple[str, ...]
    mean: Floats
    scale: Floats
    gappy: tuple[int, ...]

    @classmethod
    def learn(cls, features: pl.DataFrame) -> Inputs:
        """From `features` (n, k; null or NaN where unknown); a column of one value, or of none, gets the scale 0."""
        values = _matrix(features)
        known = ~np.isnan(values)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        deviation = np.sqrt((np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / count)
        differs = np.where(known, values, np.inf).min(axis=0) < np.where(known, values, -np.inf).max(axis=0)
        scale = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=differs & (deviation > 0))
        return cls(tuple(features.columns), mean, scale, tuple(np.flatnonzero(~known.all(axis=0)).tolist()))

    def of(self, features: pl.DataFrame) -> Floats:
        """(n, k + g) inputs from a frame that has these columns."""
        values = _matrix(features.select(self.columns))
        unknown = np.isnan(values)
        standard = np.clip(np.where(unknown, 0.0, (values - self.mean) * self.scale), -_FURTHEST, _FURTHEST)
        return np.hstack([standard, unknown[:, self.gappy]])


@dataclass(frozen=True, eq=False)
class Network:
    """`max(0, x @ inner + inner_bias) @ outer + outer_bias`, from inputs (n, k) to moves (n, 2).

    `inner` (k, units), `inner_bias` (units,), `outer` (units, 2), `outer_bias` (2,).
    """

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    @classmethod
    def mean(cls, networks: list[MLPRegressor], scale: float) -> Network:
        """One wide network that answers with the mean of `networks`, times `scale`."""
        share = scale / len(networks)
        return cls(
            np.hstack([network.coefs_[0] for network in networks]),
            np.hstack([network.intercepts_[0] for network in networks]),
            np.vstack([network.coefs_[1] * share for network in networks]),
            np.sum([network.intercepts_[1] * share for network in networks], axis=0),
        )

    def predict(self, inputs: Floats) -> Floats:
        """(n, 2) moves; a match has the same bits alone and in any company."""
        hidden = np.maximum(_linear(inputs, self.inner, self.inner_bias), 0.0)
        return _linear(hidden, self.outer, self.outer_bias)


@dataclass(frozen=True, eq=False)
class NetworkBelief:
    """A fitted ensemble that finds its own columns."""

    inputs: Inputs
    network: Network

    def predict(self, features: pl.DataFrame) -> Belief:
        """`features` (n, k) with the columns it was fitted on; returns (n, 3)."""
        return belief_after(features, self.network.predict(self.inputs.of(features)))

    def to_text(self) -> str:
        """JSON of the inputs and of all weights, each with as many digits as its bits need."""
        return json.dumps({"inputs": _plain(self.inputs), "network": _plain(self.network)})

    @classmethod
    def from_text(cls, text: str) -> NetworkBelief:
        """Read what `to_text` wrote."""
        found = json.loads(text)
        columns, mean, scale, gappy = (found["inputs"][field.name] for field in fields(Inputs))
        inputs = Inputs(tuple(columns), np.array(mean), np.array(scale), tuple(gappy))
        return cls(inputs, Network(*(np.array(found["network"][field.name]) for field in fields(Network))))


def fit(features: pl.DataFrame, close: Belief, parameters: NetworkParameters, seed: int, threads: int) -> NetworkBelief:
    """Learn from `features` (n, k; null allowed, with market memory's columns) and the close (n, 3) of each match.

    Matches stand in order of time, for the latest say when to stop; those without a close teach nothing. Both moves
    share one scale, because a unit of either costs about the same divergence where prices are even. One thread does
    the work, whatever `threads` says: several would sum in another order.
    """
    from threadpoolctl import threadpool_limits

    inside, moves = lessons(features, close)
    inputs, scale = Inputs.learn(inside), float(moves[:, 0].std()) or 1.0
    values, targets = inputs.of(inside), moves / scale
    with threadpool_limits(1, user_api="blas"):
        passes = _passes(values, targets, parameters, seed)
        networks = [
            _trained(values, targets, parameters, seed, member, passes) for member in range(parameters.networks)
        ]
    return NetworkBelief(inputs, Network.mean(networks, scale))


def _passes(values: Floats, targets: Floats, parameters: NetworkParameters, seed: int) -> int:
    """After how many passes through the earlier matches the error on the latest was smallest (Prechelt, 1998)."""
    earlier = int(len(values) * (1 - parameters.held_back_share))
    network, errors = _network(parameters, seed, 0, earlier), [np.inf]
    while len(errors) <= parameters.most_passes and len(errors) - np.argmin(errors) <= parameters.patience_passes:
        network.partial_fit(values[:earlier], targets[:earlier])
        errors.append(float(((network.predict(values[earlier:]) - targets[earlier:]) ** 2).mean()))
    return int(np.argmin(errors))


def _trained(
    values: Floats, targets: Floats, parameters: NetworkParameters, seed: int, member: int, passes: int
) -> MLPRegressor:
    network = _network(parameters, seed, member, len(values))
    for _ in range(passes):
        network.partial_fit(values, targets)
    return network


def _network(parameters: NetworkParameters, seed: int, member: int, matches: int) -> MLPRegressor:
    """An untrained network with a stream of random numbers of its own."""
    from sklearn.neural_network import MLPRegressor

    return MLPRegressor(
        hidden_layer_sizes=(parameters.units,),
        learning_rate_init=parameters.learning_rate,
        alpha=parameters.l2,
        batch_size=min(parameters.batch_matches, matches),
        random_state=np.random.RandomState(np.random.MT19937(np.random.SeedSequence((seed, member)))),
    )


def _linear(values: Floats, weights: Floats, bias: Floats) -> Floats:
    """`values @ weights + bias`, summed column by column: BLAS rounds a match otherwise in other company."""
    total = np.tile(bias, (len(values), 1))
    for column, row in zip(values.T, weights, strict=True):
        total += np.multiply.outer(column, row)
    return total


def _matrix(features: pl.DataFrame) -> Floats:
    return features.cast(pl.Float64).fill_null(float("nan")).to_numpy(order="c")


def _plain(part: Inputs | Network) -> dict[str, object]:
    return {field.name: np.asarray(getattr(part, field.name)).tolist() for field in fields(part)}
