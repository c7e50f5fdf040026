"""The Odds API's sports and events: which games there are, under which ids and names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from sandbox.vendors.spelling import formal
from sandbox.vendors.view import View
from sandbox.vendors.writing import zulu

Key = int | str
LISTED_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class OddsSport:
    """One sport of the vendor; `division` is the universe's code of a football league, None for the NBA."""

    group: str
    title: str
    description: str
    division: str | None = None

    def told(self) -> dict[str, Any]:
        """The sport in the vendor's words."""
        return {
            "group": self.group,
            "title": self.title,
            "description": self.description,
            "active": True,
            "has_outrights": False,
        }


SPORTS: Mapping[str, OddsSport] = {
    "basketball_nba": OddsSport("Basketball", "NBA", "US Basketball"),
    "soccer_efl_champ": OddsSport("Soccer", "Championship", "EFL Championship", "E1"),
    "soccer_epl": OddsSport("Soccer", "EPL", "English Premier League", "E0"),
    "soccer_germany_bundesliga": OddsSport("Soccer", "Bundesliga - Germany", "German Soccer", "D1"),
    "soccer_spain_la_liga": OddsSport("Soccer", "La Liga - Spain", "Spanish Soccer", "SP1"),
}


@dataclass(frozen=True)
class Event:
    """One game: its key in the universe, when it starts, who plays, how it stands (None before the start)."""

    sport: str
    key: Key
    starts_at_utc: datetime
    home: str
    away: str
    status: str
    home_score: int | None = None
    away_score: int | None = None

    @property
    def id(self) -> str:
        """The vendor's id: 32 hexadecimal digits."""
        return hashlib.sha256(f"{self.sport}/{self.key}".encode()).hexdigest()[:32]

    def told(self, date_format: str | None = None) -> dict[str, Any]:
        """The event in the vendor's words; dates in seconds since 1970 where the format is `unix`."""
        return {
            "id": self.id,
            "sport_key": self.sport,
            "sport_title": SPORTS[self.sport].title,
            "commence_time": stamp(self.starts_at_utc, date_format),
            "home_team": self.home,
            "away_team": self.away,
        }

    def scored(self, now: datetime) -> dict[str, Any]:
        """The event with its score, null before the start."""
        completed = self.status == "finished"
        begun = self.home_score is not None and self.away_score is not None
        sides = ((self.home, self.home_score), (self.away, self.away_score))
        scores = [{"name": name, "score": str(score)} for name, score in sides] if begun else None
        told = self.told()
        order = {key: told[key] for key in ("id", "sport_key", "sport_title", "commence_time")}
        teams = {"home_team": self.home, "away_team": self.away}
        return {**order, "completed": completed, **teams, "scores": scores, "last_update": zulu(now) if begun else None}


def stamp(instant: datetime, date_format: str | None) -> str | int:
    """An instant as the asker wants it."""
    return int(instant.timestamp()) if date_format == "unix" else zulu(instant)


def events(view: View, sport: str, *, all_of_them: bool = False) -> list[Event]:
    """Events of a sport by start: those of the next two weeks, or with them all that the season has had."""
    name = f"the_odds_api events {sport}"
    found: list[Event] = view.once(
        name, lambda: _football(view, sport) if SPORTS[sport].division else _nba(view, sport)
    )
    last = view.at_utc + LISTED_AHEAD
    listed = [event for event in found if event.starts_at_utc <= last]
    return listed if all_of_them else [e for e in listed if e.starts_at_utc > view.at_utc and e.status == "scheduled"]


def _football(view: View, sport: str) -> list[Event]:
    rows = (
        view.frame("fixtures").filter(pl.col("division") == SPORTS[sport].division).sort("kickoff_at_utc", "match_key")
    )
    return [
        Event(
            sport, row["match_key"], row["kickoff_at_utc"], formal(row["home"]), formal(row["away"]), row["status"],
            row["home_goals"], row["away_goals"],
        )
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip


def _nba(view: View, sport: str) -> list[Event]:
    names = team_names(view)
    games = view.frame("nba_games")
    rows = games.filter(pl.col("season_start_year") == games["season_start_year"].max()).sort(
        "tipoff_at_utc", "game_id"
    )
    return [
        Event(
            sport, row["game_id"], row["tipoff_at_utc"], names[row["home_team_id"]], names[row["away_team_id"]],
            row["status"], row["home_points"], row["away_points"],
        )
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip


def team_names(view: View) -> dict[int, str]:
    """City and nickname of every NBA team by its id."""
    teams = view.still("nba_teams")
    return {row["team_id"]: f"{row['city']} {row['nickname']}" for row in teams.iter_rows(named=True)}
