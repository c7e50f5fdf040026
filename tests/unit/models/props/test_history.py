"""The past is what was known then, as it was last told, with the minutes that a close game would have had."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from models.props.history import Archive, appearances, games_ago, team_games
from tests.unit.models.props import worlds

MOMENT = worlds.START + timedelta(days=10)


def test_nothing_known_later_is_seen(league: Archive) -> None:
    seen = appearances(league, MOMENT)
    assert seen["known_at_utc"].max() <= MOMENT
    assert len(seen) == len(league.player_stats.filter(pl.col("known_at_utc") <= MOMENT))


def test_a_correction_counts_from_the_moment_it_is_known(league: Archive) -> None:
    row = league.player_stats.head(1)
    late = row.with_columns(pl.col("points") + 3, pl.lit(MOMENT).alias("known_at_utc"))
    told = replace(league, player_stats=pl.concat([league.player_stats, late], how="vertical_relaxed"))
    key = (pl.col("match_id") == row["match_id"][0]) & (pl.col("player_id") == row["player_id"][0])
    before = appearances(told, MOMENT - timedelta(seconds=1)).filter(key)
    after = appearances(told, MOMENT).filter(key)
    assert (before["points"].to_list(), after["points"].to_list()) == ([row["points"][0]], [row["points"][0] + 3])


def test_a_row_without_minutes_is_of_a_man_who_did_not_play(league: Archive) -> None:
    absent = league.player_stats.with_columns(
        pl.when(pl.col("player_id") == "a0").then(None).otherwise(pl.col("minutes")).alias("minutes")
    )
    assert "a0" not in appearances(replace(league, player_stats=absent), MOMENT)["player_id"]


def test_margins_of_a_game_cancel_and_both_teams_share_its_pace(league: Archive) -> None:
    games = (
        team_games(league.team_stats, MOMENT)
        .group_by("match_id")
        .agg(pl.col("margin").sum(), pl.col("pace").n_unique())
    )
    assert games["margin"].to_list() == [0] * len(games)
    assert games["pace"].to_list() == [1] * len(games)


def test_a_blow_out_gives_a_starter_minutes_back_and_takes_them_from_the_bench(league: Archive) -> None:
    def even(margin: float, player: str) -> pl.Series:
        home = pl.col("side") == "home"
        points = pl.when(home).then(100 + margin).otherwise(100).alias("points")
        told = replace(league, team_stats=league.team_stats.with_columns(points))
        return appearances(told, MOMENT).filter(pl.col("player_id") == player)["even_minutes"]

    assert (even(30.0, "a0") > even(5.0, "a0")).all()
    assert (even(30.0, "a8") < even(5.0, "a8")).any()
    assert even(5.0, "a0").to_list() == even(0.0, "a0").to_list()


def test_overtime_minutes_are_taken_away(league: Archive) -> None:
    longer = replace(league, team_stats=league.team_stats.with_columns(pl.lit(265.0).alias("minutes")))
    normal, extended = (appearances(each, MOMENT)["even_minutes"] for each in (league, longer))
    assert (extended <= normal).all()
    assert float((normal - extended).max()) == pytest.approx(23 / 5 * (31 - 8) / 26, abs=0.8)


def test_games_ago_counts_from_the_latest() -> None:
    rows = pl.DataFrame({"who": ["x", "y", "x", "x"]})
    assert rows.with_columns(games_ago("who").alias("ago"))["ago"].to_list() == [2, 0, 1, 0]
