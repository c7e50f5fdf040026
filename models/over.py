"""Who says what about over and under 2.5 goals: members that need no fitting, and the market."""

from __future__ import annotations

import numpy as np

from core.market.grid import scores
from models.belief import Belief
from models.dataset import Dataset
from models.families import totals
from models.signals import goal_grid

MODEL_MEMBERS = ("dixon_coles", "total_memory")
BLEND_MEMBERS = (*MODEL_MEMBERS, "market")
_BLOCK = 10_000
"""Score grids that are held at once."""


def members(data: Dataset) -> dict[str, Belief]:
    """Beliefs about over and under 2.5, (n, 2) each, by member; the market's is NaN where nobody quotes it."""
    home, away = scores()
    is_over = (home + away > totals.LINE).astype(float)
    blocks = [data.signals[start : start + _BLOCK] for start in range(0, len(data.signals), _BLOCK)]
    fitted = [(goal_grid(block).flat * is_over).sum(axis=1) for block in blocks]
    return {
        "dixon_coles": _two_way(np.concatenate([np.empty(0), *fitted])),
        "total_memory": _two_way(totals.over(data.signal("total_memory_goals"))),
        "market": data.over_market,
    }


def _two_way(over: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Belief:
    return Belief(np.column_stack([over, 1 - over]))
