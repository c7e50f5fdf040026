"""Basketball on the daily page: spread and total, players game by game, books' prices of props; all invented."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.settings import load_settings
from lake.storage import Lake
from serving import report
from serving.fair_prices import fair_prices
from serving.player_props import MOST_VALUES, SHOWN, best_values, props
from tests.unit.serving.houses import AS_OF, KICKOFF, rows

ONE = load_settings(sports=("basketball",))


def game(number: int) -> dict[str, Any]:
    return {"match_id": f"g{number}", "competition_id": "NBA", "as_of_utc": AS_OF, "is_upcoming": True,
            "event_at_utc": KICKOFF + timedelta(hours=number), "home_team_id": "x", "away_team_id": "y",
            "season_type": "regular"}  # fmt: skip


def put(lake: Lake, table: str, records: list[dict[str, Any]]) -> None:
    lake.table(f"gold.basketball.{table}").merge(rows(table, *records, sport="basketball"))


def lines(number: int, player: str, market: str, minutes: float = 30.0) -> list[dict[str, Any]]:
    """Three rungs of one player: the one in the middle is the nearest to even chances."""
    return [
        game(number) | {"team_id": player[0], "player_id": player, "player_name": player.upper(), "market": market,
                        "line": line, "over_prob": over, "over_fair_odds_dec": 1 / over, "q03": 4.0, "q97": 31.0,
                        "under_fair_odds_dec": 1 / (1 - over), "plays_prob": 0.9, "expected_minutes": minutes}
        for line, over in ((16.5, 0.62), (17.5, 0.48), (18.5, 0.4))
    ]  # fmt: skip


def value(player: str, edge: float, **other: Any) -> dict[str, Any]:
    bet = {"market": "points", "selection": "over", "line": 17.0, "bookmaker": "bwin", "price_odds_dec": 2.1}
    worth = {"prob": 0.46, "push_prob": 0.06, "fair_odds_dec": 2.04, "known_at_utc": AS_OF - timedelta(minutes=7)}
    return game(0) | bet | worth | {"player_id": player, "player_name": player.upper(), "edge": edge} | other


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path)
    put(lake, "spn_decisions", [game(0), game(1)])
    put(lake, "dim_teams", [{"team_id": "x", "team_name": "Elks"}, {"team_id": "y", "team_name": "Owls"}])
    sides = [("moneyline", None, "home", 0.6), ("moneyline", None, "away", 0.4)]
    spreads = [("spread", line, side, prob if side == "home" else 1 - prob)
               for line, prob in ((-4.5, 0.46), (-3.5, 0.49), (-3.0, 0.5)) for side in ("home", "away")]  # fmt: skip
    totals = [("totals", 221.5, "over", 0.52), ("totals", 221.5, "under", 0.48)]
    put(lake, "fair_odds", [
        game(0) | {"market": market, "line": line, "selection": side, "prob": prob, "fair_odds_dec": 1 / prob}
        for market, line, side, prob in (*sides, *spreads, *totals)
    ])  # fmt: skip
    return lake


def test_spread_and_total_are_the_half_lines_nearest_to_even_chances(lake: Lake) -> None:
    board = fair_prices(lake, "basketball", AS_OF)
    assert board is not None
    assert (board["selections"], board["lined"]) == (("home", "away"), ["spread", "totals"])
    (row,) = board["rows"]
    assert (row["spread"]["line"], row["totals"]["line"]) == (-3.5, 221.5)
    assert (row["spread"]["first"], row["spread"]["second"]) == pytest.approx((1 / 0.49, 1 / 0.51))
    page = report.daily(lake, ONE, AS_OF)
    assert "Draw" not in page
    for said in ("<td>-3.5</td><td>2.04 / 1.96</td>", "<td>221.5</td><td>1.92 / 2.08</td>"):
        assert said in page


def test_a_match_without_a_line_has_none(lake: Lake) -> None:
    table = lake.table("gold.basketball.fair_odds")
    table.replace(table.read().filter(table.read()["market"] == "moneyline"))
    assert "<td>–</td><td>–</td>" in report.daily(lake, ONE, AS_OF)


def test_players_stand_by_game_with_the_line_nearest_to_even_chances(lake: Lake) -> None:
    starters = [row for market in ("points", "threes") for row in lines(0, "x1", market)]
    listed = [row | {"listed_status": "questionable"} for row in lines(0, "y1", "points")]
    put(lake, "player_predictions", [*lines(0, "x2", "points", 20.0), *starters, *listed, *lines(0, "x1", "steals")])
    (one,) = props(lake, "basketball", AS_OF)
    assert [player["player_id"] for player in one["players"]] == ["x1", "x2", "y1"]
    first, _, away = one["players"]
    assert set(first["markets"]) == {"points", "threes"}
    assert (first["markets"]["points"]["line"], first["markets"]["points"]["over_prob"]) == (17.5, 0.48)
    assert (away["is_home"], away["listed_status"]) == (False, "questionable")
    page = report.daily(lake, ONE, AS_OF)
    for said in ("<summary>", "Elks – Owls", "X1", "questionable", "4–31", "90%", "2.08 / 1.92"):
        assert said in page
    assert props(lake, "basketball", AS_OF - timedelta(days=1)) == []
    assert props(lake, "football", AS_OF) == []


def test_the_best_edges_are_shown_and_no_more_than_fit(lake: Lake) -> None:
    put(lake, "prop_values", [value(f"x{number:02}", number / 100 - 0.1) for number in range(30)])
    found = best_values(lake, "basketball", AS_OF)
    assert [row["player_id"] for row in found] == [f"x{number:02}" for number in range(29, 29 - MOST_VALUES, -1)]
    page = report.daily(lake, ONE, AS_OF)
    for said in ("points over 17", "no record of our own yet", "7 min", "+19.0%", "46.0%"):
        assert said in page
    assert "X09" not in page
    assert best_values(lake, "football", AS_OF) == []


def test_a_yes_without_another_side_is_shown(lake: Lake) -> None:
    put(lake, "prop_values", [value("x1", 0.1, market="double_double", selection="yes", line=None, market_prob=None)])
    assert "double double yes<" in report.daily(lake, ONE, AS_OF)


def test_a_page_of_twelve_games_is_small(lake: Lake) -> None:
    put(lake, "spn_decisions", [game(number) for number in range(12)])
    men = [f"{team}{man}" for team in "xy" for man in range(12)]
    priced = [lines(number, man, market) for number in range(12) for man in men for market in SHOWN]
    put(lake, "player_predictions", [row for rungs in priced for row in rungs])
    page = report.daily(lake, ONE, AS_OF)
    assert page.count("<details>") == 12
    assert len(page.encode()) < 1_000_000
