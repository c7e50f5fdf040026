"""Groups of what is known of a player before his game: what belongs together when it is asked what a part adds."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

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
LEARNED: Mapping[str, tuple[str, ...]] = {
    "game": ("expected_margin", "expected_total", "rest_days", "games_in_4_days"),
    "opponent": ("allows_", "opponent_pace"),
    "team_mates": ("usual_absent_", "alike_minutes", "company_minutes"),
    "presence": (
        "missed_games", "played_share_", "days_since_", "is_reported_", "report_after_game_days", "games_with_team",
    ),
    "lately": ("even_minutes_last", "even_minutes_h1", "even_minutes_h3"),
}  # fmt: skip
"""Columns of lessons that minutes, rates and presence are learned from, by beginnings; a man's own level is in none."""
_SHORT = ("_per_minute_h6", "_per_minute_h20")
_STAND_INS = {"expected_margin": 0.0, "expected_total": 228.0}
"""What no game can be drawn without."""


def of_table() -> Mapping[str, str]:
    """The group of every number and word of gold feat_player_form; raises ValueError for one that is not in one."""
    columns = contract(f"gold.basketball.{TABLE}").column_names
    return {name: _group(name) for name in columns if name not in _KEYS}


def learned(group: str, lessons: pl.DataFrame) -> list[str]:
    """The columns of a group of `LEARNED` in rows of lessons.lessons; rates of few games are `lately`."""
    ends = _SHORT if group == "lately" else ()
    return [name for name in lessons.columns if name.startswith(LEARNED[group]) or name.endswith(ends)]


def unknown(group: str, lessons: pl.DataFrame) -> pl.DataFrame:
    """The same lessons in which nothing of a group is known, so that nothing is learned from it.

    Its columns are null, and every game is expected to be even and of the usual total.
    """
    return lessons.with_columns(
        pl.lit(_STAND_INS.get(name), lessons.schema[name]).alias(name) for name in learned(group, lessons)
    )


def _group(name: str) -> str:
    found = [group for group, starts in _STARTS.items() if name.startswith(starts)]
    found += ["rates"] * (_RATES in name)
    if len(found) != 1:
        raise ValueError(f"Not in one group: {name}.")
    return found[0]
