"""Auditing frames with Great Expectations, against a contract or against bounds; findings are kept for Data Docs.

Intraday runs check contracts with Polars (lake.conform); this import takes seconds, so only the nightly audit pays it.
With a `site`, a folder of lake.quality.data_docs, what was found is kept there until the pages are built; without one
nothing is written.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from lake.contracts.model import Contract
from lake.quality.expectations import Bound

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation

SAMPLE_ROWS = 200_000
"""Rows audited of a large table: the newest by the contract's order, so that memory stays bounded."""


PROJECT = "project"
"""Where Great Expectations keeps its own files below a site."""


@dataclass(frozen=True)
class Finding:
    """One expectation: what it is, on which column, whether it held, and how many values broke it."""

    expectation: str
    column: str
    success: bool
    unexpected: int


def audit(frame: pl.DataFrame, contract: Contract, site: Path | None = None) -> list[Finding]:
    """Every expectation of the contract held against the frame (its last 200,000 rows)."""
    sample = frame.tail(SAMPLE_ROWS).select(contract.column_names)
    told = {"result_format": "SUMMARY", "partial_unexpected_count": 3}
    return _validated(contract.name, sample, list(_expectations(contract)), told, site)


def judge(name: str, frame: pl.DataFrame, bounds: Sequence[Bound], site: Path | None = None) -> list[Finding]:
    """Every bound held against every row of a small frame; a missing value keeps any bound.

    Rows that break one are named by the frame's columns of text.
    """
    labels = [column for column, kind in frame.schema.items() if kind == pl.String]
    told = {"result_format": "COMPLETE", "unexpected_index_column_names": labels}
    return _validated(name, frame, [_bounded(bound) for bound in bounds], told, site)


def build_pages(site: Path) -> None:
    """Write the pages of everything that was found and is kept in this folder."""
    _context(site).build_data_docs()


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


def _bounded(bound: Bound) -> Expectation:
    import great_expectations.expectations as gxe

    if bound.allowed is not None:
        return gxe.ExpectColumnValuesToBeInSet(column=bound.column, value_set=list(bound.allowed))
    return gxe.ExpectColumnValuesToBeBetween(column=bound.column, min_value=bound.low, max_value=bound.high)


def _validated(
    name: str, frame: pl.DataFrame, expected: Sequence[Expectation], told: dict[str, Any], site: Path | None
) -> list[Finding]:
    """What a suite finds in a frame; pandas is Great Expectations' own tongue, and this is the door to it."""
    import great_expectations as gx

    context = _context(site)
    asset = context.data_sources.add_or_update_pandas("lake").add_dataframe_asset(name=name)
    batch = asset.add_batch_definition_whole_dataframe("rows")
    suite = context.suites.add_or_update(gx.ExpectationSuite(name=name, expectations=list(expected)))
    definition = gx.ValidationDefinition(name=name, data=batch, suite=suite)
    run = context.validation_definitions.add_or_update(definition).run(
        batch_parameters={"dataframe": frame.to_pandas()}, result_format=told
    )
    return [_finding(found) for found in run.results]


@cache
def _context(site: Path | None) -> Any:
    os.environ |= {"GX_ANALYTICS_ENABLED": "false", "TQDM_DISABLE": "1"}
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral") if site is None else _on_disk(site)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _on_disk(site: Path) -> Any:
    """A context that keeps what it finds below a folder, with the pages beside it."""
    import great_expectations as gx

    context = gx.get_context(mode="file", project_root_dir=site / PROJECT)
    pages = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)}
    builder = {"class_name": "SiteBuilder", "show_how_to_buttons": False, "store_backend": pages}
    for name in context.get_site_names():
        context.delete_data_docs_site(name)
    context.add_data_docs_site("fairline", builder | {"site_index_builder": {"class_name": "DefaultSiteIndexBuilder"}})
    return context


def _finding(found: Any) -> Finding:
    arguments = found.expectation_config.kwargs
    column = arguments.get("column") or ", ".join(arguments.get("column_list", ()))
    unexpected = found.result.get("unexpected_count") or 0
    return Finding(found.expectation_config.type, column, bool(found.success), int(unexpected))
