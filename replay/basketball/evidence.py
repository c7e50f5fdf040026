"""What a decision about basketball may look at: tables of one lake, joined into the frame that models read."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from feature_repo.store import Store, historical, latest
from feature_repo.tables import TABLES as TEAM_TABLES
from lake.storage import Lake
from models.basketball.games import Games, assemble
from models.basketball.recipe import GameRecipe
from replay.basketball.reports import named

SPORT = "basketball"
REPORTS = f"silver.{SPORT}.injuries"
_OF_GAMES = (
    "spn_decisions",
    "feat_match_schedule",
    "feat_absences",
    "fct_results",
    "fct_handicap_prices",
    "fct_total_prices",
)
TABLES: tuple[str, ...] = (*_OF_GAMES, *TEAM_TABLES[SPORT], REPORTS)


@dataclass(frozen=True)
class Evidence:
    """Gold as one run left it, and the reports of injuries: decisions past and coming, and everything known at each.

    `teams`: the tables of features of teams that Feast serves.
    """

    decisions: pl.DataFrame
    schedule: pl.DataFrame
    absences: pl.DataFrame
    results: pl.DataFrame
    spreads: pl.DataFrame
    totals: pl.DataFrame
    teams: tuple[pl.DataFrame, ...]
    reports: pl.DataFrame

    @classmethod
    def of(cls, lake: Lake, sport: str) -> Evidence:
        """Read the tables of a lake."""
        decisions, schedule, absences, results, spreads, totals, *teams = (
            lake.table(f"gold.{sport}.{name}").read() for name in (*_OF_GAMES, *TEAM_TABLES[sport])
        )
        return cls(decisions, schedule, absences, results, spreads, totals, tuple(teams), _reports(lake))

    def past(self, recipe: GameRecipe) -> Games:
        """Every past decision with both teams' features as known then."""
        return self._assembled(historical(self.decisions.filter(~pl.col("is_upcoming")), *self.teams), recipe)

    def coming(self, store: Store, recipe: GameRecipe) -> Games:
        """The coming decisions with both teams' features read from the online store."""
        coming = self.decisions.filter("is_upcoming")
        teams = pl.concat([coming["home_team_id"], coming["away_team_id"]]).unique().sort().to_list()
        return self._assembled(latest(coming, store.online(teams)), recipe)

    def _assembled(self, decisions: pl.DataFrame, recipe: GameRecipe) -> Games:
        return assemble(
            decisions, self.schedule, self.absences, self.results, self.spreads, self.totals, self.reports, recipe
        )


def _reports(lake: Lake) -> pl.DataFrame:
    """Who was reported missing, of which team."""
    columns = ("player_id", "vendor_player_id", "source", "team_id", "season_code", "known_at_utc", "status")
    return named(lake.table(REPORTS).scan().filter(pl.col("team_id").is_not_null()).select(columns).collect())
