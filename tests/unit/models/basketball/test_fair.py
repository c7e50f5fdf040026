"""Basketball's rows of gold: prices without margin that no set of bets beats, and what every forecaster says."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from core.market.coherence import greatest_edge, sure_profit
from core.market.grid import POINT_SCORES, ScoreGrid
from core.market.markets import BASKETBALL
from core.market.score_rows import from_rows
from lake.contracts.model import contract
from models.basketball.belief import ScoreBelief
from models.basketball.fair import fair_odds, predictions, score_grids
from models.basketball.laws import Laws
from models.basketball.scores import score_grid

BELIEF = ScoreBelief.of([6.4, np.nan, -3.0, 13.2], 12.4, [221.3, 220.0, 214.0, 229.8], 18.0, [0.05, 0.0, -0.1, 0.2])
OFFER = ("market", "selection", "line", "fair_odds_dec")
ADDED = {"training_hash": "h", "stand_ins": None}


def decisions() -> pl.DataFrame:
    """Four games of a night, in no order of names."""
    as_of = datetime(2024, 1, 10, 17, tzinfo=UTC)
    return pl.DataFrame(
        {"match_id": ["d", "c", "b", "a"], "competition_id": "NBA", "season_code": "2023-24", "as_of_utc": as_of},
        schema_overrides={"as_of_utc": pl.Datetime("us", "UTC")},
    )


@pytest.fixture(scope="module")
def grid() -> ScoreGrid:
    return score_grid(BELIEF)


@pytest.fixture(scope="module")
def prices(grid: ScoreGrid) -> pl.DataFrame:
    return fair_odds(decisions(), grid)


def test_rows_keep_their_contracts(prices: pl.DataFrame, grid: ScoreGrid) -> None:
    rows = {
        "fair_odds": prices, "score_grids": score_grids(decisions(), grid),
        "predictions": predictions(decisions(), {"elo": BELIEF}),
    }  # fmt: skip
    for name, found in rows.items():
        promised = contract(f"gold.basketball.{name}")
        missing = [pl.lit(ADDED[column], pl.String).alias(column) for column in ADDED if column in promised.schema]
        told = found.with_columns(missing).select(promised.column_names)
        assert told.schema == promised.schema
        assert told.select(promised.key).is_unique().all()
        required = [column.name for column in promised.columns if not column.nullable]
        assert told.select(required).null_count().sum_horizontal().item() == 0


def test_every_market_of_every_believed_game_is_priced_as_a_book_could(prices: pl.DataFrame) -> None:
    assert set(prices["match_id"]) == {"a", "b", "d"}
    assert set(prices["market"]) == set(BASKETBALL)
    assert prices["fair_odds_dec"].is_between(1.001, 1001).all()
    spreads = prices.filter(market="spread", match_id="b", selection="home")["line"]
    assert spreads.to_list() == [line / 2 for line in range(-61, 62)]


def test_a_price_is_fair_by_what_is_won_and_returned(prices: pl.DataFrame) -> None:
    fair = 1 + (1 - pl.col("prob") - pl.col("push_share")) / pl.col("prob")
    assert prices.select((pl.col("fair_odds_dec") / fair - 1).abs().max()).item() < 1e-9
    whole = prices.filter(pl.col("line") % 1 == 0, pl.col("line").is_between(-5, 5), pl.col("line") != 0)
    assert (whole["push_share"] > 0.01).all()
    assert prices.filter(pl.col("line") % 1 == 0.5)["push_share"].max() == 0.0


def test_a_better_line_never_pays_more(prices: pl.DataFrame) -> None:
    rising = {("spread", "home"), ("totals", "under"), ("team_total_home", "under"), ("team_total_away", "under")}
    for (market, selection, _), rows in prices.drop_nulls("line").group_by("market", "selection", "match_id"):
        falls = rows.sort("line", descending=(market, selection) not in rising)["fair_odds_dec"].diff().drop_nulls()
        assert (falls <= 1e-9).all(), (market, selection)


def test_no_set_of_bets_on_a_game_wins_whatever_the_score(prices: pl.DataFrame, grid: ScoreGrid) -> None:
    """All prices by the certificate that the grid is, and what a book prints of them by linear programming."""
    places = {name: place for place, name in enumerate(decisions()["match_id"])}
    for (name,), rows in prices.group_by("match_id"):
        own = grid.of_matches(np.array([places[str(name)]]))
        assert greatest_edge(rows.select(OFFER).iter_rows(), own) <= 1e-9
        printed = rows.filter(pl.col("line").is_null() | (pl.col("line") % 4 == 0.5))
        assert len(printed) > 100
        assert sure_profit(printed.select(OFFER).iter_rows(), POINT_SCORES) <= 1e-7


def test_one_price_too_high_is_found_by_both(prices: pl.DataFrame, grid: ScoreGrid) -> None:
    rows = prices.filter(pl.col("match_id") == "d", pl.col("line").is_null() | (pl.col("line") % 4 == 0.5))
    wrong = [
        (m, s, line, odds * (1.2 if (m, line) == ("spread", -7.5) else 1))
        for m, s, line, odds in rows.select(OFFER).iter_rows()
    ]
    assert greatest_edge(wrong, grid.of_matches(np.array([0]))) > 0.1
    assert sure_profit(wrong, POINT_SCORES) > 1e-3


def test_score_rows_come_back_as_the_grid_that_was_priced(grid: ScoreGrid) -> None:
    matches, found = from_rows(score_grids(decisions(), grid), POINT_SCORES)
    assert matches["match_id"].to_list() == ["a", "b", "d"]
    np.testing.assert_allclose(found.flat, grid.flat[[3, 2, 0]], rtol=1e-12)


def test_forecasters_tell_winner_and_their_own_lines() -> None:
    said = predictions(decisions(), {"elo": BELIEF, "model": BELIEF.where(np.ones(4, dtype=bool))})
    assert said.group_by("forecaster", "match_id").len()["len"].to_list() == [6] * 6
    sums = said.group_by("forecaster", "match_id", "market").agg(pl.col("prob").sum(), pl.col("line").n_unique())
    assert sums["prob"].to_list() == pytest.approx([1.0] * 18)
    assert (sums["line"] == 1).all()
    row = said.filter(forecaster="elo", match_id="d")
    lines = {market: row.filter(market=market)["line"][0] for market in ("moneyline", "spread", "totals")}
    assert lines == {"moneyline": None, "spread": -6.4, "totals": 221.3}
    laws = Laws.of(BELIEF)
    by_selection = dict(row.select("market", "prob").unique("market", keep="first", maintain_order=True).iter_rows())
    assert by_selection["moneyline"] == pytest.approx(laws.moneyline()[0, 0], abs=1e-12)
    assert by_selection["spread"] == pytest.approx(laws.spread(-6.5)[0, 0], abs=1e-12)
    assert by_selection["totals"] == pytest.approx(laws.over(221.5)[0, 0], abs=1e-12)


def test_a_whole_line_is_told_without_the_stakes_that_come_back() -> None:
    row = predictions(decisions(), {"elo": BELIEF}).filter(match_id="b", market="spread", selection="home")
    won, _, lost = Laws.of(BELIEF).spread(3.0)[2]
    assert row.select("line", "prob").row(0) == pytest.approx((3.0, won / (won + lost)))


def test_a_forecaster_that_no_grid_can_hold_is_silent_and_another_number_of_games_is_refused() -> None:
    wild = ScoreBelief.of([6.4, 60.0, -3.0, 13.2], 12.4, [22.1, 220.0, 214.0, 229.8], 18.0)
    assert set(predictions(decisions(), {"market": wild})["match_id"]) == {"b", "a"}
    with pytest.raises(ValueError, match="about 3 games"):
        predictions(decisions(), {"market": BELIEF.where(BELIEF.present)})
