"""Members as they stood at each decision: fitted at the boundaries of their schedule, on what was known there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.countdown import Countdown, Say
from models.belief import Belief
from models.catalog import BLEND_MEMBERS, MEMBERS, MINIMUM_MATCHES, ModelSpec
from models.dataset import Dataset
from models.kept import Kept
from models.panel import MARKET
from models.recipe import Recipe
from models.schedule import Refit, boundaries, boundary

Mask = NDArray[np.bool_]
Learn = Callable[[ModelSpec], Any]


@dataclass(frozen=True)
class Members:
    """Fitted members by name; one that had too little to learn from is missing, one that failed says why."""

    fitted: Mapping[str, Any]
    failed: Mapping[str, str] = field(default_factory=dict)

    def predict(self, data: Dataset) -> dict[str, Belief]:
        """Each member's belief, a stand-in's where it is missing; the market needs no fitting."""
        beliefs = {MARKET: data.market}
        for spec in MEMBERS:
            beliefs[spec.name] = self._answer(spec, data, beliefs)
        return beliefs

    def _answer(self, spec: ModelSpec, data: Dataset, earlier: Mapping[str, Belief]) -> Belief:
        if spec.name in self.fitted:
            return spec.answer(self.fitted[spec.name], data)
        return earlier[spec.stand_in]

    @property
    def stand_ins(self) -> str | None:
        """Who answers for members that failed, in words for a ticket; None where nobody failed."""
        names = {spec.name: spec.stand_in for spec in MEMBERS}
        said = [f"{names[name]} for {name} ({why})" for name, why in sorted(self.failed.items())]
        return "; ".join(said) or None


class School:
    """Fits members on what `data` knew at a boundary; a fit made before is kept and used again.

    The key of a fit is the hash of the rows, labels and recipe that it learns from, and `code`, which names the code.
    """

    def __init__(self, data: Dataset, recipe: Recipe, kept: Kept, code: str, say: Say) -> None:
        self._data, self._kept, self._say = data, kept, say
        self._recipe, self._code = recipe, code

    def members(self, as_of: datetime) -> Members:
        """The members that answer a decision at `as_of`."""
        parts = [self._class_of(refit, boundary(as_of, refit)) for refit in Refit]
        return _together(parts)

    def beliefs(self, asked: Mask) -> tuple[dict[str, Belief], Mask]:
        """Members' beliefs on the decisions `asked`, each by members that were fitted before it; NaN elsewhere.

        Also which of these had `MINIMUM_MATCHES` to learn from: pools and scores look at no others.
        """
        beliefs = {name: np.full((len(asked), 3), np.nan) for name in BLEND_MEMBERS}
        learned = np.zeros(len(asked), dtype=bool)
        terms = list(self._terms(asked))
        countdown = Countdown(len(terms), self._say)
        for season, months in terms:
            grown, taught = self._grown(season)
            for month, rows in months:
                class_ = _together([grown, self._class_of(Refit.MONTH, month)])
                for name, belief in class_.predict(self._data.where(rows)).items():
                    beliefs[name][rows] = belief.probabilities
                learned |= rows & taught
            countdown.step(f"members of the season from {season:%B %Y}")
        return {name: Belief(values) for name, values in beliefs.items()}, learned

    def _grown(self, season: datetime) -> tuple[Members, bool]:
        labelled = self._data.labelled(season)
        return self._fit(Refit.SEASON, labelled), len(labelled.rows) >= MINIMUM_MATCHES

    def _class_of(self, refit: Refit, cutoff: datetime) -> Members:
        return self._fit(refit, self._data.labelled(cutoff))

    def _terms(self, asked: Mask) -> Iterator[tuple[datetime, list[tuple[datetime, Mask]]]]:
        """Seasons with the months in them, and the decisions of each month."""
        moments = self._data.rows["as_of_utc"]
        keys = pl.DataFrame({refit.value: boundaries(moments, refit) for refit in (Refit.SEASON, Refit.MONTH)})
        wanted = keys.filter(pl.Series(asked)).unique().sort("season", "month")
        for (season,), months in wanted.group_by("season", maintain_order=True):
            assert isinstance(season, datetime)
            rows = [
                (month, asked & ((keys["season"] == season) & (keys["month"] == month)).to_numpy())
                for month in months["month"]
            ]
            yield season, rows

    def _fit(self, refit: Refit, labelled: Dataset) -> Members:
        """Only what takes seconds is kept, and shared among the cores: a season's fits."""
        able = [spec for spec in MEMBERS if spec.refit is refit and spec.can_learn(labelled)]
        if refit is Refit.MONTH:
            tried = [self._tried(self._learned_from(labelled), spec) for spec in able]
        else:
            with ThreadPoolExecutor(_cores()) as workers:
                tried = list(workers.map(partial(self._tried, self._kept_or_learned(labelled)), able))
        fitted = {spec.name: fit for spec, (fit, fault) in zip(able, tried, strict=True) if fault is None}
        faults = {spec.name: fault for spec, (_, fault) in zip(able, tried, strict=True) if fault is not None}
        for spec in able:
            if spec.name in faults:
                self._say(f"{spec.name} failed ({faults[spec.name]}); {spec.stand_in} answers for it")
        return Members(fitted, {name: type(fault).__name__ for name, fault in faults.items()})

    def _tried(self, learn: Learn, spec: ModelSpec) -> tuple[Any, Exception | None]:
        """The fit, or why there is none: whatever a library throws, the other members go on without it."""
        try:
            return learn(spec), None
        except Exception as fault:
            return None, fault

    def _learned_from(self, labelled: Dataset) -> Learn:
        return lambda spec: spec.learn(labelled, self._recipe)

    def _kept_or_learned(self, labelled: Dataset) -> Learn:
        learned, digest = self._learned_from(labelled), _digest(labelled)

        def learn(spec: ModelSpec) -> Any:
            made_from = f"{self._code} {spec.name} {replace(self._recipe, threads=0)} {digest}"
            key = sha256(made_from.encode()).hexdigest()
            text = self._kept.get(key)
            if text is None:
                text = spec.write(learned(spec))
                self._keep(spec, key, text)
            return spec.read(text)

        return learn

    def _keep(self, spec: ModelSpec, key: str, text: str) -> None:
        """A full disk costs the next run a fit, not this one its member."""
        try:
            self._kept.put(key, text)
        except OSError as fault:
            self._say(f"the fit of {spec.name} cannot be kept ({fault})")


def _cores() -> int:
    """Cores that this process may use, at most four: every further fit holds its own copy of the features."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, 4)


def _digest(labelled: Dataset) -> str:
    digest = sha256(",".join(labelled.features.columns).encode())
    features = labelled.features.cast(pl.Float64).to_numpy()
    prices = [labelled.close, labelled.market, labelled.over_market]
    for values in (features, labelled.outcome, *(belief.probabilities for belief in prices)):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _together(parts: list[Members]) -> Members:
    fitted = {name: fit for part in parts for name, fit in part.fitted.items()}
    return Members(fitted, {name: why for part in parts for name, why in part.failed.items()})
