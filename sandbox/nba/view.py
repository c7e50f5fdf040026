"""What is known of the NBA at a moment; the columns stand in `sandbox/universe.py`."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

import polars as pl

from sandbox.moments import known_by
from sandbox.nba.boxes import player_box, roster_table, team_box
from sandbox.nba.injuries import AVAILABLE
from sandbox.nba.league import NbaLeague
from sandbox.nba.market import NbaMarket
from sandbox.nba.news import news
from sandbox.nba.prices import game_prices, prop_prices
from sandbox.nba.schedule import eastern_day
from sandbox.nba.teams import teams

OUTCOMES = ("home_points", "away_points", "overtimes", "home_points_by_period", "away_points_by_period")


class NbaView:
    """The basketball part of a universe."""

    seed: int

    @cached_property
    def nba(self) -> NbaLeague:
        """All seasons, known or not: for what is written from them, not for vendors."""
        return NbaLeague(self.seed)

    def nba_teams(self) -> pl.DataFrame:
        """Return the thirty franchises."""
        return teams()

    def nba_games(self, t: datetime) -> pl.DataFrame:
        """Return every published game in its newest state."""
        league, is_over = self.nba, pl.col("status") == "finished"
        ids, arenas = teams()["team_id"], teams()["arena"]
        facts = league.games.select("game_id", "season_start_year", "home", "away").with_columns(
            home_team_id=ids.gather(league.games["home"]),
            away_team_id=ids.gather(league.games["away"]),
            arena=arenas.gather(league.games["home"]),
        )
        state = league.known(t).join(facts, on="game_id", maintain_order="left")
        return state.join(league.scores, on="game_id", maintain_order="left").select(
            "game_id",
            "season_start_year",
            "tipoff_at_utc",
            eastern_day().alias("game_date_eastern"),
            "home_team_id",
            "away_team_id",
            "arena",
            "status",
            "known_at_utc",
            pl.when(is_over).then("known_at_utc").alias("finished_at_utc"),
            *(pl.when(is_over).then(name).alias(name) for name in OUTCOMES),
        )

    def nba_players(self, t: datetime) -> pl.DataFrame:
        """Return the rosters of the newest season whose schedule is published."""
        year = self.nba_games(t)["season_start_year"].max()
        return self._rosters.filter(pl.col("season_start_year") == year)

    def nba_player_box(self, t: datetime) -> pl.DataFrame:
        """Return the players' box of the finished games."""
        return self._player_boxes.join(self._finished_games(t), on="game_id", how="semi", maintain_order="left")

    def nba_team_box(self, t: datetime) -> pl.DataFrame:
        """Return the teams' box of the finished games."""
        return self._team_boxes.join(self._finished_games(t), on="game_id", how="semi", maintain_order="left")

    def nba_injuries(self, t: datetime) -> pl.DataFrame:
        """Return the newest report on every player who is on the list."""
        league = self.nba
        newest = known_by(league.reports, t).unique("injury", keep="last", maintain_order=True)
        listed = newest.filter(pl.col("status") != AVAILABLE).sort("known_at_utc", maintain_order=True)
        one = listed.unique("player", keep="last", maintain_order=True)
        named = one.join(league.players.select("player", "player_id", "name"), on="player", maintain_order="left")
        return named.select(
            "player_id",
            teams()["team_id"].gather(named["team"]),
            "name",
            "status",
            "description",
            pl.col("known_at_utc").alias("announced_at_utc"),
            "expected_return_at_utc",
        )

    def nba_prices(self, t: datetime) -> pl.DataFrame:
        """Return the books' newest prices of the games that are open."""
        return game_prices(self._market.views(t), self.nba)

    def nba_props(self, t: datetime) -> pl.DataFrame:
        """Return the books' newest prices of the players' counts in the games that are open."""
        return prop_prices(self._market.views(t), self.nba)

    def nba_news(self, t: datetime) -> pl.DataFrame:
        """Return the news published so far."""
        return known_by(self._news, t, "published_at_utc")

    def _finished_games(self, t: datetime) -> pl.DataFrame:
        return self.nba.known(t).filter(status="finished").select("game_id")

    @cached_property
    def _market(self) -> NbaMarket:
        return NbaMarket(self.nba)

    @cached_property
    def _player_boxes(self) -> pl.DataFrame:
        return player_box(self.nba)

    @cached_property
    def _team_boxes(self) -> pl.DataFrame:
        return team_box(self._player_boxes)

    @cached_property
    def _rosters(self) -> pl.DataFrame:
        return roster_table(self.nba)

    @cached_property
    def _news(self) -> pl.DataFrame:
        return news(self.nba)
