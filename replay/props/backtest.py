"""The backtest of player props: every season with box scores, walked forward and reported.

Of games from `first` to `last`, with what was known of them at their own decisions and nothing later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from core.settings import Settings
from lake.storage import Lake
from replay.props import report as reports
from replay.props import walk
from replay.props.past import past
from replay.props.quotes import consensus


def report(
    lake: Lake, settings: Settings, first: date, last: date, progress: Callable[[str], None]
) -> dict[str, object]:
    """The section `props` of a backtest's report, by competition: what replay.props.report says of each.

    Match days from `first` to `last`, inclusive, after what the season before taught. A competition of whose players
    too little is known is left out.
    """
    since, until = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
    players = lake.table(f"silver.{settings.sport}.player_stats").read(pl.col("event_at_utc").is_between(since, until))
    wanted = players["competition_id"].unique().sort()
    found = {name: _of_competition(lake, settings, name, since, until, progress) for name in wanted}
    return {name: told for name, told in found.items() if told is not None}


def _of_competition(
    lake: Lake, settings: Settings, name: str, since: datetime, until: datetime, progress: Callable[[str], None]
) -> dict[str, object] | None:
    found = past(lake, settings, name, since, until)
    if found is None:
        return None
    lessons, decisions = found
    progress(f"{name}: {len(lessons):,} lessons of props")
    quotes = lake.table(f"silver.{settings.sport}.prop_quotes").read(pl.col("competition_id") == name)
    prices = consensus(quotes, decisions)
    walked, quoted = (rows.filter(pl.col("event_at_utc") >= since) for rows in walk.walk(lessons, prices, settings))
    progress(f"{name}: {len(walked):,} nights of players foretold")
    return reports.report(walked, quoted, walk.outcomes(lessons), settings.seed)
