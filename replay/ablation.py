"""What each member of the pools and each group of features adds: paired with the whole forecasters of a backtest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.countdown import Say
from core.errors import SettingsInvalid
from core.settings import Settings
from core.threads import one_blas_thread
from lake.keys import short_hash
from lake.storage import Lake
from models import scores
from models.belief import Belief
from models.catalog import CLOSING
from models.dataset import Dataset
from models.members import Mask
from models.recipe import Recipe
from models.training import Hearing
from replay import fingerprint
from replay.evidence import TABLES, Evidence
from replay.kept import kept
from replay.parts import Ablated, feature_groups, without_and_alone, without_features
from replay.taken_away import Interval, Kind, interval, require_backtest
from replay.walk_forward import hear, tested_rows

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Full:
    """Mean scores of a whole forecaster, in nats."""

    log_loss: float
    kl_to_close: float


@dataclass(frozen=True)
class Change:
    """By how much the mean scores of an ablated forecaster lie above those of the whole one, in nats: above 0 is worse.

    Paired by match; 95% intervals resample match days, and are None for fewer than two. They do not hold the chance in
    the fits: trees without a column also draw their columns and rows otherwise.
    """

    kind: Kind
    of: str
    name: str
    log_loss_minus_full: float
    log_loss_minus_full_ci95: Interval
    kl_minus_full: float
    kl_minus_full_ci95: Interval


@dataclass(frozen=True)
class Scope:
    """All changes on the same n matches, and the whole forecasters that they are measured from.

    Raises ValueError where one of these is missing.
    """

    n: int
    full: Mapping[str, Full]
    changes: tuple[Change, ...]

    def __post_init__(self) -> None:
        if missing := {change.of for change in self.changes} - set(self.full):
            raise ValueError(f"Nothing to measure from: {', '.join(sorted(missing))}.")


@dataclass(frozen=True)
class Ablation:
    """What everything adds, overall and by league. `hash` names code, data versions, configuration and seed."""

    hash: str
    data: str
    overall: Scope
    by_league: Mapping[str, Scope]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def ablate(lake: Lake, settings: Settings, first: date, last: date, say: Say, players: bool = False) -> Ablation:
    """Leave out each member and each group of features on the matches of a backtest from `first` to `last`, inclusive.

    Members are fitted once, or kept by that backtest; BLAS runs on one thread, which small pools are faster on. Raises
    PermanentError where the lake has no backtest of these days and leagues, or that has no match, and SettingsInvalid
    for `players`, who have no features of their own.
    """
    if players:
        raise SettingsInvalid(
            "Football's players are priced from its goals: no features of theirs can be left out.", ""
        )
    require_backtest(lake, settings, first, last)
    recipe = Recipe.of(settings)
    evidence = Evidence.of(lake, settings.sport)
    made_from = fingerprint.training(lake, settings.sport, TABLES, recipe)
    data = evidence.past(recipe)
    tested = tested_rows(data, settings, first, last)
    with one_blas_thread():
        heard, _ = hear(data, tested, recipe, kept(lake), say)
        say("panels of all members, month by month")
        full = heard.pooled(tested) | {CLOSING.name: heard.beliefs[CLOSING.name]}
        groups = feature_groups(evidence, data.features.columns)
        ablated = [
            *without_and_alone(heard, tested, say),
            *without_features(heard, tested, groups, recipe, kept(lake), made_from, say),
        ]
    say("scores")
    judge = partial(compare, full=full, ablated=ablated, data=data, close=evidence.close(data)[0], seed=settings.seed)
    chosen = _comparable(evidence, heard, tested)
    leagues = data.rows["competition_id"].to_numpy()
    return Ablation(
        short_hash(made_from, settings.seed, first, last, *sorted(settings.leagues)),
        "sandbox" if settings.simulated else "archive",
        judge(chosen),
        {name: judge(chosen & (leagues == name)) for name in np.unique(leagues[chosen])},
    )


def _comparable(evidence: Evidence, heard: Hearing, tested: Mask) -> Mask:
    """The decisions of the backtest: with a result, both benchmark prices, and a belief of every member."""
    prices = evidence.open(heard.data)[0], evidence.close(heard.data)[0]
    present = np.logical_and.reduce([belief.present for belief in (*prices, *heard.beliefs.values())])
    chosen: Mask = tested & heard.learned & present & (heard.data.outcome >= 0)
    return chosen


def compare(
    rows: Mask, full: Mapping[str, Belief], ablated: Sequence[Ablated], data: Dataset, close: Belief, seed: int
) -> Scope:
    """Every ablated forecaster against the whole one on the decisions `rows`."""
    days = data.match_days[rows]
    scored = partial(_scored, reference=close.probabilities[rows], outcome=data.outcome[rows])
    whole = {name: scored(belief.probabilities[rows]) for name, belief in full.items()}
    changes = tuple(_change(one, scored(one.belief.probabilities[rows]) - whole[one.of], days, seed) for one in ablated)
    return Scope(int(rows.sum()), {name: Full(*both.mean(axis=1).tolist()) for name, both in whole.items()}, changes)


def _scored(p: Values, reference: Values, outcome: NDArray[np.int64]) -> Values:
    """(2, n): log-loss and divergence from the close of each match."""
    return np.stack([scores.log_loss(p, outcome), scores.kl_divergence(reference, p)])


def _change(one: Ablated, differences: Values, days: NDArray[np.int64], seed: int) -> Change:
    loss, divergence = differences
    return Change(
        one.kind, one.of, one.name,
        float(loss.mean()), interval(loss, days, seed),
        float(divergence.mean()), interval(divergence, days, seed),
    )  # fmt: skip
