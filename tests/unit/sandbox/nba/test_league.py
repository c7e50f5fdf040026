"""The invented NBA: a schedule, box scores that add up, injuries that matter, prices that are about right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from sandbox.nba.expect import MARGIN_SD, TOTAL_SD, game_means, player_means
from sandbox.nba.prices import VARIANCE_OF_MEAN, over_probabilities
from sandbox.nba.rates import believed_minutes, planned_minutes
from sandbox.nba.schedule import SEASONS
from sandbox.universe import Universe

OVER = datetime(2027, 6, 1, tzinfo=UTC)
REAL = {"ATL", "BOS", "BKN", "CHA", "CHI", "CLE", "DAL", "DEN", "DET", "GSW", "HOU", "IND", "LAC", "LAL", "MEM", "MIA",
        "MIL", "MIN", "NOP", "NYK", "OKC", "ORL", "PHI", "PHX", "POR", "SAC", "SAS", "TOR", "UTA", "WAS"}  # fmt: skip


def test_thirty_invented_teams_in_two_conferences(universe: Universe) -> None:
    teams = universe.nba_teams()
    assert teams.group_by("conference").len()["len"].to_list() == [15, 15]
    assert teams.group_by("division").len()["len"].unique().to_list() == [5]
    assert teams["abbreviation"].n_unique() == teams["team_id"].n_unique() == 30
    assert not set(teams["abbreviation"]) & REAL


def test_fathers_and_sons_share_a_name(universe: Universe) -> None:
    names = set(universe.nba.players["name"])
    assert len([name for name in names if f"{name} Jr." in names]) >= 3


def test_everybody_plays_82_games_half_at_home_and_never_twice_a_day(universe: Universe) -> None:
    games = universe.nba_games(OVER)
    assert games["game_id"].is_unique().all()
    sides = pl.concat(
        [games.select("season_start_year", "game_date_eastern", team=f"{side}_team_id") for side in ("home", "away")]
    )
    counts = sides.group_by("season_start_year", "team").len()
    assert (counts.height, counts["len"].unique().to_list()) == (90, [82])
    assert games.group_by("season_start_year", "home_team_id").len()["len"].unique().to_list() == [41]
    assert not sides.is_duplicated().any()
    rest = sides.sort("game_date_eastern").select(pl.col("game_date_eastern").diff().over("team").dt.total_days())
    assert 10 < rest.filter(pl.col("game_date_eastern") == 1).height / 90 < 30


def test_a_schedule_is_published_before_its_season(universe: Universe) -> None:
    seasons = [
        universe.nba_games(datetime(2026, month, 1, tzinfo=UTC))["season_start_year"].unique().sort().to_list()
        for month in (7, 9)
    ]
    assert seasons == [[2024, 2025], list(SEASONS)]


def test_a_game_that_is_put_off_is_played_later(universe: Universe) -> None:
    off = universe.nba.put_off.sort("off_at_utc").row(0, named=True)
    for t, status in (
        (off["off_at_utc"] - timedelta(seconds=1), "scheduled"),
        (off["off_at_utc"], "postponed"),
        (off["again_at_utc"], "scheduled"),
        (off["replayed_at_utc"] + timedelta(hours=4), "finished"),
    ):
        assert universe.nba_games(t).filter(game_id=off["game_id"])["status"].item() == status
    assert universe.nba_prices(off["off_at_utc"]).filter(game_id=off["game_id"]).is_empty()


def test_the_players_sum_to_the_team_and_the_team_to_the_score(universe: Universe) -> None:
    games, players, teams = universe.nba_games(OVER), universe.nba_player_box(OVER), universe.nba_team_box(OVER)
    assert teams.height == 2 * games.height == 2 * 3690
    for side in ("home", "away"):
        told = games.join(teams, left_on=["game_id", f"{side}_team_id"], right_on=["game_id", "team_id"])
        assert (told["points"] == told[f"{side}_points"]).all()
        assert (told[f"{side}_points_by_period"].list.sum() == told["points"]).all()
        assert (told[f"{side}_points_by_period"].list.len() == 4 + told["overtimes"]).all()
        np.testing.assert_allclose(told["minutes"], 240 + 25 * told["overtimes"], atol=0.01)
    made = 2 * players["field_goals_made"] + players["threes_made"] + players["free_throws_made"]
    assert (players["points"] == made).all()
    assert (players["rebounds"] == players["rebounds_offensive"] + players["rebounds_defensive"]).all()
    for less, more in (
        ("threes_made", "threes_attempted"),
        ("threes_attempted", "field_goals_attempted"),
        ("field_goals_made", "field_goals_attempted"),
        ("free_throws_made", "free_throws_attempted"),
    ):
        assert (players[less] <= players[more]).all()
    assert (players["fouls"] <= 6).all()
    assert (teams["assists"] <= teams["field_goals_made"]).all()


def test_no_game_is_drawn_and_some_go_to_overtime(universe: Universe) -> None:
    games = universe.nba_games(OVER)
    assert (games["home_points"] != games["away_points"]).all()
    assert 0.01 < (games["overtimes"] > 0).mean() < 0.1
    assert 105 < games["home_points"].mean() < 120
    assert games["home_points"].mean() > games["away_points"].mean() + 1


def test_plus_minus_sums_to_five_margins(universe: Universe) -> None:
    games = universe.nba_games(OVER).select("game_id", margin=pl.col("home_points") - pl.col("away_points"))
    summed = universe.nba_player_box(OVER).filter("is_home").group_by("game_id").agg(pl.col("plus_minus").sum())
    both = summed.join(games, on="game_id")
    assert (both["plus_minus"] == 5 * both["margin"]).all()


def test_nobody_plays_who_is_out(universe: Universe) -> None:
    league = universe.nba
    absent = league.reports.filter("misses").unique("injury").join(league.players, on="player")
    games = universe.nba_games(OVER).select("game_id", "tipoff_at_utc")
    played = universe.nba_player_box(OVER).join(games, on="game_id").join(absent, on="player_id")
    within = pl.col("tipoff_at_utc").is_between("from_at_utc", "until_at_utc", closed="left")
    assert played.height > 10_000
    assert played.filter(within).is_empty()


def test_a_team_is_worse_without_its_best_player_and_others_play_more(universe: Universe) -> None:
    league = universe.nba
    lineups = league.lineups(league.games.head(200))
    everybody = np.ones(lineups.players.shape, dtype=bool)
    without = everybody.copy()
    without[:, 0, 0] = False
    full, short = planned_minutes(everybody), planned_minutes(without)
    lost = game_means(lineups, full).margin - game_means(lineups, short).margin
    assert lost.mean() > 2.0
    assert (lost > 0).mean() > 0.95
    assert (short[:, 0, 1:] >= full[:, 0, 1:] - 1e-9).all()
    more = player_means(lineups, league.skills, short)["points"] - player_means(lineups, league.skills, full)["points"]
    assert more[:, 0, 1:6].mean() > 0.5
    unsure = believed_minutes(~everybody, ~without)
    np.testing.assert_allclose(unsure, (full + short) / 2.0)


def test_games_come_to_what_was_expected(universe: Universe) -> None:
    league = universe.nba
    means = game_means(league.lineups(league.games), planned_minutes(league.available))
    points = league.played.box.points.sum(axis=2)
    for actual, expected, sd in (
        (points[:, 0] - points[:, 1], means.margin, MARGIN_SD),
        (points.sum(axis=1), means.total, TOTAL_SD),
    ):
        error = actual - expected
        assert abs(error.mean()) < 4 * sd / np.sqrt(len(error))
        assert error.std() == pytest.approx(sd, rel=0.05)


def test_players_come_to_what_was_expected(universe: Universe) -> None:
    league = universe.nba
    minutes = planned_minutes(league.available)
    means, box = player_means(league.lineups(league.games), league.skills, minutes), league.played.box
    regular = minutes >= 20
    rebounds = box.rebounds_offensive + box.rebounds_defensive
    counts = {"points": box.points, "rebounds": rebounds, "assists": box.assists, "threes": box.threes_made}
    counts["pra"] = box.points + rebounds + box.assists
    assert set(counts) == set(VARIANCE_OF_MEAN)
    for market, actual in counts.items():
        mean, line = means[market][regular], np.floor(means[market][regular]) + 0.5
        assert actual[regular].mean() == pytest.approx(mean.mean(), rel=0.02)
        over = over_probabilities(np.maximum(mean, 0.01), line, VARIANCE_OF_MEAN[market])
        assert (actual[regular] > line).mean() == pytest.approx(over.mean(), abs=0.02), market
