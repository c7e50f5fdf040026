"""What opponents allow: counts against each team beside what the same men make against anybody.

Where no position is known, players fall into three roles by what they do: who passes, who rebounds and blocks, and who
stands between them.
"""

from __future__ import annotations

import polars as pl

from models.props.form import rate
from models.props.words import COMPONENTS

ROLES = ("passer", "wing", "big")
_BREAKS = (0.02, 0.12)
"""Rebounds and twice the blocks less 1.2 assists, per minute, at which the roles part: thirds of minutes, about."""
_PRIOR_COUNT = 15.0
"""Counts as foretold that are added on both sides of each ratio."""


def role() -> pl.Expr:
    """The role of a player by `bigness` (see form): one of `ROLES`, null for a player without a past."""
    big = pl.col("bigness")
    named = pl.when(big < _BREAKS[0]).then(pl.lit(ROLES[0])).when(big < _BREAKS[1]).then(pl.lit(ROLES[1]))
    return pl.when(big.is_not_null()).then(named.otherwise(pl.lit(ROLES[2]))).alias("role")


def allowances(past: pl.DataFrame, form: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ratios of each component, one row an opponent, and one row an opponent and role; 1 is what the league allows.

    `past`: rows of history.appearances; `form`: rows of form.form with `role`. Columns: opponent_team_id and
    `allows_twos`, ...; and opponent_team_id, role and `allows_role_twos`, ...
    """
    own = form.select("player_id", "role", *(pl.col(rate(each)).alias(f"own_{each}") for each in COMPONENTS))
    played = past.join(own, on="player_id")
    by_team = played.group_by("opponent_team_id").agg(_ratios("allows_"))
    return by_team, played.group_by("opponent_team_id", "role").agg(_ratios("allows_role_"))


def _ratios(prefix: str) -> list[pl.Expr]:
    foretold = {each: (pl.col(f"own_{each}") * pl.col("minutes")).sum() for each in COMPONENTS}
    return [
        ((pl.col(each).sum() + _PRIOR_COUNT) / (foretold[each] + _PRIOR_COUNT)).alias(f"{prefix}{each}")
        for each in COMPONENTS
    ]
