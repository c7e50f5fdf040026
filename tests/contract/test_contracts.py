"""Every contract loads, stands where its name says, and keeps the house's rules of naming."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from core.errors import ContractBroken
from core.market.markets import MARKETS
from core.market.odds import MAX_ODDS_DEC
from lake.contracts.model import HERE, POLARS_TYPES, Column, Contract, contract, contracts
from lake.storage import Lake

LAYERS = ("bronze", "silver", "gold", "quarantine")
FILES = sorted(path for layer in LAYERS for path in (HERE / layer).rglob("*.yaml"))
UNITS = {"_minutes": "minutes", "_km": "km", "_eur": "EUR"}
ODDS = {name for found in contracts().values() for name in found.column_names if name.endswith("_odds_dec")}
WHOLE_TICKETS = {
    f"gold.desk.{name}_odds_dec" for name in ("tickets.price", "tickets.minimum_price", "placements.price")
}
"""Products of several legs' prices, which end nowhere."""
ALL = pytest.mark.parametrize("found", contracts().values(), ids=contracts().keys())


def offenders(broken: Callable[[Column], bool]) -> list[str]:
    """Columns of all contracts that break a rule, by full name."""
    return [
        f"{found.name}.{column.name}" for found in contracts().values() for column in found.columns if broken(column)
    ]


def specs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every column as it is written in YAML, with the file that writes it."""
    for path in FILES:
        for spec in yaml.safe_load(path.read_text(encoding="utf-8")).get("columns", {}).values():
            yield path.name, spec
    for group in yaml.safe_load((HERE / "common" / "columns.yaml").read_text(encoding="utf-8")).values():
        for spec in group.values():
            yield "columns.yaml", spec


def test_every_file_is_a_contract_and_every_contract_is_a_file() -> None:
    assert sorted(contracts()) == sorted(".".join(path.relative_to(HERE).with_suffix("").parts) for path in FILES)
    assert len(FILES) >= 17


@ALL
def test_name_asset_key_and_path_in_the_lake_are_one_identity(found: Contract, tmp_path: Path) -> None:
    assert found.identity == tuple(found.name.split("."))
    assert len(found.identity) == 3
    assert found.identity[0] in LAYERS
    assert Lake(tmp_path).table(found.name).path == tmp_path / "/".join(found.identity)
    assert contract(found.name) is found


@ALL
def test_a_contract_says_what_a_row_is_who_owns_it_and_its_version(found: Contract) -> None:
    assert found.version >= 1
    assert found.grain
    assert re.fullmatch(r"[a-z]+", found.owner)
    assert all(column.description.endswith(".") for column in found.columns)
    assert found.key


@ALL
def test_key_and_partition_columns_are_never_missing_in_a_row(found: Contract) -> None:
    """But for the line of a market that has none, and the player of a bet on a match: null is then a value of the key,
    and keys compare nulls as equal."""
    columns = {column.name: column for column in found.columns}
    free = {"line", "player_id"} if "desk" in found.identity else {"line"}
    named = [name for name in (*found.key, *found.partition_by) if name not in free]
    assert [name for name in named if columns[name].nullable] == []


@ALL
def test_a_key_holds_nothing_that_changes_from_run_to_run(found: Contract) -> None:
    columns = {column.name: column for column in found.columns}
    assert not any(columns[name].volatile for name in found.key)
    assert set(found.stable_columns) < set(found.column_names) or not any(column.volatile for column in found.columns)


@ALL
def test_partitions_are_text_because_a_path_holds_nothing_else(found: Contract) -> None:
    assert {found.schema[name] for name in found.partition_by} <= {pl.String()}


@ALL
def test_an_empty_frame_has_the_contracts_columns_and_types(found: Contract) -> None:
    assert dict(found.empty().schema) == found.schema
    assert list(found.schema) == list(found.column_names)


def test_every_word_in_a_column_is_one_that_is_read() -> None:
    known = {"type", "description", "nullable", "unit", "min", "max", "in", "pattern", "volatile"}
    assert [(file, sorted(spec.keys() - known)) for file, spec in specs() if spec.keys() - known] == []
    assert {spec["type"] for _, spec in specs()} <= set(POLARS_TYPES)


def test_every_time_is_in_utc_and_named_so() -> None:
    assert (
        offenders(lambda c: c.type == "timestamp" and not (c.name.endswith("_at_utc") or c.name == "as_of_utc")) == []
    )
    assert offenders(lambda c: c.name.endswith("_utc") and c.type != "timestamp") == []
    assert POLARS_TYPES["timestamp"] == pl.Datetime("us", "UTC")


def test_the_moment_of_a_decision_stands_in_gold_only() -> None:
    assert [name for name in offenders(lambda c: c.name == "as_of_utc") if not name.startswith("gold.")] == []


def test_when_we_wrote_it_never_counts_in_a_comparison() -> None:
    assert offenders(lambda c: c.name == "ingested_at_utc" and not c.volatile) == []


def test_silver_says_of_every_known_time_how_it_was_found() -> None:
    silver = [found for name, found in contracts().items() if name.startswith("silver.")]
    with_time = [found for found in silver if "known_at_utc" in found.column_names]
    assert {"silver.football.matches", "silver.football.odds_quotes"} <= {found.name for found in with_time}
    assert [found.name for found in with_time if "known_at_basis" not in found.column_names] == []


@pytest.mark.parametrize("suffix", ["_prob", "_share"])
def test_probabilities_and_shares_lie_between_none_and_all(suffix: str) -> None:
    assert offenders(lambda c: c.name.endswith(suffix) and (c.type, c.low, c.high) != ("float", 0, 1)) == []


def test_a_decimal_price_is_a_number_above_one() -> None:
    priced = offenders(lambda c: c.name.endswith("_odds_dec"))
    assert len(priced) >= 10
    assert offenders(lambda c: c.name in ODDS and not (c.type == "float" and c.low is not None and c.low > 1)) == []


def test_a_price_that_a_book_quotes_ends_where_the_ladder_ends() -> None:
    quoted = {name for name in ODDS if "fair" not in name.split("_")}
    unbounded = offenders(lambda c: c.name in quoted and not (c.high is not None and c.high <= MAX_ODDS_DEC))
    assert [name for name in unbounded if name not in WHOLE_TICKETS] == []


def test_a_name_that_carries_a_unit_agrees_with_the_unit() -> None:
    for suffix, unit in UNITS.items():
        assert offenders(lambda c, end=suffix, told=unit: c.name.endswith(end) and c.unit != told) == []


def test_bounds_are_bounds_and_only_numbers_have_them() -> None:
    assert offenders(lambda c: c.low is not None and c.high is not None and c.low > c.high) == []
    assert offenders(lambda c: (c.low is not None or c.high is not None) and c.type not in ("int", "float")) == []
    assert offenders(lambda c: (c.allowed is not None or c.pattern is not None) and c.type != "string") == []


def test_names_are_small_letters_digits_and_single_underscores() -> None:
    assert offenders(lambda c: re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", c.name) is None) == []


def test_quotes_allow_only_markets_and_selections_that_are_sold() -> None:
    allowed = {column.name: column.allowed for column in contract("silver.football.odds_quotes").columns}
    sold = {selection for market in MARKETS.values() for selection in market.selections}
    assert set() < set(allowed["market"] or ()) <= set(MARKETS)
    assert set() < set(allowed["selection"] or ()) <= sold


def test_a_contract_that_does_not_exist_is_refused_and_the_folder_named() -> None:
    with pytest.raises(ContractBroken, match=r"no contract called silver\.football\.dreams.*lake/contracts/"):
        contract("silver.football.dreams")
