"""Everything that decides what is learned of basketball, apart from the data."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.settings import Settings
from models.basketball.closing import ClosingParameters
from models.basketball.memory import MemoryParameters
from models.basketball.ratings import EloParameters, FilterParameters


@dataclass(frozen=True)
class GameRecipe:
    """Parameters of every member, the seed, and the learners' threads (which never change an answer)."""

    elo: EloParameters = field(default_factory=EloParameters)
    filter: FilterParameters = field(default_factory=FilterParameters)
    memory: MemoryParameters = field(default_factory=MemoryParameters)
    closing: ClosingParameters = field(default_factory=ClosingParameters)
    seed: int = 0
    threads: int = 2

    @classmethod
    def of(cls, settings: Settings) -> GameRecipe:
        """The recipe of a run: seed and threads are the settings'."""
        return cls(seed=settings.seed % 2**31, threads=settings.threads)
