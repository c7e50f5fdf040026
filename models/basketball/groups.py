"""Groups of the numbers that basketball's trees see: what is taken away together when it is asked what a part adds.

Numbers of the gold tables are grouped by table and, where a table holds several ideas, by the beginnings of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from lake.contracts.model import contract
from models.basketball.closing import BASE
from models.basketball.games import IDENTITY

TEAM_TABLES = ("feat_team_form", "feat_team_efficiency", "feat_market_memory")
"""One row a team and moment: each number is seen of both sides."""
MATCH_TABLES = ("feat_match_schedule", "feat_absences")
GROUPS = (
    "form", "efficiency", "four_factors", "habits", "opponent_adjusted", "market_memory", "schedule", "absences",
    "memory_doubt", "memory_absences", "ratings",
)  # fmt: skip
_KEYS = frozenset((*IDENTITY, "team_id", "known_at_utc"))
_OF_TABLE = {
    "feat_team_form": "form",
    "feat_market_memory": "market_memory",
    "feat_match_schedule": "schedule",
    "feat_absences": "absences",
}
_OF_EFFICIENCY: Mapping[str, tuple[str, ...]] = {
    "efficiency": ("pace_", "offensive_rating_", "defensive_rating_", "net_rating_"),
    "four_factors": ("effective_field_goal_", "turnover_rate_", "offensive_rebound_rate_", "free_throw_rate_"),
    "habits": ("three_", "free_throw_accuracy_", "assist_rate_", "foul_rate_", "steal_rate_", "block_rate_"),
}
_SIGNALS: Mapping[str, tuple[str, ...]] = {
    "memory_doubt": ("memory_margin_variance", "memory_total_variance"),
    "memory_absences": tuple(
        f"memory_{line}_{part}"
        for line in ("margin", "total")
        for part in ("healthy", "home_absent", "away_absent", "absence_variance")
    ),
    "ratings": ("filter_margin", "filter_margin_variance", "filter_total", "filter_total_variance"),
}
"""What the members that read past games say beside the two numbers that the trees start from (`closing.BASE`)."""


def of_table(table: str) -> Mapping[str, str]:
    """The group of every number of a gold table of features; raises ValueError for a number without one."""
    own = (name for name in contract(f"gold.basketball.{table}").column_names if name not in _KEYS)
    return {name: _OF_TABLE.get(table) or _of_efficiency(name) for name in own}


def grouped(features: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Columns of Games.features by group, in the order of `GROUPS`; what the trees start from is in none.

    Raises ValueError for a column without a group, and for a group without a column.
    """
    columns, known = [name for name in features if name not in BASE], _known()
    if strangers := [name for name in columns if name not in known]:
        raise ValueError(f"Without a group: {', '.join(strangers)}.")
    found = {group: tuple(name for name in columns if known[name] == group) for group in GROUPS}
    if empty := [group for group, names in found.items() if not names]:
        raise ValueError(f"Groups without a feature: {', '.join(empty)}.")
    return found


@cache
def _known() -> Mapping[str, str]:
    of_teams = {
        f"{side}_{name}": group
        for table in TEAM_TABLES
        for name, group in of_table(table).items()
        for side in ("home", "away")
    }
    of_games = {name: group for table in MATCH_TABLES for name, group in of_table(table).items()}
    return of_teams | of_games | {name: group for group, names in _SIGNALS.items() for name in names}


def _of_efficiency(name: str) -> str:
    if "_adjusted_" in name:
        return "opponent_adjusted"
    found = [group for group, starts in _OF_EFFICIENCY.items() if name.startswith(starts)]
    if len(found) != 1:
        raise ValueError(f"Not in one group: {name}.")
    return found[0]
