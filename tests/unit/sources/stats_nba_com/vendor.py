"""Payloads in the shape of stats.nba.com with INVENTED values: no result, player or score here is real."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

TEAM_HEADERS = (
    "SEASON_ID", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME", "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN", "FGM",
    "FGA", "FG_PCT", "FG3M", "FG3A", "FG3_PCT", "FTM", "FTA", "FT_PCT", "OREB", "DREB", "REB", "AST", "STL", "BLK",
    "TOV", "PF", "PTS", "PLUS_MINUS", "VIDEO_AVAILABLE",
)  # fmt: skip
PLAYER_HEADERS = ("SEASON_ID", "PLAYER_ID", "PLAYER_NAME", *TEAM_HEADERS[1:-1], "FANTASY_PTS", "VIDEO_AVAILABLE")
_SHARED = {
    "SEASON_ID": "22023", "GAME_ID": "0022300900", "GAME_DATE": "2023-11-01", "MIN": 240, "FG_PCT": 0.5, "FG3M": 10,
    "FG3A": 30, "FG3_PCT": 0.333, "FTM": 10, "FTA": 20, "FT_PCT": 0.5, "OREB": 10, "DREB": 30, "REB": 40, "AST": 20,
    "STL": 5, "BLK": 4, "TOV": 12, "PF": 18, "FGA": 80, "VIDEO_AVAILABLE": 1,
}  # fmt: skip
HOME = _SHARED | {
    "TEAM_ID": 1610612738, "TEAM_ABBREVIATION": "BOS", "TEAM_NAME": "Boston Celtics", "MATCHUP": "BOS vs. NYK",
    "WL": "W", "FGM": 45, "PTS": 110, "PLUS_MINUS": 10,
}  # fmt: skip
AWAY = _SHARED | {
    "TEAM_ID": 1610612752, "TEAM_ABBREVIATION": "NYK", "TEAM_NAME": "New York Knicks", "MATCHUP": "NYK @ BOS",
    "WL": "L", "FGM": 40, "PTS": 100, "PLUS_MINUS": -10,
}  # fmt: skip
PLAYER = HOME | {
    "PLAYER_ID": 9900001, "PLAYER_NAME": "Ansel Brightwater", "MIN": 31, "FGM": 8, "FGA": 15, "FG3M": 2, "FG3A": 5,
    "FTM": 3, "FTA": 4, "PTS": 21, "OREB": 1, "DREB": 6, "REB": 7, "FANTASY_PTS": 40.1,
}  # fmt: skip


def log(*rows: dict[str, Any], headers: tuple[str, ...] = TEAM_HEADERS) -> bytes:
    """A log of these rows."""
    cells = [[row.get(name) for name in headers] for row in rows]
    found = {"name": "LeagueGameLog", "headers": list(headers), "rowSet": cells}
    return json.dumps({"resource": "leaguegamelog", "parameters": {}, "resultSets": [found]}).encode()


def player_log(*rows: dict[str, Any]) -> bytes:
    """A players' log of these rows."""
    return log(*rows, headers=PLAYER_HEADERS)


def side(number: int, tricode: str, city: str, name: str, score: int) -> dict[str, Any]:
    """One side of a game of a scoreboard."""
    return {"teamId": number, "teamTricode": tricode, "teamCity": city, "teamName": name, "score": score}


GAME = {
    "gameId": "0022300900", "gameCode": "20231101/NYKBOS", "gameStatus": 3, "gameStatusText": "Final/OT", "period": 5,
    "regulationPeriods": 4, "gameTimeUTC": "2023-11-01T23:00:00Z", "gameEt": "2023-11-01T19:00:00Z",
    "isNeutral": False, "homeTeam": side(1610612738, "BOS", "Boston", "Celtics", 110),
    "awayTeam": side(1610612752, "NYK", "New York", "Knicks", 100),
}  # fmt: skip


def board(*games: object) -> bytes:
    """A day's scoreboard."""
    return json.dumps({"meta": {}, "scoreboard": {"gameDate": "2023-11-01", "games": list(games)}}).encode()


def boxed(number: int, minutes: str, position: str = "", comment: str = "") -> dict[str, Any]:
    """A player of a box score: 5 points in the given minutes, none where he did not play."""
    played = bool(minutes)
    counted = {
        "fieldGoalsMade": 2, "fieldGoalsAttempted": 4, "threePointersMade": 1, "threePointersAttempted": 2,
        "freeThrowsMade": 0, "freeThrowsAttempted": 0, "reboundsOffensive": 1, "reboundsDefensive": 2,
        "reboundsTotal": 3, "assists": 1, "steals": 0, "blocks": 0, "turnovers": 1, "foulsPersonal": 2, "points": 5,
    }  # fmt: skip
    numbers = counted if played else dict.fromkeys(counted, 0)
    statistics = {"minutes": minutes, **numbers, "plusMinusPoints": 0.0}
    name = {"firstName": "Ansel", "familyName": f"Brightwater {'abcdefghij'[number % 10]}"}
    return {"personId": number, **name, "position": position, "comment": comment, "statistics": statistics}


def box(home: Sequence[object], away: Sequence[object]) -> bytes:
    """A box score of Boston and New York."""
    sides = {
        "homeTeam": {"teamId": 1610612738, "teamTricode": "BOS", "players": list(home)},
        "awayTeam": {"teamId": 1610612752, "teamTricode": "NYK", "players": list(away)},
    }
    return json.dumps({"boxScoreTraditional": {"gameId": "0022300900", **sides}}).encode()


def people(*rows: tuple[int, str, int, str, str, int, str]) -> bytes:
    """A list of players: number, name, roster status, first and last year, club's number and letters."""
    headers = [
        "PERSON_ID", "DISPLAY_FIRST_LAST", "ROSTERSTATUS", "FROM_YEAR", "TO_YEAR", "TEAM_ID", "TEAM_ABBREVIATION",
    ]  # fmt: skip
    found = {"name": "CommonAllPlayers", "headers": headers, "rowSet": [list(row) for row in rows]}
    return json.dumps({"parameters": {"Season": "2023-24"}, "resultSets": [found]}).encode()
