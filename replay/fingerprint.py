"""What a result was made by: hashes over the source code, the recipe and the tables that decide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from lake.keys import short_hash
from lake.storage import Lake
from models.registry import recipe_parameters

_ROOMS = ("core", "lake", "models", "optimizer", "replay", "feature_repo")


@cache
def code() -> str:
    """SHA-256 over every Python file of the rooms that turn tables into decisions."""
    root = Path(__file__).parents[1]
    files = sorted(path for room in _ROOMS for path in (root / room).rglob("*.py"))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def recipe(made: Any) -> str:
    """Names how is learned: code and parameters, apart from `threads`, which never change an answer."""
    return short_hash(code(), sorted(recipe_parameters(replace(made, threads=0)).items()))


def training(lake: Lake, sport: str, tables: Sequence[str], made: Any) -> str:
    """Names what is trained by the recipe `made` on the tables of a sport as a lake has them now."""
    return short_hash(recipe(made), *(lake.table(name).content_hash() for name in full_names(sport, tables)))


def full_names(sport: str, tables: Sequence[str]) -> tuple[str, ...]:
    """Tables by their full names: one without a room is the sport's gold."""
    return tuple(name if "." in name else f"gold.{sport}.{name}" for name in tables)
