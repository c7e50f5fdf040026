"""Which position a line of the game was scored for: seasons before 2020/21 do not say it, but their points do.

The game's rules of points, unchanged from 2016/17 to 2023/24: https://fantasy.premierleague.com/help/rules.
"""

from __future__ import annotations

import polars as pl

POSITIONS = ("GK", "DEF", "MID", "FWD")
_GOAL = {"GK": 6, "DEF": 6, "MID": 5, "FWD": 4}
_CLEAN_SHEET = {"GK": 4, "DEF": 4, "MID": 1, "FWD": 0}
_CONCEDES = ("GK", "DEF")
_FULL_MATCH = 60


def scored_as() -> pl.Expr:
    """The one position whose rules give the row's points, null where several do or the player took no part.

    What tells a goalkeeper from a defender, whose rules are nearly the same, is a save for the one and any threat or
    creativity for the other. Reads minutes, goals, assists, clean_sheets, goals_conceded, own_goals, penalties_saved,
    penalties_missed, yellow_cards, red_cards, saves, bonus, threat, creativity and points.
    """
    fits = {position: _points(position) == pl.col("points") for position in POSITIONS}
    saved = (pl.col("saves") > 0) | (pl.col("penalties_saved") > 0)
    attacked = (pl.col("threat") > 0) | (pl.col("creativity") > 0)
    likely = {"GK": saved, "DEF": ~saved & attacked, "MID": ~saved, "FWD": ~saved}
    rivals = {"GK": (), "DEF": ("MID", "FWD"), "MID": ("DEF", "FWD"), "FWD": ("DEF", "MID")}
    alone = {
        position: fits[position] & likely[position] & ~pl.any_horizontal(False, *(fits[other] for other in others))
        for position, others in rivals.items()
    }
    return pl.coalesce(pl.when(alone[p] & (pl.col("minutes") > 0)).then(pl.lit(p)) for p in POSITIONS)


def _points(position: str) -> pl.Expr:
    played = pl.when(pl.col("minutes") >= _FULL_MATCH).then(2).otherwise(1)
    common = (
        3 * pl.col("assists") + pl.col("bonus") + 5 * pl.col("penalties_saved") - 2 * pl.col("penalties_missed")
        - pl.col("yellow_cards") - 3 * pl.col("red_cards") - 2 * pl.col("own_goals")
    )  # fmt: skip
    keeping = pl.col("saves") // 3 if position == "GK" else pl.lit(0)
    conceded = pl.col("goals_conceded") // 2 if position in _CONCEDES else pl.lit(0)
    own = _GOAL[position] * pl.col("goals") + _CLEAN_SHEET[position] * pl.col("clean_sheets")
    return played + common + own + keeping - conceded
