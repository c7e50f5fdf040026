"""Bets on players as decisions and settlements see them: fair prices, books' prices, beliefs and counts of a lake.

What a bet is worth stands in `values` and in gold; here tables are read, and nothing is learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from core.market.player_markets import PLAYER_MARKETS
from core.market.sports import SPORTS
from lake.storage import Lake
from models.props.scenes import Crowd, crowd_of
from replay.craft import PLAYER_BELIEFS, PROP_VALUES
from replay.props.values import log_odds, mean_prob, probability

_SELECTION = ["match_id", "player_id", "market", "selection", "line"]
_QUOTED = ["match_id", "player_id", "bookmaker", "line", "known_at_utc"]
_COUNT = {
    "match_id": pl.String(), "player_id": pl.String(), "market": pl.String(), "count": pl.Float64(),
    "known_at_utc": pl.Datetime("us", "UTC"),
}  # fmt: skip
_PLAYS = pl.col("plays_prob")
_TENS = [pl.col(name) >= 10 for name in ("points", "rebounds", "assists", "steals", "blocks")]
COUNTED: Mapping[str, pl.Expr] = {
    **{name: pl.col(name) for name in ("points", "rebounds", "assists", "steals", "blocks")},
    "threes": pl.col("threes_made"),
    "points_rebounds_assists": pl.col("points") + pl.col("rebounds") + pl.col("assists"),
    "double_double": pl.sum_horizontal(_TENS) >= 2,
}
"""What markets count, from the columns of a box score: models.props.words in silver's names."""


def crowd(lake: Lake, sport: str, as_of: datetime) -> Crowd | None:
    """What was believed of the players of a moment's matches; None without any, or without player markets."""
    if not SPORTS[sport].player_markets:
        return None
    return crowd_of(lake.table(f"gold.{sport}.{PLAYER_BELIEFS}").read(pl.col("as_of_utc") == as_of))


def fair(lake: Lake, sport: str, as_of: datetime, weight: float) -> pl.DataFrame:
    """Rows like gold fair_odds, with player_id and player_name: every selection that books quoted with its other side.

    What is believed is a mean of log-odds: ours with this `weight` (0 to 1), the rest what the books say without their
    margins (`opinions`). `prob` and `push_share` are those of a bet as it is settled: who takes no part gives the stake
    back. The fair price is that of one who plays, for a stake that comes back for nothing favours nobody.
    """
    rows = lake.table(f"gold.{sport}.{PROP_VALUES}").read(pl.col("as_of_utc") == as_of)
    blended = probability(weight * log_odds("own_prob") + (1.0 - weight) * log_odds("books_prob"))
    wins, settles = pl.col("settled_prob"), _PLAYS * (1.0 - pl.col("push_prob"))
    told = opinions(rows).drop_nulls("books_prob").with_columns(blended.alias("settled_prob"))
    return told.select(
        "match_id", "competition_id", "season_code", "as_of_utc", "player_id", "player_name",
        ("player_" + pl.col("market")).alias("market"), "selection", "line", (settles * wins).alias("prob"),
        (1.0 - settles).alias("push_share"), (1.0 / wins).alias("fair_odds_dec"), "training_hash",
        pl.lit(None, pl.String).alias("stand_ins"),
    )  # fmt: skip


def opinions(values: pl.DataFrame) -> pl.DataFrame:
    """One row a selection of gold prop_values, with `own_prob` and `books_prob`: that it wins if the stake does not
    come back, by our scenarios and by all books that quote both sides, whose log-odds are averaged (null without one).
    """
    own = pl.col("prob") / (1.0 - pl.col("push_prob"))
    told = values.with_columns(mean_prob("market_prob").over(_SELECTION).alias("books_prob"), own.alias("own_prob"))
    return told.unique(_SELECTION, keep="first", maintain_order=True)


def prices(lake: Lake, sport: str, match_ids: pl.Series, as_of: datetime) -> dict[str, pl.DataFrame]:
    """Every book's prices of the players of some matches that were seen by a moment, by market.

    Each in the shape of gold fct_total_prices, with `player_id`: one column a side, null where the book quotes the
    other alone, and `quote_kind` closing for the last of a line before a game that has begun. Empty in a sport without
    player markets.
    """
    if not SPORTS[sport].player_markets:
        return {}
    inside = pl.col("match_id").is_in(match_ids.unique().implode()) & (pl.col("known_at_utc") <= as_of)
    quotes = lake.table(f"silver.{sport}.prop_quotes").read(inside & (pl.col("known_at_basis") == "observed"))
    return {market: _wide(quotes.filter(market=market), market, as_of) for market in SPORTS[sport].player_markets}


def counts(lake: Lake, sport: str, legs: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """What the players of legs did, whenever it became known by a moment: match_id, player_id, market, count,
    known_at_utc.

    In the order in which they count: of one time the last row stands. `count` is null for one who took no part: from
    the first word of his game's players on, until a row says that he did. A count that the vendor leaves out is not
    told.
    """
    asked = legs.filter(sport=sport).drop_nulls("player_id").select("match_id", "player_id", "market").unique()
    if asked.is_empty():
        return pl.DataFrame(schema=_COUNT)
    inside = pl.col("match_id").is_in(asked["match_id"].unique().implode()) & (pl.col("known_at_utc") <= as_of)
    box = lake.table(f"silver.{sport}.player_stats").read(inside)
    first = box.group_by("match_id").agg(pl.col("known_at_utc").min())
    absent = asked.join(first, on="match_id").with_columns(pl.lit(None, pl.Float64).alias("count"))
    told = asked.join(box, on=["match_id", "player_id"])
    rows = pl.concat([absent.select(*_COUNT), *(_counted(told, market) for market in asked["market"].unique().sort())])
    return rows.sort("known_at_utc", maintain_order=True)


def _counted(told: pl.DataFrame, market: str) -> pl.DataFrame:
    """Rows of one market: of those who took part what they were counted for, of others null."""
    took_part = pl.col("minutes").is_not_null()
    count = COUNTED[PLAYER_MARKETS[market].count].cast(pl.Float64)
    own = told.filter(pl.col("market") == market).with_columns(pl.when(took_part).then(count).alias("count"))
    return own.filter(~took_part | pl.col("count").is_not_null()).select(*_COUNT)


def _wide(quotes: pl.DataFrame, market: str, as_of: datetime) -> pl.DataFrame:
    """One row a player, book, line and time, with a column a side; of several vendors' the longest price counts."""
    price = pl.col("price_odds_dec")
    sides = (
        price.filter(pl.col("selection") == side).max().alias(f"{side}_odds_dec")
        for side in PLAYER_MARKETS[market].selections
    )
    wide = quotes.group_by(*_QUOTED, maintain_order=True).agg(pl.col("event_at_utc").last(), *sides)
    begun = (pl.col("event_at_utc") <= as_of) & (pl.col("known_at_utc") <= pl.col("event_at_utc"))
    last = pl.col("known_at_utc") == pl.col("known_at_utc").filter(begun).max().over(_QUOTED[:-1])
    return wide.with_columns(
        pl.lit(False).alias("is_aggregate"), pl.lit("observed").alias("known_at_basis"),
        pl.when(begun & last).then(pl.lit("closing")).otherwise(pl.lit("seen")).alias("quote_kind"),
    )  # fmt: skip
