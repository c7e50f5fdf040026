"""How each vendor spells the invented clubs and players, so that the matching of names has something to do.

The universe's names are those of football-data.co.uk. Every club also has a formal name, of which each vendor makes its
own: with or without `FC`, `United` or `Utd`, with accents or without. A few clubs are known by a name that nothing in
the universe's name leads to; those want somebody who knows them, and a reviewed alias.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Mapping
from functools import cache

from sandbox.clubs import clubs_of

COUNTRIES = ("England", "Spain", "Germany")
_ENGLISH = ("United", "City", "Athletic", "Rovers", "Albion", "")
_SPANISH = ("{} CF", "Real {}", "CD {}", "UD {}", "Deportivo {}", "{}")
_GERMAN = ("FC {}", "VfL {}", "SV {}", "TSV {}", "1. FC {}", "{}")
_FULL_ALREADY = ("Town", "Spa", "Park", "Cross", "Green", "Vale", "Bay", "Real", "07", "09", "Sur", "Norte", "Alta")
_SHORT = {"United": "Utd", "Athletic": "Ath", "Albion": "Alb"}
_REGISTERED_AS = {"Dunmarsh": "Brightwater & Marsh Wanderers", "Uskmouth": "Usk Rangers"}
_CALLED = {"Kingsfell": "Fells", "Lambsworth": "Lambs"}
_UNDOTTED = {" Jr.": " Jr", " Sr.": " Sr"}


@cache
def numbers() -> Mapping[str, int]:
    """A number from 1 of every invented club, the same for ever."""
    clubs = [club for country in COUNTRIES for club in clubs_of(country)]
    return {club: index for index, club in enumerate(clubs, 1)}


@cache
def country_of(club: str) -> str:
    """The country of an invented club."""
    return next(country for country in COUNTRIES if club in clubs_of(country))


@cache
def formal(club: str) -> str:
    """The full name, such as `Ashcombe United`, without `FC`."""
    if club in _REGISTERED_AS:
        return _REGISTERED_AS[club]
    turn = zlib.crc32(club.encode()) // 7
    if club.rsplit(maxsplit=1)[-1] in _FULL_ALREADY:
        return club
    if country_of(club) == "England":
        return f"{club} {_ENGLISH[turn % len(_ENGLISH)]}".strip()
    styles = _SPANISH if country_of(club) == "Spain" else _GERMAN
    return styles[turn % len(styles)].format(club)


def short(club: str) -> str:
    """The name as tables and exchanges shorten it, such as `Ashcombe Utd`; a few have a name of their own there."""
    if club in _CALLED:
        return _CALLED[club]
    words = formal(club).split() if country_of(club) == "England" else club.split()
    return " ".join(_SHORT.get(word, word) for word in words)


def with_fc(club: str) -> str:
    """The registered name: English clubs end in `FC`."""
    return f"{formal(club)} FC" if country_of(club) == "England" else formal(club)


def plain(text: str) -> str:
    """The text without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def tla(club: str) -> str:
    """Three letters that stand for a club; some clubs share them."""
    letters = [letter for letter in plain(club).upper() if letter.isalpha()]
    return "".join(letters[:3])


def american(name: str) -> str:
    """A player's name as American bookmakers write it: no accents, no dot after Jr."""
    bare = plain(name)
    for dotted, undotted in _UNDOTTED.items():
        bare = bare.replace(dotted, undotted)
    return bare


def slug(text: str) -> str:
    """The text for an address: lower case, hyphens, no accents."""
    kept = [letter if letter.isalnum() else "-" for letter in plain(text).lower()]
    return "-".join(part for part in "".join(kept).split("-") if part)


def initialled(first: str, last: str) -> str:
    """`B. Ingram` for a first and a last name."""
    return f"{first[:1]}. {last}" if first else last
