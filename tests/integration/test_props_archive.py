"""Props on real box scores of 2023-24: foretold week by week, better than averages, and as unsure as they say."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from filelock import FileLock
from jsonschema import Draft202012Validator

from core.settings import load_settings
from replay.props import backtest
from tests.integration.nba import collected
from tests.integration.runs import shared
from tests.unit.replay.hoops import put

pytestmark = pytest.mark.slow
LAST = date(2024, 2, 15)
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "backtest-basketball.json"


@pytest.fixture(scope="module")
def report(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """As JSON says it; made by the first worker that asks, for which the others wait."""
    folder = shared(tmp_path_factory)
    told = folder / "props-archive.json"
    with FileLock(folder / "props-archive.lock"):
        if not told.exists():
            told.write_text(json.dumps(_reported(archive, folder / "props-archive"), allow_nan=False), encoding="utf-8")
    return json.loads(told.read_text(encoding="utf-8"))


def _reported(archive: Path, root: Path) -> Any:
    """Of the games to the middle of February, without any price: expected margins are the same for all."""
    lake = collected(archive, root, ("stats_nba_com",), "2023-24")
    rows = lake.table("silver.basketball.matches").read(pl.col("season_type") == "regular")
    first = rows.sort("known_at_utc").unique("match_id", keep="first", maintain_order=True)
    noon = (pl.col("event_at_utc") - timedelta(hours=6)).alias("as_of_utc")
    decisions = first.with_columns(noon, is_upcoming=pl.lit(False), is_neutral=pl.lit(False))
    put(lake, "gold.basketball.spn_decisions", decisions)
    settings = load_settings().of("basketball")
    return backtest.report(lake, settings, date(2023, 10, 1), LAST, lambda _: None)["NBA"]


def test_points_of_everyone_are_foretold_better_than_by_any_average(report: Any) -> None:
    for part in report["parts"].values():
        found = part["everyone who played"]["points"]
        assert found["mae_gain_share"] > 0.005
        assert found["crps"] < found["mae"] * 0.75


def test_stated_intervals_hold_what_they_say_within_three_points(report: Any) -> None:
    for part in report["parts"].values():
        for population in part.values():
            for name in ("points", "rebounds", "assists", "threes"):
                inside = population[name]["inside_interval"]
                assert {share: inside[share] for share in inside} == pytest.approx(
                    {"50": 0.5, "80": 0.8, "94": 0.94}, abs=0.03
                ), name


def test_no_price_is_known_so_none_is_judged(report: Any) -> None:
    assert report["prices"] == {"at_decision": {"n": 0}, "before_the_game": {"n": 0}}


def test_the_report_fits_the_schema_of_a_backtest(report: Any) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator({"$ref": "#/$defs/players", "$defs": schema["$defs"]}).validate(report)
