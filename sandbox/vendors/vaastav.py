"""The public archive of the fantasy game: one CSV file a round, one row a player and match."""

from __future__ import annotations

import polars as pl

from sandbox.vendors.fpl_points import Row, performances, teams
from sandbox.vendors.spelling import short
from sandbox.vendors.view import View
from sandbox.vendors.writing import csv_text, zulu

HEADER = (
    "name", "position", "team", "xP", "assists", "bonus", "bps", "clean_sheets", "creativity", "element",
    "expected_assists", "expected_goal_involvements", "expected_goals", "expected_goals_conceded", "fixture",
    "goals_conceded", "goals_scored", "ict_index", "influence", "kickoff_time", "minutes", "opponent_team", "own_goals",
    "penalties_missed", "penalties_saved", "red_cards", "round", "saves", "selected", "starts", "team_a_score",
    "team_h_score", "threat", "total_points", "transfers_balance", "transfers_in", "transfers_out", "value", "was_home",
    "yellow_cards",
)  # fmt: skip


def gameweek_csv(view: View, week: int) -> str:
    """The file of one round: everybody who played in a match of it that is over."""
    clubs = teams(view)
    names = dict(view.frame("squads").select("player_key", "name").iter_rows())
    values = dict(view.frame("squads").select("player_key", pl.col("ability")).iter_rows())
    rows = [row for row in performances(view) if row["round"] == week]
    told = [_row(row, names.get(row["player_key"], ""), values.get(row["player_key"], 0.0), clubs) for row in rows]
    return csv_text(HEADER, ([row[column] for column in HEADER] for row in told))


def _row(row: Row, name: str, ability: float, clubs: dict[str, int]) -> Row:
    match, at_home = row["match"], row["side"] == "home"
    return row | {
        "name": name, "team": short(row["club"]), "xP": 0.0, "element": row["player_key"],
        "kickoff_time": zulu(match["kickoff_at_utc"]), "opponent_team": clubs[match["away" if at_home else "home"]],
        "selected": 10_000, "team_a_score": match["away_goals"], "team_h_score": match["home_goals"],
        "transfers_balance": 0, "transfers_in": 0, "transfers_out": 0,
        "value": 40 + round(max(ability + 1.5, 0.0) * 15), "was_home": at_home,
    }  # fmt: skip
