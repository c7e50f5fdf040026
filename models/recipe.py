"""Everything that decides what is learned, apart from the data."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.families.boosting import BoostingParameters
from models.families.closing import ClosingParameters
from models.families.elo import EloParameters
from models.families.goals.walk import WalkParameters
from models.families.memory import MemoryParameters


@dataclass(frozen=True)
class Recipe:
    """Parameters of every family, the seed, and the learners' threads (which never change an answer)."""

    elo: EloParameters = field(default_factory=EloParameters)
    goals: WalkParameters = field(default_factory=WalkParameters)
    memory: MemoryParameters = field(default_factory=MemoryParameters)
    boosting: BoostingParameters = field(default_factory=BoostingParameters)
    closing: ClosingParameters = field(default_factory=ClosingParameters)
    seed: int = 0
    threads: int = 2
