"""What korfball is believed by: the clubs' form, as a normal law of the margin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from core.market.grid import ScoreGrid
from core.market.sports import SPORTS
from core.settings import Settings
from models.artifacts import Format

Floats = NDArray[np.float64]
_SPEC = "spec.json"


@dataclass(frozen=True)
class FormRecipe:
    """How much of the difference in form is believed, the seed, and the learners' threads (there are none)."""

    share: float = 0.6
    seed: int = 0
    threads: int = 1

    @classmethod
    def of(cls, settings: Settings) -> FormRecipe:
        """The recipe of a run."""
        return cls(seed=settings.seed % 2**31)


@dataclass(frozen=True)
class Trained:
    """Goals that playing at home is worth, and the standard deviation of the margin, from so many `matches`."""

    share: float
    home_advantage: float
    deviation: float
    matches: int
    failures: Mapping[str, str] = field(default_factory=dict)
    stand_ins: str | None = None

    def home_probs(self, lead: Floats) -> Floats:
        """Chance that the home side wins, by how many goals a match its form leads (n,); NaN where that is unknown."""
        chance: Floats = ndtr((self.home_advantage + self.share * lead) / self.deviation)
        return chance


def learn(lead: Floats, margin: Floats, recipe: FormRecipe) -> Trained:
    """From leads in form and final margins (n,), two matches at least."""
    beyond = margin - recipe.share * lead
    return Trained(recipe.share, float(beyond.mean()), float(beyond.std(ddof=1)), len(beyond))


def winner_grid(home_probs: Floats) -> ScoreGrid:
    """The grid of who wins, (n,) chances of the home side."""
    support = SPORTS["korfball"].outcomes
    home_won = support.home > support.away
    return ScoreGrid(np.where(home_won, home_probs[:, None], 1.0 - home_probs[:, None]), support)


def write(folder: Path, trained: Trained) -> None:
    """Write a forecaster into a folder."""
    (folder / _SPEC).write_text(json.dumps(asdict(trained), indent=1, sort_keys=True), encoding="utf-8")


def read(folder: Path) -> Trained:
    """The forecaster that was written."""
    return Trained(**json.loads((folder / _SPEC).read_text(encoding="utf-8")))


FORMAT = Format(write, read)
