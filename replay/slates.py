"""Beliefs of a moment as gold keeps them, ready to be decided on: a slate for each sport."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl

from core.market.sports import SPORTS
from core.settings import Settings
from lake.storage import Lake
from optimizer.coming import Coming, Slate
from replay.moment import spread_of
from replay.props import bets


def slate(lake: Lake, settings: Settings, as_of: datetime) -> Slate:
    """What is believed at a moment of the sport of the settings; without matches where it was not priced then."""
    cells = lake.table(f"gold.{settings.sport}.score_grids").read(pl.col("as_of_utc") == as_of)
    return Slate.of(cells, SPORTS[settings.sport], spread_of(settings))


def coming(lake: Lake, settings: Settings, as_of: datetime) -> Coming:
    """What is believed of every sport, also of one in which nothing is offered: its tickets may stand open.

    Players are believed in wherever a sport has player markets.
    """
    return Coming(tuple(
        replace(slate(lake, settings.of(sport), as_of), players=bets.crowd(lake, sport, as_of)) for sport in SPORTS
    ))  # fmt: skip
