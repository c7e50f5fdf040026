"""What a result was made by: a hash over the source code that decides it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

_ROOMS = ("core", "lake", "models", "optimizer", "replay", "feature_repo")


@cache
def code() -> str:
    """SHA-256 over every Python file of the rooms that turn tables into decisions."""
    root = Path(__file__).parents[1]
    files = sorted(path for room in _ROOMS for path in (root / room).rglob("*.py"))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
