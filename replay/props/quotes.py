"""Books' prices of player props, with the margin taken out: what the market thought of each line."""

from __future__ import annotations

import polars as pl

from models.props.words import DOUBLE_DOUBLE
from replay.props.values import mean_prob, without_margin

MOMENTS = {"at_decision": "as_of_utc", "before_the_game": "event_at_utc"}
"""Until when a price counts; the later one is a benchmark that knows more than we did."""
_KEY = ["match_id", "player_id", "market", "line"]
NO_QUOTES = pl.DataFrame(schema={
    "match_id": pl.String, "player_id": pl.String, "market": pl.String, "line": pl.Float64, "told": pl.String,
    "market_over_prob": pl.Float64, "books": pl.UInt32,
})  # fmt: skip
"""What `consensus` gives where no price is known."""
_SIDES = {"over": "over", "under": "under", "yes": "over", "no": "under"}


def consensus(quotes: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """match_id, player_id, market (without `player_`), line, `told`, `market_over_prob` and `books`: one row a line.

    `told`: by which of `MOMENTS`. `quotes`: rows of silver prop_quotes; of each book's, the last known by then
    (`decisions`: match_id, as_of_utc, event_at_utc) counts where both sides of a line are there. The margin is taken
    out in proportion, and books' chances are averaged as log-odds. Yes and no of a double-double are over and under
    0.5.
    """
    columns = ["match_id", *MOMENTS.values()]
    known = quotes.drop("event_at_utc", strict=False).join(
        decisions.select(columns), on="match_id", maintain_order="left"
    )
    return pl.concat(
        _fair(known.filter(pl.col("known_at_utc") <= pl.col(until))).with_columns(pl.lit(told).alias("told"))
        for told, until in MOMENTS.items()
    )


def _fair(known: pl.DataFrame) -> pl.DataFrame:
    """Each line's chance by all books whose prices stand here with both sides."""
    word = pl.col("market").str.strip_prefix("player_")
    last = (
        known.with_columns(
            word, pl.col("selection").replace_strict(_SIDES).alias("side"),
            pl.when(word == DOUBLE_DOUBLE).then(0.5).otherwise(pl.col("line")).alias("line"),
        )
        .sort("known_at_utc")
        .unique([*_KEY, "bookmaker", "side"], keep="last", maintain_order=True)
    )  # fmt: skip
    over = without_margin(last).filter(pl.col("side") == "over").drop_nulls("market_prob")
    mean = mean_prob("market_prob").alias("market_over_prob")
    return over.group_by(_KEY, maintain_order=True).agg(mean, pl.len().alias("books"))
