"""What dbt and Feast are told is what the contracts say."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lake.contracts.model import contract, contracts
from lake.contracts.render import DBT_MODELS, DBT_PREFIXES, dbt_contracts, rendered

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
        assert model["data_tests"] == [{"unique_key": {"arguments": {"columns": list(found.key)}}}]
        checked = {column["name"] for column in model["columns"] if "not_null" in column.get("data_tests", ())}
        assert checked == {column.name for column in found.columns if not column.nullable}


@pytest.mark.slow
def test_feast_serves_exactly_the_numbers_of_the_contract_of_team_form() -> None:
    from feast.types import Float64, Int64

    from feature_repo.definitions import FIELDS, TIMESTAMP, definitions

    form = contract("gold.football.feat_team_form")
    numbers = {column.name: column.type for column in form.columns if column.type in ("float", "int")}
    team, view, service = definitions(Path("published.parquet"))
    assert {field.name: field.dtype for field in view.schema} == {
        name: {"float": Float64, "int": Int64}[kind] for name, kind in numbers.items()
    }
    assert [column.name for column in FIELDS] == list(numbers)
    assert (TIMESTAMP, team.join_key) == ("known_at_utc", "team_id")
    assert set(form.key) == {TIMESTAMP, team.join_key}
    assert view.tags["contract_version"] == str(form.version)
    assert [projection.name for projection in service.feature_view_projections] == [view.name]


def test_no_contract_of_gold_is_left_out_of_dbt_by_its_name() -> None:
    by_dbt = {found.name for sport in SPORTS for found in dbt_contracts(sport).values()}
    features = {name for name, found in contracts().items() if name.startswith("gold.") and found.owner == "features"}
    assert by_dbt == features
