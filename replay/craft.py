"""What a sport brings to learning and pricing: the same steps for all of them, with other models behind.

A sport's craft is a module of this room; which sport has which stands in `replay.catalog`, which none of them knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from feature_repo.store import Store
from lake.storage import Lake
from models.artifacts import Format
from models.families.bayes.walk import Strengths
from models.kept import Kept

Progress = Callable[[str], None]
PLAYER_PREDICTIONS, PROP_VALUES, PLAYER_BELIEFS = "player_predictions", "prop_values", "player_beliefs"
"""Gold tables of players: what each may do at our prices, books' prices beside these, and the belief behind both."""
PERFORMANCE = {
    "forecaster": pl.String(), "measure": pl.String(), "value": pl.Float64(), "low_ci95": pl.Float64(),
    "high_ci95": pl.Float64(), "matches": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Taught:
    """A forecaster that was just trained, and how those that stood before each match of the last year did.

    `scores`: rows of `PERFORMANCE`. `losses`: match_id, event_at_utc and log_loss of the forecaster that decides.
    `reliability`: its probabilities and outcomes. `weights`: of each pool, by member. `example`: some rows of features.
    """

    trained: Any
    scores: pl.DataFrame
    losses: pl.DataFrame
    reliability: tuple[NDArray[np.float64], NDArray[np.float64]]
    example: pl.DataFrame


@dataclass(frozen=True)
class Priced:
    """What is thought of the coming matches: rows of gold predictions, fair_odds, score_grids; empty on a first day."""

    predictions: pl.DataFrame
    fair_odds: pl.DataFrame
    score_grids: pl.DataFrame

    @classmethod
    def nothing(cls, lake: Lake, sport: str) -> Priced:
        """Tables without a row."""
        return cls(*(lake.table(f"gold.{sport}.{name}").contract.empty() for name in PRICED))


PRICED = ("predictions", "fair_odds", "score_grids")


class Players(Protocol):
    """Prices players of the coming matches: rows of the gold tables of `Craft.PLAYERS_FROM`, by name."""

    def __call__(self, lake: Lake, settings: Settings, as_of: datetime) -> Mapping[str, pl.DataFrame]:
        """What they may do, as known at a moment."""
        ...


class Backtest(Protocol):
    """Walks forward over the match days from `first` to `last`, inclusive: one row of gold backtests."""

    def __call__(
        self, lake: Lake, settings: Settings, first: date, last: date, progress: Progress, posterior: bool = False
    ) -> pl.DataFrame:
        """Forecasters on the same matches, and the tickets that would have been issued."""
        ...


class Told(Protocol):
    """What was measured."""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        ...


class Ablate(Protocol):
    """Tells a backtest of the match days from `first` to `last`, inclusive, again without each part of its models."""

    def __call__(
        self, lake: Lake, settings: Settings, first: date, last: date, say: Progress, players: bool = False
    ) -> Told:
        """What each part adds, on the same matches, and with `players` what their groups of features add.

        Raises PermanentError where the lake has no such backtest, and SettingsInvalid for `players` where nothing is
        learned of them.
        """
        ...


class Craft(Protocol):
    """A module of one sport."""

    MODEL: str
    """What is forecast, in the registry's words."""
    TABLES: tuple[str, ...]
    """Gold tables that are learned from."""
    DECIDES: str
    """The forecaster whose prices are offered on."""
    PLAYERS_FROM: Mapping[str, tuple[str, ...]]
    """By gold table of its players, the tables that it comes from, such as silver.player_stats."""
    SEEN: tuple[str, ...]
    """Gold tables that strengths are sampled from; none for a sport without a posterior."""

    def recipe_of(self, settings: Settings) -> Any:
        """Everything that decides what is learned, apart from the data: a frozen dataclass with `threads`."""
        ...

    def format(self) -> Format:
        """How its forecasters are written and read."""
        ...

    def described(self, trained: Any) -> Mapping[str, object]:
        """What people want to know of a forecaster, such as the weights of its pools."""
        ...

    def teach(self, lake: Lake, settings: Settings, as_of: datetime, kept: Kept, progress: Progress) -> Taught | None:
        """Train on everything that gold knows; None where no match is over yet."""
        ...

    def price(self, lake: Lake, store: Store, settings: Settings, trained: Any) -> Priced:
        """What a forecaster says of the coming matches; `training_hash` and `stand_ins` are added by the caller."""
        ...

    @property
    def players(self) -> Players | None:
        """What prices its players; None for a sport without player markets."""
        ...

    @property
    def strengths(self) -> Callable[[], Strengths[Any]] | None:
        """What gives the model of strengths whose posterior is sampled each month; None for a sport without one."""
        ...

    @property
    def seen(self) -> Callable[[Lake, Settings], pl.DataFrame] | None:
        """What gives all that strengths are sampled from; None for a sport without a posterior."""
        ...

    @property
    def backtest(self) -> Backtest | None:
        """What walks over its past; None for a sport without a backtest."""
        ...

    @property
    def ablate(self) -> Ablate | None:
        """What tells how much each part of its models adds; None for a sport where nothing does."""
        ...
