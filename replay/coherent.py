"""Whether the fair prices of a sport hold together: no set of bets at them may win whatever the score."""

from __future__ import annotations

import polars as pl

from core.market.coherence import Offer, greatest_edge, sure_profit
from core.market.sports import SPORTS
from core.settings import Settings
from lake.storage import Lake
from optimizer.coming import Slate
from replay.slates import slate

SURE = 1e-6
"""Profit for a unit staked beyond what rounding explains."""
_OFFER = ("market", "selection", "line", "fair_odds_dec")


def profits(lake: Lake, settings: Settings) -> dict[str, float]:
    """By match of the newest moment of a sport, a profit that no set of bets at its fair prices surely exceeds.

    Where no single bet is expected to win more than `SURE` by the match's own grid, that is the most; else it is what
    the best bets win at the worst score, which takes longer to find.
    """
    fair = lake.table(f"gold.{settings.sport}.fair_odds").scan()
    last = fair.select(pl.col("as_of_utc").max()).collect().item()
    if last is None:
        return {}
    newest, believed = fair.filter(pl.col("as_of_utc") == last).collect(), slate(lake, settings, last)
    offers = {str(match): rows.select(_OFFER).rows() for (match,), rows in newest.group_by("match_id")}
    return {match: _profit(match, sold, believed, settings.sport) for match, sold in offers.items()}


def _profit(match: str, offers: list[Offer], believed: Slate, sport: str) -> float:
    grid = believed.only(pl.Series([match])).grid
    edge = greatest_edge(offers, grid) if len(grid) else float("inf")
    return edge if edge <= SURE else sure_profit(offers, SPORTS[sport].outcomes)
