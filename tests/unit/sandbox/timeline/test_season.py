"""The running season: fixtures that move, squads, absences that matter, line-ups, statistics that add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sandbox.timeline.absences import effects
from sandbox.universe import Universe
from sandbox.world import SANDBOX_NOW, World

SEASON_OVER = datetime(2027, 6, 30, tzinfo=UTC)
KEY = ["match_key", "side"]


def test_up_to_the_present_the_season_is_that_of_the_published_files(universe: Universe, world: World) -> None:
    columns = ("home", "away", "kickoff_at_utc", "home_goals", "away_goals")
    published = world.matches.filter(start_year=2026).select(*columns).sort("home", "away")
    told = universe.fixtures(SANDBOX_NOW).join(published, on=["home", "away"], how="semi").select(*columns)
    assert told.sort("home", "away").equals(published)
    assert set(universe.fixtures(SANDBOX_NOW)["status"]) == {"scheduled", "finished"}


def test_fixtures_are_moved_postponed_abandoned_and_all_played_in_the_end(universe: Universe) -> None:
    history = universe.fixture_history(SEASON_OVER)
    assert history.filter(status="abandoned").height == 2
    assert history.filter(status="postponed").height >= 3
    kickoffs = history.filter(status="scheduled").group_by("match_key").agg(pl.col("kickoff_at_utc").n_unique())
    assert kickoffs.filter(pl.col("kickoff_at_utc") == 2).height > history.filter(status="postponed").height + 2
    assert (universe.fixtures(SEASON_OVER)["status"] == "finished").all()
    assert (universe.standings(SEASON_OVER).group_by("division").agg(pl.col("played").n_unique())["played"] == 1).all()


def test_a_postponed_match_keeps_its_date_until_the_new_one_is_announced(universe: Universe) -> None:
    off = universe.fixture_history(SEASON_OVER).filter(status="postponed").row(0, named=True)
    later = universe.fixture_history(SEASON_OVER).filter(
        pl.col("known_at_utc") > off["known_at_utc"], match_key=off["match_key"], status="scheduled"
    )
    announced = later["known_at_utc"][0]
    for t, status, kickoff in (
        (off["known_at_utc"], "postponed", off["kickoff_at_utc"]),
        (announced - timedelta(seconds=1), "postponed", off["kickoff_at_utc"]),
        (announced, "scheduled", later["kickoff_at_utc"][0]),
    ):
        state = universe.fixtures(t).filter(match_key=off["match_key"]).row(0, named=True)
        assert (state["status"], state["kickoff_at_utc"]) == (status, kickoff)
    assert universe.prices(off["known_at_utc"]).filter(match_key=off["match_key"]).is_empty()


def test_no_club_plays_twice_within_44_hours_whatever_is_moved(universe: Universe) -> None:
    fixtures = universe.fixtures(SEASON_OVER)
    both = pl.concat([fixtures.select("kickoff_at_utc", club=side) for side in ("home", "away")]).sort("kickoff_at_utc")
    rest = both.select(pl.col("kickoff_at_utc").diff().over("club").dt.total_hours()).to_series()
    assert rest.min() >= 44


def test_goals_agree_with_half_time_and_with_the_statistics(universe: Universe) -> None:
    fixtures, stats = universe.fixtures(SEASON_OVER), universe.team_stats(SEASON_OVER)
    for side in ("home", "away"):
        assert (fixtures[f"{side}_goals_half_time"] <= fixtures[f"{side}_goals"]).all()
        told = fixtures.join(stats.filter(side=side), on="match_key")
        assert (told["goals"] == told[f"{side}_goals"]).all()
        assert (told["club"] == told[side]).all()
    assert (stats["goals"] <= stats["shots_on_target"]).all()
    assert (stats.group_by("match_key").agg(pl.col("possession_share").sum().round(2))["possession_share"] == 1.0).all()


def test_what_the_players_did_sums_to_the_team(universe: Universe) -> None:
    names = ("goals", "shots", "shots_on_target", "yellows", "reds")
    players = universe.player_stats(SEASON_OVER)
    summed = players.group_by(KEY).agg(pl.col(*names).sum(), pl.col("minutes").sum(), pl.col("assists").sum())
    both = summed.join(universe.team_stats(SEASON_OVER), on=KEY, suffix="_team")
    assert both.height == 2 * universe.fixtures(SEASON_OVER).height
    assert all((both[name] == both[f"{name}_team"]).all() for name in names)
    assert (both["minutes"] == 990).all()
    assert (both["assists"] <= both["goals"]).all()
    assert (players["yellows"] <= 1).all()


def test_eleven_start_and_nobody_who_is_absent_is_in_the_line_up(universe: Universe) -> None:
    lineups, season = universe.lineups(SEASON_OVER), universe.football
    assert (lineups.group_by(KEY).agg(pl.col("is_starter").sum())["is_starter"] == 11).all()
    keepers = lineups.filter("is_starter", position="GK").group_by(KEY).len()
    assert keepers.height == 2 * season.matches.height
    assert (keepers["len"] == 1).all()
    absent = season.reports.filter(pl.col("misses")).unique("absence_key")
    both = lineups.join(absent, on="player_key").with_columns(kickoff=pl.col("known_at_utc") + timedelta(minutes=60))
    missing = pl.col("kickoff").is_between("from_at_utc", "until_at_utc", closed="left")
    assert both.height > 1000
    assert both.filter(missing).is_empty()


def test_a_line_up_is_out_an_hour_before_the_kick_off(universe: Universe) -> None:
    match = universe.fixtures(SANDBOX_NOW).filter(status="scheduled").sort("kickoff_at_utc").row(0, named=True)
    out = match["kickoff_at_utc"] - timedelta(minutes=60)
    assert universe.lineups(out - timedelta(seconds=1), match["match_key"]).is_empty()
    assert universe.lineups(out, match["match_key"])["side"].unique().sort().to_list() == ["away", "home"]


def test_a_player_of_two_clubs_is_at_one_at_a_time(universe: Universe) -> None:
    before, after = (universe.squads(t) for t in (SANDBOX_NOW, SEASON_OVER))
    assert before["player_key"].is_unique().all()
    assert after["player_key"].is_unique().all()
    moved = before.join(after, on="player_key").filter(pl.col("club") != pl.col("club_right"))
    assert moved.height >= 10
    assert before.group_by("club").len()["len"].unique().to_list() == [23]


def test_injuries_matter(universe: Universe) -> None:
    """A missing forward costs his own side goals; a missing goalkeeper gives the other side some."""
    kickoff = SANDBOX_NOW + timedelta(days=3)
    side = {"match_key": 1, "side": "home", "kickoff_at_utc": kickoff, "ability": 2.0}
    sides = pl.DataFrame([{**side, "player_key": 1, "position": "FWD"}, {**side, "player_key": 2, "position": "GK"}])
    spell = {
        "from_at_utc": SANDBOX_NOW + timedelta(hours=1),
        "until_at_utc": kickoff + timedelta(days=9),
        "expected_return_at_utc": kickoff + timedelta(days=9),
        "known_at_utc": SANDBOX_NOW + timedelta(hours=1),
        "status": "out",
        "misses": True,
    }
    told = pl.DataFrame([{**spell, "absence_key": key, "player_key": key} for key in (1, 2)])
    times = pl.selectors.datetime().dt.convert_time_zone("UTC")
    believed, true = effects(sides.with_columns(times), told.with_columns(times))
    assert true["home"].min() < -0.05
    assert true["away"].max() > 0.05
    assert believed.select(pl.col("home", "away").sum()).row(0) == true.select(pl.col("home", "away").sum()).row(0)


def test_only_matches_after_the_present_are_played_under_later_news(universe: Universe) -> None:
    season = universe.football
    changed = (
        np.abs(season.true_log_rates - season.matches.select("log_home", "log_away").to_numpy()).max(axis=1) > 1e-9
    )
    is_past = (season.matches["planned_at_utc"] < SANDBOX_NOW).to_numpy()
    assert not changed[is_past].any()
    assert changed[~is_past].mean() > 0.3
