"""Forecasters with a part of them taken away, or with only that part left; what it costs them is in `ablation`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from core.countdown import Countdown, Say
from lake.keys import short_hash
from models.belief import Belief
from models.catalog import CLOSING, ModelSpec
from models.dataset import IDENTITY, Dataset
from models.families import closing
from models.families.residual import MEMORY
from models.kept import Kept
from models.members import Mask
from models.recipe import Recipe
from models.schedule import Refit, boundaries
from models.signals import BINOMIAL, BIVARIATE, GOALS
from models.training import Hearing
from replay.evidence import Evidence
from replay.taken_away import Kind

POOLS = ("model", "blend")
PRICED_POOLS = ("blend",)
SIGNALS: Mapping[str, tuple[str, ...]] = {
    "ratings": ("elo_difference", "pi_difference"),
    "state_space": ("state_home_goals", "state_away_goals", "state_variance"),
    "memory": ("memory_variance",),
    "total_memory": ("total_memory_goals", "total_memory_variance"),
    "goal_models": (*GOALS, *BIVARIATE, *BINOMIAL),
}
"""Groups of signals; the two numbers of market memory that `closing` starts from belong to none (residual.MEMORY)."""


@dataclass(frozen=True)
class Ablated:
    """The forecaster `of`, changed by leaving out or leaving alone `name`: what it says, shaped like the data."""

    kind: Kind
    of: str
    name: str
    belief: Belief


def without_and_alone(heard: Hearing, tested: Mask, say: Say) -> Iterator[Ablated]:
    """Both pools without each member, and of each member alone; `model` has no member that sees a price."""
    countdown = Countdown(len(heard.beliefs), say)
    for name, belief in heard.beliefs.items():
        others = {other: said for other, said in heard.beliefs.items() if other != name}
        unpriced = tuple(other for other in heard.unpriced if other != name)
        without = replace(heard, beliefs=others, unpriced=unpriced).pooled(tested)
        alone = replace(heard, beliefs={name: belief}, unpriced=(name,)).pooled(tested)["model"]
        for of in POOLS if name in heard.unpriced else PRICED_POOLS:
            yield Ablated(Kind.WITHOUT_MEMBER, of, name, without[of])
            yield Ablated(Kind.MEMBER_ALONE, of, name, alone)
        countdown.step(f"pools without {name}, and of it alone")


def feature_groups(evidence: Evidence, features: list[str]) -> dict[str, tuple[str, ...]]:
    """Columns of `features` by group: both clubs' form, the schedule, and the groups of signals."""
    sides = [f"{side}_{name}" for side in ("home", "away") for name in evidence.form.columns]
    found = {"form": sides, "schedule": evidence.schedule.drop(IDENTITY, strict=False).columns, **SIGNALS}
    return {group: tuple(name for name in features if name in names) for group, names in found.items()}


def without_features(
    heard: Hearing,
    tested: Mask,
    groups: Mapping[str, tuple[str, ...]],
    recipe: Recipe,
    kept: Kept,
    made_from: str,
    say: Say,
) -> Iterator[Ablated]:
    """`closing` without the columns of each group, fitted at every season's boundary as the whole one is.

    `made_from` names code, data and recipe: a fit made from the same without the same columns is used again.
    """
    data, seasons = heard.data, boundaries(heard.data.rows["as_of_utc"], Refit.SEASON)
    starts = seasons.filter(pl.Series(tested)).unique().sort()
    said = {group: heard.beliefs[CLOSING.stand_in].probabilities.copy() for group in groups}
    countdown = Countdown(len(starts) * len(groups), say)
    for start in starts:
        labelled, rows = data.labelled(start), tested & (seasons == start).to_numpy()
        asked = data.where(rows)
        for group, columns in groups.items():
            if CLOSING.can_learn(labelled):
                key = short_hash(made_from, CLOSING.name, start, *columns)
                fitted = _fitted(closing_without(columns), labelled, recipe, kept, key)
                said[group][rows] = CLOSING.answer(fitted, asked).probabilities
            countdown.step(f"{CLOSING.name} without {group}, season from {start:%B %Y}")
    for group, values in said.items():
        yield Ablated(Kind.WITHOUT_FEATURES, CLOSING.name, group, Belief(values))


def closing_without(columns: tuple[str, ...]) -> ModelSpec:
    """`closing` that learns from all features but these; it finds its own columns when it answers."""
    if set(columns) & set(MEMORY):
        raise ValueError(f"{CLOSING.name} starts from {' and '.join(MEMORY)}.")
    return replace(
        CLOSING,
        learn=lambda data, recipe: closing.fit(
            data.features.drop(columns), data.close, recipe.closing, recipe.seed, recipe.threads
        ),
    )


def _fitted(spec: ModelSpec, labelled: Dataset, recipe: Recipe, kept: Kept, key: str) -> Any:
    text = kept.get(key)
    if text is None:
        text = spec.write(spec.learn(labelled, recipe))
        kept.put(key, text)
    return spec.read(text)
