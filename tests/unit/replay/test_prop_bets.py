"""Bets on players as a lake tells them: prices side by side, fair shares of a bet that may be void, and counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.market.player_markets import PLAYER_MARKETS
from lake.storage import Lake
from models.props.words import COMPONENTS, statistic
from optimizer.prices.offers import offers
from replay.props import bets
from tests.unit.replay import hoops

AS_OF = datetime(2026, 1, 5, 17, tzinfo=UTC)
TIP_OFF = AS_OF + timedelta(hours=7)
GAME = "NBA/2025-26/a/b/1"
QUOTES, BOX, VALUES = "silver.basketball.prop_quotes", "silver.basketball.player_stats", "gold.basketball.prop_values"
MATCH = pl.Series([GAME])


def times(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows with their moments as UTC."""
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    told = pl.DataFrame(plain, infer_schema_length=None)
    moments = [name for name, kind in told.schema.items() if kind == pl.Datetime]
    return told.with_columns(pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC") for name in moments)


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def quote(selection: str, price: float, hours_before: float = 1.0, **other: Any) -> dict[str, Any]:
    return {
        "match_id": GAME, "player_id": "a0", "market": "player_points", "selection": selection, "line": 20.5,
        "bookmaker": "bwin", "source": "vendor", "price_odds_dec": price, "known_at_basis": "observed",
        "event_at_utc": TIP_OFF, "known_at_utc": AS_OF - timedelta(hours=hours_before),
    } | other  # fmt: skip


def box(player: str, minutes: float | None, hours_after: float = 3.0, **other: Any) -> dict[str, Any]:
    return {
        "match_id": GAME, "player_id": player, "minutes": minutes, "points": 21, "rebounds": 11, "assists": 4,
        "threes_made": 2, "steals": 1, "blocks": 0, "known_at_utc": TIP_OFF + timedelta(hours=hours_after),
    } | other  # fmt: skip


def lake_with(root: Path, table: str, *rows: dict[str, Any]) -> Lake:
    lake = Lake(root)
    told = times(list(rows))
    hoops.put(lake, table, told.with_columns(pl.col(pl.Null).cast(pl.Float64)))
    return lake


def legs(*asked: tuple[str, str]) -> pl.DataFrame:
    rows = [("basketball", GAME, player, market) for player, market in asked]
    return pl.DataFrame(rows, schema=["sport", "match_id", "player_id", "market"], orient="row")


def counted(lake: Lake, *asked: tuple[str, str], until: float = 100.0) -> list[tuple[str, float | None, float]]:
    found = bets.counts(lake, "basketball", legs(*asked), TIP_OFF + timedelta(hours=until))
    hours = (pl.col("known_at_utc") - TIP_OFF).dt.total_seconds() / 3600
    return found.select("player_id", "count", hours).rows()


def test_both_sides_of_a_line_stand_side_by_side_and_make_offers(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, QUOTES, quote("over", 1.9), quote("under", 1.95), quote("over", 2.4, line=24.5))
    wide = bets.prices(lake, "basketball", MATCH, AS_OF)
    told = wide["player_points"].select("line", "over_odds_dec", "under_odds_dec", "quote_kind").sort("line").rows()
    assert told == [(20.5, 1.9, 1.95, "seen"), (24.5, 2.4, None, "seen")]
    made = offers(wide, {}, AS_OF)
    assert sorted(made.select("player_id", "market", "selection", "line", "net_odds_dec").rows()) == [
        ("a0", "player_points", "over", 20.5, 1.9), ("a0", "player_points", "under", 20.5, 1.95),
    ]  # fmt: skip
    assert made["book_prob"].sum() == pytest.approx(1.0)


def test_two_players_at_one_line_are_two_things(tmp_path: Path) -> None:
    rows = [quote(side, 1.9, player_id=player) for side in ("over", "under") for player in ("a0", "b0")]
    made = offers(bets.prices(lake_with(tmp_path, QUOTES, *rows), "basketball", MATCH, AS_OF), {}, AS_OF)
    assert made.group_by("player_id").len().sort("player_id").rows() == [("a0", 2), ("b0", 2)]


def test_later_prices_and_those_known_by_their_date_are_none(tmp_path: Path) -> None:
    late = quote("over", 9.0, hours_before=-1.0)
    dated = quote("over", 8.0, known_at_basis="date_only", bookmaker="another")
    wide = bets.prices(lake_with(tmp_path, QUOTES, quote("over", 1.9), late, dated), "basketball", MATCH, AS_OF)
    assert wide["player_points"]["over_odds_dec"].to_list() == [1.9]


def test_the_last_price_before_a_game_that_has_begun_is_its_close(tmp_path: Path) -> None:
    rows = [quote("over", price, hours) for price, hours in ((1.8, 5.0), (1.9, -6.0), (3.0, -8.0))]
    lake = lake_with(tmp_path, QUOTES, *rows)
    after = bets.prices(lake, "basketball", MATCH, TIP_OFF + timedelta(hours=2))["player_points"]
    kinds = dict(after.select("over_odds_dec", "quote_kind").iter_rows())
    assert kinds == {1.8: "seen", 1.9: "closing", 3.0: "seen"}
    before = bets.prices(lake, "basketball", MATCH, TIP_OFF - timedelta(minutes=1))["player_points"]
    assert set(before["quote_kind"]) == {"seen"}


def test_football_has_no_prices_no_beliefs_and_no_counts_of_players(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert bets.prices(lake, "football", MATCH, AS_OF) == {}
    assert bets.crowd(lake, "football", AS_OF) is None
    assert bets.counts(lake, "football", legs(("a0", "player_points")), AS_OF).is_empty()


def test_fair_shares_are_those_of_a_bet_that_is_void_if_he_sits(tmp_path: Path) -> None:
    win, push, plays = 0.5, 0.1, 0.8
    found = bets.fair(lake_with(tmp_path, VALUES, *_valued(win, push, plays, 0.4)), "basketball", AS_OF, 1.0)
    assert len(found) == 1
    told = found.row(0, named=True)
    assert told["market"] == "player_points"
    assert (told["prob"], told["push_share"]) == pytest.approx((plays * win, 1 - plays + plays * push))
    lost = 1 - told["prob"] - told["push_share"]
    assert told["prob"] * (told["fair_odds_dec"] - 1) - lost == pytest.approx(0.0), "the fair price has no edge"


@pytest.mark.parametrize(("weight", "settled"), [(1.0, 0.6), (0.0, 0.4), (0.5, 0.5)])
def test_what_is_bet_on_lies_between_ours_and_the_books(tmp_path: Path, weight: float, settled: float) -> None:
    lake = lake_with(tmp_path, VALUES, *_valued(0.6, 0.0, 1.0, 0.4))
    assert bets.fair(lake, "basketball", AS_OF, weight)["prob"].to_list() == pytest.approx([settled])


def test_books_are_averaged_and_a_side_alone_is_no_opinion(tmp_path: Path) -> None:
    one, other = _valued(0.6, 0.0, 1.0, 0.5)
    told = bets.opinions(lake_with(tmp_path, VALUES, one, other | {"market_prob": 0.8}).table(VALUES).read())
    assert told["books_prob"].to_list() == pytest.approx([2 / 3]), "the mean of odds of 1 and 4 is 2"
    alone = lake_with(tmp_path / "alone", VALUES, one | {"market_prob": None})
    assert bets.fair(alone, "basketball", AS_OF, 0.5).is_empty()


def _valued(win: float, push: float, plays: float, market_prob: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """One selection at two books."""
    row = {
        "match_id": GAME, "as_of_utc": AS_OF, "player_id": "a0", "player_name": "A", "market": "points",
        "selection": "over", "line": 20.0, "bookmaker": "bwin", "prob": win, "push_prob": push, "plays_prob": plays,
        "fair_odds_dec": 1 + (1 - win - push) / win, "price_odds_dec": 2.0, "training_hash": "hash",
        "market_prob": market_prob,
    }  # fmt: skip
    return row, row | {"bookmaker": "another", "price_odds_dec": 2.2}


def test_counts_are_those_of_the_box_score_and_of_nobody_else(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, BOX, box("a0", 33.0), box("b0", 20.0, points=9))
    assert counted(lake, ("a0", "player_points")) == [("a0", None, 3.0), ("a0", 21.0, 3.0)]
    assert counted(lake, ("a0", "player_double_double"))[-1] == ("a0", 1.0, 3.0)
    assert counted(lake, ("a0", "player_points_rebounds_assists"))[-1] == ("a0", 36.0, 3.0)


def test_who_sat_or_is_not_named_took_no_part_from_the_first_word_of_his_game(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, BOX, box("a0", None, points=0), box("b0", 20.0))
    assert {row[1] for row in counted(lake, ("a0", "player_points"), ("c0", "player_points"))} == {None}
    assert counted(lake, ("a0", "player_points"), until=2.9) == []
    assert counted(lake_with(tmp_path / "none", BOX, box("a0", 30.0, match_id="x")), ("a0", "player_points")) == []


def test_a_correction_follows_and_a_count_that_is_left_out_is_not_told(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, BOX, box("a0", 33.0), box("a0", 33.0, 20.0, points=22, steals=None))
    assert [row[1] for row in counted(lake, ("a0", "player_points"))] == [None, 21.0, 22.0]
    assert [row[1] for row in counted(lake, ("a0", "player_steals"))] == [None, 1.0]


def test_box_scores_are_counted_as_nights_are() -> None:
    random = np.random.default_rng(1)
    counts = random.integers(0, 14, (300, len(COMPONENTS))).astype(np.int16)
    named = {name: counts[:, place] for place, name in enumerate(COMPONENTS)}
    rows = pl.DataFrame(named).with_columns(
        pl.col("threes").alias("threes_made"), pl.Series("points", statistic(counts, "points"))
    )
    for market in PLAYER_MARKETS.values():
        own = rows.select(bets.COUNTED[market.count].cast(pl.Float64)).to_series().to_numpy()
        assert np.array_equal(own, statistic(counts, market.count)), market.count
