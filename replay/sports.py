"""The catalogue of sports: what each does in its own way where the house asks all of them alike.

A field is called when it is needed and imports its code then, so that to know a sport costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.settings import Settings
from lake.storage import Lake

PredictPlayers = Callable[[Lake, Settings, datetime], pl.DataFrame]


@dataclass(frozen=True)
class Sport:
    """One sport.

    `players`: rows of gold player_predictions of a lake at a moment, by settings of this sport; they are made from the
    tables of the sport that `players_from` names, such as silver.player_stats.
    """

    name: str
    players: PredictPlayers
    players_from: tuple[str, ...]


def _football_players(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    from replay import players

    return players.predict(lake, settings, as_of)


def _basketball_players(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    from replay import props

    return props.predict(lake, settings, as_of)


SPORTS: dict[str, Sport] = {
    sport.name: sport
    for sport in (
        Sport("football", _football_players, ("gold.fair_odds", "silver.player_stats", "silver.players")),
        Sport(
            "basketball", _basketball_players,
            ("gold.spn_decisions", "gold.fct_results", "gold.fct_handicap_prices", "gold.fct_total_prices",
             "silver.player_stats", "silver.team_stats", "silver.injuries"),
        ),
    )
}  # fmt: skip
