"""What a contract is, and how it is read from YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from core.errors import ContractBroken

HERE = Path(__file__).parent

POLARS_TYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
    "timestamp": pl.Datetime("us", "UTC"),
    "date": pl.Date(),
    "binary": pl.Binary(),
}


@dataclass(frozen=True)
class Column:
    """One column: its type, unit and the values it may take.

    `low` and `high` are inclusive bounds; a volatile column never counts when two tables are compared.
    """

    name: str
    type: str
    description: str
    nullable: bool = False
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    volatile: bool = False

    @property
    def polars_type(self) -> pl.DataType:
        """The type of its values in a frame."""
        return POLARS_TYPES[self.type]


@dataclass(frozen=True)
class Contract:
    """One table: `layer.group.entity`, its grain, key, partitions and columns."""

    name: str
    version: int
    owner: str
    grain: str
    key: tuple[str, ...]
    partition_by: tuple[str, ...]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        missing = (set(self.key) | set(self.partition_by)) - set(self.column_names)
        if missing:
            raise ContractBroken(f"Contract {self.name} names columns it does not have: {sorted(missing)}.")
        loose = [c.name for c in self.columns if c.name in self.partition_by and (c.nullable or c.type != "string")]
        if loose:
            raise ContractBroken(
                f"Contract {self.name} is partitioned by {loose}, which must be text and never missing."
            )

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """The asset key, and with slashes the path in the lake: ("silver", "football", "matches")."""
        return tuple(self.name.split("."))

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Columns in the contract's order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def stable_columns(self) -> tuple[str, ...]:
        """Columns that count when two tables are compared."""
        return tuple(column.name for column in self.columns if not column.volatile)

    @cached_property
    def schema(self) -> pl.Schema:
        """Names and types, as Polars wants them."""
        return pl.Schema({column.name: column.polars_type for column in self.columns})

    def empty(self) -> pl.DataFrame:
        """A frame of no rows with this contract's columns."""
        return self._empty.clone()

    @cached_property
    def _empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.schema)


def contract(name: str) -> Contract:
    """The contract called `layer.group.entity`; raises ContractBroken where there is none."""
    found = contracts().get(name)
    if found is None:
        raise ContractBroken(f"There is no contract called {name}.", "Contracts are the files of lake/contracts/.")
    return found


@cache
def contracts() -> Mapping[str, Contract]:
    """All contracts by name."""
    shared = yaml.safe_load((HERE / "common" / "columns.yaml").read_text(encoding="utf-8"))
    return {found.name: found for found in (_read(path, shared) for path in _files())}


def _files() -> Iterator[Path]:
    for layer in ("bronze", "silver", "gold", "quarantine"):
        yield from sorted((HERE / layer).rglob("*.yaml"))


def _read(path: Path, shared: Mapping[str, Any]) -> Contract:
    text = _text(path)
    columns = {name: spec for group in text.get("include", ()) for name, spec in shared[group].items()}
    columns |= text["columns"]
    found = Contract(
        name=text["name"],
        version=text["version"],
        owner=text["owner"],
        grain=text["grain"],
        key=tuple(text["key"]),
        partition_by=tuple(text["partition_by"]),
        columns=tuple(_column(name, spec) for name, spec in columns.items()),
    )
    if path.relative_to(HERE).with_suffix("").parts != found.identity:
        raise ContractBroken(f"Contract {found.name} stands in the wrong file, {path.relative_to(HERE)}.")
    return found


def _text(path: Path) -> dict[str, Any]:
    """A contract as written; `like` names another whose words hold wherever this one says nothing."""
    text: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    if "like" not in text:
        return text
    model = _text(HERE.joinpath(*text["like"].split(".")).with_suffix(".yaml"))
    return model | text | {"columns": model["columns"] | text.get("columns", {})}


def _column(name: str, spec: Mapping[str, Any]) -> Column:
    return Column(
        name=name,
        type=spec["type"],
        description=spec["description"],
        nullable=spec.get("nullable", False),
        unit=spec.get("unit"),
        low=spec.get("min"),
        high=spec.get("max"),
        allowed=tuple(spec["in"]) if "in" in spec else None,
        pattern=spec.get("pattern"),
        volatile=spec.get("volatile", False),
    )
