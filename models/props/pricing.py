"""Prices of props from the scenarios of a night: over and under, yes and no, and combinations from the same draws.

A bet on a player who does not take part is void, so a price is given that he plays, with the chance of that beside it.
Who is listed out is not in the night (see model) and has no price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from models.props.night import Night
from models.props.words import DOUBLE_DOUBLE, STATISTICS

Floats = NDArray[np.float64]
Side = Literal["over", "under"]


@dataclass(frozen=True)
class Leg:
    """One bet on a player's night: over or under a line, whole or half.

    A double-double is over (yes) or under (no) a line of 0.5. Raises ValueError for another statistic or side.
    """

    player_id: str
    statistic: str
    side: Side
    line: float

    def __post_init__(self) -> None:
        if self.statistic not in (*STATISTICS, DOUBLE_DOUBLE):
            raise ValueError(f"Nobody lays a line on {self.statistic!r}.")
        if self.side not in ("over", "under"):
            raise ValueError("A line is bet over or under.")


def lines(night: Night, statistic: str, asked: pl.DataFrame) -> pl.DataFrame:
    """Prices of `asked` (player_id, line), in its order: one row each.

    Adds plays_prob, over_prob, push_prob, under_prob (given that he plays; they sum to 1), `over_fair_odds_dec` and
    `under_fair_odds_dec` (1 + lose / win: a push returns the stake; null where it cannot win). All are null for a
    player who is not in the night.
    """
    counts = night.statistic(statistic)
    place = _places(night, asked["player_id"])
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


@dataclass(frozen=True)
class Combination:
    """The price of several legs of one game together, given that everybody in it plays.

    `win_prob`: all legs win; `push_prob`: none loses and one at least is a push, which here returns the whole stake.
    `fair_odds_dec`: 1 + lose / win, null where it cannot win. `legs_win_prob`: each leg's own, equal to its single
    price. `plays_prob`: that everybody plays.
    """

    win_prob: float
    push_prob: float
    fair_odds_dec: float | None
    legs_win_prob: tuple[float, ...]
    plays_prob: float


def combination(night: Night, legs: Sequence[Leg]) -> Combination | None:
    """Legs priced on the same scenarios; None where a player is not in the night. Raises ValueError without a leg."""
    if not legs:
        raise ValueError("A combination without a leg has no price.")
    place = _places(night, pl.Series([leg.player_id for leg in legs]))
    if (place < 0).any():
        return None
    paid = np.column_stack([_paid(night, leg, at) for leg, at in zip(legs, place, strict=True)])
    win = float((paid == 1).all(axis=1).mean())
    lose = float((paid == -1).any(axis=1).mean())
    return Combination(
        win, max(1.0 - win - lose, 0.0), 1.0 + lose / win if win > 0 else None,
        tuple((paid == 1).mean(axis=0).tolist()), float(night.plays[:, np.unique(place)].all(axis=1).mean()),
    )  # fmt: skip


def _paid(night: Night, leg: Leg, place: int) -> NDArray[np.int8]:
    """(s,) 1 where the leg wins, 0 where it is a push, -1 where it loses."""
    sign = 1.0 if leg.side == "over" else -1.0
    paid = np.sign(sign * (night.statistic(leg.statistic)[:, place] - leg.line))
    return np.asarray(paid, dtype=np.int8)


def _places(night: Night, players: pl.Series) -> NDArray[np.int64]:
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
