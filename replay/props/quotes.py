"""Books' prices of player props, with the margin taken out: what the market thought of each line."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.market.devig import devig
from models.props.words import DOUBLE_DOUBLE

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
    price = {side: pl.col("price_odds_dec").filter(pl.col("side") == side).first() for side in ("over", "under")}
    both = last.group_by(*_KEY, "bookmaker", maintain_order=True).agg(**price).drop_nulls()
    fair = devig(both.select("over", "under").to_numpy(), "multiplicative")[:, 0] if len(both) else np.empty(0)
    logs = both.with_columns(pl.Series("log_odds", np.log(fair / (1.0 - fair)), dtype=pl.Float64))
    mean = 1.0 / (1.0 + (-pl.col("log_odds").mean()).exp())
    return logs.group_by(_KEY, maintain_order=True).agg(mean.alias("market_over_prob"), pl.len().alias("books"))
