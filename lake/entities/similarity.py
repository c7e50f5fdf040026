"""How alike two club names are: words that tell clubs apart must agree, words that many share count little."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from lake.entities.names import club_words, is_town_of_several, plain, words_of

_SMALL_WEIGHT = 0.35
_LONG_WORD = 8
_MOST = 0.75
_STRANGE = 0.74
_ABBREVIATION = 0.9
_TYPO = 0.95


def similarity(name: str, other: str) -> float:
    """0 to 1: twice the weight of the words in common over the weight of all words (Dice 1945).

    It is 0 where one is a second team or a women's team and the other is not, where both carry words that tell clubs
    of a town apart and these differ, and where a word is left over and no word of the club's own agrees exactly: a town
    of several clubs is none. A word of a club's own that the other lacks costs a quarter more (`Crystal Palace
    Baltimore`), and so does another order of words (`Athletic Bilbao`, and `Bilbao Athletic` its second team).
    """
    if _reserves(name) != _reserves(other):
        return 0.0
    one, two = tuple(dict.fromkeys(club_words(name))), tuple(dict.fromkeys(club_words(other)))
    found = _matched(one, two)
    left = [word for word in one if word not in found] + [w for w in two if w not in {m for m, _ in found.values()}]
    if _contradict(one, two) or not _is_founded(found, left, plain(name) != plain(other)):
        return 0.0
    common = sum(2 * score * min(_weight(word), _weight(match)) for word, (match, score) in found.items())
    dice = common / (common + sum(map(_weight, left)) + _loss(found))
    is_strange = any(_weight(word) == 1 for word in left) or not _in_one_order(one, two, found)
    return dice * _STRANGE if is_strange else dice


def _is_founded(found: dict[str, tuple[str, float]], left: Sequence[str], differ: bool) -> bool:
    """Whether what agrees is enough to speak of one club at all."""
    exact = [word for word, (_, score) in found.items() if score == 1]
    if not is_town_of_several(word for word in exact if _weight(word) == 1):
        return True
    guessed = [_share(word, match) for word, (match, score) in found.items() if score < 1]
    if left or not found:
        return False
    return all(share >= _MOST for share in guessed) if not exact else bool(guessed) or not differ


def _in_one_order(one: Sequence[str], two: Sequence[str], found: dict[str, tuple[str, float]]) -> bool:
    places = [two.index(found[word][0]) for word in one if word in found]
    return places == sorted(places)


def _share(one: str, two: str) -> float:
    return min(len(one), len(two)) / max(len(one), len(two))


def _loss(found: dict[str, tuple[str, float]]) -> float:
    return sum(2 * (1 - score) * min(_weight(word), _weight(match)) for word, (match, score) in found.items())


def _matched(one: Sequence[str], two: Sequence[str]) -> dict[str, tuple[str, float]]:
    """Each word's counterpart and how well it fits, best first, each used once."""
    pairs = sorted(((_alike(a, b), a, b) for a in one for b in two), reverse=True)
    found: dict[str, tuple[str, float]] = {}
    for score, word, match in pairs:
        if score and word not in found and match not in {taken for taken, _ in found.values()}:
            found[word] = (match, score)
    return found


def _alike(one: str, two: str) -> float:
    if one == two:
        return 1.0
    short, long = sorted((one, two), key=len)
    if len(short) >= 3 and len(long) >= len(short) + 2 and long.startswith(short):
        return _ABBREVIATION
    same_start = one[0] == two[0] and len(long) >= _LONG_WORD
    return _TYPO if same_start and OSA.distance(one, two, score_cutoff=1) <= 1 else 0.0


def _weight(word: str) -> float:
    return _SMALL_WEIGHT if word in words_of("rival") or word in words_of("shared") else 1.0


def _reserves(name: str) -> frozenset[str]:
    return frozenset(plain(name).split()) & words_of("reserve")


def _contradict(one: Sequence[str], two: Sequence[str]) -> bool:
    """Both carry a word that tells clubs of a town apart, and not the same."""
    mine, theirs = set(one) & words_of("rival"), set(two) & words_of("rival")
    return bool(mine - theirs and theirs - mine)
