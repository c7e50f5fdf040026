"""The chance that a listed player takes part at all: from how he was missing lately, what was reported, and the list.

Learned by boosted trees on squares (the Brier score), since who comes back when has many corners. The archive's reports
say who missed the last games, not who will miss the next one; a day's own list, where there is one, has the last word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lake.keys import short_hash
from models.families import trees
from models.kept import InMemory, Kept

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEATURES = (
    "missed_games", "played_share_l5", "played_share_l15", "even_minutes_last", "even_minutes_h3", "even_minutes_h25",
    "typical_minutes", "days_since_played", "days_since_report", "is_reported_out", "is_reported_doubtful",
    "is_reported_since", "rest_days", "games_played", "games_with_team", "expected_margin", "games_in_4_days",
    "even_minutes_least", "departed_minutes", "report_after_game_days",
)  # fmt: skip
LISTED_PROB = {
    "out": 0.0,
    "suspended": 0.0,
    "doubtful": 0.25,
    "questionable": 0.5,
    "probable": 0.75,
    "available": 0.995,
}
"""What a day's list says, in the league's own definitions of its words."""
NEVER = tuple(status for status, likely in LISTED_PROB.items() if likely == 0.0)
_LEAST, _MOST = 0.005, 0.995
_UNKNOWN_PROB = 0.9
"""Of a player listed without a past."""
_FIRST_PROBS = (0.3, 0.88)
"""Before anything was learned: of who missed the last game, and of who did not."""
_WARM_UP_WEEKS = 2


@dataclass(frozen=True)
class PlaysParameters(trees.TreeParameters):
    """Rounds, rate and leaf size are the best of some trials on the first half of 2023-24; the rest was set by hand."""

    rounds: int = 200
    learning_rate: float = 0.03
    leaves: int = 15
    minimum_leaf_matches: int = 15
    feature_share: float = 0.5
    bagging_share: float = 0.7
    l2: float = 10.0


@dataclass(frozen=True)
class PlaysBelief:
    """A fitted regression of taking part."""

    booster: trees.Booster

    def predict(self, features: pl.DataFrame) -> Floats:
        """(n,) probabilities of taking part, 0.005 to 0.995; those that a list names, by `LISTED_PROB`."""
        if features.is_empty():
            return np.empty(0)
        return _heeded(features, self.booster.predict(features))


def fit(features: pl.DataFrame, played: Flags, seed: int, threads: int = 1) -> PlaysBelief:
    """Learn from n rows of features.features whether each took part (n,).

    Who is not listed teaches nothing: he is in the rows only because he played. Nor does who has no past.
    """
    own = (features["is_listed"] & features["has_past"]).to_numpy()
    inside = features.filter(pl.Series(own)).select(FEATURES)
    return PlaysBelief(trees.regress(inside, played[own].astype(float), PlaysParameters(), seed, threads))


def walk(features: pl.DataFrame, played: Flags, seed: int, threads: int = 1, kept: Kept | None = None) -> Floats:
    """(n,) the chances as they stood before each game: of each week by the outcomes known when it began.

    `features` has `outcome_known_at_utc`. Weeks begin on Mondays UTC, at their first decision; those before there is
    enough to learn go by whether the last game was missed. Later rows change nothing in earlier ones. `kept`: chances
    of weeks that were walked before, by week and by a hash over all rows that they come from.
    """
    store = InMemory() if kept is None else kept
    week = features["as_of_utc"].dt.truncate("1w")
    rows = np.asarray(features.with_columns(pl.Series("played", played)).hash_rows(seed=1).to_numpy(), dtype=np.uint64)
    chances = _heeded(features, _first(features))
    for now in week.unique().sort()[_WARM_UP_WEEKS:]:
        at = (week == now).to_numpy()
        asked = features.filter(pl.Series(at))
        before = (features["outcome_known_at_utc"] <= asked["as_of_utc"].min()).to_numpy()
        sums = [int(rows[mask].sum(dtype=np.uint64)) for mask in (at, before)]
        key = f"{now:%Y%m%d}-{short_hash(seed, *sums)}"
        text = store.get(key)
        if text is None:
            told = fit(features.filter(pl.Series(before)), played[before], seed, threads).predict(asked)
            text = json.dumps(told.tolist())
            store.put(key, text)
        chances[at] = json.loads(text)
    return chances


def _first(features: pl.DataFrame) -> Floats:
    return np.where((features["missed_games"] == 0).fill_null(False).to_numpy(), _FIRST_PROBS[1], _FIRST_PROBS[0])


def _heeded(features: pl.DataFrame, likely: Floats) -> Floats:
    """What was learned, except for who has no past and for whom the list names."""
    known = np.where(features["has_past"].to_numpy(), np.clip(likely, _LEAST, _MOST), _UNKNOWN_PROB)
    listed = features["listed_status"].replace_strict(LISTED_PROB, default=None, return_dtype=pl.Float64)
    said = listed.fill_null(float("nan")).to_numpy()
    return np.where(np.isnan(said), known, said)
