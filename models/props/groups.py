"""Groups of what is known of a player before his game: what belongs together when it is asked what a part adds."""

from __future__ import annotations

from collections.abc import Mapping

from lake.contracts.model import contract

TABLE = "feat_player_form"
_KEYS = ("match_id", "competition_id", "season_code", "as_of_utc", "player_id", "team_id")
_STARTS: Mapping[str, tuple[str, ...]] = {
    "calendar": ("at_home", "team_rest_days", "back_to_back", "team_games_l7d", "opponent_rest_days"),
    "presence": ("days_since_last_game", "team_games_missed", "games_season", "played_rate_season", "listed_"),
    "team_mates": ("teammates_",),
    "role": ("player_role", "usage_", "top_five_rate_"),
    "minutes": ("minutes_",),
    "shooting": ("effective_field_goal_", "free_throw_accuracy_"),
    "pace": ("team_pace_", "team_offensive_rating_", "opponent_pace_", "opponent_defensive_rating_"),
    "opponent": tuple(f"opponent_{count}_" for count in (
        "points", "rebounds", "assists", "threes_made", "steals", "blocks", "turnovers", "field_goals_attempted",
        "free_throws_attempted",
    )),
}  # fmt: skip
_RATES = "_per_minute_"


def of_table() -> Mapping[str, str]:
    """The group of every number and word of gold feat_player_form; raises ValueError for one that is not in one."""
    columns = contract(f"gold.basketball.{TABLE}").column_names
    return {name: _group(name) for name in columns if name not in _KEYS}


def _group(name: str) -> str:
    found = [group for group, starts in _STARTS.items() if name.startswith(starts)]
    found += ["rates"] * (_RATES in name)
    if len(found) != 1:
        raise ValueError(f"Not in one group: {name}.")
    return found[0]
