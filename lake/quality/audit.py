"""Auditing a frame against its contract with Great Expectations; a sample of the findings is kept for people to read.

Intraday runs check contracts with Polars (lake.conform); this import takes seconds, so only the nightly audit pays it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from lake.contracts.model import Contract

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation

SAMPLE_ROWS = 200_000
"""Rows audited of a large table: the newest by the contract's order, so that memory stays bounded."""


@dataclass(frozen=True)
class Finding:
    """One expectation: what it is, on which column, whether it held, and how many values broke it."""

    expectation: str
    column: str
    success: bool
    unexpected: int


def audit(frame: pl.DataFrame, contract: Contract) -> list[Finding]:
    """Every expectation of the contract held against the frame (its last 200,000 rows)."""
    sample = frame.tail(SAMPLE_ROWS).select(contract.column_names)
    asset = _context().data_sources.add_or_update_pandas("gold").add_dataframe_asset(name=contract.name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": sample.to_pandas()})
    result = batch.validate(suite(contract), result_format={"result_format": "SUMMARY", "partial_unexpected_count": 3})
    return [_finding(found) for found in result.results]


def suite(contract: Contract) -> Any:
    """The contract as an ExpectationSuite."""
    import great_expectations as gx

    made = gx.ExpectationSuite(name=contract.name)
    for expectation in _expectations(contract):
        made.add_expectation(expectation)
    return made


def _expectations(contract: Contract) -> Iterator[Expectation]:
    import great_expectations.expectations as gxe

    yield gxe.ExpectTableColumnsToMatchSet(column_set=list(contract.column_names), exact_match=True)
    if len(contract.key) > 1:
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=list(contract.key))
    else:
        yield gxe.ExpectColumnValuesToBeUnique(column=contract.key[0])
    for column in contract.columns:
        if not column.nullable:
            yield gxe.ExpectColumnValuesToNotBeNull(column=column.name)
        if column.low is not None or column.high is not None:
            yield gxe.ExpectColumnValuesToBeBetween(column=column.name, min_value=column.low, max_value=column.high)
        if column.allowed is not None:
            yield gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.allowed))
        if column.pattern is not None:
            yield gxe.ExpectColumnValuesToMatchRegex(column=column.name, regex=column.pattern)


@cache
def _context() -> Any:
    os.environ |= {"GX_ANALYTICS_ENABLED": "false", "TQDM_DISABLE": "1"}
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _finding(found: Any) -> Finding:
    arguments = found.expectation_config.kwargs
    column = arguments.get("column") or ", ".join(arguments.get("column_list", ()))
    unexpected = found.result.get("unexpected_count") or 0
    return Finding(found.expectation_config.type, column, bool(found.success), int(unexpected))
