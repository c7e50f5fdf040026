"""What past games let expect of each decision: by the filter of results, and by market memory beside it.

Memory learns from closing lines, and from what the filter expected where nobody quoted a game; neither sees a price of
the game that is asked about.
"""

from __future__ import annotations

import polars as pl

from models.basketball import memory, ratings
from models.basketball.recipe import GameRecipe
from models.basketball.unpriced import with_stand_ins


def expected(
    seen: pl.DataFrame, reports: pl.DataFrame, rows: pl.DataFrame, recipe: GameRecipe
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `ratings.filtered` and `memory.signals` say of each of n decisions, in the order of `rows`.

    `seen`: as `seen.seen_games` makes it. `reports`: as `memory.signals` asks for them. Raises what these two raise.
    """
    filtered = ratings.filtered(seen, rows, recipe.filter)
    return filtered, memory.signals(with_stand_ins(seen, rows, filtered), reports, rows, recipe.memory)
