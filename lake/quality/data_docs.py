"""Data Docs: the audits' findings as pages for people, in `<lake>/data_docs`; a few nights are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

from lake.quality.audit import PROJECT, build_pages

NIGHTS = 7
"""So many validations of one suite are kept, the newest."""

_VALIDATIONS = Path(PROJECT) / "gx" / "uncommitted" / "validations"
_PAGES = ("expectations", "validations")


def folder(lake_root: Path) -> Path:
    """Where the site of a lake stands."""
    return lake_root / "data_docs"


def first_page(site: Path) -> Path:
    """Where a reader starts."""
    return site / "index.html"


def build(site: Path, nights: int = NIGHTS) -> Path:
    """Forget validations older than the newest `nights` of each suite, write all pages anew, and name the first one."""
    prune(site / _VALIDATIONS, nights)
    for name in _PAGES:
        shutil.rmtree(site / name, ignore_errors=True)
    build_pages(site)
    return first_page(site)


def prune(validations: Path, keep: int) -> int:
    """Delete all but the newest results of each suite; returns how many went.

    A result stands at `<suite>/<run name>/<time of the run>/<batch>.json`, the suite's dots being folders.
    """
    by_suite: dict[Path, list[Path]] = {}
    for result in validations.glob("**/*.json"):
        by_suite.setdefault(result.parents[2], []).append(result.parent)
    old = [run for runs in by_suite.values() for run in sorted(set(runs), reverse=True)[keep:]]
    for run in old:
        shutil.rmtree(run)
    return len(old)
