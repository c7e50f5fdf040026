"""Systems: one stake divided equally over several lines, each line an accumulator of some of the legs."""

from __future__ import annotations

import json
from itertools import combinations

Lines = tuple[tuple[int, ...], ...]

SYSTEMS: dict[str, tuple[int, tuple[int, ...]]] = {
    "trixie": (3, (2, 3)),
    "patent": (3, (1, 2, 3)),
    "yankee": (4, (2, 3, 4)),
    "lucky_15": (4, (1, 2, 3, 4)),
    "super_yankee": (5, (2, 3, 4, 5)),
    "lucky_31": (5, (1, 2, 3, 4, 5)),
    "heinz": (6, (2, 3, 4, 5, 6)),
    "lucky_63": (6, (1, 2, 3, 4, 5, 6)),
}
"""Legs, and the sizes of the accumulators made of them, by the name that books use."""


def lines_of(name: str) -> Lines:
    """The lines of a named system; raises KeyError for a name that is not in `SYSTEMS`."""
    legs, sizes = SYSTEMS[name]
    return tuple(line for size in sizes for line in combinations(range(legs), size))


def written(lines: Lines) -> str:
    """Lines as text, for the column `lines` of a ticket."""
    return json.dumps(lines, separators=(",", ":"))


def read(text: str | None, legs: int) -> Lines:
    """Lines of a ticket of so many legs; without text it is one accumulator of all of them.

    Raises ValueError for a line that is empty, names a leg twice, or names one that the ticket lacks.
    """
    if text is None:
        return (tuple(range(legs)),)
    lines = tuple(tuple(int(leg) for leg in line) for line in json.loads(text))
    whole = [line for line in lines if line and len(set(line)) == len(line) and set(line) <= set(range(legs))]
    if not lines or len(whole) < len(lines):
        raise ValueError(f"{text} are no lines of a ticket of {legs} legs.")
    return lines
