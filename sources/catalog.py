"""Every source that exists: adding a vendor is one line here. A sport's anchor stands before those matched to it."""

from __future__ import annotations

from functools import cache

from sources.api_football import plan as api_football
from sources.api_football.source import ApiFootball
from sources.balldontlie.source import Balldontlie
from sources.base import Source
from sources.betfair.source import Betfair
from sources.espn.source import Espn
from sources.fantasy_premier_league.source import FantasyPremierLeague
from sources.football_data.source import FootballData
from sources.football_data_org.source import FootballDataOrg
from sources.injury_page.source import InjuryPage
from sources.local_sets.football.source import LocalFootballSets
from sources.local_sets.nba.source import LocalNbaSets
from sources.news.source import News
from sources.odds_page.source import OddsPage
from sources.open_meteo.source import OpenMeteo
from sources.stats_nba_com.source import StatsNbaCom
from sources.statsbomb.source import StatsBomb
from sources.terms import Terms
from sources.the_odds_api import archived
from sources.the_odds_api.source import TheOddsApi

FOOTBALL, BASKETBALL = "football", "basketball"
LOCAL = "local_sets"
"""The vendor whose files stand in an archive only."""
BROWSED = ("odds_page", "injury_page")
"""Vendors whose pages want a browser."""


@cache
def sources(is_simulated: bool = False) -> tuple[Source, ...]:
    """All sources; those whose list of addresses has some for the sandbox alone plan these where it `is_simulated`."""
    return (
        FootballData(),
        FantasyPremierLeague(),
        LocalFootballSets(),
        FootballDataOrg(),
        ApiFootball(),
        ApiFootball(api_football.RAPID),
        TheOddsApi(FOOTBALL),
        Betfair(FOOTBALL),
        OddsPage(is_simulated),
        InjuryPage(FOOTBALL, is_simulated),
        OpenMeteo(),
        News(FOOTBALL, is_simulated),
        StatsBomb(),
        StatsNbaCom(),
        LocalNbaSets(),
        Espn(),
        Balldontlie(),
        TheOddsApi(BASKETBALL),
        Betfair(BASKETBALL),
        InjuryPage(BASKETBALL, is_simulated),
        News(BASKETBALL, is_simulated),
    )


SOURCES = sources()
TERMS: dict[str, Terms] = {source.name: source.terms for source in SOURCES}
"""How each vendor may be asked."""

SEARCHED = {TheOddsApi.name: archived.requests}
"""By vendor, what finds among an archive's addresses those that no plan of the vendor can name."""

ANCHORS: dict[str, str] = {source.sport: source.name for source in reversed(SOURCES)}
"""By sport, the vendor that mints its clubs and matches: the first of its sources."""

SPORTS: tuple[str, ...] = tuple(dict.fromkeys(source.sport for source in SOURCES))


def sources_of(sport: str, is_simulated: bool = False) -> dict[str, Source]:
    """The vendors of a sport by name, anchors first."""
    return {source.name: source for source in sources(is_simulated) if source.sport == sport}


def served_by(vendor: str, is_simulated: bool = False) -> tuple[Source, ...]:
    """One vendor's sources, one a sport."""
    return tuple(source for source in sources(is_simulated) if source.name == vendor)
