"""Prices worth an alert: consensus moves and books apart, on INVENTED prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.settings import Alerts
from serving.alerts.conditions import Condition
from serving.alerts.prices import conditions
from tests.unit.lake.quality.silver import KICKOFF, quotes, scope

BOOKS = ("bet365", "bwin", "pinnacle", "betfred")
EVEN = {"home": 2.5, "draw": 3.4, "away": 2.9}
HOME_NOW = {"home": 2.0, "draw": 3.6, "away": 3.9}
NOW = KICKOFF - timedelta(minutes=20)


def _snapshot(
    prices: dict[str, float], minutes: float, books: tuple[str, ...] = BOOKS, **more: Any
) -> list[dict[str, Any]]:
    """These books' prices so many minutes before kick-off."""
    at = KICKOFF - timedelta(minutes=minutes)
    return [quote for book in books for quote in quotes(1, prices, bookmaker=book, known_at_utc=at, **more)]


def _found(root: Path, *snapshots: list[dict[str, Any]], now: datetime = NOW, **alerts: Any) -> list[Condition]:
    lake = scope(root, odds_quotes=[quote for snapshot in snapshots for quote in snapshot]).lake
    return conditions(lake, "football", now, Alerts(**alerts))


def test_a_consensus_that_moved_between_the_last_two_snapshots_is_told_once_a_market_until_kick_off(
    tmp_path: Path,
) -> None:
    found = _found(tmp_path, _snapshot(EVEN, 300), _snapshot(HOME_NOW, 60))
    assert [(one.key, one.kind, one.severity, one.until) for one in found] == [
        ("odds/m1/1x2", "odds_moved", "info", KICKOFF)
    ]
    was, now = (1 / price["home"] / sum(1 / odds for odds in price.values()) for price in (EVEN, HOME_NOW))
    assert f"1x2 home moved from {was:.1%} to {now:.1%}" in found[0].summary
    assert "2023-09-02T09:00:00Z and 2023-09-02T13:00:00Z" in found[0].summary
    assert "4 books" in found[0].summary


def test_a_small_move_an_old_move_and_a_match_that_began_are_not_told(tmp_path: Path) -> None:
    moved = [_snapshot(EVEN, 300), _snapshot(HOME_NOW, 60)]
    assert _found(tmp_path / "small", *moved, movement_prob=0.2) == []
    assert _found(tmp_path / "old", *moved, _snapshot({"home": 2.01}, 30)) == []
    assert _found(tmp_path / "began", *moved, now=KICKOFF) == []
    assert _found(tmp_path / "far", *moved, horizon_hours=0.1) == []
    assert _found(tmp_path / "unknown", *moved, now=KICKOFF - timedelta(minutes=90)) == []


def test_one_book_alone_moves_no_consensus_and_a_book_that_joins_is_no_move(tmp_path: Path) -> None:
    alone = _snapshot(HOME_NOW, 60, books=("bwin",))
    assert [one.kind for one in _found(tmp_path / "alone", _snapshot(EVEN, 300), alone, outlier_share=0.5)] == []
    joins = _snapshot(HOME_NOW, 60, books=("sky_bet", "betmgm", "coral", "ladbrokes", "william_hill"))
    assert _found(tmp_path / "joins", _snapshot(EVEN, 300), joins, outlier_share=0.9) == []


def test_too_few_books_make_no_consensus_and_aggregates_are_no_books(tmp_path: Path) -> None:
    few = [_snapshot(EVEN, 300, BOOKS[:3]), _snapshot(HOME_NOW, 60, BOOKS[:3])]
    assert _found(tmp_path / "few", *few) == []
    whole = [*few, _snapshot(EVEN, 300, ("market_average",), is_aggregate=True)]
    assert _found(tmp_path / "aggregate", *whole, _snapshot(HOME_NOW, 60, ("market_average",), is_aggregate=True)) == []


@pytest.mark.parametrize(("price", "is_told"), [(3.1, True), (2.9, False), (1.9, True)])
def test_a_book_far_from_the_median_of_all_books_is_told(tmp_path: Path, price: float, is_told: bool) -> None:
    far = _snapshot(EVEN | {"home": price}, 60, books=("sky_bet",))
    found = [one for one in _found(tmp_path, _snapshot(EVEN, 60), far) if one.kind == "price_apart"]
    assert [one.key for one in found] == (["apart/m1/1x2/sky_bet"] if is_told else [])
    if found:
        assert f"sky_bet quotes {price:.2f} for 1x2 home, {price / 2.5 - 1:+.0%}" in found[0].summary
