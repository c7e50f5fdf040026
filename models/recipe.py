"""Everything that decides what is learned, apart from the data."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.settings import Settings
from models.families.boosting import BoostingParameters
from models.families.closing import ClosingParameters
from models.families.drift import DriftParameters
from models.families.elo import EloParameters
from models.families.forest import ForestParameters
from models.families.goals.design import Family
from models.families.goals.walk import PARAMETERS, WalkParameters
from models.families.memory import MemoryParameters
from models.families.network import NetworkParameters
from models.families.pi_ratings import PiParameters
from models.families.state_space import StateSpaceParameters
from models.families.totals import TotalParameters
from models.families.xgb import XgbParameters


@dataclass(frozen=True)
class Recipe:
    """Parameters of every family, the seed, and the learners' threads (which never change an answer)."""

    elo: EloParameters = field(default_factory=EloParameters)
    goals: WalkParameters = field(default_factory=lambda: PARAMETERS[Family.DIXON_COLES])
    bivariate: WalkParameters = field(default_factory=lambda: PARAMETERS[Family.BIVARIATE_POISSON])
    binomial: WalkParameters = field(default_factory=lambda: PARAMETERS[Family.NEGATIVE_BINOMIAL])
    memory: MemoryParameters = field(default_factory=MemoryParameters)
    pi: PiParameters = field(default_factory=PiParameters)
    state_space: StateSpaceParameters = field(default_factory=StateSpaceParameters)
    totals: TotalParameters = field(default_factory=TotalParameters)
    boosting: BoostingParameters = field(default_factory=BoostingParameters)
    closing: ClosingParameters = field(default_factory=ClosingParameters)
    drift: DriftParameters = field(default_factory=DriftParameters)
    forest: ForestParameters = field(default_factory=ForestParameters)
    network: NetworkParameters = field(default_factory=NetworkParameters)
    xgboost: XgbParameters = field(default_factory=XgbParameters)
    seed: int = 0
    threads: int = 2

    @classmethod
    def of(cls, settings: Settings) -> Recipe:
        """The recipe of a run: seed and threads are the settings'."""
        return cls(seed=settings.seed % 2**31, threads=settings.threads)
