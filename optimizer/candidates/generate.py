"""Which tickets are worth considering: singles, multiples and systems of accepted offers, the best of them alone first.

Every ticket is bought at one book. Stakes belong in `optimizer.portfolio`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np
import polars as pl
from numpy.typing import NDArray

from optimizer.candidates import same_match
from optimizer.candidates.growth import growth, moments
from optimizer.candidates.model import Candidate
from optimizer.candidates.same_match import Quoted
from optimizer.prices.edges import ACCEPTED
from optimizer.prices.offers import SELECTION, with_player
from optimizer.systems import legs_of, lines

REFUSED = {"kind": pl.String(), "legs": pl.List(pl.Int64()), "reason": pl.String()}
_WORK = 2_000_000
"""Pairs of lines looked at for one kind at one book; the legs with the least growth alone are left out first."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Refusal = tuple[str, tuple[int, ...], str]


@dataclass(frozen=True, eq=False)
class _Legs:
    """The frame of legs as arrays (L,): moments of a unit stake's return, and numbers for match and selection."""

    mean: Floats
    square: Floats
    alone: Floats
    match: Ints
    selection: Ints

    @classmethod
    def of(cls, legs: pl.DataFrame) -> _Legs:
        mean, square = moments(legs)
        alone = growth(mean[:, None], square[:, None], ((0,),))
        numbers = (pl.struct(SELECTION).rank("dense"), pl.col("match_id").rank("dense"))
        named = with_player(legs)
        selection, match = (named.select(number).to_series().to_numpy().astype(np.int64) for number in numbers)
        return cls(mean, square, alone, match, selection)


def generate(
    legs: pl.DataFrame, kinds: Sequence[str], maximum: int, quoted: Sequence[Quoted] = ()
) -> tuple[tuple[Candidate, ...], pl.DataFrame]:
    """At most `maximum` candidates of these kinds, and what was refused.

    `legs`: rows of gold value_bets; those accepted can be legs. `kinds`: of `systems.lines`, or `same_match` for
    combinations that a book quotes as a whole. `quoted`: such quotes. Singles come first, because they carry every edge
    at the least spread; then the candidates with the largest expected log growth alone. Refused rows (kind, legs,
    reason): `related_legs`, two legs of one match at one book, whose prices may not be multiplied; `no_quoted_price`,
    the same two as a combination that nobody quotes; `worse_book`, the same ticket is better elsewhere;
    `dominated_by_singles`, each of its legs alone grows at least as much, so any single of them uses the same place,
    stake and edge better; and those of `same_match.refusal`. Raises ValueError for an unknown kind.
    """
    arrays = _Legs.of(legs)
    accepted = legs.with_row_index("row").filter(pl.col("verdict") == ACCEPTED)
    books = [rows["row"].to_numpy().astype(np.int64) for rows in accepted.partition_by("bookmaker")]
    found: list[tuple[Candidate, float]] = []
    refused = list(_related(arrays, books, kinds, quoted))
    for kind in dict.fromkeys(kinds):
        if kind != same_match.KIND:
            kept, dropped = _of_kind(arrays, books, kind, maximum)
            found, refused = found + kept, refused + dropped
    for one in quoted if same_match.KIND in kinds else ():
        if (why := same_match.refusal(one, legs)) is None:
            found.append(same_match.candidate(one))
        else:
            refused.append((same_match.KIND, one.legs, why))
    ranked = sorted(found, key=lambda pair: (pair[0].kind != "single", -pair[1], pair[0].kind, pair[0].legs))
    chosen = tuple(candidate for candidate, _ in ranked[:maximum])
    return chosen, pl.DataFrame(refused, schema=REFUSED, orient="row")


def _of_kind(
    arrays: _Legs, books: list[Ints], kind: str, maximum: int
) -> tuple[list[tuple[Candidate, float]], list[Refusal]]:
    """The best candidates of one kind with their growth alone, each at its best book, and the dominated ones."""
    choices = np.concatenate([_choices(arrays, rows, kind) for rows in books] or [np.empty((0, 1), dtype=np.int64)])
    if not len(choices):
        return [], []
    alone = growth(arrays.mean[choices], arrays.square[choices], lines(kind))
    order = np.lexsort((*choices.T[::-1], -alone))
    choices, alone = choices[order], alone[order]
    _, first = np.unique(np.sort(arrays.selection[choices], axis=1), axis=0, return_index=True)
    best = np.isin(np.arange(len(choices)), first)
    weak = best & (kind != "single") & (alone <= arrays.alone[choices].min(axis=1))
    kept = [(_candidate(kind, row), value) for row, value in islice(_rows(choices, alone, best & ~weak), maximum)]
    dropped = [(kind, tuple(row), "worse_book") for row, _ in _rows(choices, alone, ~best)]
    return kept, dropped + [(kind, tuple(row), "dominated_by_singles") for row, _ in _rows(choices, alone, weak)]


def _choices(arrays: _Legs, rows: Ints, kind: str) -> Ints:
    """(c, k) legs of one book for each ticket of a kind, of k different matches, from the legs best alone."""
    size = legs_of(kind)
    allowed = max(_WORK // len(lines(kind)) ** 2, 1)
    best = rows[np.argsort(-arrays.alone[rows], kind="stable")]
    count = max((n for n in range(size, len(best) + 1) if comb(n, size) <= allowed), default=0)
    chosen = np.array(list(combinations(sorted(best[:count].tolist()), size)), dtype=np.int64).reshape(-1, size)
    matches = np.sort(arrays.match[chosen], axis=1)
    different: Ints = chosen[(np.diff(matches, axis=1) != 0).all(axis=1)]
    return different


def _candidate(kind: str, legs: list[int]) -> Candidate:
    return Candidate(kind, tuple(legs), tuple(tuple(legs[leg] for leg in line) for line in lines(kind)))


def _rows(choices: Ints, alone: Floats, chosen: NDArray[np.bool_]) -> Iterator[tuple[list[int], float]]:
    return zip(choices[chosen].tolist(), alone[chosen].tolist(), strict=True)


def _related(arrays: _Legs, books: list[Ints], kinds: Sequence[str], quoted: Sequence[Quoted]) -> Iterator[Refusal]:
    """Pairs of legs of one match at one book, which no multiple may join."""
    together = {frozenset(one.legs) for one in quoted}
    is_multiple = any(kind not in (same_match.KIND, "single") for kind in kinds)
    for rows in books:
        for one, other in combinations(rows.tolist(), 2):
            if arrays.match[one] != arrays.match[other]:
                continue
            if is_multiple:
                yield "multiple", (one, other), "related_legs"
            if same_match.KIND in kinds and not any({one, other} <= legs for legs in together):
                yield same_match.KIND, (one, other), "no_quoted_price"
