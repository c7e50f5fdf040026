"""Slow and obvious answers to what the models of basketball compute, from silver, for one team or player at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

NEW_YORK = ZoneInfo("America/New_York")
Row = dict[str, Any]


def league_day(moment: datetime) -> date:
    """The day by the clocks of New York."""
    return moment.astimezone(NEW_YORK).date()


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance by haversine; places are latitude and longitude in degrees."""
    (lat, lon), (to_lat, to_lon) = [tuple(map(radians, place)) for place in (one, other)]
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half))


@dataclass
class Silver:
    """Silver rows as lists of dictionaries, sorted by when they were known."""

    matches: Sequence[Row]
    team_stats: Sequence[Row]
    odds_quotes: Sequence[Row]
    player_stats: Sequence[Row]
    injuries: Sequence[Row]

    @classmethod
    def of(cls, found: dict[str, pl.DataFrame]) -> Silver:
        """From frames."""
        names = ("matches", "team_stats", "odds_quotes", "player_stats", "injuries")
        return cls(*(found[name].sort("known_at_utc").to_dicts() for name in names))

    def results(self, as_of: datetime) -> dict[str, Row]:
        """The newest result of each game known then."""
        over = [m for m in self.matches if m["state"] in ("finished", "corrected") and m["known_at_utc"] <= as_of]
        return {m["match_id"]: m for m in over}

    @cached_property
    def boxes(self) -> dict[tuple[str, str], Row]:
        """The box score of each side of each game as first told."""
        first: dict[tuple[str, str], Row] = {}
        for row in self.team_stats:
            first.setdefault((row["match_id"], row["side"]), row)
        return first

    @cached_property
    def lines(self) -> dict[tuple[str, str], dict[str, float]]:
        """The newest line of each book, by game and market."""
        newest: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for quote in self.odds_quotes:
            newest[quote["match_id"], quote["market"]][quote["bookmaker"]] = quote["line"]
        return newest

    def first_box(self, match_id: str, side: str, as_of: datetime) -> Row | None:
        """The box score of a side as first told, where it was told by then."""
        told = self.boxes.get((match_id, side))
        return told if told and told["known_at_utc"] <= as_of else None

    def closing(self, match_id: str, market: str) -> float | None:
        """The closing line: the archive's consensus, else the middle of the others."""
        books = self.lines.get((match_id, market), {})
        return books.get("consensus", median(books.values()) if books else None)


def games_of(silver: Silver, team: str, as_of: datetime) -> list[Row]:
    """A team's games of its season so far and the last 20 of the season before, newest first, as known at a moment."""
    played = [
        _game(silver, m, team, as_of)
        for m in silver.results(as_of).values() if team in (m["home_team_id"], m["away_team_id"])
    ]  # fmt: skip
    played.sort(key=lambda game: (game["event_at_utc"], game["match_id"]), reverse=True)
    if not played:
        return []
    season = max(game["season_year"] for game in played)
    before = [game for game in played if game["season_year"] == season - 1][:20]
    return [game for game in played if game["season_year"] == season] + before


def _game(silver: Silver, match: Row, team: str, as_of: datetime) -> Row:
    side, other = ("home", "away") if match["home_team_id"] == team else ("away", "home")
    spread, total = silver.closing(match["match_id"], "spread"), silver.closing(match["match_id"], "totals")
    own, theirs = (silver.first_box(match["match_id"], one, as_of) for one in (side, other))
    possessions = None if own is None or theirs is None else (_possessions(own) + _possessions(theirs)) / 2
    return {
        "match_id": match["match_id"], "event_at_utc": match["event_at_utc"],
        "season_year": int(match["season_code"][:4]), "side": side, "opponent": match[f"{other}_team_id"],
        "for": match[f"{side}_points"], "against": match[f"{other}_points"],
        "minutes": 48 + 5 * (match["overtime_periods"] or 0),
        "own": own, "theirs": theirs, "possessions": possessions,
        "expected": None if spread is None else (-spread if side == "home" else spread), "total": total,
    }  # fmt: skip


def _possessions(box: Row) -> float:
    ends = box["field_goals_attempted"] - box["rebounds_offensive"] + box["turnovers"]
    return float(ends + 0.44 * box["free_throws_attempted"])


def plays(box: Row) -> float:
    """Plays that ended with a player or a side."""
    return float(box["field_goals_attempted"] + 0.44 * box["free_throws_attempted"] + box["turnovers"])


def window(games: Sequence[Row], name: str) -> list[Row]:
    """The games of `l5`, `l10`, `l20` or `season`."""
    if name == "season":
        return [game for game in games if game["season_year"] == games[0]["season_year"]]
    return list(games[: int(name[1:])])


def rated(games: Sequence[Row]) -> list[Row]:
    """Games whose box scores were told."""
    return [game for game in games if game["possessions"] is not None]


def offensive_rating(games: Sequence[Row]) -> float | None:
    """Points per 100 possessions over games."""
    told = rated(games)
    return 100 * sum(g["for"] for g in told) / sum(g["possessions"] for g in told) if told else None


def defensive_rating(games: Sequence[Row]) -> float | None:
    """Points allowed per 100 possessions over games."""
    told = rated(games)
    return 100 * sum(g["against"] for g in told) / sum(g["possessions"] for g in told) if told else None


def pace(games: Sequence[Row]) -> float | None:
    """Possessions in 48 minutes over games."""
    told = rated(games)
    return 48 * sum(g["possessions"] for g in told) / sum(g["minutes"] for g in told) if told else None


def ratio(games: Sequence[Row], part: Callable[[Row], float], whole: Callable[[Row], float]) -> float | None:
    """Sum over games of a part over the sum of a whole; both are asked of a game with box scores."""
    told = rated(games)
    return sum(map(part, told)) / sum(map(whole, told)) if told else None


def offence_beyond(silver: Silver, games: Sequence[Row]) -> float | None:
    """Mean of points per 100 possessions beyond what each opponent allowed in its last 20 games, known at tip-off."""
    beyond = []
    for game in rated(games):
        usual = defensive_rating(games_of(silver, game["opponent"], game["event_at_utc"])[:20])
        if usual is not None:
            beyond.append(100 * game["for"] / game["possessions"] - usual)
    return mean(beyond) if beyond else None


def player_games(silver: Silver, player: str, as_of: datetime, season: str | None = None) -> list[Row]:
    """A player's games, of one season or all, as first told and known, newest first."""
    first: dict[str, Row] = {}
    for row in silver.player_stats:
        if row["player_id"] == player and season in (None, row["season_code"]):
            first.setdefault(row["match_id"], row)
    played = [row for row in first.values() if row["known_at_utc"] <= as_of and row["minutes"] > 0]
    return sorted(played, key=lambda row: (row["known_at_utc"], row["event_at_utc"]), reverse=True)


def absent(silver: Silver, team: str, season: str, as_of: datetime, day: date) -> dict[str, str]:
    """Players of a team who are out or questionable at a moment before a game of that day, with their status."""
    gravity = ["out", "suspended", "doubtful", "questionable", "probable", "available"]
    newest: dict[str, Row] = {}
    for report in silver.injuries:
        if report["season_code"] != season or report["known_at_utc"] > as_of:
            continue
        name = report["player_id"] or report["player_name"]
        held = newest.get(name)
        if held is None or (held["known_at_utc"], -gravity.index(held["status"])) <= (
            report["known_at_utc"], -gravity.index(report["status"])
        ):  # fmt: skip
            newest[name] = report
    return {
        name: r["status"] for name, r in newest.items()
        if r["team_id"] == team and _still(silver, r, as_of, day, season)
    }  # fmt: skip


def _still(silver: Silver, report: Row, as_of: datetime, day: date, season: str) -> bool:
    listed = league_day(report["event_at_utc"])
    lapsed = report["status"] == "questionable" and (day - listed).days > 14
    games = player_games(silver, report["player_id"], as_of, season) if report["player_id"] else []
    has_played = bool(games) and league_day(games[0]["event_at_utc"]) > listed
    return report["status"] not in ("available", "probable") and not lapsed and not has_played
