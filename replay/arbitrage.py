"""Sure profits and middles in the books' prices of a moment: told apart from tickets, and never part of a portfolio."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from core.market.sports import SPORTS
from core.settings import Settings
from lake.storage import Lake
from optimizer.prices.arbitrage import arbitrages
from optimizer.prices.middles import middles
from replay.moment import staking_of
from replay.quotes import Quotes
from replay.slates import slate


def found(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    """Rows of gold arbitrages over all sports: of every coming match the sure profits, of believed ones the middles."""
    return pl.concat([_of_sport(lake, settings.of(sport), as_of) for sport in SPORTS if sport in settings.sports])


def _of_sport(lake: Lake, settings: Settings, as_of: datetime) -> pl.DataFrame:
    columns = ("match_id", "competition_id", "season_code")
    decisions = lake.table(f"gold.{settings.sport}.spn_decisions")
    matches = decisions.read(pl.col("is_upcoming")).select(columns)
    quotes = Quotes.of(lake, settings.sport).of_matches(matches["match_id"])
    offers, staking = quotes.offers(as_of), staking_of(settings)
    coming = slate(lake, settings, as_of)
    believed = coming.matches.select("match_id").join(matches, on="match_id", how="left", maintain_order="left")
    rows = pl.concat(
        [
            arbitrages(offers, matches, staking, as_of, SPORTS[settings.sport].outcomes),
            middles(offers, believed, coming.grid, staking, as_of),
        ]
    )
    return rows.with_columns(pl.lit(settings.sport).alias("sport"))
