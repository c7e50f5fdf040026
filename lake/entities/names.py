"""How a name is read: spellings that differ only in how they are written become one form, and nothing else does."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lake.keys import slug

_WORDS = Path(__file__).parent / "club_words.csv"
_SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv", "v": "v"}
_UMLAUTS = re.compile("([aou])e")
_QUALIFIER = re.compile(r"\([^)]*\)?")


@dataclass(frozen=True)
class Person:
    """A player's name: his words in their order, what tells him from his father or his son, and a bracketed remark.

    `suffix` is jr, sr, ii, iii, iv, v or empty. `remark` is what stood in brackets, such as a year of birth.
    """

    words: tuple[str, ...]
    suffix: str = ""
    remark: str = ""

    @property
    def form(self) -> str:
        """The name as one line: equal forms are equal names."""
        return " ".join((*self.words, self.suffix)).strip()

    @property
    def family(self) -> str:
        """The last word, suffix apart; empty for a name without words."""
        return self.words[-1] if self.words else ""


def plain(name: str) -> str:
    """Accents, case, punctuation and dots between initials taken away: `C. J. McCollum` is `cj mccollum`."""
    words = slug(re.sub("[`´‘’ʼ]", "'", name.lower())).split("-")
    return " ".join(_joined_initials(words))


def unfolded(form: str) -> str:
    """A plain form in which `ae`, `oe` and `ue` are the letters that other vendors write with a dot less."""
    return _UMLAUTS.sub(r"\1", form)


@cache
def words_of(role: str) -> frozenset[str]:
    """The words of club names that play a role, from `club_words.csv`.

    legal: a form such as FC; town: more than one club plays there; shared: many clubs bear it; rival: it tells clubs of
    one town apart; reserve: it marks a second team, a youth or a women's team.
    """
    return frozenset(row["word"] for row in _rows() if row["role"] == role)


def club_words(name: str) -> tuple[str, ...]:
    """The words that are a club's own: no legal form, no year, abbreviations written out; all words if none is left."""
    words = [_written_out().get(word, word) for word in plain(name.replace("&", " ")).split()]
    own = [word for word in words if word not in words_of("legal") and not word.isdigit()]
    return tuple(unfolded(word) for word in own or words)


def club_core(name: str) -> str:
    """The club's own words as one line; the whole name where only a town of several clubs would be left of it.

    `AC Milan` and `1860 München` keep what would be dropped: without it they might be anybody in their town.
    """
    words = club_words(name)
    return plain(name) if is_town_of_several(words) else " ".join(words)


def is_town_of_several(words: Iterable[str]) -> bool:
    """Whether these words, all of them, only say a town in which more than one club plays."""
    return all(word in words_of("town") for word in words)


def person(name: str) -> Person:
    """A player's name read: `Hardaway Jr., Tim`, `Tim Hardaway, Jr.` and `Tim Hardaway Jr` are one."""
    remark = " ".join(_QUALIFIER.findall(name)).strip("() ")
    words = plain(_in_order(_QUALIFIER.sub(" ", name.strip(" •*")))).split()
    suffix = _SUFFIXES.get(words[-1], "") if len(words) > 1 + (words[-1] == "v") else ""
    return Person(tuple(words[:-1] if suffix else words), suffix, plain(remark) if remark else "")


def spellings(name: str) -> tuple[str, ...]:
    """All names of a cell that gives several of one player: `Nicolas Claxton / Nic Claxton`."""
    return tuple(part.strip(" •*") for part in name.split(" / ") if part.strip(" •*"))


def _in_order(name: str) -> str:
    """`Last, First` turned round; a suffix behind the comma is no first name."""
    last, comma, first = name.partition(",")
    if not comma or not first.strip() or plain(first) in _SUFFIXES:
        return f"{last} {first}"
    words = last.split()
    suffix = words.pop() if len(words) > 1 and plain(words[-1]) in _SUFFIXES else ""
    return f"{first} {' '.join(words)} {suffix}"


def _joined_initials(words: list[str]) -> list[str]:
    joined: list[str] = []
    run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and run:
            joined[-1] += word
        else:
            joined.append(word)
        run = single
    return joined


@cache
def _written_out() -> dict[str, str]:
    return {row["word"]: row["meaning"] for row in _rows() if row["role"] == "short"}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with _WORDS.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
