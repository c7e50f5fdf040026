"""What is written of a sport's players: their predictions, and where a sport has them, books' prices beside these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.settings import Settings
from lake.storage import Lake
from replay.craft import craft_of

Tables = Mapping[str, pl.DataFrame]
PREDICTIONS, VALUES = "player_predictions", "prop_values"
DESCRIBED = {
    PREDICTIONS: "Players of the coming matches of {sport}: what they may do, and its fair prices.",
    VALUES: "Books' prices of player props of {sport} beside our own at the same lines; no ticket is made of them.",
}


@dataclass(frozen=True)
class PlayerTables:
    """The gold tables of a sport's players, by name what each is read from, and what makes all of them at once."""

    sources: Mapping[str, tuple[str, ...]]
    price: Callable[[Lake, Settings, datetime], Tables]


def _basketball(lake: Lake, settings: Settings, as_of: datetime) -> Tables:
    from replay.props.forecast import beside_prices

    return beside_prices(lake, settings, as_of)


BESIDE_PRICES: Mapping[str, Callable[[Lake, Settings, datetime], Tables]] = {"basketball": _basketball}
"""Sports whose players are priced at lines that books quote: one pricing gives both tables."""


def player_tables(sport: str) -> PlayerTables | None:
    """The tables of a sport's players; None for a sport without player markets."""
    craft = craft_of(sport)
    priced = craft.players
    if priced is None:
        return None
    if sport in BESIDE_PRICES:
        beside = {PREDICTIONS: craft.PLAYERS_FROM, VALUES: (*craft.PLAYERS_FROM, "silver.prop_quotes")}
        return PlayerTables(beside, BESIDE_PRICES[sport])
    return PlayerTables(
        {PREDICTIONS: craft.PLAYERS_FROM},
        lambda lake, settings, as_of: {PREDICTIONS: priced(lake, settings, as_of)},
    )
