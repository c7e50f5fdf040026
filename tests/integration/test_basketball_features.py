"""Basketball's features on real files: enough of them, none without variance, few gaps, and each in one group.

Stated population: decisions of 2023-24, a season whose players' games are told and before which another one is known.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from assets import dbt_runner
from lake.contracts.render import source_entities
from lake.views import open_snapshot, read_table
from models.basketball.groups import MATCH_TABLES, TEAM_TABLES, of_table
from models.props import groups as of_players
from tests.integration.nba import NOW, SPORT, collected

pytestmark = pytest.mark.slow
SEASON, BEFORE = "2023-24", "2022-23"
FEWEST, MOST_MISSING = 50, 0.4
Gold = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def gold(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Gold:
    """Tables of features, as dbt builds them of two seasons."""
    folder = tmp_path_factory.mktemp("features")
    lake = collected(archive, folder / "lake", ("stats_nba_com", "local_sets"), BEFORE, SEASON)
    database = folder / dbt_runner.DATABASE_NAME
    open_snapshot(database, lake, [f"silver.{SPORT}.{entity}" for entity in source_entities(SPORT)])
    built = dbt_runner.build(database, {"as_of_utc": NOW.isoformat(), "horizon_hours": 30}, SPORT)
    assert built.success, built.exception
    names = (*TEAM_TABLES, *MATCH_TABLES, of_players.TABLE)
    return {name: read_table(database, f"gold_{SPORT}", name).filter(season_code=SEASON) for name in names}


def numbers(rows: pl.DataFrame) -> list[str]:
    return [name for name, kind in rows.schema.items() if kind.is_numeric()]


def test_a_team_game_and_a_player_game_have_fifty_features_each(gold: Gold) -> None:
    of_teams = [name for table in TEAM_TABLES for name in numbers(gold[table])]
    of_sides = [name for table in MATCH_TABLES for name in numbers(gold[table]) if name.startswith("home_")]
    assert len(of_teams) == len(set(of_teams))
    assert min(len(of_teams) + len(of_sides), len(numbers(gold[of_players.TABLE]))) >= FEWEST


@pytest.mark.parametrize("table", [*TEAM_TABLES, *MATCH_TABLES, of_players.TABLE])
def test_every_feature_varies_and_few_are_missing(gold: Gold, table: str) -> None:
    rows = gold[table]
    assert len(rows) > 1_000
    names = numbers(rows)
    dead = [name for name in names if not rows[name].cast(pl.Float64).var()]
    missing = {name: share for name in names if (share := rows[name].null_count() / len(rows)) >= MOST_MISSING}
    assert (dead, missing) == ([], {})


@pytest.mark.parametrize("table", [*TEAM_TABLES, *MATCH_TABLES])
def test_every_feature_of_a_team_is_in_a_group(gold: Gold, table: str) -> None:
    assert set(numbers(gold[table])) == set(of_table(table))


def test_every_feature_of_a_player_is_in_a_group(gold: Gold) -> None:
    assert set(numbers(gold[of_players.TABLE])) == set(of_players.of_table()) - {"player_role"}
