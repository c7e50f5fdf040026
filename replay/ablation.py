"""What each member of the pools and each group of features adds: paired with the whole forecasters of a backtest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from replay.changes import Scope, measured
from replay.evidence import TABLES, Evidence
from replay.kept import kept
from replay.parts import Ablated, feature_groups, without_and_alone, without_features
from replay.taken_away import require_backtest
from replay.walk_forward import hear, tested_rows

Values = NDArray[np.float64]
MEASURES = {"log_loss": "log_loss", "kl_to_close": "kl"}
"""Means of a whole forecaster in nats, and what their changes are called."""


@dataclass(frozen=True)
class Ablation:
    """What everything adds, overall and by league. `hash` names code, data versions, configuration and seed."""

    hash: str
    data: str
    overall: Scope
    by_league: Mapping[str, Scope]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        leagues = {name: scope.to_json() for name, scope in self.by_league.items()}
        return {"hash": self.hash, "data": self.data, "overall": self.overall.to_json(), "by_league": leagues}


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
    scored = partial(_scored, reference=close.probabilities[rows], outcome=data.outcome[rows])
    whole = {name: scored(belief.probabilities[rows]) for name, belief in full.items()}
    without = [(one, scored(one.belief.probabilities[rows])) for one in ablated]
    return measured(whole, without, MEASURES, data.match_days[rows], seed)


def _scored(p: Values, reference: Values, outcome: NDArray[np.int64]) -> Values:
    """(2, n): log-loss and divergence from the close of each match."""
    return np.stack([scores.log_loss(p, outcome), scores.kl_divergence(reference, p)])
