"""What vendors' data are expected to look like, read from expectations.yaml: data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Bound:
    """What the values of one column must be: between `low` and `high`, both inclusive, or among `allowed`."""

    column: str
    low: float | None = None
    high: float | None = None
    allowed: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Expectation:
    """One expectation: `measure` names the function of lake.quality.measures that makes the frame to be judged."""

    name: str
    says: str
    measure: str
    parameters: Mapping[str, Any]
    bounds: tuple[Bound, ...]


@cache
def expectations(sport: str) -> tuple[Expectation, ...]:
    """Every expectation of a sport; none for a sport that the file does not name."""
    text = yaml.safe_load((HERE / "expectations.yaml").read_text(encoding="utf-8"))
    return tuple(_expectation(f"silver.{sport}.{name}", spec) for name, spec in text.get(sport, {}).items())


def _expectation(name: str, spec: Mapping[str, Any]) -> Expectation:
    bounds = tuple(_bound(column, words) for column, words in spec["expect"].items())
    return Expectation(f"expectations.{name}", spec["says"], spec["measure"], spec["parameters"], bounds)


def _bound(column: str, words: Mapping[str, Any]) -> Bound:
    allowed = tuple(words["in"]) if "in" in words else None
    return Bound(column, words.get("min"), words.get("max"), allowed)
