"""Holding rows against their contract: the good go on, the others are kept with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import polars as pl
import pytest

from core.errors import ContractBroken
from lake.conform import DETAIL, REASON, conform, require
from lake.contracts.model import Column, Contract, contract
from tests.unit.lake.trial import KNOWN, PRICES, prices, rows

LINEUP = Contract(
    "silver.trial.lineups",
    1,
    "tests",
    "one player",
    ("player_id",),
    (),
    (
        Column("player_id", "string", "Player.", pattern="^[a-z-]+$"),
        Column("role", "string", "Role.", nullable=True, allowed=("starter", "bench")),
        Column("minutes", "int", "Minutes.", nullable=True, low=0, high=120),
        Column("rating", "float", "Rating.", nullable=True),
    ),
)


def lineup(**values: object) -> pl.DataFrame:
    return pl.DataFrame(
        [{"player_id": "a-b", "role": None, "minutes": None, "rating": None} | values], schema=LINEUP.schema
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"player_id": None}, "player_id 'nothing' is missing."),
        ({"player_id": "A B"}, "player_id 'A B' does not look like ^[a-z-]+$."),
        ({"role": "coach"}, "role 'coach' is none of starter, bench."),
        ({"minutes": -1}, "minutes '-1' is below 0."),
        ({"minutes": 121}, "minutes '121' is above 120."),
        ({"rating": float("nan")}, "rating 'NaN' is not a number."),
        ({"rating": float("inf")}, "rating 'inf' is not a number."),
        ({"player_id": "A B", "minutes": -1}, "player_id 'A B' does not look like ^[a-z-]+$."),
    ],
)
def test_a_row_is_refused_with_the_first_rule_that_it_breaks(values: dict[str, object], sentence: str) -> None:
    judged = conform(lineup(**values), LINEUP)
    assert judged.good.is_empty()
    assert judged.refused.select(REASON, DETAIL).row(0) == ("contract", sentence)


@pytest.mark.parametrize("values", [{}, {"minutes": 0}, {"minutes": 120}, {"role": "bench"}, {"rating": -7.5}])
def test_a_row_at_the_very_edge_is_good(values: dict[str, object]) -> None:
    judged = conform(lineup(**values), LINEUP)
    assert judged.refused.is_empty()
    assert judged.good.equals(lineup(**values))


def test_every_row_is_either_good_or_refused_and_a_refused_row_keeps_all_that_came_with_it() -> None:
    frame = rows({"match_id": f"m{n}", "price_odds_dec": odds} for n, odds in enumerate([2.0, 1.0, 3.0, -4.0, 1002.0]))
    judged = conform(frame.with_columns(row_text=pl.lit("raw")), PRICES)
    assert judged.good["match_id"].to_list() == ["m0", "m2"]
    assert judged.good.columns == list(PRICES.column_names)
    assert judged.refused["match_id"].to_list() == ["m1", "m3", "m4"]
    assert set(judged.refused.columns) == {*PRICES.column_names, "row_text", REASON, DETAIL}


def test_columns_come_out_in_the_contracts_order_and_types() -> None:
    untidy = prices("m1").select(reversed(PRICES.column_names)).with_columns(pl.col("goals").cast(pl.Int8), surplus=1)
    assert dict(conform(untidy, PRICES).good.schema) == dict(PRICES.schema)


def test_a_frame_without_a_column_is_a_fault_of_the_code_and_named() -> None:
    with pytest.raises(ContractBroken, match=r"silver\.trial\.prices lacks the columns \['price_odds_dec'\]"):
        conform(prices("m1").drop("price_odds_dec"), PRICES)


def test_a_column_that_is_no_number_is_a_fault_of_the_code() -> None:
    with pytest.raises(ContractBroken, match="wrong type"):
        conform(prices("m1").with_columns(goals=pl.lit("two")), PRICES)


def test_a_time_in_another_zone_is_the_same_instant() -> None:
    elsewhere = KNOWN.astimezone(timezone(timedelta(hours=-5)))
    frame = prices("m1").with_columns(pl.col("known_at_utc").dt.convert_time_zone("America/New_York"))
    assert conform(frame, PRICES).good["known_at_utc"].to_list() == [elsewhere]


def test_a_time_without_a_zone_is_refused_rather_than_taken_as_utc() -> None:
    with pytest.raises(ContractBroken):
        require(prices("m1").with_columns(known_at_utc=pl.lit(datetime(2024, 5, 10, 17))), PRICES)


def test_half_a_goal_is_refused_rather_than_cut_off() -> None:
    with pytest.raises(ContractBroken):
        require(prices("m1").with_columns(goals=pl.lit(1.5)), PRICES)


def test_requiring_gives_the_frame_or_says_how_many_rows_break_it_and_shows_one() -> None:
    assert require(prices("m1", "m2"), PRICES).equals(prices("m1", "m2"))
    with pytest.raises(ContractBroken, match=r"2 rows break silver\.trial\.prices: price_odds_dec '1.0' is below"):
        require(prices("m1", "m2", price_odds_dec=1.0), PRICES)


def test_requiring_counts_rows_that_share_a_key() -> None:
    with pytest.raises(ContractBroken, match=r"3 rows of silver\.trial\.prices share a key \('match_id',\)"):
        require(prices("m1", "m1", "m1", "m2"), PRICES)


def test_a_contract_names_only_columns_that_it_has() -> None:
    with pytest.raises(ContractBroken, match=r"names columns it does not have: \['season'\]"):
        Contract("silver.trial.x", 1, "tests", "one x", ("k",), ("season",), (Column("k", "string", "Key."),))


def test_a_price_of_one_and_a_negative_price_are_refused_by_the_real_contract_of_quotes() -> None:
    quotes = contract("silver.football.odds_quotes")
    price = next(column for column in quotes.columns if column.name == "price_odds_dec")
    only_price = Contract("silver.trial.only", 1, "tests", "one price", ("price_odds_dec",), (), (price,))
    judged = conform(pl.DataFrame({"price_odds_dec": [1.0, -2.5, 1.01, 1001.0, 1001.5]}), only_price)
    assert judged.good["price_odds_dec"].to_list() == [1.01, 1001.0]
