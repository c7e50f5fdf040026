"""The running football season of a seed, built part by part when it is asked for."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from sandbox.arrays import Floats, Ints, stream
from sandbox.books import BOOKS
from sandbox.timeline import absences, appearances, fixtures, lineups, news, results, squads, venues
from sandbox.timeline.anchors import anchors
from sandbox.timeline.market import Market, delays
from sandbox.timeline.paths import waves
from sandbox.world import World, simulate_whole


class FootballSeason:
    """Everything that happens in the running season, known or not; the views filter it by time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @cached_property
    def whole(self) -> World:
        """The world to the end of the season."""
        return simulate_whole(self.seed)

    @cached_property
    def matches(self) -> pl.DataFrame:
        """The running season's matches as they were planned, one row each, sorted by `match_key`."""
        return fixtures.season_matches(self.whole)

    @cached_property
    def states(self) -> pl.DataFrame:
        """All states of all matches: match_key, known_at_utc, kickoff_at_utc, status."""
        return fixtures.history(self.matches, self.seed)

    @cached_property
    def market(self) -> Market:
        """What prices are made of."""
        count = self.matches.height
        series = waves(self.seed, len(BOOKS), count)
        late = delays(stream(self.seed, "timeline", "delays"), count)
        return Market(self.matches, anchors(self.whole, self.matches), series, late, self.news_shift)

    @cached_property
    def clubs(self) -> pl.DataFrame:
        """The clubs of the season: club, division, country."""
        return squads.clubs_of_season(self.matches)

    @cached_property
    def venues(self) -> pl.DataFrame:
        """The clubs' grounds."""
        return venues.venues(self.clubs, self.seed)

    @cached_property
    def players(self) -> pl.DataFrame:
        """All players, with the club they start at."""
        return squads.players(self.clubs, self.seed)

    @cached_property
    def spells(self) -> pl.DataFrame:
        """Who belongs to which club, and when."""
        return squads.spells(self.players, self.clubs, self.seed)

    @cached_property
    def reports(self) -> pl.DataFrame:
        """All reports on absent and doubtful players."""
        return absences.reports(self.players, self.seed)

    @cached_property
    def sides(self) -> pl.DataFrame:
        """Every player of either club at every match, at the kick-off at which it is played."""
        kickoffs = fixtures.final_kickoffs(self.states)
        return lineups.sides(self.matches, kickoffs, self.spells, self.players)

    @cached_property
    def effects(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What reports after the present change in the rates of the matches: as believed in steps, and in truth."""
        return absences.effects(self.sides, self.reports)

    @cached_property
    def true_log_rates(self) -> Floats:
        """The log base rates under which the matches are played, (n, 2), in the order of `matches`."""
        return results.true_log_rates(self.matches, self.effects[1])

    @cached_property
    def results(self) -> pl.DataFrame:
        """What every match came to."""
        return results.results(self.matches, self.true_log_rates, self.seed)

    @cached_property
    def team_stats(self) -> pl.DataFrame:
        """The statistics of every match by side."""
        return results.team_stats(self.results, self.matches)

    @cached_property
    def lineups(self) -> pl.DataFrame:
        """The line-ups of every match, with place and ability."""
        return lineups.lineups(self.sides, self.reports, self.seed)

    @cached_property
    def player_stats(self) -> pl.DataFrame:
        """What every player did in every match."""
        return appearances.player_stats(self.lineups, self.team_stats, self.seed)

    @cached_property
    def news(self) -> pl.DataFrame:
        """All news of the season."""
        return news.news(self.reports, self.players, self.spells, self.seed)

    def news_shift(self, keys: Ints, moments: Ints) -> Floats:
        """Return the change of the log rates by what is announced, (n, 2), by match key and moment (microseconds)."""
        return absences.shift_at(self.effects[0], keys, moments)
