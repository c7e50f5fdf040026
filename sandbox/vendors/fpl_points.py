"""Points of the fantasy game: what a player did in a match, and the game's own numbers from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from sandbox.vendors.view import View

DIVISION = "E0"
TYPES = {"GK": 1, "DEF": 2, "MID": 3, "FWD": 4}
GOAL_POINTS = {"GK": 10, "DEF": 6, "MID": 5, "FWD": 4}
CLEAN_SHEET_POINTS = {"GK": 4, "DEF": 4, "MID": 1, "FWD": 0}
LONG_ENOUGH = 60
Row = dict[str, Any]

COUNTED = (
    "minutes", "goals_scored", "assists", "clean_sheets", "goals_conceded", "own_goals", "penalties_saved",
    "penalties_missed", "yellow_cards", "red_cards", "saves", "bonus", "bps", "starts", "total_points",
)  # fmt: skip
MEASURED = ("expected_goals", "expected_assists", "expected_goal_involvements", "expected_goals_conceded")
INDEXED = ("influence", "creativity", "threat", "ict_index")


def teams(view: View) -> dict[str, int]:
    """The game's numbers of this season's clubs, by the alphabet."""
    clubs = view.frame("fixtures").filter(pl.col("division") == DIVISION)["home"].unique().sort().to_list()
    return {club: index for index, club in enumerate(clubs, 1)}


def matches(view: View) -> list[Row]:
    """The division's matches as they are known, by round and kick-off, with the game's number `id`."""
    rows = view.frame("fixtures").filter(pl.col("division") == DIVISION).sort("round", "match_key")
    numbered = rows.with_row_index("id", offset=1)
    return list(numbered.iter_rows(named=True))


def deadline(rows: list[Row]) -> datetime:
    """When a round closes: ninety minutes before its first kick-off as planned."""
    first: datetime = min(row["kickoff_at_utc"] for row in rows)
    return first - timedelta(minutes=90)


def performances(view: View) -> list[Row]:
    """One row a player and finished match: the game's numbers, with `round`, `fixture`, `player_key` and `match`."""
    found: list[Row] = view.once("fpl performances", lambda: _performances(view))
    return found


def _performances(view: View) -> list[Row]:
    numbered = {row["match_key"]: row for row in matches(view)}
    rows = view.frame("player_stats").filter(pl.col("match_key").is_in(list(numbered)))
    return [_performance(row, numbered[row["match_key"]]) for row in rows.iter_rows(named=True)]


def _performance(row: Row, match: Row) -> Row:
    position, minutes = row["position"], int(row["minutes"])
    stayed = minutes >= LONG_ENOUGH
    conceded = int(row["goals_conceded"] or 0)
    told: Row = {
        "minutes": minutes,
        "goals_scored": int(row["goals"]),
        "assists": int(row["assists"]),
        "clean_sheets": int(stayed and conceded == 0),
        "goals_conceded": conceded,
        "own_goals": 0,
        "penalties_saved": 0,
        "penalties_missed": 0,
        "yellow_cards": int(row["yellows"]),
        "red_cards": int(row["reds"]),
        "saves": int(row["saves"] or 0),
        "bonus": 0,
        "starts": int(row["is_starter"]),
    }
    told |= {"bps": _bps(told), "total_points": _points(told, position)}
    told |= _expected(row, told)
    return told | {"player_key": row["player_key"], "round": match["round"], "fixture": match["id"], "match": match,
                   "side": row["side"], "club": row["club"], "position": position}  # fmt: skip


def _points(told: Row, position: str) -> int:
    """The game's points: minutes, goals, assists, clean sheets, saves, goals conceded, cards."""
    minutes = told["minutes"]
    appeared = 0 if minutes == 0 else 1 if minutes < LONG_ENOUGH else 2
    scored = GOAL_POINTS[position] * told["goals_scored"] + 3 * told["assists"]
    kept = CLEAN_SHEET_POINTS[position] * told["clean_sheets"] + told["saves"] // 3
    lost = told["goals_conceded"] // 2 if position in ("GK", "DEF") else 0
    return int(appeared + scored + kept - lost - told["yellow_cards"] - 3 * told["red_cards"])


def _bps(told: Row) -> int:
    return int(
        told["minutes"] // 15
        + 18 * told["goals_scored"]
        + 9 * told["assists"]
        + 2 * told["saves"]
        - 3 * told["yellow_cards"]
    )


def _expected(row: Row, told: Row) -> Row:
    """Expected goals, and the index of influence, creativity and threat, as text as the vendor sends them."""
    goals = float(row["xg"] or 0.0)
    assists = 0.25 * told["assists"] + 0.0008 * told["minutes"]
    influence = 0.9 * told["bps"]
    creativity, threat = 40.0 * assists, 45.0 * goals
    numbers = (goals, assists, goals + assists, 0.9 * told["goals_conceded"])
    index = (influence, creativity, threat, (influence + creativity + threat) / 10.0)
    return {name: f"{max(value, 0.0):.2f}" for name, value in zip(MEASURED, numbers, strict=True)} | {
        name: f"{max(value, 0.0):.1f}" for name, value in zip(INDEXED, index, strict=True)
    }


def summed(rows: list[Row]) -> Row:
    """The sums of a player's numbers over rows; text numbers as text."""
    counted = {name: sum(row[name] for row in rows) for name in COUNTED}
    measured = {name: f"{sum(float(row[name]) for row in rows):.2f}" for name in MEASURED}
    return counted | measured | {name: f"{sum(float(row[name]) for row in rows):.1f}" for name in INDEXED}
