"""The vendor's short codes of bookmakers, and what its price columns mean.

A code that is not listed is still read where all columns of a market are there: bookmakers come and go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BOOKMAKERS = {
    "1XB": "1xbet",
    "B365": "bet365",
    "BF": "betfair_sportsbook",
    "BFD": "betfred",
    "BFE": "betfair_exchange",
    "BMGM": "betmgm",
    "BS": "blue_square",
    "BV": "betvictor",
    "BW": "bwin",
    "CL": "coral",
    "GB": "gamebookers",
    "IW": "interwetten",
    "LB": "ladbrokes",
    "P": "pinnacle",
    "PP": "paddy_power",
    "PS": "pinnacle",
    "SB": "sportingbet",
    "SJ": "stan_james",
    "SKB": "sky_bet",
    "SO": "sporting_odds",
    "SY": "stanleybet",
    "VC": "betvictor",
    "WH": "william_hill",
}
AGGREGATES = {
    "Max": "market_maximum",
    "BbMx": "market_maximum",
    "Avg": "market_average",
    "BbAv": "market_average",
}
_CODES = BOOKMAKERS | AGGREGATES
_TOTAL = re.compile(r"^(?P<prefix>.+?)(?P<side>[<>])(?P<line>\d\.\d)$")
_RESULT_SIDES = {"H": "home", "D": "draw", "A": "away"}
_HANDICAP_SIDES = {"H": "home", "A": "away"}
_TOTAL_SIDES = {">": "over", "<": "under"}


@dataclass(frozen=True)
class PriceColumn:
    """One column of prices; a handicap's line stands in `line_column`, a total's in the column's own name."""

    column: str
    market: str
    selection: str
    bookmaker: str
    is_aggregate: bool
    quote_kind: str
    line: float | None = None
    line_column: str | None = None


def price_columns(header: Sequence[str]) -> list[PriceColumn]:
    """The price columns of a header, in its order of markets; columns of other kinds are left out."""
    names = set(header)
    codes = _codes(names)
    found = [*_match_result(names, codes), *_totals(header, codes), *_handicaps(names, codes)]
    return sorted(found, key=lambda price: header.index(price.column))


def _codes(names: set[str]) -> set[str]:
    """All prefixes of price columns of any market; of a file that has closing prices only, also without the C."""
    outcomes = {name[:-1] for name in names if name.endswith("H") and {name[:-1] + "D", name[:-1] + "A"} <= names}
    totals = {match["prefix"] for name in names if (match := _TOTAL.match(name))}
    handicaps = {name[:-3] for name in names if name.endswith("AHH") and name[:-3] + "AHA" in names}
    found = outcomes | totals | handicaps
    known = {code for code in found if code in _CODES}
    closing = {code for code in found if code.endswith("C") and code[:-1] in _CODES}
    return found | {code[:-1] for code in found if code.endswith("C")} if closing and not known else found


def _match_result(names: set[str], codes: set[str]) -> Iterator[PriceColumn]:
    prefixes = {name[:-1] for name in names if name.endswith("H") and {name[:-1] + "D", name[:-1] + "A"} <= names}
    for prefix in prefixes:
        for letter, selection in _RESULT_SIDES.items():
            yield _column(prefix + letter, "1x2", selection, prefix, codes)


def _totals(header: Sequence[str], codes: set[str]) -> Iterator[PriceColumn]:
    for name in header:
        if match := _TOTAL.match(name):
            selection, line = _TOTAL_SIDES[match["side"]], float(match["line"])
            yield _column(name, "totals", selection, match["prefix"], codes, line=line)


def _handicaps(names: set[str], codes: set[str]) -> Iterator[PriceColumn]:
    prefixes = {name[:-3] for name in names if name.endswith("AHH") and name[:-3] + "AHA" in names}
    for prefix in prefixes:
        for letter, selection in _HANDICAP_SIDES.items():
            column = _column(f"{prefix}AH{letter}", "asian_handicap", selection, prefix, codes)
            own, shared = f"{prefix}AH", "AHCh" if column.quote_kind == "closing" else "AHh"
            line_column = next((name for name in (own, shared, "BbAHh") if name in names), None)
            yield PriceColumn(**(column.__dict__ | {"line_column": line_column}))


def _column(
    name: str, market: str, selection: str, prefix: str, prefixes: set[str], line: float | None = None
) -> PriceColumn:
    code, quote_kind = _code_and_kind(prefix, prefixes)
    return PriceColumn(
        column=name,
        market=market,
        selection=selection,
        bookmaker=_CODES.get(code, code.lower()),
        is_aggregate=code in AGGREGATES,
        quote_kind=quote_kind,
        line=line,
    )


def _code_and_kind(prefix: str, prefixes: set[str]) -> tuple[str, str]:
    """`B365C` is the closing price of B365, but `VC` is a bookmaker of its own."""
    shorter = prefix[:-1]
    if prefix not in _CODES and prefix.endswith("C") and (shorter in _CODES or shorter in prefixes):
        return shorter, "closing"
    return prefix, "opening"
