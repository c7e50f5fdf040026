"""Who says what about over and under 2.5 goals: members that need no fitting, and the market."""

from __future__ import annotations

import numpy as np

from core.market.pricing import price
from models.belief import Belief
from models.dataset import Dataset
from models.families import totals
from models.signals import goal_grid

MODEL_MEMBERS = ("dixon_coles", "total_memory")
BLEND_MEMBERS = (*MODEL_MEMBERS, "market")


def members(data: Dataset) -> dict[str, Belief]:
    """Beliefs about over and under 2.5, (n, 2) each, by member; the market's is NaN where nobody quotes it."""
    remembered = totals.over(data.signal("total_memory_goals"))
    prices = price(goal_grid(data.signals), ["totals"])
    listed = prices.selections.with_row_index().filter(line=totals.LINE)["index"].to_numpy()
    return {
        "dixon_coles": Belief.of(prices.win[:, listed]),
        "total_memory": Belief(np.column_stack([remembered, 1 - remembered])),
        "market": data.over_market,
    }
