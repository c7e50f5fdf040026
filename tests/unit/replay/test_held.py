"""Recounting a walk: what kept every limit is found to have, and each planted breach is named; all of it invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from replay.bets import Walked
from replay.held import broken
from tests.unit.replay.seasons import decided, moment, played, quoted, settings_with, walk

HOME_HALF = (0.5, 0.3, 0.2)
NAMES = [(f"m{week}{place}", week, ("E0", "D1")[place]) for week in range(3) for place in range(2)]
WEEKS = decided(*((name, week, league, HOME_HALF) for name, week, league in NAMES))
PRICES = quoted(
    *((name, week, ("bet365", "bwin")[place % 2], 2.5, 3.0, 4.0) for place, (name, week, _) in enumerate(NAMES))
)
RESULTS = played(*((name, week, week % 2, 0) for name, week, _ in NAMES))
LIMITS = {
    "maximum_ticket_share": 0.02, "maximum_match_share": 0.02, "maximum_league_share": 0.03, "maximum_day_share": 0.04,
    "maximum_market_share": 0.04, "maximum_book_share": 0.03, "maximum_tickets": 4, "maximum_price_odds_dec": 3.0,
    "maximum_price_age_minutes": 120.0, "minimum_edge": 0.05, "stake_increment": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def walked() -> Walked:
    return walk(WEEKS, PRICES, RESULTS, settings_with(**LIMITS))


def under(walked: Walked, **staking: Any) -> list[str]:
    """What the walk would have broken under other limits."""
    return broken(replace(walked, staking=walked.staking.model_copy(update=staking)))


def planted(walked: Walked, table: str, **columns: Any) -> list[str]:
    """What is broken once these columns of a table of the record are changed."""
    changed = [
        pl.lit(value).cast(getattr(walked.record, table).schema[name]).alias(name) for name, value in columns.items()
    ]
    record = replace(walked.record, **{table: getattr(walked.record, table).with_columns(changed)})
    return broken(replace(walked, record=record))


def test_an_untouched_walk_breaks_nothing_though_its_limits_bound(walked: Walked) -> None:
    assert broken(walked) == []
    assert len(walked.record.tickets) == 6
    assert set(walked.record.tickets["binding_limit"]) & {"ticket", "match", "day", "market"}


@pytest.mark.parametrize(
    ("limit", "value", "named"),
    [("maximum_ticket_share", 0.01, "on T"), ("maximum_match_share", 0.01, "on m"),
     ("maximum_league_share", 0.01, "on E0"), ("maximum_market_share", 0.03, "on 1x2"),
     ("maximum_book_share", 0.01, "on bwin"), ("maximum_day_share", 0.03, "on the day"),
     ("maximum_tickets", 1, "2 tickets, and 1 are allowed"), ("minimum_edge", 0.3, "edge below the minimum"),
     ("maximum_price_odds_dec", 2.4, "price above the maximum"), ("maximum_price_age_minutes", 30.0, "stale price"),
     ("stake_increment", 7.0, "no whole number of increments")],
)  # fmt: skip
def test_each_limit_that_is_broken_is_named_at_its_moment(walked: Walked, limit: str, value: float, named: str) -> None:
    found = under(walked, **{limit: value})
    assert any(said.startswith(f"{moment(0):%Y-%m-%d %H:%M}: ") and named in said for said in found)


@pytest.mark.parametrize(
    ("table", "columns", "named"),
    [("tickets", {"stake_minor": 2_100}, "on T"), ("tickets", {"stake_minor": 60_000}, "more is at risk than there is"),
     ("tickets", {"edge": 0.04}, "edge below the minimum"), ("tickets", {"price_age_minutes": 121.0}, "stale price"),
     ("tickets", {"stake_minor": 150}, "no whole number of increments"),
     ("legs", {"price_odds_dec": 3.01}, "price above the maximum"), ("legs", {"match_id": "m00"}, "on m00"),
     ("legs", {"competition_id": "E0"}, "on E0"), ("legs", {"bookmaker": "bwin"}, "on bwin")],
)  # fmt: skip
def test_each_limit_planted_broken_in_the_record_is_named(
    walked: Walked, table: str, columns: dict[str, Any], named: str
) -> None:
    assert any(named in said for said in planted(walked, table, **columns))


def test_stakes_that_stand_open_count_until_their_result_is_known(walked: Walked) -> None:
    never = replace(walked.record, settlements=walked.record.settlements.clear())
    found = broken(replace(walked, record=never))
    assert any("on E0" in said for said in found)
    assert not any(said.startswith(f"{moment(0):%Y-%m-%d}") for said in found), "nothing stood open before"


def test_shares_are_those_of_the_bankroll_of_the_moment(walked: Walked) -> None:
    """A planted loss of nearly all before the second decision makes its stakes too large."""
    lost = walked.record.settlements.with_columns(
        pl.when(pl.col("known_at_utc") < moment(1)).then(-45_000).otherwise("profit_minor").alias("profit_minor")
    )
    found = broken(replace(walked, record=replace(walked.record, settlements=lost)))
    assert found
    assert {said[:10] for said in found} <= {f"{moment(week):%Y-%m-%d}" for week in (1, 2)}


def test_a_day_is_that_of_the_decision(walked: Walked) -> None:
    """Tickets of two moments of one day share its room."""
    record = walked.record
    second = pl.when(pl.col("as_of_utc") == moment(1)).then(moment(0) + timedelta(hours=1)).otherwise("as_of_utc")
    moved = replace(record, tickets=record.tickets.with_columns(second.alias("as_of_utc")),
                    legs=record.legs.with_columns(second.alias("as_of_utc")))  # fmt: skip
    assert any("on the day" in said for said in broken(replace(walked, record=moved)))


def test_limits_of_a_policy_file_count_and_not_those_beside_it(tmp_path: Path) -> None:
    """DEFECT: the walk was recounted under the settings, though its policy overrode them."""
    path = tmp_path / "ann.yaml"
    path.write_text(
        "bettor_id: ann\ncurrency: EUR\n"
        "staking: {maximum_ticket_share: 0.05, maximum_match_share: 0.05, bankroll: 500}\n",
        encoding="utf-8",
    )
    tight = settings_with(maximum_ticket_share=0.01, maximum_match_share=0.01).model_copy(update={"policy": path})
    found = walk(WEEKS, PRICES, RESULTS, tight)
    assert found.opening_minor == 50_000
    assert found.record.tickets.filter(as_of_utc=moment(0))["stake_minor"].to_list() == [2_500, 2_500]
    assert broken(found) == []
