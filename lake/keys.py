"""Keys that many tables share: names made into ids, and the integer that price joins use."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

import polars as pl

from core.errors import ContractBroken
from core.market.markets import SELECTION_CODES

_MATCH_BITS = 43
_SELECTION_BITS = 8
_LINE_BITS = 12
_LINE_ZERO = 1 << (_LINE_BITS - 1)
_MAX_LINE = 500.0
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
)


def slug(name: str) -> str:
    """`Nott'm Forest` → `nottm-forest`: lower case ASCII letters and digits joined by dashes.

    A name of which nothing would be left, such as one in Cyrillic, becomes the hexadecimal of its letters.
    """
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    return made or f"u{name.strip().lower().encode('utf-8').hex()}"


def short_hash(*parts: object) -> str:
    """Sixteen hexadecimal digits that stand for these parts."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def match_number(match_id: str) -> int:
    """A 43-bit number for a match: two of 200,000 meet with a chance of 0.2%, which a table's key would show."""
    return int.from_bytes(hashlib.blake2b(match_id.encode(), digest_size=8).digest(), "big") >> (64 - _MATCH_BITS)


def with_selection_key(quotes: pl.DataFrame) -> pl.DataFrame:
    """Add `selection_key`, an integer of match, market, selection and line.

    `quotes` has `match_id`, `market`, `selection` and `line` (null where the market has none). Raises ContractBroken
    for a line off a quarter or beyond 500.
    """
    line = pl.col("line")
    if quotes.select(((line.abs() > _MAX_LINE) | (line * 4 % 1 != 0)).any()).item():
        raise ContractBroken("A line lies beyond 500 or off a quarter, so it has no selection key.")
    ids = quotes["match_id"].unique()
    numbers = pl.DataFrame([ids, ids.map_elements(match_number, pl.Int64).alias("_match_number")])
    line = ((pl.col("line") * 4).cast(pl.Int64) + _LINE_ZERO).fill_null(0)
    key = pl.col("_match_number") * (1 << (_SELECTION_BITS + _LINE_BITS)) + pl.col("_code") * (1 << _LINE_BITS) + line
    return (
        quotes.join(numbers, on="match_id", how="left", maintain_order="left")
        .join(_codes(), on=["market", "selection"], how="left", maintain_order="left")
        .with_columns(key.alias("selection_key"))
        .drop("_match_number", "_code")
    )


@cache
def _codes() -> pl.DataFrame:
    """The code of each selection of each market."""
    codes = [(market, selection, code) for (market, selection), code in SELECTION_CODES.items()]
    return pl.DataFrame(codes, {"market": pl.String, "selection": pl.String, "_code": pl.Int64}, orient="row")
