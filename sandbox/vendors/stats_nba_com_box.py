"""The box score of stats.nba.com, version 3: players, team totals, starters and bench of both sides."""

from __future__ import annotations

from typing import Any

from sandbox.vendors.nba_games import Row, boxes, players_of, share, teams
from sandbox.vendors.spelling import initialled, slug
from sandbox.vendors.view import View

NUMBERS = {
    "fieldGoalsMade": "field_goals_made",
    "fieldGoalsAttempted": "field_goals_attempted",
    "threePointersMade": "threes_made",
    "threePointersAttempted": "threes_attempted",
    "freeThrowsMade": "free_throws_made",
    "freeThrowsAttempted": "free_throws_attempted",
    "reboundsOffensive": "rebounds_offensive",
    "reboundsDefensive": "rebounds_defensive",
    "reboundsTotal": "rebounds",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnovers": "turnovers",
    "foulsPersonal": "fouls",
    "points": "points",
}
SHARES = {
    "fieldGoalsAttempted": ("fieldGoalsPercentage", "fieldGoalsMade"),
    "threePointersAttempted": ("threePointersPercentage", "threePointersMade"),
    "freeThrowsAttempted": ("freeThrowsPercentage", "freeThrowsMade"),
}


def box_score(view: View, game: Row) -> Row:
    """The box score of a game; a side has no players before the game is over."""
    rows = boxes(view, "player").get(game["game_id"], [])
    sides = {side: _side(view, game, rows, side) for side in ("home", "away")}
    return {
        "gameId": game["game_id"],
        "awayTeamId": game["away_team_id"],
        "homeTeamId": game["home_team_id"],
        "homeTeam": sides["home"],
        "awayTeam": sides["away"],
    }


def _side(view: View, game: Row, rows: list[Row], side: str) -> Row:
    team = teams(view)[game[f"{side}_team_id"]]
    own = sorted((row for row in rows if row["team_id"] == team["team_id"]), key=lambda row: not row["is_starter"])
    margin = (game["home_points"] or 0) - (game["away_points"] or 0)
    names = players_of(view, game["season_start_year"])
    return {
        "teamId": team["team_id"],
        "teamCity": team["city"],
        "teamName": team["nickname"],
        "teamTricode": team["abbreviation"],
        "teamSlug": slug(team["nickname"]),
        "players": [_player(names.get(row["player_id"], {}), row) for row in own],
        "statistics": _numbers(own) | {"plusMinusPoints": float(margin if side == "home" else -margin)},
        "starters": _numbers([row for row in own if row["is_starter"]]),
        "bench": _numbers([row for row in own if not row["is_starter"]]),
    }


def _player(player: Row, row: Row) -> Row:
    name = player.get("name", "")
    first, last = player.get("first_name", ""), player.get("last_name", "")
    position = str(player.get("position", ""))[:1] if row["is_starter"] else ""
    return {
        "personId": row["player_id"],
        "firstName": first,
        "familyName": last,
        "nameI": initialled(first, last),
        "playerSlug": slug(name),
        "position": position,
        "comment": "",
        "jerseyNum": str(player.get("jersey", "")),
        "statistics": _numbers([row]) | {"plusMinusPoints": float(row["plus_minus"])},
    }


def _numbers(rows: list[Row]) -> Row:
    """Sums of rows in the vendor's names and order; shares are 0 where nothing was tried."""
    told: dict[str, Any] = {"minutes": _clock(sum(row["minutes"] for row in rows))}
    for theirs, ours in NUMBERS.items():
        told[theirs] = sum(row[ours] for row in rows)
        if theirs in SHARES:
            name, made = SHARES[theirs]
            told[name] = share(told[made], told[theirs]) or 0.0
    return told


def _clock(minutes: float) -> str:
    """`30:49` for minutes."""
    seconds = round(minutes * 60)
    return f"{seconds // 60}:{seconds % 60:02}"
