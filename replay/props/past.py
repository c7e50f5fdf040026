"""Lessons of the past seasons that a walk goes through, of one competition."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from core.settings import Settings
from lake.storage import Lake
from replay.props.forecast import MINIMUM_PLAYED, learn
from replay.props.world import World, first_lesson

_TOLD = timedelta(days=3)
"""After the last game, when its box scores are known."""


def past(
    lake: Lake, settings: Settings, competition_id: str, since: datetime, until: datetime
) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Lessons with season_code, and the decisions they belong to, of games before `until`.

    They begin with the season before `since`, so that the first games asked for are foretold by what that one taught.
    None where too little is known of the competition's players.
    """
    world = World.of(lake, settings.sport, competition_id, first_lesson(since), until + _TOLD)
    within = World(world.archive, world.decisions.filter(pl.col("event_at_utc") < until))
    learned = learn(lake, within, settings, until + _TOLD)
    if learned.is_empty() or learned["has_played"].sum() < MINIMUM_PLAYED:
        return None
    seasons = within.decisions.select("match_id", "season_code")
    return learned.join(seasons, on="match_id", maintain_order="left"), within.decisions
