"""What dbt and Feast are told is what the contracts say."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.market.markets import MARKETS
from core.market.sports import SPORTS as PLAYED
from core.settings import load_settings
from feature_repo.tables import SERVICES, TABLES
from lake.competitions import FILE
from lake.contracts.model import contract, contracts
from lake.contracts.render import DBT_MODELS, DBT_PREFIXES, dbt_contracts, rendered
from replay.catalog import CRAFTS, craft_of
from replay.craft import PLAYER_BELIEFS, PLAYER_PREDICTIONS, PROP_VALUES
from replay.learning import learned_from
from sources.catalog import SPORTS as SOURCED

SPORTS = sorted(folder.name for folder in DBT_MODELS.iterdir() if folder.is_dir())


@pytest.mark.parametrize("sport", SPORTS)
def test_the_committed_files_are_what_the_contracts_render(sport: str) -> None:
    for path, text in rendered(sport).items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is stale: run `python -m lake.contracts.render`"


@pytest.mark.parametrize("sport", SPORTS)
def test_every_model_of_gold_has_a_contract_and_every_contract_a_model(sport: str) -> None:
    models = {path.stem for path in (DBT_MODELS / sport).rglob("*.sql") if path.stem.startswith(DBT_PREFIXES)}
    assert models == set(dbt_contracts(sport))


@pytest.mark.parametrize("sport", SPORTS)
def test_every_source_that_dbt_reads_is_a_silver_table_with_its_columns(sport: str) -> None:
    declared = yaml.safe_load((DBT_MODELS / sport / "sources.yml").read_text(encoding="utf-8"))["sources"]
    assert [source["name"] for source in declared] == [f"silver_{sport}"]
    for table in declared[0]["tables"]:
        found = contract(f"silver.{sport}.{table['name']}")
        assert [column["name"] for column in table["columns"]] == list(found.column_names)


@pytest.mark.parametrize("sport", SPORTS)
def test_dbt_checks_the_key_of_every_model_and_every_column_that_may_not_be_missing(sport: str) -> None:
    models = yaml.safe_load((DBT_MODELS / sport / "gold.yml").read_text(encoding="utf-8"))["models"]
    for model in models:
        found = contract(f"gold.{sport}.{model['name']}")
        present = [column.name for column in found.columns if not column.nullable]
        assert model["data_tests"] == [
            {"unique_key": {"arguments": {"columns": list(found.key)}}},
            {"never_null": {"arguments": {"columns": present}}},
        ]


@pytest.mark.slow
@pytest.mark.parametrize("sport", SPORTS)
def test_feast_serves_exactly_the_numbers_of_the_contracts_of_teams(sport: str) -> None:
    from feast.types import Float64, Int64

    from feature_repo.definitions import TIMESTAMP, all_fields, definitions

    types = {"float": Float64, "int": Int64}
    views, (team, *_, service) = definitions(sport, Path("published.parquet"))
    assert (TIMESTAMP, team.join_key) == ("known_at_utc", "team_id")
    for table, view in zip(TABLES[sport], views, strict=True):
        found = contract(f"gold.{sport}.{table}")
        numbers = {column.name: types[column.type] for column in found.columns if column.type in types}
        assert {field.name: field.dtype for field in view.schema} == numbers
        assert set(found.key) == {TIMESTAMP, team.join_key}
        assert view.tags["contract_version"] == str(found.version)
    names = [column.name for column in all_fields(sport)]
    assert len(names) == len(set(names)), "features of two tables share a name"
    assert [projection.name for projection in service.feature_view_projections] == [view.name for view in views]


def test_every_catalogue_names_the_same_sports() -> None:
    catalogues = {
        "core/market/sports.py": PLAYED, "sources/catalog.py": SOURCED, "replay/catalog.py": CRAFTS,
        "feature_repo/tables.py, TABLES": TABLES, "feature_repo/tables.py, SERVICES": SERVICES,
        "lake/contracts/competitions.yaml": yaml.safe_load(FILE.read_text(encoding="utf-8")),
        "lake/contracts": {found.identity[1] for found in contracts().values() if found.identity[0] == "silver"},
        "dbt_project/models": SPORTS, "settings.sports": load_settings().sports,
        "settings.uncertainties": load_settings().uncertainties,
    }  # fmt: skip
    assert {name: sorted(sports) for name, sports in catalogues.items()} == dict.fromkeys(catalogues, SPORTS)


@pytest.mark.parametrize("sport", SPORTS)
def test_what_is_said_of_a_sport_fits_its_tables(sport: str) -> None:
    said, craft = PLAYED[sport], craft_of(sport)
    assert set(said.scores) <= set(contract(f"silver.{sport}.matches").column_names)
    assert set(said.scores) <= set(contract(f"gold.{sport}.score_grids").column_names)
    for market, table in said.price_tables.items():
        prices = {f"{selection}_odds_dec" for selection in MARKETS[market].selections}
        assert prices <= set(contract(f"gold.{sport}.{table}").column_names)
    assert set(learned_from(sport)) <= set(contracts())
    names = (PLAYER_PREDICTIONS, PLAYER_BELIEFS, PROP_VALUES)
    of_players = {name for name in names if f"gold.{sport}.{name}" in contracts()}
    assert bool(craft.players) == bool(of_players)
    assert set(craft.PLAYERS_FROM) == of_players
    assert bool(craft.backtest) == (f"gold.{sport}.backtests" in contracts())


def test_no_contract_of_gold_is_left_out_of_dbt_by_its_name() -> None:
    by_dbt = {found.name for sport in SPORTS for found in dbt_contracts(sport).values()}
    features = {name for name, found in contracts().items() if name.startswith("gold.") and found.owner == "features"}
    assert by_dbt == features
