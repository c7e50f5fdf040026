"""What each book says of matches that are not played as planned: data, with its source and how sure we are of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("book_rules.yaml")
CONFIDENCES = ("verified", "recalled", "assumed")
ANY_BOOK = "any_book"
_TREATMENTS = {"did_not_play": "void", "dead_heat": "divide_stake"}


@dataclass(frozen=True)
class Clause:
    """One thing that a book says: `value` in hours or as a word, and where it was read.

    `confidence`: `verified` in the book's own text, `recalled` without it at hand, `assumed` from what most books do.
    Raises ValueError for another confidence, and for a verified clause without a source.
    """

    value: float | str
    confidence: str
    source: str

    def __post_init__(self) -> None:
        if self.confidence not in CONFIDENCES or (self.confidence == "verified" and not self.source):
            raise ValueError(f"A clause cannot be {self.confidence} by the source '{self.source}'.")


@dataclass(frozen=True)
class BookRule:
    """One book's rules, as far as they decide a football bet; hours count from the kick-off known at the bet.

    A match that was called off must be played within `postponed` for bets to stand; one that was broken off must be
    finished within `abandoned`, else bets are void unless decided before. A player who did not play is void, and a
    dead heat divides the stake: raises ValueError for a book that does otherwise, because nobody settles by that yet.
    """

    bookmaker: str
    clauses: Mapping[str, Clause]

    def __post_init__(self) -> None:
        odd = [name for name, word in _TREATMENTS.items() if self.clauses[name].value != word]
        if odd or self.postponed < timedelta(0) or self.abandoned < timedelta(0):
            raise ValueError(f"{self.bookmaker} has a rule that nobody settles by: {odd or 'negative hours'}.")

    @property
    def postponed(self) -> timedelta:
        """How long bets wait for a match that was called off."""
        return timedelta(hours=float(self.clauses["postponed_hours"].value))

    @property
    def abandoned(self) -> timedelta:
        """How long bets wait for the end of a match that was broken off."""
        return timedelta(hours=float(self.clauses["abandoned_hours"].value))


def rule_of(bookmaker: str) -> BookRule:
    """The rule of a book; one that the file does not name is settled as most books do."""
    found = rules()
    return found.get(bookmaker, found[ANY_BOOK])


@cache
def rules() -> Mapping[str, BookRule]:
    """All rules by book; a clause that a book does not have is that of any book, and then assumed."""
    text = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    usual = text["books"][ANY_BOOK]
    return {name: _read(name, usual | spec, text["sources"]) for name, spec in text["books"].items()}


def _read(name: str, spec: Mapping[str, Any], sources: Mapping[str, Any]) -> BookRule:
    clauses = {clause: Clause(told["value"], told["confidence"], told["source"]) for clause, told in spec.items()}
    unknown = {told.source for told in clauses.values() if told.source} - set(sources)
    if unknown:
        raise ValueError(f"{name} names sources that the file does not list: {sorted(unknown)}.")
    return BookRule(name, clauses)
