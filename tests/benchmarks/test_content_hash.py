"""The content hash of a million prices, whatever their order, against pandas' row hashes and a sorted file's."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lake.contracts.model import contract
from lake.hashing import content_hash

pytestmark = pytest.mark.benchmark(group="content hash of 1,000,000 prices")
ROWS = 1_000_000
CONTRACT = contract("gold.football.fct_match_prices")


@pytest.fixture(scope="module")
def prices() -> pl.DataFrame:
    """Invented prices, seeded."""
    generator = np.random.default_rng(5)
    frame = pl.DataFrame({"match_id": [f"E0-m{number // 8:07d}" for number in range(ROWS)]}).with_columns(
        pl.lit("E0").alias("competition_id"), pl.lit("2023-24").alias("season_code"),
        pl.Series("bookmaker", generator.choice(["bet365", "bwin", "pinnacle", "william_hill"], ROWS)),
        pl.lit(False).alias("is_aggregate"), pl.lit("opening").alias("quote_kind"),
        pl.lit(datetime(2024, 5, 10, 16, tzinfo=UTC)).alias("known_at_utc"),
        *(
            pl.Series(f"{side}_odds_dec", generator.integers(110, 900, ROWS) / 100)
            for side in ("home", "draw", "away")
        ),
    )  # fmt: skip
    return frame.select(CONTRACT.column_names).cast(CONTRACT.schema)


def _ours(prices: pl.DataFrame) -> str:
    return content_hash(prices, CONTRACT)


def _pandas(prices: pl.DataFrame) -> str:
    rows = pd.util.hash_pandas_object(prices.to_pandas(), index=False)
    return str(int(rows.sum()))


def _sorted(prices: pl.DataFrame) -> str:
    out = io.BytesIO()
    prices.sort(prices.columns).write_csv(out)
    return hashlib.sha256(out.getvalue()).hexdigest()


@pytest.mark.parametrize(
    ("peer", "hash_of"), [("fairline", _ours), ("pandas, 64 bits a row", _pandas), ("sort, CSV, SHA-256", _sorted)]
)
def test_hash(benchmark: Any, prices: pl.DataFrame, peer: str, hash_of: Any) -> None:
    benchmark.extra_info["peer"] = peer
    benchmark.pedantic(hash_of, args=(prices,), rounds=3, warmup_rounds=1)


def test_the_hash_does_not_depend_on_the_order_and_does_on_every_cell(prices: pl.DataFrame) -> None:
    some = prices.head(2_000)
    assert _ours(some) == _ours(some.reverse())
    assert _ours(some) != _ours(some.with_columns(pl.col("draw_odds_dec") + 0.01))
