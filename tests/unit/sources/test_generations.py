"""Every generation of the vendor's files from 2005/06 to 2026/27 is read, price by price (invented payloads)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest

from core.clock import parse_instant
from sources.base import Parsed
from tests.unit.sources.vendor import Row, file, finished, prices, read, reasons

_HEAD = ["Div", "Date", "HomeTeam", "AwayTeam", "FTHG", "FTAG", "FTR", "HTHG", "HTAG", "HTR"]
_HEAD_TIMED = ["Div", "Date", "Time", *_HEAD[2:]]
_STATISTICS = ["Referee", "HS", "AS", "HST", "AST", "HF", "AF", "HC", "AC", "HY", "AY", "HR", "AR"]
_BETBRAIN = [
    *("Bb1X2", "BbMxH", "BbAvH", "BbMxD", "BbAvD", "BbMxA", "BbAvA"),
    *("BbOU", "BbMx>2.5", "BbAv>2.5", "BbMx<2.5", "BbAv<2.5"),
    *("BbAH", "BbAHh", "BbMxAHH", "BbAvAHH", "BbMxAHA", "BbAvAHA"),
]
_NO_PRICES = {"Bb1X2", "BbOU", "BbAH", "BbAHh", "AHh", "AHCh", "GBAH", "LBAH", "B365AH"}
_VALUES: Row = {
    **{"Div": "E0", "HomeTeam": "Alderwick", "AwayTeam": "Brackmoor", "FTHG": "2", "FTAG": "1", "FTR": "H"},
    **{"HTHG": "1", "HTAG": "0", "HTR": "H", "Referee": "A Roe", "HxG": "1.73", "AxG": "0.41", "HS": "10", "AS": "8"},
    **{"HST": "5", "AST": "3", "HF": "9", "AF": "11", "HC": "6", "AC": "2", "HY": "1", "AY": "3", "HR": "0"},
    **{"AR": "1", "Time": "20:00", "Bb1X2": "56", "BbOU": "36", "BbAH": "22", "BbAHh": "-0.5", "AHh": "-0.75"},
    **{"AHCh": "-1", "GBAH": "-0.25", "LBAH": "0", "B365AH": "0.25"},
}


def _outcomes(*codes: str) -> list[str]:
    return [code + side for code in codes for side in "HDA"]


def _totals(*codes: str) -> list[str]:
    return [f"{code}{side}2.5" for code in codes for side in "><"]


def _handicaps(*codes: str) -> list[str]:
    return [f"{code}AH{side}" for code in codes for side in "HA"]


def _two_moments(outcomes: str, others: str) -> list[str]:
    """The price columns from 2019/20 on: all prices before, then all of them again at the close."""
    columns = []
    for closing, line in (("", "AHh"), ("C", "AHCh")):
        books, rest = ([code + closing for code in codes.split()] for codes in (outcomes, others))
        columns += _outcomes(*books) + _totals(*rest) + [line] + _handicaps(*rest)
    return columns


@dataclass(frozen=True)
class Generation:
    """One generation: a date in it, its header, how many price columns that has, and some of its prices."""

    season: str
    date: str
    header: list[str]
    price_count: int
    prices: dict[tuple[str, str, str, str, float | None], str]


GENERATIONS = [
    Generation(
        "2005-06",
        "13/08/05",
        [
            *(*_HEAD, *_STATISTICS, *_outcomes("B365", "BW", "GB", "IW", "LB", "SB", "WH", "SJ", "VC", "SO", "SY")),
            *(*_totals("GB", "B365"), *_BETBRAIN, "GBAHH", "GBAHA", "GBAH", "LBAHH", "LBAHA", "LBAH"),
            *("B365AHH", "B365AHA", "B365AH"),
        ],
        11 * 3 + 2 * 2 + 6 + 4 + 4 + 3 * 2,
        {
            ("gamebookers", "opening", "1x2", "draw", None): "GBD",
            ("gamebookers", "opening", "totals", "under", 2.5): "GB<2.5",
            ("gamebookers", "opening", "asian_handicap", "home", -0.25): "GBAHH",
            ("ladbrokes", "opening", "asian_handicap", "away", 0.0): "LBAHA",
            ("bet365", "opening", "asian_handicap", "away", 0.25): "B365AHA",
            ("market_maximum", "opening", "asian_handicap", "away", -0.5): "BbMxAHA",
            ("market_average", "opening", "totals", "over", 2.5): "BbAv>2.5",
            ("sporting_odds", "opening", "1x2", "home", None): "SOH",
            ("stanleybet", "opening", "1x2", "away", None): "SYA",
            ("stan_james", "opening", "1x2", "away", None): "SJA",
        },
    ),
    Generation(
        "2012-13",
        "18/08/12",
        [
            *(*_HEAD, *_STATISTICS, *_outcomes("B365", "BW", "GB", "IW", "LB", "PS", "WH", "SJ", "VC", "BS")),
            *(*_BETBRAIN, *_outcomes("PSC")),
        ],
        10 * 3 + 14 + 3,
        {
            ("pinnacle", "opening", "1x2", "home", None): "PSH",
            ("pinnacle", "closing", "1x2", "home", None): "PSCH",
            ("betvictor", "opening", "1x2", "home", None): "VCH",
            ("blue_square", "opening", "1x2", "draw", None): "BSD",
        },
    ),
    Generation(
        "2018-19",
        "10/08/2018",
        [*_HEAD, *_STATISTICS, *_outcomes("B365", "BW", "IW", "PS", "WH", "VC"), *_BETBRAIN, *_outcomes("PSC")],
        6 * 3 + 14 + 3,
        {
            ("market_maximum", "opening", "1x2", "away", None): "BbMxA",
            ("pinnacle", "closing", "1x2", "away", None): "PSCA",
        },
    ),
    Generation(
        "2019-20",
        "09/08/2019",
        [*_HEAD_TIMED, *_STATISTICS, *_two_moments("B365 BW IW PS WH VC Max Avg", "B365 P Max Avg")],
        2 * (8 * 3 + 4 * 2 + 4 * 2),
        {
            ("betvictor", "opening", "1x2", "home", None): "VCH",
            ("betvictor", "closing", "1x2", "home", None): "VCCH",
            ("pinnacle", "closing", "totals", "over", 2.5): "PC>2.5",
            ("pinnacle", "opening", "asian_handicap", "home", -0.75): "PAHH",
            ("bet365", "closing", "asian_handicap", "away", -1.0): "B365CAHA",
            ("market_maximum", "closing", "1x2", "draw", None): "MaxCD",
            ("market_average", "closing", "asian_handicap", "home", -1.0): "AvgCAHH",
        },
    ),
    Generation(
        "2024-25",
        "16/08/2024",
        [*_HEAD_TIMED, *_STATISTICS, *_two_moments("B365 BW BF PS WH 1XB Max Avg BFE", "B365 P Max Avg BFE")],
        2 * (9 * 3 + 5 * 2 + 5 * 2),
        {
            ("betfair_sportsbook", "closing", "1x2", "home", None): "BFCH",
            ("betfair_exchange", "opening", "1x2", "home", None): "BFEH",
            ("betfair_exchange", "closing", "totals", "under", 2.5): "BFEC<2.5",
            ("betfair_exchange", "closing", "asian_handicap", "away", -1.0): "BFECAHA",
            ("1xbet", "closing", "1x2", "draw", None): "1XBCD",
        },
    ),
    Generation(
        "2025-26",
        "15/08/2025",
        [
            *(*_HEAD_TIMED, *_STATISTICS),
            *_two_moments("B365 BFD BMGM BV BW CL LB PS Max Avg BFE", "B365 P Max Avg BFE"),
        ],
        2 * (11 * 3 + 5 * 2 + 5 * 2),
        {
            ("betfred", "opening", "1x2", "home", None): "BFDH",
            ("betfred", "closing", "1x2", "home", None): "BFDCH",
            ("betmgm", "closing", "1x2", "away", None): "BMGMCA",
            ("betvictor", "closing", "1x2", "away", None): "BVCA",
            ("coral", "closing", "1x2", "away", None): "CLCA",
        },
    ),
    Generation(
        "2026-27",
        "14/08/2026",
        [
            *(*_HEAD_TIMED, "Referee", "HxG", "AxG", *_STATISTICS[1:]),
            *_two_moments("B365 BFD BV BW PP SKB Max Avg BFE", "B365 Max Avg BFE"),
        ],
        2 * (9 * 3 + 4 * 2 + 4 * 2),
        {
            ("paddy_power", "opening", "1x2", "home", None): "PPH",
            ("paddy_power", "closing", "1x2", "home", None): "PPCH",
            ("sky_bet", "closing", "1x2", "draw", None): "SKBCD",
        },
    ),
]
EACH = pytest.mark.parametrize("generation", GENERATIONS, ids=lambda generation: generation.season)


def _cells(generation: Generation) -> dict[str, str]:
    """One match whose every price differs: 1.51, 1.52, 1.53 and so on in the order of the header."""
    own_prices = [name for name in generation.header if name not in _VALUES]
    invented = {name: f"{1.5 + place / 100:.2f}" for place, name in enumerate(own_prices, start=1)}
    return {**_VALUES, **invented, "Date": generation.date}


def _read(generation: Generation) -> Parsed:
    return read(file(_cells(generation), header=generation.header), season_code=generation.season)


@EACH
def test_every_price_column_of_a_generation_gives_one_price(generation: Generation) -> None:
    parsed = _read(generation)
    wanted = set(generation.header) - _VALUES.keys() - {"Date"} - _NO_PRICES
    assert len(wanted) == generation.price_count
    assert set(parsed.rows["odds_quotes"]["column"]) == wanted
    assert len(parsed.rows["odds_quotes"]) == generation.price_count
    assert reasons(parsed, "odds_quotes") == []


@EACH
def test_a_price_has_the_meaning_that_the_vendor_gave_its_column(generation: Generation) -> None:
    found, cells = prices(_read(generation)), _cells(generation)
    assert {key: found[key] for key in generation.prices} == {
        key: float(cells[name]) for key, name in generation.prices.items()
    }


@EACH
def test_the_date_of_a_generation_is_read_and_its_result_too(generation: Generation) -> None:
    (match,) = finished(_read(generation)).iter_rows(named=True)
    day, month, year = generation.date.split("/")
    assert match["event_at_utc"].strftime("%d/%m/%Y") == f"{day}/{month}/20{year[-2:]}"
    assert [match[side] for side in ("home_goals", "away_goals", "home_goals_half_time", "away_goals_half_time")] == [
        2, 1, 1, 0,
    ]  # fmt: skip
    assert (match["referee"], match["season_code"]) == ("A Roe", generation.season)


@EACH
def test_statistics_stand_with_their_side_and_expected_goals_only_where_the_vendor_has_them(
    generation: Generation,
) -> None:
    names = ("shots", "shots_on_target", "fouls", "corners", "yellow_cards", "red_cards", "expected_goals")
    rows = {row["side"]: [row[name] for name in names] for row in _read(generation).rows["team_stats"].to_dicts()}
    has_goals = generation.season == "2026-27"
    assert rows == {
        "home": [10, 5, 9, 6, 1, 0, 1.73 if has_goals else None],
        "away": [8, 3, 11, 2, 3, 1, 0.41 if has_goals else None],
    }


@EACH
def test_maxima_and_averages_are_marked_and_named_books_are_not(generation: Generation) -> None:
    marked = _read(generation).rows["odds_quotes"].group_by("bookmaker").agg(pl.col("is_aggregate").unique())
    aggregates = {book for book, flags in marked.rows() if flags == [True]}
    assert aggregates == {"market_maximum", "market_average"}
    assert all(len(flags) == 1 for _, flags in marked.rows())


def test_pinnacle_is_gone_from_2026_27() -> None:
    assert "pinnacle" not in set(_read(GENERATIONS[-1]).rows["odds_quotes"]["bookmaker"])


def test_closing_prices_before_2019_20_are_pinnacles_only() -> None:
    closing = _read(GENERATIONS[2]).rows["odds_quotes"].filter(quote_kind="closing")
    assert set(closing["bookmaker"]) == {"pinnacle"}


def test_a_file_without_times_says_so_in_the_basis_and_a_timed_file_gives_its_hour() -> None:
    old, new = finished(_read(GENERATIONS[0])), finished(_read(GENERATIONS[-1]))
    assert (old["known_at_basis"].item(), new["known_at_basis"].item()) == ("date_only", "rule")
    assert new["event_at_utc"].item() == parse_instant("2026-08-14T19:00:00Z")
