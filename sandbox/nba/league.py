"""The three NBA seasons of a seed, built part by part when they are asked for."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

import polars as pl

from sandbox.arrays import Bools, Floats, Ints, stream
from sandbox.moments import latest
from sandbox.nba import injuries, rosters, schedule, states
from sandbox.nba.play import PlayedGames, play
from sandbox.nba.rates import PACE, PACE_SD_OF_TEAMS, Lineups
from sandbox.nba.schedule import SEASONS, TEAMS


class NbaLeague:
    """Everything that happens in the league, known or not; the views filter it by time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @cached_property
    def planned(self) -> pl.DataFrame:
        """The games of all seasons as they were planned."""
        return schedule.season_schedule(self.seed)

    @cached_property
    def put_off(self) -> pl.DataFrame:
        """The games that are put off, and to when."""
        return states.put_off(self.planned, self.seed)

    @cached_property
    def games(self) -> pl.DataFrame:
        """The games as they are played: planned columns, home_rested, away_rested, season (from 0)."""
        played = schedule.with_rest(states.played_games(self.planned, self.put_off))
        return played.with_columns(season=(pl.col("season_start_year") - SEASONS[0]).cast(pl.Int64))

    @cached_property
    def skills(self) -> rosters.Skills:
        """What every player can do."""
        return rosters.skills(self.seed)

    @cached_property
    def rosters(self) -> Ints:
        """Player numbers by season, team and rank."""
        return rosters.rosters(self.skills.quality, self.seed)

    @cached_property
    def players(self) -> pl.DataFrame:
        """Who the players are."""
        return rosters.players(self.skills, self.seed)

    @cached_property
    def reports(self) -> pl.DataFrame:
        """All injury reports."""
        return injuries.reports(self.rosters, self.seed)

    @cached_property
    def paces(self) -> Floats:
        """Possessions a game of every team by season, (seasons, 30)."""
        return stream(self.seed, "nba", "pace").normal(PACE, PACE_SD_OF_TEAMS, (len(SEASONS), TEAMS))

    def lineups(self, games: pl.DataFrame) -> Lineups:
        """Return who meets whom in some games, in their order."""
        season = games["season"].to_numpy()
        sides = games.select("home", "away").to_numpy()
        players = self.rosters[season[:, None], sides]
        quality = self.skills.quality[season[:, None, None], players]
        pace = self.paces[season[:, None], sides].mean(axis=1)
        return Lineups(players, quality, pace, games.select("home_rested", "away_rested").to_numpy())

    @cached_property
    def available(self) -> Bools:
        """Who could play in each game, (games, 2, 15)."""
        return injuries.available(self.games, self.rosters, self.reports)

    @cached_property
    def played(self) -> PlayedGames:
        """How the games went."""
        rng = stream(self.seed, "nba", "play")
        return play(self.lineups(self.games), self.skills, self.available, rng)

    @cached_property
    def states(self) -> pl.DataFrame:
        """All states of all games: game_id, known_at_utc, tipoff_at_utc, status."""
        overtimes = self.games.select("game_id").with_columns(overtimes=pl.Series(self.played.overtimes))
        return states.history(self.planned, self.put_off, overtimes)

    def known(self, t: datetime) -> pl.DataFrame:
        """Return every published game's newest state at a moment: game_id, known_at_utc, tipoff_at_utc, status."""
        return latest(self.states, "game_id", t)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Points of all games: game_id, home_points, away_points, overtimes, points by period of either side."""
        points, periods = self.played.box.points.sum(axis=2), self.played.periods
        lengths = (4 + self.played.overtimes).tolist()
        by_period = [
            [row[:length].tolist() for row, length in zip(periods[:, side], lengths, strict=True)] for side in (0, 1)
        ]
        return self.games.select("game_id").with_columns(
            home_points=pl.Series(points[:, 0]),
            away_points=pl.Series(points[:, 1]),
            overtimes=pl.Series(self.played.overtimes),
            home_points_by_period=pl.Series(by_period[0], dtype=pl.List(pl.Int64)),
            away_points_by_period=pl.Series(by_period[1], dtype=pl.List(pl.Int64)),
        )
