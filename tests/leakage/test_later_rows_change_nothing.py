"""Changing, adding or taking away any row known later changes nothing at the earlier moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.leakage.worlds import Facts, Gold, built, hashes

pytestmark = pytest.mark.slow
AS_OF = datetime(2026, 3, 13, 17, tzinfo=UTC)
LATER = pl.col("known_at_utc") > AS_OF
FEW = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TABLES = ("matches", "team_stats", "odds_quotes")


@pytest.fixture(scope="session")
def short(history: Facts) -> Facts:
    """Two seasons, so that gold is built in a second or two."""
    return {name: rows.filter(pl.col("season_code") >= "2024-25") for name, rows in history.items()}


@pytest.fixture(scope="session")
def undisturbed(short: Facts, folder: Path) -> dict[str, str]:
    """Hashes of gold at AS_OF."""
    return hashes(built(folder, short, AS_OF))


def _gold(history: Facts, folder: Path, changed: dict[str, pl.DataFrame]) -> dict[str, str]:
    return hashes(built(folder, dict(history) | changed, AS_OF))


def _changed(rows: pl.DataFrame, places: set[int]) -> pl.DataFrame:
    """The later rows of these numbers with other numbers in every cell that holds a number."""
    later = rows.filter(LATER).with_row_index("_row")
    chosen = pl.col("_row").is_in([place % len(later) for place in places])
    numbers = [
        name for name in later.columns
        if name in ("home_goals", "away_goals", "shots", "shots_on_target", "corners", "price_odds_dec")
    ]  # fmt: skip
    other = [pl.when(chosen).then(pl.col(name) + 1).otherwise(name).alias(name) for name in numbers]
    assert numbers
    return pl.concat([rows.filter(~LATER), later.with_columns(other).drop("_row")])


def test_a_later_result_with_another_score_changes_nothing(
    short: Facts, undisturbed: dict[str, str], folder: Path
) -> None:
    first = short["matches"].filter(LATER & pl.col("home_goals").is_not_null())["known_at_utc"].min()
    other = pl.when(pl.col("known_at_utc") == first).then(pl.col("home_goals") + 5).otherwise("home_goals")
    changed = short["matches"].with_columns(other.alias("home_goals"))
    assert not changed.equals(short["matches"])
    assert _gold(short, folder, {"matches": changed}) == undisturbed


def test_a_later_price_of_a_coming_match_changes_nothing(
    short: Facts, undisturbed: dict[str, str], folder: Path
) -> None:
    """The closing prices of the round that is decided at AS_OF are the first ones known after it."""
    coming = LATER & pl.col("event_at_utc").is_between(AS_OF, AS_OF + timedelta(days=3))
    changed = short["odds_quotes"].with_columns(
        pl.when(coming).then(pl.lit(99.0)).otherwise("price_odds_dec").alias("price_odds_dec")
    )
    assert len(short["odds_quotes"].filter(coming)) > 50
    assert _gold(short, folder, {"odds_quotes": changed}) == undisturbed


def test_a_fixture_that_is_moved_later_stands_where_it_was_known_to_stand(
    short: Facts, undisturbed: dict[str, str], folder: Path
) -> None:
    fixtures = short["matches"].filter(
        (pl.col("state") == "scheduled") & pl.col("event_at_utc").is_between(AS_OF, AS_OF + timedelta(days=3))
    )
    moved = fixtures.with_columns(
        pl.lit("moved").alias("state"), pl.col("event_at_utc") + timedelta(days=20),
        pl.lit(AS_OF + timedelta(minutes=1)).alias("known_at_utc"),
    )  # fmt: skip
    assert len(moved) >= 5
    assert _gold(short, folder, {"matches": pl.concat([short["matches"], moved])}) == undisturbed


@FEW
@given(
    picks=st.dictionaries(
        st.sampled_from(TABLES), st.sets(st.integers(0, 10**6), min_size=1, max_size=40), min_size=1, max_size=3
    ),
    gone=st.sampled_from((0, 3, 100)),
)
def test_whatever_later_rows_are_changed_or_taken_away_nothing_changes(
    short: Facts, undisturbed: dict[str, str], folder: Path, picks: dict[str, set[int]], gone: int
) -> None:
    changed = {name: _changed(short[name], places) for name, places in picks.items()}
    assert all(not rows.equals(short[name]) for name, rows in changed.items())
    taken = {name: rows.head(len(rows) - gone) for name, rows in changed.items()}
    assert _gold(short, folder, taken) == undisturbed


@pytest.mark.parametrize("name", TABLES)
def test_the_same_change_of_a_row_known_before_is_seen(
    short: Facts, undisturbed: dict[str, str], folder: Path, name: str
) -> None:
    """The proof can fail: what was known at the moment does matter."""
    numbers = {"matches": "home_goals", "team_stats": "shots", "odds_quotes": "price_odds_dec"}
    earlier = ~LATER & (pl.col("season_code") == "2025-26")
    other = pl.when(earlier).then(pl.col(numbers[name]) + 1).otherwise(numbers[name]).alias(numbers[name])
    tables: Gold = built(folder, dict(short) | {name: short[name].with_columns(other)}, AS_OF)
    assert hashes(tables) != undisturbed
