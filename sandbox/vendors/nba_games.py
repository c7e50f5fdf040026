"""What the vendors of the NBA share: seasons, teams, games and records as they are known at an instant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from sandbox.vendors.view import View

EASTERN = ZoneInfo("America/New_York")
Row = dict[str, Any]
Rows = dict[Any, Row]
BEGUN = ("in_play", "finished")


def teams(view: View) -> Rows:
    """Teams by their id."""
    found: Rows = view.once("nba teams", lambda: _by(view.still("nba_teams"), "team_id"))
    return found


def players(view: View) -> Rows:
    """The players on the rosters now, by their id."""
    found: Rows = view.once("nba players", lambda: _by(view.frame("nba_players"), "player_id"))
    return found


def players_of(view: View, start_year: int) -> Rows:
    """The players on the rosters of a season, by their id; of a season that is over, those of its April."""
    april = datetime(start_year + 1, 4, 1, tzinfo=UTC)
    return players(view.worlds.at(min(april, view.at_utc)))


def games(view: View) -> list[Row]:
    """All games that are known, by tip-off and id."""
    found: list[Row] = view.once(
        "nba games", lambda: list(view.frame("nba_games").sort("tipoff_at_utc", "game_id").iter_rows(named=True))
    )
    return found


def game(view: View, game_id: str | None) -> Row | None:
    """One game by its id; None where there is none."""
    return next((row for row in games(view) if row["game_id"] == game_id), None)


def boxes(view: View, who: str) -> dict[str, list[Row]]:
    """Rows of the box scores of `team` or `player`, by game."""
    name = f"nba_{who}_box"

    def made() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in view.frame(name).iter_rows(named=True):
            found.setdefault(row["game_id"], []).append(row)
        return found

    grouped: dict[str, list[Row]] = view.once(f"{name} by game", made)
    return grouped


def records(view: View, season: int) -> dict[tuple[int, str], tuple[int, int]]:
    """Won and lost of all teams of a season by (team, `home`/`away`/``)."""
    found: dict[tuple[int, str], tuple[int, int]] = view.once(f"nba records {season}", lambda: _records(view, season))
    return found


def _records(view: View, season: int) -> dict[tuple[int, str], tuple[int, int]]:
    found = {(team, where): [0, 0] for team in teams(view) for where in ("home", "away", "")}
    for row in games(view):
        if row["season_start_year"] == season and row["status"] == "finished":
            for side in ("home", "away"):
                lost = (row["home_points"] > row["away_points"]) != (side == "home")
                for where in (side, ""):
                    found[(row[f"{side}_team_id"], where)][lost] += 1
    return {key: (won, lost) for key, (won, lost) in found.items()}


def eastern(instant: datetime) -> datetime:
    """The instant in US Eastern time."""
    return instant.astimezone(EASTERN)


def season_text(start_year: int) -> str:
    """`2026-27`."""
    return f"{start_year}-{(start_year + 1) % 100:02}"


def share(made: int, tried: int) -> float | None:
    """Shots made of those tried, three decimals; None where none was tried."""
    return round(made / tried, 3) if tried else None


def _by(frame: pl.DataFrame, key: str) -> Rows:
    return {row[key]: row for row in frame.iter_rows(named=True)}
