"""NBA prices: open in the morning, move with the reports, and carry a book's margin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from sandbox.nba.books import US_BOOKS, american, decimal_odds, normal_share
from sandbox.nba.prices import over_probabilities
from sandbox.universe import Universe
from sandbox.world import SANDBOX_NOW

MORNING = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
EVENINGS = [SANDBOX_NOW + timedelta(days=days, hours=5) for days in range(-300, 120, 7)]


def test_markets_open_at_nine_in_the_morning_of_the_day(universe: Universe) -> None:
    assert universe.nba_prices(MORNING - timedelta(minutes=1)).is_empty()
    day = universe.nba_games(SANDBOX_NOW).filter(pl.col("game_date_eastern") == MORNING.date())
    noon = universe.nba_prices(SANDBOX_NOW)
    assert set(noon["game_id"]) == set(day["game_id"])
    assert noon["quoted_at_utc"].min() >= MORNING
    assert noon.group_by("game_id", "book", "market").len()["len"].unique().to_list() == [2]


@pytest.mark.parametrize("frame", ["nba_prices", "nba_props"])
def test_the_overround_is_that_of_a_book(universe: Universe, frame: str) -> None:
    prices = getattr(universe, frame)(SANDBOX_NOW)
    keys = [name for name in ("game_id", "player_id", "book", "market", "line") if name in prices.columns]
    overround = prices.group_by(keys).agg(pl.col("price").pow(-1).sum())["price"]
    assert overround.is_between(1.01, 1.12).all()
    assert prices["american"].abs().min() >= 100


def test_a_prop_asks_for_a_half_and_names_a_player_who_may_play(universe: Universe) -> None:
    props = universe.nba_props(SANDBOX_NOW)
    assert set(props["market"]) == {"points", "rebounds", "assists", "threes", "pra"}
    assert (props["line"] % 1.0 == 0.5).all()
    last_tick = SANDBOX_NOW - timedelta(hours=2)
    out = universe.nba_injuries(last_tick).filter(pl.col("status").is_in(["Out", "Doubtful"]))["player_id"]
    assert not set(props["player_id"]) & set(out)
    assert "pinnacle" not in props["book"]


def test_prices_drift_during_the_day(universe: Universe) -> None:
    early, late = (
        universe.nba_prices(t).filter(market="moneyline", selection="home")
        for t in (SANDBOX_NOW, SANDBOX_NOW + timedelta(hours=5))
    )
    both = early.join(late, on=["game_id", "book"])
    assert both.height > 30
    assert (both["price"] != both["price_right"]).mean() > 0.8


def test_a_line_moves_when_a_starter_is_ruled_out(universe: Universe) -> None:
    """Over all games whose best player is ruled out between noon and the tip-off."""
    league, moves = universe.nba, []
    games = league.games.with_columns(noon=pl.col("tipoff_at_utc") - timedelta(hours=6))
    first = [
        pl.Series(league.rosters[league.games["season"].to_numpy(), league.games[side].to_numpy(), 0])
        for side in ("home", "away")
    ]
    out = league.reports.filter("misses", status="Out").select("player", "known_at_utc", "from_at_utc")
    for sign, star in zip((1.0, -1.0), first, strict=True):
        hit = (
            games.with_columns(player=star)
            .join(out, on="player")
            .filter(
                pl.col("from_at_utc") > pl.col("noon"),
                pl.col("known_at_utc") < pl.col("tipoff_at_utc") - timedelta(minutes=45),
            )
        )
        for game_id, noon, tipoff in hit.select("game_id", "noon", "tipoff_at_utc").head(6).iter_rows():
            before, after = (
                universe.nba_prices(t).filter(game_id=game_id, market="spread", selection="home")["line"].mean()
                for t in (noon, tipoff - timedelta(minutes=1))
            )
            if before is not None:
                moves.append(sign * (after - before))
    assert len(moves) >= 5
    assert np.mean(moves) > 1.5


def test_home_sides_win_about_as_often_as_the_last_price_says(universe: Universe) -> None:
    games = universe.nba_games(SANDBOX_NOW + timedelta(days=180)).select("game_id", "home_points", "away_points")
    prices = pl.concat([universe.nba_prices(t).filter(market="moneyline", book="pinnacle") for t in EVENINGS])
    implied = 1.0 / pl.col("price")
    is_home = pl.col("selection") == "home"
    fair = prices.group_by("game_id").agg((implied.filter(is_home).first() / implied.sum()).alias("p"))
    both = fair.join(games, on="game_id")
    won = (both["home_points"] > both["away_points"]).to_numpy()
    p = both["p"].to_numpy()
    assert len(p) > 200
    assert abs(won.sum() - p.sum()) < 3.5 * np.sqrt((p * (1 - p)).sum())
    assert np.corrcoef(p, won)[0, 1] > 0.25


@pytest.mark.parametrize(("probability", "margin", "odds"), [(0.5, 0.0476, -110), (0.25, 0.0, 300), (0.8, 0.0, -400)])
def test_american_odds(probability: float, margin: float, odds: int) -> None:
    fair = np.array([[probability, 1.0 - probability]])
    assert american(fair, max(margin, 1e-9))[0, 0] == odds


def test_decimal_odds_follow_the_american_ones() -> None:
    np.testing.assert_allclose(decimal_odds(np.array([-110, 150, 100, -200])), [1.91, 2.5, 2.0, 1.5])


def test_the_normal_distribution_and_the_counts_are_right() -> None:
    np.testing.assert_allclose(normal_share(np.array([0.0, 1.959964])), [0.5, 0.975], atol=1e-6)
    poisson = 1.0 - np.exp(-2.0) * (1 + 2.0 + 2.0)
    assert over_probabilities(np.array([2.0]), np.array([2.5]), 1.0 + 1e-9)[0] == pytest.approx(poisson, abs=1e-6)
    binomial = 1.0 - 0.75**4 - 4 * 0.25 * 0.75**3
    assert over_probabilities(np.array([1.0]), np.array([1.5]), 0.75)[0] == pytest.approx(binomial)


def test_a_book_without_a_margin_is_refused() -> None:
    with pytest.raises(ValueError, match="margin"):
        type(US_BOOKS[0])("generous", 0.0, 0.1)
