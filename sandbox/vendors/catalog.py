"""Every vendor that the sandbox plays."""

from __future__ import annotations

from sandbox.vendors import (
    api_football,
    balldontlie,
    betfair,
    espn,
    fantasy_premier_league,
    feeds,
    football_data,
    football_data_org,
    open_meteo,
    sandbook,
    sandpress,
    stats_nba_com,
    the_odds_api,
)
from sandbox.vendors.base import Vendor

VENDORS: tuple[Vendor, ...] = (
    the_odds_api.VENDOR,
    football_data.VENDOR,
    fantasy_premier_league.VENDOR,
    fantasy_premier_league.ARCHIVE_VENDOR,
    stats_nba_com.VENDOR,
    api_football.VENDOR,
    api_football.RAPID_VENDOR,
    espn.VENDOR,
    open_meteo.VENDOR,
    balldontlie.VENDOR,
    football_data_org.VENDOR,
    betfair.VENDOR,
    feeds.VENDOR,
    feeds.ATOM_VENDOR,
    sandbook.VENDOR,
    sandpress.VENDOR,
)
