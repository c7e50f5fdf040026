"""The point-in-time join against the joins that one would reach for, on a history of the archive's size."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from feature_repo.pit import as_of_join

pytestmark = pytest.mark.benchmark(group="point-in-time join, 300,000 rows of form, 150,000 decisions")
CLUBS, FORM_ROWS, DECISIONS, VALUES = 1_200, 300_000, 150_000, 22
START = datetime(2005, 7, 1, tzinfo=UTC)


def _times(generator: np.random.Generator, rows: int) -> pl.Series:
    minutes = np.sort(generator.integers(0, 20 * 365 * 24 * 60, rows))
    return pl.Series([START], dtype=pl.Datetime("us", "UTC")).new_from_index(0, rows) + pl.Series(
        minutes * 60_000_000
    ).cast(pl.Duration("us"))


@pytest.fixture(scope="module")
def world() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decisions and form of invented clubs, seeded."""
    generator = np.random.default_rng(7)
    clubs = np.array([f"club-{number:04d}" for number in range(CLUBS)])
    form = pl.DataFrame(
        {"team_id": clubs[generator.integers(0, CLUBS, FORM_ROWS)], "known_at_utc": _times(generator, FORM_ROWS)}
        | {f"value_{place}": generator.normal(size=FORM_ROWS) for place in range(VALUES)}
    ).unique(["team_id", "known_at_utc"], maintain_order=True)
    spine = pl.DataFrame(
        {"team_id": clubs[generator.integers(0, CLUBS, DECISIONS)], "as_of_utc": _times(generator, DECISIONS)}
    )
    return spine, form


def _ours(spine: pl.DataFrame, form: pl.DataFrame) -> pl.DataFrame:
    return as_of_join(spine, form, "team_id", "as_of_utc", "known_at_utc", timedelta(days=36_500))


def _duckdb(spine: pl.DataFrame, form: pl.DataFrame) -> pl.DataFrame:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("spine_frame", spine.with_row_index("_row").to_arrow())
        connection.register("form_frame", form.to_arrow())
        connection.execute("CREATE TABLE spine AS FROM spine_frame")
        connection.execute("CREATE TABLE form AS FROM form_frame")
        joined = connection.execute(
            "SELECT spine.*, form.* EXCLUDE (team_id, known_at_utc) FROM spine ASOF LEFT JOIN form "
            "ON spine.team_id = form.team_id AND spine.as_of_utc >= form.known_at_utc ORDER BY _row"
        )
        return pl.DataFrame(joined.to_arrow_table()).drop("_row")


def _pandas(spine: pl.DataFrame, form: pl.DataFrame) -> pd.DataFrame:
    left, right = spine.to_pandas().sort_values("as_of_utc"), form.to_pandas().sort_values("known_at_utc")
    return pd.merge_asof(left, right, left_on="as_of_utc", right_on="known_at_utc", by="team_id")


@pytest.mark.parametrize(("peer", "join"), [("fairline", _ours), ("duckdb", _duckdb), ("pandas", _pandas)])
def test_join(benchmark: Any, world: tuple[pl.DataFrame, pl.DataFrame], peer: str, join: Any) -> None:
    benchmark.extra_info["peer"] = peer
    benchmark.pedantic(join, args=world, rounds=5, warmup_rounds=1)


def test_all_three_give_the_same_answer(world: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    spine, form = world
    spine = spine.head(20_000).with_columns(pl.int_range(pl.len()).alias("row"))
    ours, peer = _ours(spine, form).sort("row"), _duckdb(spine, form).sort("row")
    assert_frame_equal(ours, peer.select(ours.columns))
    third = pl.from_pandas(_pandas(spine, form)).sort("row").select("row", "value_0")
    assert_frame_equal(ours.select("row", "value_0"), third, check_dtypes=False)
