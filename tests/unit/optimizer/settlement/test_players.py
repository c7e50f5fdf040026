"""Bets on players: settled by what they were counted for, void for who took no part, open until that is told."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from optimizer.settlement import settle
from tests.unit.optimizer.policies import KICKOFF, UTC_TIME
from tests.unit.optimizer.settlement.stories import LATE, leg, result, ticket

_COUNT = {
    "match_id": pl.String, "player_id": pl.String, "market": pl.String, "count": pl.Float64, "known_at_utc": UTC_TIME,
}  # fmt: skip
POINTS = "player_points"


def on(selection: str, line: float | None, market: str = POINTS, player: str = "a0") -> pl.DataFrame:
    return leg(market, selection, line, odds=2.0).with_columns(pl.lit(player).alias("player_id"))


def counted(*told: tuple[float | None, float], player: str = "a0", market: str = POINTS) -> pl.DataFrame:
    """Counts, each known so many hours after the start."""
    rows = [("m1", player, market, count, KICKOFF + timedelta(hours=hours)) for count, hours in told]
    return pl.DataFrame(rows, schema=_COUNT, orient="row")


def outcomes(bet: pl.DataFrame, counts: pl.DataFrame, results: pl.DataFrame | None = None) -> list[tuple[object, ...]]:
    told = result(110, 100) if results is None else results
    return settle(ticket(), bet, told, LATE, counts=counts).select("outcome", "return_minor", "reason").rows()


@pytest.mark.parametrize(("selection", "line", "count", "told"), [
    ("over", 20.5, 21, ("won", 2000, None)), ("over", 20.5, 20, ("lost", 0, None)),
    ("under", 20.0, 20, ("push", 1000, None)), ("under", 20.0, 19, ("won", 2000, None)),
    ("over", 20.5, None, ("void", 1000, "did_not_play")),
])  # fmt: skip
def test_the_count_decides_at_the_line_taken(
    selection: str, line: float, count: float | None, told: tuple[object, ...]
) -> None:
    assert outcomes(on(selection, line), counted((count, 3))) == [told]


def test_yes_of_a_double_double_wins_where_it_happened() -> None:
    bet = on("yes", None, "player_double_double")
    assert outcomes(bet, counted((1.0, 3), market="player_double_double")) == [("won", 2000, None)]


def test_a_finished_game_without_word_of_its_players_leaves_the_bet_open() -> None:
    assert outcomes(on("over", 20.5), counted()) == []
    assert outcomes(on("over", 20.5), counted((30, 3), player="b0")) == []


def test_it_is_settled_when_the_later_of_result_and_count_is_known() -> None:
    early = settle(ticket(), on("over", 20.5), result(110, 100), LATE, counts=counted((30, 1)))
    late = settle(ticket(), on("over", 20.5), result(110, 100), LATE, counts=counted((30, 9)))
    assert early["known_at_utc"].to_list() == [KICKOFF + timedelta(hours=2)]
    assert late["known_at_utc"].to_list() == [KICKOFF + timedelta(hours=9)]


def test_a_correction_of_the_box_score_adds_a_row() -> None:
    found = outcomes(on("over", 20.5), counted((20, 3), (21, 30)))
    assert found == [("lost", 0, None), ("won", 2000, None)]


def test_who_was_missing_in_the_first_word_and_is_found_later_is_settled_anew() -> None:
    found = outcomes(on("over", 20.5), counted((None, 3), (25, 8)))
    assert found == [("void", 1000, "did_not_play"), ("won", 2000, None)]


def test_of_one_time_the_last_row_counts() -> None:
    assert outcomes(on("over", 20.5), counted((None, 3), (25, 3))) == [("won", 2000, None)]


def test_a_game_that_is_called_off_voids_the_bet() -> None:
    off = result(None, None, state="cancelled")
    assert outcomes(on("over", 20.5), counted(), off) == [("void", 1000, "cancelled")]


def test_points_at_the_break_of_an_abandoned_game_decide_nothing() -> None:
    """An over that he has already beaten may be paid by some books; without their word it is void, never lost."""
    off = result(60, 55, state="abandoned")
    assert outcomes(on("over", 20.5), counted((30, 1)), off) == [("void", 1000, "abandoned")]
