"""An invented lake of two leagues, three seasons long, in which the truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from lake.contracts.model import contract
from lake.storage import Lake
from tests.gold import gold

LEAGUES = {"E0": 6, "D1": 4}


def _matches() -> pl.DataFrame:
    """Three seasons of weekly rounds whose true probabilities are kept in the columns p0, p1 and p2."""
    generator = np.random.default_rng(17)
    rows = []
    for year in (2021, 2022, 2023):
        for week in range(38):
            kickoff = datetime(year, 8, 7, 14, tzinfo=UTC) + timedelta(weeks=week)
            for league, per_week in LEAGUES.items():
                for place in range(per_week):
                    p = generator.dirichlet([6, 4, 4])
                    outcome = int(generator.choice(3, p=p))
                    goals = ((1, 0), (1, 1), (0, 2))[outcome]
                    name = f"{league}-{year}-{week:02d}-{place}"
                    clubs = [f"{league}-{(2 * place + week + side) % (2 * per_week)}" for side in (0, 1)]
                    rows.append((name, league, f"{year}-{(year + 1) % 100}", kickoff, *clubs, *goals, *p))
    names = ["match_id", "competition_id", "season_code", "event_at_utc", "home_team_id", "away_team_id"]
    frame = pl.DataFrame(rows, schema=[*names, "home_goals", "away_goals", "p0", "p1", "p2"], orient="row")
    return frame.with_columns(
        (pl.col("event_at_utc") - timedelta(hours=22)).alias("as_of_utc"), pl.lit(False).alias("is_upcoming")
    )


def _filled(name: str, frame: pl.DataFrame, **usual: Any) -> pl.DataFrame:
    """The frame with every other column of the contract: null, or a usual value of its type."""
    plain: Mapping[str, Any] = {"string": "x", "int": 1, "float": 1.0, "bool": False, "timestamp": None}
    found = contract(gold(name))
    missing = [column for column in found.columns if column.name not in frame.columns]
    return frame.with_columns(
        pl.lit(usual.get(column.name, None if column.nullable else plain[column.type])).alias(column.name)
        for column in missing
    )


def _prices(matches: pl.DataFrame) -> pl.DataFrame:
    """Opening prices with noise from two books, and the close of Pinnacle at the truth."""
    generator = np.random.default_rng(18)
    p = matches.select("p0", "p1", "p2").to_numpy()
    frames = []
    for book, kind, spread in (("pinnacle", "opening", 0.06), ("bet365", "opening", 0.1), ("pinnacle", "closing", 0.0)):
        noisy = p * np.exp(generator.normal(0, spread, p.shape))
        odds = 1 / (noisy / noisy.sum(axis=1, keepdims=True) * 1.03)
        known = pl.col("event_at_utc") if kind == "closing" else pl.col("as_of_utc") - timedelta(hours=1)
        frames.append(
            matches.with_columns(
                pl.lit(book).alias("bookmaker"), pl.lit(kind).alias("quote_kind"), known.alias("known_at_utc"),
                pl.lit(False).alias("is_aggregate"),
                *(
                    pl.Series(f"{side}_odds_dec", odds[:, n]).clip(1.01, 900)
                    for n, side in enumerate(("home", "draw", "away"))
                ),
            )
        )  # fmt: skip
    return pl.concat(frames)


def _total_prices(matches: pl.DataFrame) -> pl.DataFrame:
    """Pinnacle's opening and closing prices of 2.5 goals, the same for all but for noise."""
    generator = np.random.default_rng(19)
    frames = []
    for kind in ("opening", "closing"):
        likely = generator.uniform(0.45, 0.55, len(matches))
        known = pl.col("event_at_utc") if kind == "closing" else pl.col("as_of_utc") - timedelta(hours=1)
        frames.append(
            matches.with_columns(
                pl.lit("pinnacle").alias("bookmaker"), pl.lit(kind).alias("quote_kind"), known.alias("known_at_utc"),
                pl.lit(False).alias("is_aggregate"), pl.lit(2.5).alias("line"),
                pl.Series("over_odds_dec", 0.97 / likely), pl.Series("under_odds_dec", 0.97 / (1 - likely)),
            )
        )  # fmt: skip
    return pl.concat(frames)


@pytest.fixture(scope="session")
def matches() -> pl.DataFrame:
    return _matches()


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory, matches: pl.DataFrame) -> Lake:
    made = Lake(tmp_path_factory.mktemp("lake"))
    form = pl.concat(
        matches.select(pl.col(f"{side}_team_id").alias("team_id"), "competition_id", "season_code", "match_id",
                       "event_at_utc", (pl.col("event_at_utc") + timedelta(hours=3)).alias("known_at_utc"))
        for side in ("home", "away")
    )  # fmt: skip
    over = matches.with_columns(
        (pl.col("event_at_utc") + timedelta(hours=3)).alias("known_at_utc"), pl.lit("finished").alias("state")
    )
    frames = {
        "spn_decisions": matches, "feat_match_schedule": matches, "fct_results": over, "feat_team_form": form,
        "fct_match_prices": _prices(matches),
        "fct_total_prices": _total_prices(matches),
    }  # fmt: skip
    for name, frame in frames.items():
        made.table(gold(name)).replace(_filled(name, frame))
    return made
