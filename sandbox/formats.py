"""The generations of the vendor's season files: which columns, in which order.

- to 2018/19: no kick-off time, maxima and averages of the Betbrain panel (`Bb...`), closing prices of Pinnacle only;
- 2019/20 to 2023/24: kick-off time, `Max` and `Avg`, and every price again at the close (`...C...`);
- 2024/25: two books leave, two come, and the exchange `BFE` stands beside the averages;
- 2025/26: other books; 2026/27: expected goals `HxG`, `AxG`, and no Pinnacle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RESULTS = ("FTHG", "FTAG", "FTR", "HTHG", "HTAG", "HTR")
EXPECTED_GOALS = ("HxG", "AxG")
STATISTICS = ("HS", "AS", "HST", "AST", "HF", "AF", "HC", "AC", "HY", "AY", "HR", "AR")
SHORT_CODES = {"PS": "P"}
BETBRAIN = (
    *("Bb1X2", "BbMxH", "BbAvH", "BbMxD", "BbAvD", "BbMxA", "BbAvA"),
    *("BbOU", "BbMx>2.5", "BbAv>2.5", "BbMx<2.5", "BbAv<2.5"),
    *("BbAH", "BbAHh", "BbMxAHH", "BbAvAHH", "BbMxAHA", "BbAvAHA"),
)


@dataclass(frozen=True)
class Generation:
    """One generation of the format: its first season, the books on 1X2, and those on totals and handicaps."""

    first_year: int
    outcome_books: tuple[str, ...]
    other_books: tuple[str, ...]
    has_exchange: bool = False
    has_expected_goals: bool = False

    @property
    def is_betbrain(self) -> bool:
        """Say whether maxima and averages are those of the Betbrain panel."""
        return self.first_year < 2019


GENERATIONS = (
    Generation(2018, ("B365", "BW", "IW", "PS", "WH", "VC"), ()),
    Generation(2019, ("B365", "BW", "IW", "PS", "WH", "VC"), ("B365", "PS")),
    Generation(2024, ("B365", "BW", "BF", "PS", "WH", "1XB"), ("B365", "PS"), has_exchange=True),
    Generation(2025, ("B365", "BFD", "BMGM", "BV", "BW", "CL", "LB", "PS"), ("B365", "PS"), has_exchange=True),
    Generation(2026, ("B365", "BFD", "BV", "BW", "PP", "SKB"), ("B365",), has_exchange=True, has_expected_goals=True),
)


def outcome_columns(book: str, *, closing: bool) -> tuple[str, ...]:
    """Return a book's 1X2 columns: home, draw, away."""
    return tuple(f"{book}{'C' * closing}{side}" for side in "HDA")


def totals_columns(book: str, *, closing: bool) -> tuple[str, ...]:
    """Return a book's columns for over and under 2.5 goals."""
    return tuple(f"{SHORT_CODES.get(book, book)}{'C' * closing}{side}2.5" for side in "><")


def handicap_columns(book: str, *, closing: bool) -> tuple[str, ...]:
    """Return a book's Asian handicap columns: home and away."""
    return tuple(f"{SHORT_CODES.get(book, book)}{'C' * closing}AH{side}" for side in "HA")


def line_column(*, closing: bool) -> str:
    """Return the column of the handicap line, the goals added to the home side."""
    return "AHCh" if closing else "AHh"


def generation_of(start_year: int) -> Generation:
    """Return the generation of a season by the year it starts in."""
    return max((g for g in GENERATIONS if g.first_year <= start_year), key=lambda g: g.first_year)


def season_header(start_year: int, *, has_referee: bool) -> tuple[str, ...]:
    """Return the header of a season file; English divisions name the referee."""
    generation = generation_of(start_year)
    when = ("Date",) if generation.is_betbrain else ("Date", "Time")
    referee = ("Referee",) if has_referee else ()
    expected_goals = EXPECTED_GOALS if generation.has_expected_goals else ()
    head = ("Div", *when, "HomeTeam", "AwayTeam", *RESULTS, *referee, *expected_goals, *STATISTICS)
    return head + _price_columns(generation)


def fixtures_header(start_year: int) -> tuple[str, ...]:
    """Return the header of the file of coming fixtures: opening prices, no results."""
    return ("Div", "Date", "Time", "HomeTeam", "AwayTeam", "Referee", *_moment(generation_of(start_year), False))


def _price_columns(generation: Generation) -> tuple[str, ...]:
    if not generation.is_betbrain:
        return _moment(generation, False) + _moment(generation, True)
    books = _flat(outcome_columns(book, closing=False) for book in generation.outcome_books)
    return books + BETBRAIN + outcome_columns("PS", closing=True)


def _moment(generation: Generation, closing: bool) -> tuple[str, ...]:
    panel = ("Max", "Avg", "BFE") if generation.has_exchange else ("Max", "Avg")
    return (
        _flat(outcome_columns(book, closing=closing) for book in generation.outcome_books + panel)
        + _flat(totals_columns(book, closing=closing) for book in generation.other_books + panel)
        + (line_column(closing=closing),)
        + _flat(handicap_columns(book, closing=closing) for book in generation.other_books + panel)
    )


def _flat(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(column for group in groups for column in group)
