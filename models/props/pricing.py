"""Prices of props from the scenarios of a night: over and under, yes and no. Combinations stand in `together`.

A bet on a player who does not take part is void, so a price is given that he plays, with the chance of that beside it.
Who is listed out is not in the night (see model) and has no price.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from models.props.night import Night

Floats = NDArray[np.float64]


def lines(night: Night, statistic: str, asked: pl.DataFrame) -> pl.DataFrame:
    """Prices of `asked` (player_id, line), in its order: one row each.

    Adds plays_prob, over_prob, push_prob, under_prob (given that he plays; they sum to 1), `over_fair_odds_dec` and
    `under_fair_odds_dec` (1 + lose / win: a push returns the stake; null where it cannot win). All are null for a
    player who is not in the night.
    """
    counts = night.statistic(statistic)
    place = places(night, asked["player_id"])
    known = place >= 0
    line = asked["line"].to_numpy()[known]
    drawn = counts[:, place[known]]
    over, push = (drawn > line).mean(axis=0), (drawn == line).mean(axis=0)
    under = np.maximum(1.0 - over - push, 0.0)
    columns = {
        "plays_prob": night.rows["plays_prob"].to_numpy()[place[known]], "over_prob": over, "push_prob": push,
        "under_prob": under, "over_fair_odds_dec": _fair(over, under), "under_fair_odds_dec": _fair(under, over),
    }  # fmt: skip
    return asked.with_columns(pl.Series(name, _spread(values, known)) for name, values in columns.items())


def quantiles(night: Night, statistic: str, levels: ArrayLike) -> pl.DataFrame:
    """match_id, team_id, player_id, plays_prob, mean, and one column a level, such as `q50`: given that he plays."""
    counts = night.statistic(statistic)
    shares = np.asarray(levels, dtype=float)
    found = np.quantile(counts, shares, axis=0, method="inverted_cdf")
    rows = night.rows.select("match_id", "team_id", "player_id", "plays_prob")
    named = (pl.Series(f"q{100 * share:g}", values) for share, values in zip(shares, found, strict=True))
    return rows.with_columns(pl.Series("mean", counts.mean(axis=0)), *named)


def places(night: Night, players: pl.Series) -> NDArray[np.int64]:
    """Each player's place in the night, -1 where he is not in it."""
    numbers = {player: place for place, player in enumerate(night.rows["player_id"])}
    places = players.replace_strict(numbers, default=-1, return_dtype=pl.Int64).to_numpy()
    return np.asarray(places, dtype=np.int64)


def _fair(win: Floats, lose: Floats) -> Floats:
    odds: Floats = np.divide(lose, win, out=np.full(len(win), np.nan), where=win > 0) + 1.0
    return odds


def _spread(values: Floats, known: NDArray[np.bool_]) -> pl.Series:
    found = np.full(len(known), np.nan)
    found[known] = values
    return pl.Series(found).fill_nan(None)
