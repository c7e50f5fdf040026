"""Which line a finished game closed at, and which result it is remembered by."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from models.basketball.memory import MemoryParameters, signals
from models.basketball.ratings import NO_REPORTS
from models.basketball.seen import seen_games
from tests.unit.models.basketball import worlds

GAMES = worlds.games(1)[:2]
OVER = GAMES["known_at_utc"]


def quotes(*rows: tuple[int, str, str, float, timedelta]) -> pl.DataFrame:
    """Game, bookmaker, kind, line, and how long before the game's result it was known."""
    return pl.DataFrame(
        [
            (
                GAMES["match_id"][game], bookmaker, bookmaker.startswith("consensus"), kind, line, 1.9, 1.9,
                OVER[game] - before,
            )
            for game, bookmaker, kind, line, before in rows
        ],
        schema={
            "match_id": pl.String(), "bookmaker": pl.String(), "is_aggregate": pl.Boolean(),
            "quote_kind": pl.String(), "line": pl.Float64(), "home_odds_dec": pl.Float64(),
            "over_odds_dec": pl.Float64(), "known_at_utc": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )  # fmt: skip


HOUR, NEVER = timedelta(hours=1), quotes()


def test_named_books_count_before_averages_and_the_consensus_before_other_averages() -> None:
    spreads = quotes(
        (0, "consensus", "closing", -4.5, HOUR), (0, "consensus_mean", "closing", -9.0, HOUR),
        (1, "one", "closing", 2.0, HOUR), (1, "two", "closing", 3.0, HOUR), (1, "three", "closing", 9.0, HOUR),
        (1, "consensus", "closing", -4.5, HOUR),
    )  # fmt: skip
    totals = quotes((1, "one", "closing", 221.5, HOUR))
    found = seen_games(GAMES, spreads, totals).sort("match_id")
    assert found["closing_margin"].to_list() == [4.5, -3.0]
    assert found["closing_total"].to_list() == [None, 221.5]


def test_a_closing_line_known_after_the_result_does_not_count() -> None:
    spreads = quotes((1, "consensus", "closing", 2.0, -HOUR))
    assert seen_games(GAMES, spreads, NEVER)["closing_margin"].to_list() == [None, None]


def test_without_a_closing_line_each_books_last_one_before_tip_off_counts() -> None:
    night = OVER - GAMES["event_at_utc"]
    spreads = quotes(
        (0, "one", "observed", -2.0, night[0] + 5 * HOUR), (0, "one", "observed", -4.5, night[0] + HOUR),
        (0, "one", "observed", -20.0, night[0] - HOUR / 2), (1, "one", "observed", 1.0, night[1] + HOUR),
        (1, "two", "closing", 3.0, HOUR),
    )  # fmt: skip
    found = seen_games(GAMES, spreads, NEVER).sort("match_id")
    assert found["closing_margin"].to_list() == [4.5, -3.0]


def test_a_game_is_remembered_as_first_told() -> None:
    again = GAMES.with_columns(pl.col("known_at_utc") + timedelta(days=4), home_points=pl.lit(0, pl.Int64))
    found = seen_games(pl.concat([again, GAMES]), NEVER, NEVER)
    assert found["margin"].to_list() == GAMES.sort("known_at_utc", "match_id")["margin"].to_list()
    assert found["known_at_utc"].to_list() == GAMES["known_at_utc"].sort().to_list()


def test_memory_takes_what_is_seen() -> None:
    spreads = quotes((0, "consensus", "closing", -4.5, HOUR))
    seen = seen_games(GAMES, spreads, NEVER)
    assert len(signals(seen, NO_REPORTS, worlds.games(1)[:5], MemoryParameters())) == 5
