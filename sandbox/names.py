"""Invented names of people, with the accents, hyphens, apostrophes, initials and suffixes that make names hard."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import numpy as np
import polars as pl

SUFFIXES = ("Jr.", "II", "III", "IV")


@cache
def _parts(kind: str, country: str) -> tuple[str, ...]:
    text = resources.files("sandbox").joinpath("names.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(row["name"] for row in rows if (row["kind"], row["country"]) == (kind, country))


def people(country: str, count: int, rng: np.random.Generator, suffix_share: float = 0.0) -> pl.DataFrame:
    """Draw people of a country (or `NBA`), no full name twice: first_name, last_name, name.

    A suffix such as `Jr.` belongs to the last name. Raises ValueError where the lists hold too few names.
    """
    first, last = _parts("first", country), _parts("last", country)
    if count > len(first) * len(last):
        raise ValueError(f"{country} has names for {len(first) * len(last)} people, not for {count}.")
    drawn = rng.choice(len(first) * len(last), count, replace=False)
    suffixed = np.where(rng.random(count) < suffix_share, rng.integers(len(SUFFIXES), size=count), -1)
    given = [first[index // len(last)] for index in drawn]
    family = [
        last[index % len(last)] + (f" {SUFFIXES[suffix]}" if suffix >= 0 else "")
        for index, suffix in zip(drawn, suffixed, strict=True)
    ]
    frame = pl.DataFrame({"first_name": given, "last_name": family})
    return frame.with_columns(name=pl.format("{} {}", "first_name", "last_name"))


def without_suffix(last_name: str) -> str:
    """Return a last name without its `Jr.` or number."""
    stem, _, suffix = last_name.rpartition(" ")
    return stem if suffix in SUFFIXES else last_name
