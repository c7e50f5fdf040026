"""While nobody quotes, memory goes by what the filter of results expected, and hears of results all the same."""

from __future__ import annotations

import numpy as np
import polars as pl

from models.basketball import memory, ratings
from models.basketball.unpriced import with_stand_ins
from tests.unit.models.basketball import worlds

GAMES = worlds.games(3, teams=6, days=80, seasons=1)
LATE = GAMES.with_columns(is_late=pl.int_range(pl.len()) >= len(GAMES) // 2)
"""The second half of them is not quoted below."""


def filtered(seen: pl.DataFrame) -> pl.DataFrame:
    return ratings.filtered(seen, GAMES, ratings.FilterParameters())


def unquoted(games: pl.DataFrame) -> pl.DataFrame:
    return games.with_columns(
        pl.when(~pl.col("is_late")).then(pl.col(name)).alias(name) for name in ("closing_margin", "closing_total")
    )


def test_a_line_that_is_there_stays_and_another_is_the_filters() -> None:
    seen, expected = unquoted(LATE), filtered(GAMES)
    filled = with_stand_ins(seen, GAMES, expected)
    told = seen["closing_margin"].is_not_null()
    assert filled.filter(told)["closing_margin"].to_list() == seen.filter(told)["closing_margin"].to_list()
    assert filled.filter(~told)["closing_margin"].to_list() == expected.filter(~told)["filter_margin"].to_list()
    is_late = LATE["is_late"]
    assert filled.filter(is_late)["closing_total"].to_list() == expected.filter(is_late)["filter_total"].to_list()
    assert filled.columns == seen.columns


def test_a_game_that_nobody_decided_on_stays_without_a_line() -> None:
    seen = unquoted(LATE)
    nobody = with_stand_ins(seen, GAMES.clear(), filtered(GAMES).clear())
    assert nobody["closing_margin"].null_count() == seen["closing_margin"].null_count()


def test_memory_learns_of_a_team_that_wins_while_nobody_quotes() -> None:
    team = worlds.team(0)
    side = (pl.col("home_team_id") == team).cast(pl.Int64) - (pl.col("away_team_id") == team).cast(pl.Int64)
    changed = LATE.with_columns(margin=pl.when("is_late").then(pl.col("margin") + 40 * side).otherwise("margin"))
    seen = unquoted(changed)

    def its_margin(told: pl.DataFrame) -> float:
        said = memory.signals(told, ratings.NO_REPORTS, GAMES, memory.MemoryParameters())["memory_margin"]
        return float((said * GAMES.select(side.alias("side"))["side"]).tail(20).mean())

    blind, awake = its_margin(seen), its_margin(with_stand_ins(seen, GAMES, filtered(changed)))
    assert np.isfinite(blind)
    assert awake > blind + 1.0
