"""Whose man everybody is: the latest word counts, a price names no team, and who has not played long is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest

from models.props.company import GAMES
from models.props.features import features, sides
from models.props.history import Archive, appearances
from models.props.lessons import endings, of_moment
from models.props.listing import LIST_DAYS, members
from tests.unit.models.props import worlds

MOMENT = worlds.START + timedelta(days=40)
BEFORE = MOMENT - timedelta(hours=3)
LONG_DAYS = GAMES + 6


def teams_of(archive: Archive, as_of: datetime = MOMENT) -> dict[str, str]:
    seen = archive.at(as_of)
    return dict(members(seen, appearances(seen, as_of), as_of).iter_rows())


def last_played(league: Archive, player: str) -> datetime:
    at = appearances(league, MOMENT).filter(pl.col("player_id") == player)["event_at_utc"].max()
    assert isinstance(at, datetime)
    return at


def report(player: str, team: str, at: datetime, basis: str = "observed") -> dict[str, object]:
    return {"report_id": "1", "player_id": player, "team_id": team, "status": "out", "known_at_basis": basis,
            "known_at_utc": at, "event_at_utc": at}  # fmt: skip


def test_by_games_alone_everybody_is_of_the_team_that_he_last_played_for(league: Archive) -> None:
    assert teams_of(league) == {f"{team}{man}": team for team in worlds.TEAMS for man in range(worlds.MEN)}


def test_a_list_after_the_last_game_stands_above_it_and_one_before_it_does_not(league: Archive) -> None:
    early = last_played(league, "a1") - timedelta(hours=1)
    told = worlds.rosters(("a0", "b", BEFORE), ("a1", "b", early), ("a2", None, BEFORE), ("new", "c", BEFORE))
    found = teams_of(replace(league, rosters=told))
    assert (found["a0"], found["a1"], found["new"]) == ("b", "a", "c")
    assert "a2" not in found, "the list has him without a team"


def test_what_is_told_later_or_was_made_from_a_box_score_says_nothing(league: Archive) -> None:
    later = worlds.rosters(("a0", "b", MOMENT + timedelta(seconds=1)))
    made = worlds.rosters(("a0", "b", BEFORE)).with_columns(known_at_basis=pl.lit("date_only"))
    assert teams_of(replace(league, rosters=later)) == teams_of(league) == teams_of(replace(league, rosters=made))


def test_a_report_names_his_team_by_its_own_time_or_by_its_day(league: Archive) -> None:
    played = last_played(league, "a0")
    seen = worlds.injuries(report("a0", "b", BEFORE))
    dated = worlds.injuries(report("a0", "b", BEFORE, "date_only")).with_columns(
        event_at_utc=pl.lit(played - timedelta(hours=5))
    )
    assert teams_of(replace(league, injuries=seen))["a0"] == "b"
    assert teams_of(replace(league, injuries=dated))["a0"] == "a", "it is of a day before the game"


def test_who_sat_on_the_bench_is_of_that_team(league: Archive) -> None:
    last = league.player_stats.filter(pl.col("known_at_utc") <= MOMENT, pl.col("team_id") == "b")[-1:]
    bench = last.with_columns(player_id=pl.lit("new"), minutes=pl.lit(None, pl.Float64))
    assert teams_of(replace(league, player_stats=pl.concat([league.player_stats, bench])))["new"] == "b"


def test_a_price_names_no_team_and_counts_only_for_a_game_of_his_own() -> None:
    league = worlds.archive(LONG_DAYS)
    old = league.player_stats["event_at_utc"].unique().sort()[3]
    rare = replace(league, player_stats=league.player_stats.filter(
        ~(pl.col("player_id").is_in(["a0", "a1"]) & (pl.col("event_at_utc") > old))
    ))  # fmt: skip
    as_of = worlds.START + timedelta(days=2 * LONG_DAYS)
    priced = worlds.prices(("a0", "c", "a", as_of), ("a1", "c", "b", as_of), ("new", "c", "b", as_of))
    assert {"a0", "a1"}.isdisjoint(teams_of(rare, as_of))
    found = teams_of(replace(rare, prices=priced), as_of)
    assert found["a0"] == "a"
    assert {"a1", "new"}.isdisjoint(found)
    moved = replace(rare, prices=priced, rosters=worlds.rosters(("a1", "b", BEFORE), ("a0", "d", BEFORE)))
    assert teams_of(moved, as_of)["a1"] == "b"
    gone = as_of + timedelta(days=LIST_DAYS + 1)
    assert {"a0", "a1"}.isdisjoint(teams_of(replace(rare, prices=priced), gone))


def test_a_price_of_a_game_of_others_takes_him_from_his_team_until_more_is_known(league: Archive) -> None:
    played = last_played(league, "a0")
    for at, there in ((BEFORE, False), (played - timedelta(hours=1), True)):
        assert ("a0" in teams_of(replace(league, prices=worlds.prices(("a0", "c", "b", at))))) == there
    told = replace(
        league, prices=worlds.prices(("a0", "c", "b", BEFORE)),
        rosters=worlds.rosters(("a0", "b", BEFORE - timedelta(hours=1))),
    )  # fmt: skip
    assert teams_of(told)["a0"] == "b"


@pytest.mark.parametrize("days", [400, 700])
def test_a_man_of_seasons_ago_is_no_ghost_and_leaves_nothing_to_others(days: int) -> None:
    league, games = worlds.archive(LONG_DAYS), sides(worlds.matches(LONG_DAYS))
    then = [
        pl.col("event_at_utc", "known_at_utc") - timedelta(days=days),
        pl.format("s{}", "match_id").alias("match_id"),
    ]
    older = replace(
        league,
        player_stats=pl.concat([league.player_stats.with_columns(
            *then, player_id=pl.when(pl.col("player_id").str.ends_with("0")).then("old " + pl.col("team_id"))
            .otherwise("player_id")
        ), league.player_stats]),
        team_stats=pl.concat([league.team_stats.with_columns(*then), league.team_stats]),
    )  # fmt: skip
    assert "old a" in teams_of(older, worlds.START - timedelta(days=1)), "before the season he is not forgotten yet"
    day = games.filter(pl.col("as_of_utc") == games["as_of_utc"].max())
    as_of = day["as_of_utc"][0]
    one, two = (features(each, day, as_of) for each in (league, older))
    assert two["player_id"].to_list() == one["player_id"].to_list()
    usual = "usual_absent_minutes_h3"
    assert two[usual].to_list() == pytest.approx(one[usual].to_list(), abs=6.0)
    ghosts = two.filter(pl.col("team_id") == "a").join(one, on="player_id")
    assert (ghosts[usual] - ghosts[f"{usual}_right"]).abs().mean() < 1.0, "thirty minutes more with a ghost"


def test_a_list_of_summer_moves_men_before_they_have_played(league: Archive) -> None:
    """On an opening night: who moved is asked for his new team, a rookie is there, and the old team misses the one."""
    games = sides(worlds.matches(24))
    day = games.filter(pl.col("as_of_utc") == games["as_of_utc"].max())
    summer = last_played(league, "a0") + timedelta(days=30)
    opening = summer + timedelta(days=100)
    coming = day.with_columns(as_of_utc=pl.lit(opening), event_at_utc=pl.lit(opening + timedelta(hours=8)))
    told = replace(league, rosters=worlds.rosters(("a0", "b", summer), ("rookie", "a", summer), ("c0", None, summer)))
    rows = features(told, coming, opening)
    where = dict(rows.select("player_id", "team_id").iter_rows())
    assert (where["a0"], where["rookie"]) == ("b", "a")
    assert "c0" not in where
    assert not rows.filter(pl.col("player_id") == "rookie")["has_past"][0]
    departed = dict(rows.select("team_id", "departed_minutes").unique().iter_rows())
    assert departed["a"] > 20.0
    assert departed["c"] > 20.0
    assert departed["b"] == departed["d"] == 0.0


@pytest.fixture(scope="module")
def traded(league: Archive) -> Archive:
    """A league in which a0 plays for b from one night on, a stranger joins him, and nobody has told of it before."""
    moved = (pl.col("player_id") == "a0") & (pl.col("event_at_utc") > MOMENT)
    stats = league.player_stats
    opponent = stats.filter(pl.col("team_id") == "b").select("event_at_utc", pl.col("match_id").alias("to")).unique()
    there = stats.join(opponent, on="event_at_utc", how="left", maintain_order="left")
    own = there.with_columns(
        pl.when(moved).then("to").otherwise("match_id").alias("match_id"),
        pl.when(moved).then(pl.lit("b")).otherwise("team_id").alias("team_id"),
    ).drop("to")
    new = own.filter(moved).with_columns(player_id=pl.lit("stranger"))
    return replace(league, player_stats=pl.concat([own, new]))


def first_night(games: pl.DataFrame) -> pl.DataFrame:
    return games.filter(pl.col("as_of_utc") == games.filter(pl.col("as_of_utc") > MOMENT)["as_of_utc"].min())


MADE = r"^(made_.*|played_minutes|has_played|team_points|opponent_points|outcome_known_at_utc)$"


def test_tonights_box_score_changes_no_feature_of_a_listed_man(
    league: Archive, traded: Archive, games: pl.DataFrame
) -> None:
    day, end = first_night(games), MOMENT + timedelta(days=9)
    plain, other = (of_moment(each, day, endings(each, end)) for each in (league, traded))
    known, now = (rows.filter("is_listed").select(pl.exclude(MADE)) for rows in (plain, other))
    assert now.equals(known)
    assert other.filter(~pl.col("is_listed")).select("player_id", "team_id", "has_played").rows() == [
        ("a0", "b", True), ("stranger", "b", True)
    ]  # fmt: skip
    assert not other.filter(pl.col("player_id") == "a0", pl.col("team_id") == "a")["has_played"][0]


def test_a_lesson_is_what_is_asked_live_at_its_moment(traded: Archive, games: pl.DataFrame) -> None:
    day = first_night(games)
    as_of = day["as_of_utc"][0]
    seen, later = as_of - timedelta(hours=1), as_of + timedelta(days=1)
    told = replace(
        traded, rosters=worlds.rosters(("c0", "d", seen), ("new", "a", seen), ("c3", "d", later)),
        prices=worlds.prices(("c1", "c", "a", seen), ("c1", "d", "a", later)),
    )  # fmt: skip
    lesson = of_moment(told, day, endings(told, MOMENT + timedelta(days=9))).filter("is_listed")
    live = features(told.at(as_of), day, as_of)
    assert lesson.select(live.columns).equals(live)
    assert live.filter(pl.col("player_id") == "c0")["team_id"].to_list() == ["d"]
