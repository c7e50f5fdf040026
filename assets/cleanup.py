"""The nightly tidying: small files joined, checkpoints written, files deleted that nothing names any more."""

from dagster import OpExecutionContext, op

from assets.workspace import Workspace
from lake import releases
from lake.contracts.model import contracts

KEEP_HOURS = 24 * 30
"""Versions younger than this can be read again: releases and audits name them."""


@op
def compact_tables(context: OpExecutionContext, workspace: Workspace) -> None:
    """Compact every table; versions of the last 30 days, and those that a release names, stay readable."""
    named = releases.named_versions(workspace.lake)
    for name in contracts():
        gone = workspace.lake.table(name).compact(KEEP_HOURS, named.get(name, ()))
        context.log.info(f"{name}: {gone} unused files deleted")
