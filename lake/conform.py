"""Holding a frame against its contract: good rows, and refused rows each with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from core.errors import ContractBroken
from lake.contracts.model import Column, Contract

REASON, DETAIL = "_reason", "_detail"
_RULE, _FRACTION = "_rule", "_fraction"


@dataclass(frozen=True)
class Conformed:
    """`good` has exactly the contract's columns; `refused` keeps every column, with `_reason` and `_detail`."""

    good: pl.DataFrame
    refused: pl.DataFrame


def conform(frame: pl.DataFrame, contract: Contract, beside: Sequence[str] = ()) -> Conformed:
    """Split rows into those that keep the contract and those that break it; the first broken rule names the reason.

    `beside`: further columns of the frame that `good` keeps, behind the contract's. Raises ContractBroken where a whole
    column is missing or cannot be cast: that is a fault of code, not of data.
    """
    typed = _cast(frame.with_columns(_fractions(frame, contract).alias(_FRACTION)), contract)
    broken, said = _judging(contract)
    judged = typed.with_columns(broken)
    refused = judged.filter(_RULE).with_columns(pl.lit("contract").alias(REASON), said.alias(DETAIL))
    good = judged.filter(~pl.col(_RULE)).select(*contract.column_names, *beside)
    return Conformed(good, refused.drop(_RULE, _FRACTION))


def with_optional(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The frame with every column that may be null: null throughout where it was left out."""
    absent = [column for column in contract.columns if column.nullable and column.name not in frame.columns]
    return frame.with_columns(pl.lit(None, column.polars_type).alias(column.name) for column in absent)


def require(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The frame in the contract's columns and types; raises ContractBroken at the first row that breaks it."""
    conformed = conform(frame, contract)
    if len(conformed.refused):
        first = conformed.refused.row(0, named=True)
        raise ContractBroken(f"{len(conformed.refused)} rows break {contract.name}: {first[DETAIL]}")
    repeated = conformed.good.select(contract.key).is_duplicated().sum()
    if repeated:
        raise ContractBroken(f"{repeated} rows of {contract.name} share a key {contract.key}.")
    return conformed.good


def _cast(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    missing = [name for name in contract.column_names if name not in frame.columns]
    if missing:
        raise ContractBroken(f"A frame for {contract.name} lacks the columns {missing}.")
    naive = [
        c.name
        for c in contract.columns
        if c.type == "timestamp" and getattr(frame.schema[c.name], "time_zone", "") is None
    ]
    if naive:
        raise ContractBroken(f"A frame for {contract.name} has times without a zone: {naive}.")
    try:
        return frame.with_columns(pl.col(column.name).cast(column.polars_type) for column in contract.columns)
    except pl.exceptions.PolarsError as error:
        raise ContractBroken(f"A frame for {contract.name} has a column of the wrong type: {error}") from error


def _fractions(frame: pl.DataFrame, contract: Contract) -> pl.Expr:
    """A sentence where a whole number has a fraction, judged before the cast would cut it off."""
    whole = [c.name for c in contract.columns if c.type == "int" and frame.schema.get(c.name, pl.Int64).is_float()]
    said = [
        pl.when(pl.col(name) % 1 != 0).then(pl.concat_str(pl.lit(f"{name} '"), name, pl.lit("' is no whole number.")))
        for name in whole
    ]
    return pl.coalesce(*said, pl.lit(None, pl.String))


@dataclass(frozen=True)
class _Rule:
    """`broken` is true where a row breaks it (null counts as kept); `sentence` says so."""

    broken: pl.Expr
    sentence: pl.Expr


@cache
def _judging(contract: Contract) -> tuple[pl.Expr, pl.Expr]:
    """Whether a row breaks a rule, never null, and the sentence of the first that it breaks, in the columns' order."""
    fraction = _Rule(pl.col(_FRACTION).is_not_null(), pl.col(_FRACTION))
    rules = [fraction, *(rule for column in contract.columns for rule in _rules(column))]
    broken = pl.any_horizontal([rule.broken for rule in rules]).fill_null(False)
    return broken.alias(_RULE), pl.coalesce([pl.when(rule.broken).then(rule.sentence) for rule in rules])


def _rules(column: Column) -> list[_Rule]:
    value = pl.col(column.name)
    found: list[tuple[pl.Expr, str]] = []
    if not column.nullable:
        found.append((value.is_null(), "is missing"))
    if column.type == "float":
        found.append((value.is_nan() | value.is_infinite(), "is not a number"))
    if column.low is not None:
        found.append((value < column.low, f"is below {column.low:g}"))
    if column.high is not None:
        found.append((value > column.high, f"is above {column.high:g}"))
    if column.allowed is not None:
        found.append((~value.is_in(column.allowed), f"is none of {', '.join(column.allowed)}"))
    if column.pattern is not None:
        found.append((~value.str.contains(column.pattern), f"does not look like {column.pattern}"))
    shown = value.cast(pl.String, strict=False).fill_null("nothing") if column.type != "binary" else pl.lit("bytes")
    return [
        _Rule(broken, pl.concat_str(pl.lit(f"{column.name} '"), shown, pl.lit(f"' {fault}.")))
        for broken, fault in found
    ]
