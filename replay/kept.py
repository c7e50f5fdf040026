"""Where a lake keeps what was learned before, to be used again."""

from __future__ import annotations

from pathlib import Path

from lake.storage import Lake
from models.kept import InFolder, Kept


def kept(lake: Lake) -> Kept:
    """Fits of members, panels and lines."""
    return InFolder(lake.root / "learned")


def posteriors(lake: Lake) -> Path:
    """The folder of sampled posteriors."""
    return lake.root / "learned" / "bayes"
