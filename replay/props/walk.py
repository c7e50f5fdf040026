"""The walk-forward of player props: week by week, each lesson foretold by what was learned before that week began.

What comes of it is one row a player who took part; `replay.props.report` reads them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from lake.keys import match_number
from models.props import judging, model, words
from models.props.board import MARKETS
from models.props.lessons import MADE
from models.props.night import GameBelief, Night, draw
from models.props.points import FinalScores, Spread, spread_of
from replay.props.forecast import SCENARIOS

Integers = NDArray[np.int64]

WARM_UP_WEEKS = 5
"""Weeks with games that are only learned from."""
COUNTS = (*words.STATISTICS, "minutes")
"""What is judged by its whole distribution; double-doubles are judged by their probability."""
_KNOWN = (
    "match_id", "team_id", "player_id", "event_at_utc", "season_code", "plays_prob",
    pl.col("minutes_mean").alias("minutes_before"), pl.col("points_mean").alias("points_before"),
)  # fmt: skip


def walk(lessons: pl.DataFrame, quotes: pl.DataFrame, settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every lesson after the warm-up foretold, and the prices among `quotes` of these players.

    `lessons`: rows of lessons.lessons with season_code. `quotes`: match_id, player_id, market, line, `market_over_prob`
    (see `replay.props.quotes`). Returns rows of who took part (what was known before, such as `minutes_before` and
    `points_before`, means of his games so far; `made_points` ... and, for each of `COUNTS`, its `_error`, `_crps`,
    `_place` among the draws (0-1) and `_mean`; `double_double_prob`), and the quotes with `over_prob` given no push and
    `is_over`.
    """
    told = list(_games(lessons, settings))
    judged = [_judged(lessons, belief, night) for belief, night in told]
    priced = [_priced(quotes, night, lessons) for _, night in told]
    return _stacked(judged), _stacked(priced)


def outcomes(lessons: pl.DataFrame) -> pl.DataFrame:
    """Everybody who took part: what is known before, and `made_` each of `COUNTS`."""
    rows = lessons.filter("has_played")
    made = _made(rows)
    return rows.select(_KNOWN).with_columns(pl.Series(f"made_{name}", made[name]) for name in COUNTS)


def _stacked(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames) if frames else pl.DataFrame()


def _games(lessons: pl.DataFrame, settings: Settings) -> Iterator[tuple[GameBelief, Night]]:
    """Belief and scenarios of each game, in the order of weeks."""
    week = lessons["as_of_utc"].dt.truncate("1w")
    for now in week.unique().sort()[WARM_UP_WEEKS:]:
        asked = lessons.filter(week == now)
        begins = asked.sort("as_of_utc")["as_of_utc"][0]
        before = lessons.filter(pl.col("outcome_known_at_utc") <= begins)
        fitted = model.fit(before, begins, settings.seed % 2**31, settings.threads)
        spread = spread_of(before)
        for belief in fitted.believe(asked):
            yield belief, _night(belief, asked, fitted, spread, settings.seed)


def _night(belief: GameBelief, asked: pl.DataFrame, fitted: model.PropsModel, spread: Spread, seed: int) -> Night:
    match = belief.rows["match_id"][0]
    home = asked.filter((pl.col("match_id") == match) & pl.col("is_home")).row(0, named=True)
    scores = FinalScores.of_moments(home["expected_margin"], home["expected_total"], spread)
    own = (seed + match_number(match)) % 2**63
    return draw(belief, *scores.draw(SCENARIOS, own), fitted.laws, own)


def _judged(lessons: pl.DataFrame, belief: GameBelief, night: Night) -> pl.DataFrame:
    """One row a player of the game who was listed and took part."""
    identity = ["match_id", "team_id", "player_id"]
    own = belief.rows.select(identity).with_row_index("place")
    rows = own.join(lessons.filter("has_played"), on=identity, maintain_order="left")
    place, made = rows["place"].to_numpy(), _made(rows)
    columns: dict[str, NDArray[np.generic]] = {f"made_{name}": values for name, values in made.items()}
    for name in COUNTS:
        drawn = _drawn(night, name)[:, place]
        columns |= {
            f"{name}_error": judging.absolute_error(drawn, made[name]),
            f"{name}_crps": judging.crps(drawn, made[name]),
            f"{name}_place": judging.transform(drawn, made[name], match_number(rows["match_id"][0])),
            f"{name}_mean": drawn.mean(axis=0),
        }
    columns["double_double_prob"] = night.statistic(words.DOUBLE_DOUBLE)[:, place].mean(axis=0)
    return rows.select(_KNOWN).with_columns(pl.Series(name, values) for name, values in columns.items())


def _drawn(night: Night, name: str) -> NDArray[np.integer]:
    return night.minutes.round().astype(np.int16) if name == "minutes" else night.statistic(name)


def _made(rows: pl.DataFrame) -> dict[str, Integers]:
    """What each player made of every market, and his minutes, which vendors give in whole ones."""
    counts = rows.select(MADE).to_numpy().astype(np.int16)
    found = {name: words.statistic(counts, name).astype(np.int64) for name in MARKETS}
    return found | {"minutes": rows["played_minutes"].round().cast(pl.Int64).to_numpy()}


def _priced(quotes: pl.DataFrame, night: Night, lessons: pl.DataFrame) -> pl.DataFrame:
    """The quotes of the night's players who took part, beside what is believed and what came; pushes left out."""
    match = night.rows["match_id"][0]
    played = lessons.filter((pl.col("match_id") == match) & pl.col("has_played"))
    own = quotes.filter((pl.col("match_id") == match) & pl.col("market").is_in(MARKETS))
    places = night.rows.select("player_id").with_row_index("place")
    asked = own.join(places, on="player_id", maintain_order="left").join(
        played.select("player_id", "event_at_utc", *MADE), on="player_id", maintain_order="left"
    )
    return pl.concat([_against(asked.clear(), night), *(_against(rows, night) for _, rows in asked.group_by("market"))])


def _against(asked: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Rows of one market with `over_prob` given no push, and `is_over`."""
    shown = ["match_id", "player_id", "event_at_utc", "market", "line", "told", "market_over_prob"]
    if asked.is_empty():
        return asked.select(shown).with_columns(
            over_prob=pl.lit(None, pl.Float64), is_over=pl.lit(None, pl.Boolean)
        )  # fmt: skip
    market, line = asked["market"][0], asked["line"].to_numpy()
    drawn = night.statistic(market)[:, asked["place"].to_numpy()]
    over, under = (drawn > line).mean(axis=0), (drawn < line).mean(axis=0)
    made = _made(asked.with_columns(played_minutes=pl.lit(0.0)))[market]
    told = asked.select(shown).with_columns(
        pl.Series("over_prob", over / np.maximum(over + under, 1.0 / len(drawn))), pl.Series("is_over", made > line)
    )
    return told.filter(pl.Series(made != line))
