"""Books' prices of props beside ours: which prices are of the moment, and what each is worth at exactly its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.players import PLAYERS
from core.settings import load_settings
from lake.conform import require
from lake.contracts.model import contract
from lake.storage import Lake
from models.props.pricing import lines
from replay.craft import PLAYER_BELIEFS, PLAYER_PREDICTIONS, PROP_VALUES
from replay.props import forecast
from replay.props.values import OLDEST, standing, values
from tests.unit.models.props import worlds
from tests.unit.models.props.nights import night
from tests.unit.replay import hoops

AS_OF = datetime(2026, 1, 5, 17, tzinfo=UTC)
NIGHT = night(1500)
TABLE, QUOTES = "gold.basketball.prop_values", "silver.basketball.prop_quotes"


def quote(selection: str = "over", price: float = 2.0, **other: Any) -> dict[str, Any]:
    return {
        "match_id": "m", "player_id": "a0", "market": "player_points", "selection": selection, "line": 20.5,
        "bookmaker": "bwin", "source": "vendor", "price_odds_dec": price, "known_at_basis": "observed",
        "known_at_utc": AS_OF - timedelta(hours=1),
    } | other  # fmt: skip


def quotes(*rows: dict[str, Any]) -> pl.DataFrame:
    times = [row | {"known_at_utc": row["known_at_utc"].replace(tzinfo=None)} for row in rows]
    told = pl.DataFrame(times, infer_schema_length=None).with_columns(
        pl.col("known_at_utc").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"), pl.col("line").cast(pl.Float64)
    )
    return hoops.filled(QUOTES, told)


def stand(*rows: dict[str, Any]) -> list[tuple[str, float]]:
    found = standing(quotes(*rows), AS_OF)
    return sorted(found.select("selection", "price_odds_dec").rows())


def worth(*rows: dict[str, Any]) -> pl.DataFrame:
    return values(NIGHT, standing(quotes(*rows), AS_OF))


@pytest.mark.parametrize(
    "gone",
    [
        {"known_at_utc": AS_OF + timedelta(seconds=1)},
        {"known_at_utc": AS_OF - OLDEST - timedelta(seconds=1)},
        {"known_at_basis": "date_only"},
        {"known_at_basis": "rule"},
    ],
)
def test_only_what_was_seen_within_a_day_before_the_moment_stands(gone: dict[str, Any]) -> None:
    assert stand(quote(), quote("under", **gone)) == [("over", 2.0)]
    assert stand(quote(**gone)) == []


def test_a_books_newest_prices_count_and_a_line_that_it_left_is_gone() -> None:
    before = {"known_at_utc": AS_OF - timedelta(hours=5)}
    left = quote("over", 1.5, line=18.5, **before)
    assert stand(left, quote("over", 1.8, **before), quote(), quote("under", 1.9)) == [("over", 2.0), ("under", 1.9)]
    other = quote("over", 1.7, bookmaker="another", **before)
    assert stand(other, quote()) == [("over", 1.7), ("over", 2.0)]


def test_two_vendors_of_one_price_are_one_price() -> None:
    assert stand(quote(), quote(source="another")) == [("over", 2.0)]


def test_the_margin_is_taken_out_in_proportion_where_both_sides_are_there() -> None:
    found = standing(quotes(quote("over", 1.8), quote("under", 2.0), quote("over", 1.9, line=22.5)), AS_OF)
    market = {(side, line): prob for side, line, prob in found.select("selection", "line", "market_prob").iter_rows()}
    assert market["over", 20.5] == pytest.approx((1 / 1.8) / (1 / 1.8 + 1 / 2.0))
    assert market["over", 20.5] + market["under", 20.5] == pytest.approx(1.0)
    assert market["over", 22.5] is None


@pytest.mark.parametrize("line", [20.0, 20.5])
def test_a_price_is_worth_what_the_scenarios_say_at_its_own_line(line: float) -> None:
    found = worth(quote("over", 2.1, line=line), quote("under", 1.7, line=line))
    asked = lines(NIGHT, "points", pl.DataFrame({"player_id": ["a0"], "line": [line]})).row(0, named=True)
    for row in found.iter_rows(named=True):
        win, lose = asked["over_prob"], asked["under_prob"]
        win, lose = (win, lose) if row["selection"] == "over" else (lose, win)
        assert (row["prob"], row["push_prob"]) == (win, asked["push_prob"])
        assert (row["push_prob"] > 0) == (line % 1 == 0)
        assert row["fair_odds_dec"] == pytest.approx(1 + lose / win)
        assert row["edge"] == pytest.approx(win * (row["price_odds_dec"] - 1) - lose)
        assert win * (row["fair_odds_dec"] - 1) - lose == pytest.approx(0.0)
    assert len(found) == 2


def test_yes_and_no_are_over_and_under_half_a_double_double_and_keep_no_line() -> None:
    yes = quote("yes", 3.0, market="player_double_double", line=None)
    found = worth(yes, yes | {"selection": "no", "price_odds_dec": 1.3})
    chance = lines(NIGHT, "double_double", pl.DataFrame({"player_id": ["a0"], "line": [0.5]}))["over_prob"][0]
    told = {side: (prob, line) for side, prob, line in found.select("selection", "prob", "line").iter_rows()}
    assert told["yes"] == (pytest.approx(chance), None)
    assert told["no"] == (pytest.approx(1 - chance), None)


@pytest.mark.parametrize(
    "other",
    [{"player_id": "stranger"}, {"match_id": "another"}, {"market": "player_turnovers"}, {"line": 90.5}, {"line": 0.5}],
)
def test_who_is_not_there_what_is_not_priced_and_what_is_as_good_as_certain_have_no_value(
    other: dict[str, Any],
) -> None:
    assert worth(quote(**other)).is_empty()


def test_both_tables_come_from_one_pricing_and_later_quotes_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "MINIMUM_PLAYED", 500)
    monkeypatch.setattr(forecast, "SCENARIOS", 1500)
    lake, settings = hoops.lake(tmp_path), load_settings().of("basketball")
    assert forecast.predict(Lake(tmp_path / "new"), settings, hoops.AS_OF)[PROP_VALUES].is_empty()
    day = worlds.matches(hoops.DAYS).filter(pl.col("as_of_utc") == hoops.AS_OF)
    match, player = day["match_id"][0], day["home_team_id"][0] + "0"
    seen = {"match_id": match, "player_id": player, "known_at_utc": hoops.AS_OF - timedelta(minutes=5), "line": 16.5}
    hoops.put(lake, QUOTES, quotes(quote("over", 1.9, **seen), quote("under", 1.9, **seen)))
    first = forecast.predict(lake, settings, hoops.AS_OF)
    found = require(first[PROP_VALUES], contract(TABLE))
    assert found.select("player_name", "season_code").unique().rows() == [(player.upper(), "2023-24")]
    board = first[PLAYER_PREDICTIONS].filter(
        (pl.col("player_id") == player) & (pl.col("market") == "points") & (pl.col("line") == 16.5)
    )
    assert board["over_prob"].to_list() == found.filter(pl.col("selection") == "over")["prob"].to_list()
    later = seen | {"known_at_utc": hoops.AS_OF + timedelta(minutes=5)}
    hoops.put(lake, QUOTES, quotes(quote("over", 3.9, **later)))
    assert_frame_equal(forecast.predict(lake, settings, hoops.AS_OF)[PROP_VALUES], first[PROP_VALUES])


def test_sports_with_prices_beside_theirs_have_the_table_and_one_step() -> None:
    steps = {asset.op.name: {key.path[-1] for key in asset.keys} for asset in PLAYERS}
    assert steps["gold__basketball__player_predictions"] == {PLAYER_PREDICTIONS, PROP_VALUES, PLAYER_BELIEFS}
    assert steps["gold__football__player_predictions"] == {PLAYER_PREDICTIONS}
