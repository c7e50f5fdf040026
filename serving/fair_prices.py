"""What the page shows of the coming matches of a sport: who wins, and where there is no draw, spread and total."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from core.market.markets import MARKETS, SPREAD, TOTALS
from core.market.sports import SPORTS
from lake.storage import Lake

_LINED = (SPREAD.name, TOTALS.name)


def fair_prices(lake: Lake, sport: str, as_of: datetime) -> dict[str, Any] | None:
    """A table of a sport's priced matches; None where none is priced.

    `selections` of the winner, `lined` markets, and `rows` in order of kick-off: competition_id, kickoff, home_name,
    away_name, a probability by selection (None without one), and by lined market the half line nearest to even chances
    with the fair odds of both its sides (None without one).
    """
    quoted = SPORTS[sport].quoted
    winner, lined = quoted[0], [market for market in _LINED if SPREAD.name in quoted and market in quoted]
    wanted = (pl.col("as_of_utc") == as_of) & pl.col("market").is_in([winner, *lined])
    fair = lake.table(f"gold.{sport}.fair_odds").read(wanted)
    selections = MARKETS[winner].selections
    chances = [pl.col("prob").filter(pl.col("selection") == name).first().alias(name) for name in selections]
    wide = fair.filter(pl.col("market") == winner).group_by("match_id").agg(chances)
    if wide.is_empty():
        return None
    for market in lined:
        even = nearest_to_even(fair.filter(pl.col("market") == market), market)
        wide = wide.join(even, on="match_id", how="left", maintain_order="left")
    rows = named_matches(lake, sport).join(wide, on="match_id", maintain_order="left")
    shown = rows.select("competition_id", "kickoff", "home_name", "away_name", *selections, *lined)
    return {"sport": sport, "selections": selections, "lined": lined, "rows": shown.to_dicts()}


def nearest_to_even(fair: pl.DataFrame, market: str) -> pl.DataFrame:
    """match_id and, under the market's name, line and both sides' fair odds: of the half line nearest to 1 in 2."""
    sides = MARKETS[market].selections
    halves = fair.filter((pl.col("line") % 1) == 0.5)
    odds = [pl.col("fair_odds_dec").filter(pl.col("selection") == side).first().alias(side) for side in sides]
    apart = (pl.col("prob") - 0.5).abs().max().alias("apart")
    both = halves.group_by("match_id", "line").agg(*odds, apart).drop_nulls(sides)
    nearest = both.sort("apart", "line").unique("match_id", keep="first", maintain_order=True)
    whole = pl.struct("line", pl.col(sides[0]).alias("first"), pl.col(sides[1]).alias("second")).alias(market)
    return nearest.select("match_id", whole)


def named_matches(lake: Lake, sport: str) -> pl.DataFrame:
    """match_id, competition_id, kickoff as text, home_name, away_name of every match decided on, by kick-off."""
    names = lake.table(f"gold.{sport}.dim_teams").read().select("team_id", "team_name")
    rows = lake.table(f"gold.{sport}.spn_decisions").read().sort("event_at_utc", "match_id")
    for side in ("home", "away"):
        named = names.rename({"team_name": f"{side}_name"})
        rows = rows.join(named, left_on=f"{side}_team_id", right_on="team_id", how="left", maintain_order="left")
    kickoff = pl.col("event_at_utc").dt.strftime("%a %d %b %H:%M").alias("kickoff")
    told = (pl.col(f"{side}_name").fill_null(pl.col(f"{side}_team_id")) for side in ("home", "away"))
    return rows.select("match_id", "competition_id", kickoff, *told, "home_team_id")
