"""Files derived from contracts: dbt's sources and gold models' properties. Run `python -m lake.contracts.render`.

Tests hold the files equal to what this renders, so a contract and dbt cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from lake.contracts.model import Column, Contract, contracts

DBT_MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
DBT_PREFIXES = ("dim_", "fct_", "feat_", "spn_")
_READ = re.compile(r"source\(\s*'silver_(\w+?)'\s*,\s*'(\w+)'\s*\)")
_HEADER = "# Rendered from lake/contracts by `python -m lake.contracts.render`; tests/contract holds them equal.\n"


def rendered(sport: str) -> dict[Path, str]:
    """The text of every derived file of a sport."""
    folder = DBT_MODELS / sport
    return {
        folder / "sources.yml": _HEADER + _dump(_sources(sport)),
        folder / "gold.yml": _HEADER + _dump(_models(sport)),
    }


def dbt_contracts(sport: str) -> dict[str, Contract]:
    """Contracts of the gold tables that dbt builds, by model name."""
    found = (c for c in contracts().values() if c.identity[:2] == ("gold", sport))
    return {c.identity[2]: c for c in found if c.identity[2].startswith(DBT_PREFIXES)}


def source_entities(sport: str) -> tuple[str, ...]:
    """Silver tables that the models of a sport read, as their SQL says."""
    texts = (path.read_text(encoding="utf-8") for path in (DBT_MODELS / sport).rglob("*.sql"))
    return tuple(sorted({entity for text in texts for read, entity in _READ.findall(text) if read == sport}))


def _sources(sport: str) -> dict[str, Any]:
    tables = [_table(contracts()[f"silver.{sport}.{entity}"]) for entity in source_entities(sport)]
    return {"version": 2, "sources": [{"name": f"silver_{sport}", "schema": f"silver_{sport}", "tables": tables}]}


def _table(contract: Contract) -> dict[str, Any]:
    columns = [{"name": c.name, "description": c.description} for c in contract.columns]
    return {"name": contract.identity[2], "description": contract.grain, "columns": columns}


def _models(sport: str) -> dict[str, Any]:
    return {"version": 2, "models": [_model(contract) for contract in dbt_contracts(sport).values()]}


def _model(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.identity[2],
        "description": f"Grain: {contract.grain}. Contract version {contract.version}, owner {contract.owner}.",
        "data_tests": [
            {"unique_key": {"arguments": {"columns": list(contract.key)}}},
            {"never_null": {"arguments": {"columns": [c.name for c in contract.columns if not c.nullable]}}},
        ],
        "columns": [_column(column) for column in contract.columns],
    }


def _column(column: Column) -> dict[str, Any]:
    unit = f" Unit: {column.unit}." if column.unit else ""
    return {"name": column.name, "description": column.description + unit}


def _dump(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=120, allow_unicode=True)


def _sports() -> Iterator[str]:
    yield from sorted(folder.name for folder in DBT_MODELS.iterdir() if folder.is_dir())


if __name__ == "__main__":
    for sport in _sports():
        for path, text in rendered(sport).items():
            path.write_text(text, encoding="utf-8")
