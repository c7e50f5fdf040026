"""Kinds of tickets: how many legs each has, into which lines its stake is split, and how lines are written down.

What a line pays belongs in `candidates.returns` before the match and in `settlement` after it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

MAXIMUM_LEGS = 20
_FULL_COVER = {
    "trixie": (3, 2), "yankee": (4, 2), "canadian": (5, 2), "heinz": (6, 2), "super_heinz": (7, 2), "goliath": (8, 2),
    "patent": (3, 1), "lucky_15": (4, 1), "lucky_31": (5, 1), "lucky_63": (6, 1),
}  # fmt: skip
"""Legs, and the fewest legs of a line: all combinations from there to all legs at once."""
_MULTIPLES = {"single": 1, "double": 2, "treble": 3}
_OTHER_NAMES = {"super_yankee": "canadian"}
Lines = tuple[tuple[int, ...], ...]


@lru_cache(maxsize=128)
def lines(kind: str) -> Lines:
    """The lines of a kind of ticket on legs 0 to n - 1, shorter lines first.

    Known are single, double, treble and `k-fold` (one line of all legs); trixie, yankee, canadian (or super_yankee),
    heinz, super_heinz, goliath (every double and up); patent, lucky_15, lucky_31, lucky_63 (with the singles); and
    `round_robin_k_of_n` (every line of k of n legs). Raises ValueError for another kind, or one of more than 20 legs.
    """
    kind = _OTHER_NAMES.get(kind, kind)
    if kind in _FULL_COVER:
        legs, fewest = _FULL_COVER[kind]
        return _choices(legs, range(fewest, legs + 1))
    if kind in _MULTIPLES:
        return _choices(_MULTIPLES[kind], (_MULTIPLES[kind],))
    if (named := re.fullmatch(r"(\d+)-fold", kind)) and 2 <= (legs := int(named[1])) <= MAXIMUM_LEGS:
        return _choices(legs, (legs,))
    if named := re.fullmatch(r"round_robin_(\d+)_of_(\d+)", kind):
        size, legs = int(named[1]), int(named[2])
        if 2 <= size < legs <= MAXIMUM_LEGS:
            return _choices(legs, (size,))
    raise ValueError(f"'{kind}' is no kind of ticket with 1 to {MAXIMUM_LEGS} legs.")


def legs_of(kind: str) -> int:
    """How many legs a kind of ticket has; raises ValueError as `lines` does."""
    return 1 + max(leg for line in lines(kind) for leg in line)


def written(lines: Sequence[Sequence[int]]) -> str:
    """Lines as text, for the column `lines` of a ticket."""
    return json.dumps(lines)


def read(text: str | None, legs: int) -> Lines:
    """Lines of a ticket of so many legs; without text it is one line of all of them.

    Raises ValueError for a line that is empty, names a leg twice, or names one that the ticket lacks.
    """
    if text is None:
        return (tuple(range(legs)),)
    lines = tuple(tuple(int(leg) for leg in line) for line in json.loads(text))
    whole = [line for line in lines if line and len(set(line)) == len(line) and set(line) <= set(range(legs))]
    if not lines or len(whole) < len(lines):
        raise ValueError(f"{text} are no lines of a ticket of {legs} legs.")
    return lines


def _choices(legs: int, sizes: range | tuple[int, ...]) -> Lines:
    return tuple(line for size in sizes for line in combinations(range(legs), size))
