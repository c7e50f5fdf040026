"""Where a text names somebody: whole words, the longest name first, capitals where the name has them.

A name that two bear is nobody's, and so is one that is an ordinary word, such as Nice or Heat, unless it stands within
a longer one. A missing link is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lake.keys import slug

ORDINARY = frozenset(
    ("angers", "athletic", "city", "county", "forest", "hearts", "heat", "jazz", "kings", "lens", "magic", "nets",
     "nice", "rangers", "reading", "rovers", "royals", "suns", "thunder", "town", "united", "villa", "wanderers")
)  # fmt: skip
FOLLOWERS = frozenset(
    (
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "women",
        "ladies",
        "wfc",
        "academy",
        "youth",
        "u18",
        "u19",
        "u20",
        "u21",
        "u23",
        "b",
    )
)
"""Words that make a name somebody else's: a son's, a women's or a youth side's."""
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W_]+)*|[!?;:,()|/]")
_OWNED = re.compile(r"['’]s?$")


@dataclass(frozen=True)
class Word:
    """A word as it is compared, and whether it begins with a capital; a mark such as a comma has no form."""

    form: str
    is_capital: bool


@dataclass(frozen=True)
class Named:
    """Words `start` to `end` (not included) of a text name these subjects; more than one: it cannot be told which."""

    start: int
    end: int
    subjects: frozenset[str]


@lru_cache(maxsize=100_000)
def _word(token: str) -> Word:
    bare = _OWNED.sub("", token).replace(".", "")
    if not bare or not bare[0].isalnum():
        return Word("", False)
    return Word(slug(bare).replace("-", ""), bare[0].isupper() or bare[0].isdigit())


def words(text: str) -> list[Word]:
    """The words of a text, without accents, initials joined: `C. J.` and `C.J.` are `CJ`."""
    found: list[Word] = []
    for token in _TOKEN.findall(text):
        word = _word(token)
        is_initial = len(word.form) == 1 and word.is_capital and word.form.isalpha()
        if is_initial and found and found[-1].is_capital and 0 < len(found[-1].form) < 2:
            word = Word(found.pop().form + word.form, True)
        found.append(word)
    return found


class Names:
    """An index of names; `subjects` are ids such as `team:eng-arsenal`."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._subjects: dict[tuple[str, ...], set[str]] = {}
        self._capitals: dict[tuple[str, ...], tuple[bool, ...]] = {}
        for name, subject in named:
            spelt = words(name)
            forms = tuple(word.form for word in spelt)
            if not forms or "" in forms or (len(forms) == 1 and (forms[0] in ORDINARY or len(forms[0]) < 3)):
                continue
            self._subjects.setdefault(forms, set()).add(subject)
            self._capitals[forms] = tuple(word.is_capital for word in spelt)
        self._longest = max(map(len, self._subjects), default=0)

    def find(self, text: Sequence[Word]) -> list[Named]:
        """The names in a text from left to right; a word belongs to one name only, the longest that begins first."""
        found: list[Named] = []
        start = 0
        while start < len(text):
            end = self._end(text, start)
            if end > start:
                forms = tuple(word.form for word in text[start:end])
                is_other = end < len(text) and text[end].form in FOLLOWERS and text[end].is_capital
                found.append(Named(start, end, frozenset() if is_other else frozenset(self._subjects[forms])))
            start = max(end, start + 1)
        return found

    def _end(self, text: Sequence[Word], start: int) -> int:
        for end in range(min(start + self._longest, len(text)), start, -1):
            forms = tuple(word.form for word in text[start:end])
            capitals = self._capitals.get(forms)
            if capitals and all(
                word.is_capital or not needed for word, needed in zip(text[start:end], capitals, strict=True)
            ):
                return end
        return start
