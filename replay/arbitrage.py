"""Sure profits and middles in the books' prices of a moment: told apart from tickets, and never part of a portfolio."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from core.settings import Settings
from lake.storage import Lake
from optimizer.prices.arbitrage import arbitrages
from optimizer.prices.middles import middles
from optimizer.scene import Coming
from replay.moment import staking_of
from replay.quotes import Quotes


def found(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Rows of gold arbitrages: of every coming match the sure profits, and of believed ones the middles."""
    gold = f"gold.{settings.sport}"
    columns = ("match_id", "competition_id", "season_code")
    matches = lake.table(f"{gold}.spn_decisions").read(pl.col("is_upcoming")).select(columns)
    offers = Quotes.of(lake, settings.sport).of_matches(matches["match_id"]).offers(as_of)
    coming = Coming.of(lake.table(f"{gold}.score_grids").read(pl.col("as_of_utc") == as_of))
    believed = coming.matches.select("match_id").join(matches, on="match_id", how="left", maintain_order="left")
    staking = staking_of(settings)
    return pl.concat(
        [arbitrages(offers, matches, staking, as_of), middles(offers, believed, coming.grid, staking, as_of)]
    )
