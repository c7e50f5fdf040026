"""Every change of a price is a row, known from when it was received. All values are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.contracts.model import contract
from sources.live.following import follow

CONTRACT = contract("silver.football.odds_quotes")
FACT = ("selection_key", "bookmaker", "quote_kind")
NOW = datetime(2024, 3, 1, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def quotes(*told: tuple[int, float, int]) -> pl.DataFrame:
    """Rows of (selection, price, microseconds after NOW)."""
    shared = {
        "match_id": "E0-2023-24-arbury-belston", "competition_id": "E0", "season_code": "2023-24",
        "event_at_utc": NOW + timedelta(days=1), "known_at_basis": "observed", "market": "1x2", "selection": "home",
        "line": None, "bookmaker": "betfair_exchange", "is_aggregate": False, "quote_kind": "observed",
        "quoted_at_utc": None, "lay_odds_dec": None, "liquidity": 5.0, "traded_volume": 1.0, "source": "betfair",
        "bronze_sha256": "0" * 64, "ingested_at_utc": NOW,
    }  # fmt: skip
    rows = [
        shared | {"selection_key": key, "price_odds_dec": price, "known_at_utc": NOW + after * TICK}
        for key, price, after in told
    ]
    return pl.DataFrame(rows, schema=CONTRACT.schema).select(CONTRACT.column_names)


def told(incoming: pl.DataFrame, standing: pl.DataFrame | None = None) -> list[tuple[int, float, int]]:
    found = follow(incoming, quotes() if standing is None else standing, CONTRACT, FACT, ("traded_volume",))
    assert found.duplicates == len(incoming) - len(found.fresh)
    rows = found.fresh.select("selection_key", "price_odds_dec", "known_at_utc").rows()
    return [(key, price, (known - NOW) // TICK) for key, price, known in rows]


def test_every_change_stands_with_its_own_time_and_what_says_the_same_is_a_duplicate() -> None:
    assert told(quotes((1, 2.0, 0), (2, 3.0, 5), (1, 2.0, 9), (1, 2.1, 20), (1, 2.0, 30))) == [
        (1, 2.0, 0), (2, 3.0, 5), (1, 2.1, 20), (1, 2.0, 30),
    ]  # fmt: skip


def test_the_first_row_is_compared_with_the_newest_that_stands() -> None:
    standing = quotes((1, 1.5, -9), (1, 2.0, -5), (7, 2.0, -5))
    assert told(quotes((1, 2.0, 0), (1, 1.5, 3)), standing) == [(1, 1.5, 3)]


def test_a_state_is_never_known_before_the_one_it_replaces() -> None:
    assert told(quotes((1, 2.0, 0), (1, 2.1, 0), (1, 2.2, 1)), quotes((1, 1.9, 50))) == [
        (1, 2.0, 51), (1, 2.1, 52), (1, 2.2, 53),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([2.0, 2.1, 2.2]), st.integers(0, 3)), max_size=30))
def test_it_equals_walking_row_by_row_and_keys_stay_unique(steps: list[tuple[int, float, int]]) -> None:
    after, now, rows = [], 0, quotes((1, 2.0, -1))
    for key, price, step in steps:
        now += step
        after.append((key, price, now))
    latest: dict[int, tuple[float, int]] = {1: (2.0, -1)}
    wanted = []
    for key, price, at in after:
        known = max(at, latest[key][1] + 1) if key in latest else at
        if key not in latest or latest[key][0] != price:
            wanted.append((key, price, known))
        latest[key] = (price, known)
    assert told(quotes(*after), rows) == wanted
