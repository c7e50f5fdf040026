"""What is known of the football season at a moment; the columns stand in `sandbox/universe.py`."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

import polars as pl

from sandbox.moments import UTC_TIME, epoch, known_by, latest, moment
from sandbox.timeline import squads
from sandbox.timeline.absences import AVAILABLE
from sandbox.timeline.exchange import exchange
from sandbox.timeline.prices import board_prices
from sandbox.timeline.season import FootballSeason
from sandbox.timeline.standings import standings
from sandbox.timeline.weather import hours_between, weather


class FootballView:
    """The football part of a universe."""

    seed: int

    @cached_property
    def football(self) -> FootballSeason:
        """The whole season, known or not: for what is written from it, not for vendors."""
        return FootballSeason(self.seed)

    def fixture_history(self, t: datetime) -> pl.DataFrame:
        """Return every state of every match up to a moment."""
        return known_by(self.football.states, t)

    def fixtures(self, t: datetime) -> pl.DataFrame:
        """Return every match in its newest state."""
        season, is_over = self.football, pl.col("status") == "finished"
        facts = season.matches.select("match_key", "division", "start_year", "round", "home", "away", "referee")
        state = latest(season.states, "match_key", t).join(facts, on="match_key", maintain_order="left")
        told = state.join(season.results, on="match_key", maintain_order="left")
        grounds = season.venues.select(home="club", venue="ground")
        goals = {f"{side}_goals": f"{side}_goals" for side in ("home", "away")}
        goals |= {f"{side}_goals_half_time": f"{side}_half_time_goals" for side in ("home", "away")}
        return told.join(grounds, on="home", maintain_order="left").select(
            "match_key",
            "division",
            pl.col("start_year").cast(pl.Int32).alias("season_start_year"),
            (pl.col("round") + 1).cast(pl.Int32).alias("round"),
            "home",
            "away",
            "kickoff_at_utc",
            "status",
            "known_at_utc",
            *(pl.when(is_over).then(ours).alias(name) for name, ours in goals.items()),
            "referee",
            "venue",
        )

    def venues(self) -> pl.DataFrame:
        """Return the clubs' grounds."""
        return self.football.venues

    def squads(self, t: datetime) -> pl.DataFrame:
        """Return who belongs to which club."""
        here = squads.at(self.football.spells, moment(t)).select("player_key", "club", "shirt_number")
        told = self.football.players.drop("club", "shirt_number")
        return here.join(told, on="player_key", maintain_order="left").select(
            "player_key", "club", "name", "first_name", "last_name", "position", "shirt_number", "born_on", "ability",
            "value_eur",
        )  # fmt: skip

    def absences(self, t: datetime) -> pl.DataFrame:
        """Return the newest report on every player who is out or doubtful."""
        newest = latest(self.football.reports, "absence_key", t).filter(pl.col("status") != AVAILABLE)
        named = newest.join(self.squads(t).select("player_key", "club", "name"), on="player_key", maintain_order="left")
        return named.select(
            "absence_key",
            "player_key",
            "club",
            "name",
            "kind",
            "status",
            pl.col("known_at_utc").alias("announced_at_utc"),
            "from_at_utc",
            "expected_return_at_utc",
        )

    def lineups(self, t: datetime, match_key: int | None = None) -> pl.DataFrame:
        """Return the line-ups that are out, of all matches or of one."""
        rows = self.football.lineups.drop("place", "ability")
        known = known_by(rows if match_key is None else rows.filter(match_key=match_key), t)
        last = self._states(t).filter(pl.col("status").is_in(["scheduled", "in_play", "finished"]))
        return known.join(last, on="match_key", how="semi", maintain_order="left")

    def team_stats(self, t: datetime) -> pl.DataFrame:
        """Return the statistics of the finished matches, a row per side."""
        return self.football.team_stats.join(
            self._finished_matches(t), on="match_key", how="semi", maintain_order="left"
        )

    def player_stats(self, t: datetime) -> pl.DataFrame:
        """Return what the players did in the finished matches."""
        return self.football.player_stats.join(
            self._finished_matches(t), on="match_key", how="semi", maintain_order="left"
        )

    def standings(self, t: datetime) -> pl.DataFrame:
        """Return the league tables."""
        return standings(self.fixtures(t))

    def weather(
        self, t: datetime, latitude_deg: float, longitude_deg: float, start_at_utc: datetime, end_at_utc: datetime
    ) -> pl.DataFrame:
        """Return the weather of the hours of a span at a place: as it was, and as it is forecast."""
        hours = hours_between(start_at_utc, end_at_utc)
        return weather(t, (latitude_deg, longitude_deg), hours, self.seed)

    def news(self, t: datetime) -> pl.DataFrame:
        """Return the news published so far."""
        return known_by(self.football.news, t, "published_at_utc")

    def exchange(self, t: datetime) -> pl.DataFrame:
        """Return the exchange's books on all open markets."""
        fixtures = self._states(t)
        board = self.football.market.board(fixtures, t)
        kickoffs = dict(fixtures.select("match_key", "kickoff_at_utc").iter_rows())
        at = epoch(pl.Series([kickoffs[key] for key in board.keys.tolist()], dtype=UTC_TIME))
        return exchange(board, self.football.whole.scores, at, t, self.seed)

    def prices(self, t: datetime, *, alternates: bool = False) -> pl.DataFrame:
        """Return the books' newest prices on all open markets."""
        moment(t)
        board = self.football.market.board(self._states(t), t)
        return board_prices(board, self.football.whole.scores, alternates=alternates)

    def _states(self, t: datetime) -> pl.DataFrame:
        return latest(self.football.states, "match_key", t)

    def _finished_matches(self, t: datetime) -> pl.DataFrame:
        return self._states(t).filter(status="finished").select("match_key")
