"""The nightly tidying: small files joined, checkpoints written, files deleted that nothing names any more."""

from dagster import OpExecutionContext, op

from assets.workspace import Workspace
from lake.contracts.model import contracts

KEEP_HOURS = 24 * 30
"""Versions younger than this can be read again: releases and audits name them."""


@op
def compact_tables(context: OpExecutionContext, workspace: Workspace) -> None:
    """Compact every table; versions of the last 30 days stay readable."""
    for name in contracts():
        gone = workspace.lake.table(name).compact(KEEP_HOURS)
        context.log.info(f"{name}: {gone} unused files deleted")
