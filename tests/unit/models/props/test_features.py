"""Features know nothing later than their moment, and each listed player has one row a game."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from models.props.features import features, sides
from models.props.history import Archive
from tests.unit.models.props import worlds


@pytest.fixture(scope="module")
def moment(games: pl.DataFrame) -> pl.DataFrame:
    """The games of one day in the middle."""
    return games.filter(pl.col("as_of_utc") == games["as_of_utc"].unique().sort()[12])


def test_rows_known_later_change_nothing(league: Archive, moment: pl.DataFrame) -> None:
    as_of = moment["as_of_utc"][0]
    later = pl.col("known_at_utc") > as_of
    wild = replace(
        league,
        player_stats=league.player_stats.with_columns(
            pl.when(later).then(40.0).otherwise("minutes").alias("minutes"),
            pl.when(later).then(99).otherwise("points").alias("points"),
        ),
        team_stats=league.team_stats.with_columns(pl.when(later).then(199).otherwise("points").alias("points")),
        injuries=worlds.injuries({
            "report_id": "1", "player_id": "a0", "status": "out", "known_at_basis": "observed",
            "known_at_utc": as_of + timedelta(seconds=1), "event_at_utc": as_of,
        }),
    )  # fmt: skip
    cut = replace(league, player_stats=league.player_stats.filter(~later), team_stats=league.team_stats.filter(~later))
    expected = features(league, moment, as_of)
    assert_frame_equal(features(wild, moment, as_of), expected)
    assert_frame_equal(features(cut, moment, as_of), expected)


def test_a_planted_row_known_in_time_is_seen(league: Archive, moment: pl.DataFrame) -> None:
    as_of = moment["as_of_utc"][0]
    last = league.player_stats.filter(pl.col("known_at_utc") <= as_of)["event_at_utc"].max()
    wild = pl.when(pl.col("event_at_utc") == last).then(44.0).otherwise("minutes").alias("minutes")
    seen = features(replace(league, player_stats=league.player_stats.with_columns(wild)), moment, as_of)
    assert seen["even_minutes_h1"].mean() > features(league, moment, as_of)["even_minutes_h1"].mean() + 5.0


def test_there_is_one_row_a_game_and_listed_player(league: Archive, moment: pl.DataFrame) -> None:
    rows = features(league, moment, moment["as_of_utc"][0])
    assert rows.select("match_id", "player_id").is_duplicated().sum() == 0
    assert rows.group_by("match_id", "team_id").len()["len"].to_list() == [worlds.MEN] * 4
    assert (rows["last_team_id"] == rows["team_id"]).all()


def test_others_have_rows_besides_that_are_not_listed(league: Archive, moment: pl.DataFrame) -> None:
    new = moment.filter(pl.col("team_id") == "b").select("match_id", "team_id", pl.lit("a0").alias("player_id"))
    newcomer = new.with_columns(pl.lit("nobody knows him").alias("player_id"))
    rows = features(league, moment, moment["as_of_utc"][0], pl.concat([new, newcomer]))
    assert rows.filter(pl.col("player_id") == "a0").select("team_id", "is_listed").rows() == [("a", True), ("b", False)]
    assert_frame_equal(rows.filter("is_listed"), features(league, moment, moment["as_of_utc"][0]))
    stranger = rows.filter(pl.col("player_id") == "nobody knows him")
    assert stranger["has_past"].to_list() == [False]
    assert stranger["even_minutes_h8"].to_list() == [None]


def test_both_sides_see_one_margin_from_their_own_end() -> None:
    both = sides(worlds.matches(1))
    assert both.group_by("match_id").agg(pl.col("expected_margin").sum())["expected_margin"].to_list() == [0.0, 0.0]
    bare = sides(worlds.matches(1).drop("expected_margin", "expected_total"))
    assert bare["expected_margin"].null_count() == len(bare) == 4


def test_rest_is_counted_in_days(league: Archive, moment: pl.DataFrame) -> None:
    rows = features(league, moment, moment["as_of_utc"][0])
    assert rows["rest_days"].unique().to_list() == [2.0]


def test_a_report_of_an_absence_is_placed_after_the_teams_last_game(league: Archive, moment: pl.DataFrame) -> None:
    as_of = moment["as_of_utc"][0]
    reported = [
        {
            "report_id": player, "player_id": player, "status": status, "known_at_basis": "date_only",
            "known_at_utc": as_of - timedelta(hours=6), "event_at_utc": moment["event_at_utc"][0] - timedelta(days=1),
        }
        for player, status in (("a0", "questionable"), ("b0", "available"))
    ]  # fmt: skip
    rows = features(replace(league, injuries=worlds.injuries(*reported)), moment, as_of)
    told = dict(rows.select("player_id", "report_after_game_days").iter_rows())
    assert told["a0"] == 1.0
    assert told["b0"] is None
    assert told["c0"] is None
