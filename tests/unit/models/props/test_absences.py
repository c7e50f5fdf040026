"""Who is missing and what that leaves to others, told by games played and by reports known at the moment."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from models.props.absences import absent, listed, reports, squads
from models.props.history import Archive, appearances
from tests.unit.models.props import worlds

MOMENT = worlds.START + timedelta(days=40)


@pytest.fixture(scope="module")
def past(league: Archive) -> pl.DataFrame:
    return appearances(league, MOMENT)


def without(past: pl.DataFrame, player: str, last: int) -> pl.DataFrame:
    """The same past in which a player missed his team's last games."""
    days = past.filter(pl.col("team_id") == player[0])["event_at_utc"].unique().sort().tail(last)
    return past.filter(~((pl.col("player_id") == player) & pl.col("event_at_utc").is_in(days.implode())))


@pytest.mark.parametrize("games", [1, 3])
def test_games_missed_in_a_row_are_counted(past: pl.DataFrame, games: int) -> None:
    gap = without(past, "a0", games)
    found = squads(gap, worlds.last_teams(gap)).presence.filter(pl.col("player_id") == "a0")
    assert found["missed_games"][0] >= games
    assert found["played_share_l5"][0] <= 1.0 - games / 5


def test_a_man_who_was_missing_leaves_his_minutes_and_points_to_those_who_played(past: pl.DataFrame) -> None:
    whole, gap = (
        squads(each, worlds.last_teams(each)).usual.filter(pl.col("player_id") == "a3")
        for each in (past, without(past, "a0", 5))
    )
    assert gap["usual_absent_minutes_h3"][0] > whole["usual_absent_minutes_h3"][0] + 10.0
    assert gap["usual_absent_points_h3"][0] > whole["usual_absent_points_h3"][0] + 3.0


def test_who_plays_elsewhere_now_has_departed(past: pl.DataFrame) -> None:
    at = past.filter(pl.col("team_id") == "b")["event_at_utc"].max()
    last = (pl.col("player_id") == "a0") & (
        pl.col("event_at_utc") == past.filter(pl.col("player_id") == "a0")["event_at_utc"].max()
    )
    moved = past.with_columns(pl.when(last).then(pl.lit("b")).otherwise("team_id").alias("team_id"))
    assert at is not None
    gone = squads(moved, worlds.last_teams(moved)).departed
    assert gone["team_id"].to_list() == ["a"]
    assert gone["departed_minutes"][0] > 20.0
    everywhere = worlds.last_teams(past)
    assert squads(past, everywhere.filter(pl.col("player_id") != "a0")).departed.equals(
        squads(
            past,
            everywhere.with_columns(
                pl.when(pl.col("player_id") == "a0").then(pl.lit("b")).otherwise("team_id").alias("team_id")
            ),
        ).departed
    ), "who is without a team has departed like one who is elsewhere"


def test_one_who_came_and_has_not_played_yet_was_missing_in_his_new_teams_games(past: pl.DataFrame) -> None:
    here = worlds.last_teams(past)
    came = pl.when(pl.col("player_id") == "b0").then(pl.lit("a")).otherwise("team_id").alias("team_id")
    before, after = (squads(past, each) for each in (here, here.with_columns(came)))
    a4 = pl.col("player_id") == "a4"
    more = after.usual.filter(a4)["usual_absent_minutes_h3"][0] - before.usual.filter(a4)["usual_absent_minutes_h3"][0]
    b0 = after.presence.filter(pl.col("player_id") == "b0")
    assert more == pytest.approx(b0["typical_minutes"][0])
    assert b0.equals(before.presence.filter(pl.col("player_id") == "b0"))


def test_absent_minutes_and_points_are_the_team_mates_and_not_his_own() -> None:
    men = pl.DataFrame({
        "match_id": "m", "team_id": ["a", "a", "b", "a"], "typical_minutes": [30.0, 20.0, 10.0, 25.0],
        "departed_minutes": [5.0, 5.0, 0.0, 5.0], "plays_prob": [0.5, 0.9, 0.0, 0.2],
        "typical_points": [16.0, 10.0, 4.0, 12.0], "departed_points": [2.0, 2.0, 0.0, 2.0],
        "is_listed": [True, True, True, False],
    })  # fmt: skip
    others = ("typical_rebounds", "typical_assists", "departed_rebounds", "departed_assists")
    found = men.with_columns(pl.lit(0.0).alias(name) for name in others).select(absent())
    assert found["absent_minutes"].to_list() == pytest.approx([7.0, 20.0, 0.0, 22.0])
    assert found["absent_points"].to_list() == pytest.approx([3.0, 10.0, 0.0, 11.0])


def test_only_reports_known_by_then_count_and_the_latest_wins() -> None:
    def report(number: int, status: str, hours: int) -> dict[str, object]:
        at = MOMENT + timedelta(hours=hours)
        return {"report_id": str(number), "player_id": "a0", "status": status, "known_at_basis": "observed",
                "known_at_utc": at, "event_at_utc": at}  # fmt: skip

    told = worlds.injuries(report(1, "out", -40), report(2, "questionable", -2), report(3, "out", 1))
    assert reports(told, MOMENT)["report_status"].to_list() == ["questionable"]
    assert listed(told, MOMENT)["listed_status"].to_list() == ["questionable"]
    assert listed(told, MOMENT + timedelta(days=3)).is_empty()


def test_a_dated_transaction_lists_nobody() -> None:
    told = worlds.injuries({
        "report_id": "1", "player_id": "a0", "status": "out", "known_at_basis": "date_only",
        "known_at_utc": MOMENT - timedelta(hours=2), "event_at_utc": MOMENT - timedelta(hours=20),
    })  # fmt: skip
    assert listed(told, MOMENT).is_empty()
    assert reports(told, MOMENT)["report_status"].to_list() == ["out"]
