"""Every kind of feature equals a slow and obvious answer, at every decision of the invented league."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean
from typing import Any

import polars as pl
import pytest

from feature_repo.pit import as_of_join
from tests.unit.dbt_project.basketball import oracle
from tests.unit.dbt_project.basketball.oracle import Row, Silver

pytestmark = pytest.mark.slow
Gold = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def told(silver: Gold) -> Silver:
    """The facts as the oracle reads them."""
    return Silver.of(silver)


def sides(late: Gold, table: str) -> Iterator[tuple[Row, str]]:
    """Every decision and side, with the side's row of a table as it stood then."""
    spine = late["spn_decisions"]
    facts = late[table].drop("event_at_utc", "competition_id", "season_code")
    for side in ("home", "away"):
        asked = spine.select(
            "match_id", "season_code", "as_of_utc", "event_at_utc", pl.col(f"{side}_team_id").alias("team_id")
        )
        for row in as_of_join(asked, facts, "team_id", "as_of_utc", "known_at_utc").to_dicts():
            yield row, side


def same(found: Any, wanted: float | None) -> bool:
    """Equal up to the six decimals that sums are kept in; both null, or neither."""
    return found is wanted if found is None or wanted is None else abs(found - wanted) < 2e-6


@pytest.mark.parametrize("name", ["l5", "l10", "l20", "season"])
def test_form_is_the_mean_of_the_games_known_at_the_decision(late: Gold, told: Silver, name: str) -> None:
    compared = 0
    for row, _ in sides(late, "feat_team_form"):
        games = oracle.games_of(told, row["team_id"], row["as_of_utc"])
        if games:
            recent = oracle.window(games, name)
            assert same(row[f"margin_{name}"], mean(g["for"] - g["against"] for g in recent))
            assert same(row[f"won_{name}"], mean(g["for"] > g["against"] for g in recent))
            compared += 1
    assert compared > 100


@pytest.mark.parametrize("name", ["l5", "l10", "season"])
def test_ratings_and_factors_are_sums_over_sums(late: Gold, told: Silver, name: str) -> None:
    compared = 0
    for row, _ in sides(late, "feat_team_efficiency"):
        games = oracle.games_of(told, row["team_id"], row["as_of_utc"])
        if not games:
            continue
        recent = oracle.window(games, name)
        assert same(row[f"offensive_rating_{name}"], oracle.offensive_rating(recent))
        assert same(row[f"defensive_rating_{name}"], oracle.defensive_rating(recent))
        assert same(row[f"pace_{name}"], oracle.pace(recent))
        assert same(
            row[f"turnover_rate_for_{name}"],
            oracle.ratio(recent, lambda g: g["own"]["turnovers"], lambda g: g["possessions"]),
        )
        assert same(
            row[f"offensive_rebound_rate_against_{name}"],
            oracle.ratio(
                recent,
                lambda g: g["theirs"]["rebounds_offensive"],
                lambda g: g["theirs"]["rebounds_offensive"] + g["own"]["rebounds_defensive"],
            ),
        )
        assert same(row[f"offensive_rating_adjusted_{name}"], oracle.offence_beyond(told, recent))
        compared += 1
    assert compared > 100


def test_last_season_is_remembered_as_it_ended(late: Gold, told: Silver) -> None:
    compared = 0
    for row, _ in sides(late, "feat_team_efficiency"):
        games = oracle.games_of(told, row["team_id"], row["as_of_utc"])
        if games and games[0]["season_year"] == 2022:
            before = [g for g in games if g["season_year"] == 2021]
            assert same(row["net_rating_previous_season"], _net(before))
            compared += 1
    assert compared > 50


def _net(games: list[Row]) -> float:
    attack, defence = oracle.offensive_rating(games), oracle.defensive_rating(games)
    assert attack is not None
    assert defence is not None
    return attack - defence


@pytest.mark.parametrize("name", ["l5", "l10", "season"])
def test_market_memory_holds_results_against_closing_lines(late: Gold, told: Silver, name: str) -> None:
    compared = 0
    for row, _ in sides(late, "feat_market_memory"):
        games = oracle.games_of(told, row["team_id"], row["as_of_utc"])
        if games:
            recent = oracle.window(games, name)
            covers = [g["for"] - g["against"] - g["expected"] for g in recent]
            assert same(row[f"expected_margin_{name}"], mean(g["expected"] for g in recent))
            assert same(row[f"closing_total_{name}"], mean(g["total"] for g in recent))
            assert same(row[f"cover_rate_{name}"], mean(0.5 + 0.5 * ((c > 0) - (c < 0)) for c in covers))
            compared += 1
    assert compared > 100


def test_absences_are_those_reported_and_not_seen_since(late: Gold, told: Silver) -> None:
    spine = {row["match_id"]: row for row in late["spn_decisions"].to_dicts()}
    seen = 0
    for row in late["feat_absences"].to_dicts():
        game = spine[row["match_id"]]
        for side in ("home", "away"):
            day = oracle.league_day(game["event_at_utc"])
            gone = oracle.absent(told, game[f"{side}_team_id"], game["season_code"], game["as_of_utc"], day)
            assert row[f"{side}_players_out"] == sum(status != "questionable" for status in gone.values())
            assert row[f"{side}_players_questionable"] == sum(status == "questionable" for status in gone.values())
            seen += len(gone)
            if row[f"{side}_minutes_out"] is not None:
                nights = [oracle.player_games(told, name, game["as_of_utc"], game["season_code"]) for name in gone]
                assert same(row[f"{side}_minutes_out"], sum(mean(n["minutes"] for n in own) for own in nights if own))
    assert seen > 30


@pytest.mark.parametrize(("name", "many"), [("l3", 3), ("l5", 5), ("l10", 10), ("season", 999)])
def test_players_rates_are_sums_over_their_minutes(late: Gold, told: Silver, name: str, many: int) -> None:
    rows = late["feat_player_form"].to_dicts()
    assert len(rows) > 500
    for row in rows:
        season = row["season_code"] if name == "season" else None
        recent = oracle.player_games(told, row["player_id"], row["as_of_utc"], season)[:many]
        minutes = sum(night["minutes"] for night in recent)
        assert same(row[f"minutes_{name}"], minutes / len(recent))
        assert same(row[f"points_per_minute_{name}"], sum(night["points"] for night in recent) / minutes)
        assert same(row[f"rebounds_per_minute_{name}"], sum(night["rebounds"] for night in recent) / minutes)


def test_usage_is_the_share_of_his_sides_plays_that_ended_with_him(late: Gold, told: Silver) -> None:
    for row in late["feat_player_form"].to_dicts():
        recent = oracle.player_games(told, row["player_id"], row["as_of_utc"])[:5]
        plays, seen = 0.0, 0.0
        for night in recent:
            game = next(
                game for game in oracle.games_of(told, night["team_id"], row["as_of_utc"])
                if game["match_id"] == night["match_id"]
            )  # fmt: skip
            plays += oracle.plays(night)
            seen += oracle.plays(game["own"]) * night["minutes"] / game["minutes"]
        assert abs(row["usage_l5"] - plays / seen) < 1e-3


def test_teammates_who_are_out_are_those_of_the_side_without_himself(late: Gold, told: Silver) -> None:
    spine = {row["match_id"]: row for row in late["spn_decisions"].to_dicts()}
    for row in late["feat_player_form"].to_dicts():
        game = spine[row["match_id"]]
        day = oracle.league_day(game["event_at_utc"])
        gone = oracle.absent(told, row["team_id"], row["season_code"], row["as_of_utc"], day)
        others = [name for name in gone if name != row["player_id"]]
        nights = [oracle.player_games(told, name, row["as_of_utc"], row["season_code"]) for name in others]
        assert row["teammates_out"] == len(others)
        assert row["listed_out"] + row["listed_questionable"] == (row["player_id"] in gone)
        assert same(row["teammates_minutes_out"], sum(mean(n["minutes"] for n in own) for own in nights if own))
