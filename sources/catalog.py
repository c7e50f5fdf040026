"""Every source that exists: adding a vendor is one line here."""

from __future__ import annotations

from sources.base import Source
from sources.fantasy_premier_league.source import FantasyPremierLeague
from sources.football_data.source import FootballData

SOURCES: dict[str, Source] = {source.name: source for source in (FootballData(), FantasyPremierLeague())}
