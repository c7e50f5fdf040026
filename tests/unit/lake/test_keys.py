"""Keys that tables are joined by: stable for ever, and never shared by two different things."""

from __future__ import annotations

import polars as pl
import pytest

from core.errors import FairlineError
from lake.keys import match_number, short_hash, slug, with_selection_key

LEEDS_DERBY = "E0-2023-24-eng-leeds-eng-derby"
Quote = tuple[str, str, str, float | None]
GOLDEN: dict[Quote, int] = {
    (LEEDS_DERBY, "1x2", "home", None): 5_750_738_640_551_542_784,
    (LEEDS_DERBY, "1x2", "draw", None): 5_750_738_640_551_546_880,
    (LEEDS_DERBY, "1x2", "away", None): 5_750_738_640_551_550_976,
    (LEEDS_DERBY, "totals", "over", 2.5): 5_750_738_640_551_610_378,
    (LEEDS_DERBY, "totals", "under", 2.5): 5_750_738_640_551_614_474,
    (LEEDS_DERBY, "totals", "over", 2.75): 5_750_738_640_551_610_379,
    (LEEDS_DERBY, "asian_handicap", "home", -0.25): 5_750_738_640_551_675_903,
    (LEEDS_DERBY, "asian_handicap", "away", -0.25): 5_750_738_640_551_679_999,
    ("SP1-2024-25-esp-betis-esp-sevilla", "1x2", "home", None): 2_232_715_894_197_321_728,
}


def keys(*quotes: Quote) -> list[int | None]:
    """Selection keys of quotes given as (match, market, selection, line)."""
    schema = {"match_id": pl.String, "market": pl.String, "selection": pl.String, "line": pl.Float64}
    return with_selection_key(pl.DataFrame(quotes, schema=schema, orient="row"))["selection_key"].to_list()


@pytest.mark.parametrize(("quote", "key"), GOLDEN.items(), ids=lambda item: str(item))
def test_a_selection_keeps_the_key_that_stored_tables_know_it_by(quote: Quote, key: int) -> None:
    assert keys(quote) == [key]


def test_the_key_is_added_beside_what_was_there_in_the_same_order() -> None:
    quotes = pl.DataFrame(
        {"match_id": ["b", "a"], "market": "totals", "selection": "over", "line": [2.5, 2.25], "bookmaker": "bwin"}
    )
    keyed = with_selection_key(quotes)
    assert keyed.drop("selection_key").equals(quotes)
    assert keyed["selection_key"].to_list() == keys(("b", "totals", "over", 2.5), ("a", "totals", "over", 2.25))


def test_one_selection_at_two_books_has_one_key() -> None:
    assert len(set(keys(*[(LEEDS_DERBY, "totals", "over", 2.5)] * 3))) == 1


def test_neighbouring_lines_and_sides_have_keys_of_their_own() -> None:
    lines = [quarter / 4 for quarter in range(-40, 61)]
    quotes: list[Quote] = [(LEEDS_DERBY, "totals", side, line) for side in ("over", "under") for line in lines]
    quotes += [(LEEDS_DERBY, "asian_handicap", side, line) for side in ("home", "away") for line in lines]
    quotes += [(LEEDS_DERBY, "1x2", side, None) for side in ("home", "draw", "away")]
    assert len(set(keys(*quotes))) == len(quotes)


def test_a_key_is_a_positive_integer_of_64_bits() -> None:
    largest = max(key or 0 for key in keys(*[(f"m{number}", "asian_handicap", "away", 15.0) for number in range(500)]))
    assert 1 << 55 < largest < 1 << 63


def test_a_selection_that_no_market_sells_has_no_key_so_that_its_contract_refuses_it() -> None:
    assert keys((LEEDS_DERBY, "corners", "over", 9.5), (LEEDS_DERBY, "totals", "draw", 2.5)) == [None, None]


def test_no_quotes_have_no_keys() -> None:
    assert keys() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("totals", "over", 128.0), ("totals", "under", -128.0)),
        (("totals", "over", 230.5), ("totals", "under", -25.5)),
        (("asian_handicap", "home", -128.0), ("asian_handicap", "home", None)),
        (("totals", "over", 2.3), ("totals", "over", 2.25)),
    ],
    ids=["beyond the range", "a basketball total", "the lowest line and no line", "between two quarters"],
)
def test_lines_that_the_key_cannot_hold_are_refused_rather_than_mixed_up(
    one: tuple[str, str, float | None], other: tuple[str, str, float | None]
) -> None:
    try:
        found = keys((LEEDS_DERBY, *one), (LEEDS_DERBY, *other))
    except (FairlineError, ValueError):
        return
    assert found[0] != found[1]


def test_the_numbers_of_matches_fit_in_44_bits_and_differ() -> None:
    numbers = [match_number(f"E0-2023-24-{number}") for number in range(5000)]
    assert len(set(numbers)) == 5000
    assert all(0 <= number < 1 << 44 for number in numbers)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Nott'm Forest", "nottm-forest"),
        ("St. Pauli", "st-pauli"),
        ("Beşiktaş", "besiktas"),
        ("1. FC Köln", "1-fc-koln"),
    ]
    + [("  Ath  Madrid ", "ath-madrid"), ("Paris SG", "paris-sg"), ("La Coruña", "la-coruna")],
)
def test_a_name_becomes_plain_letters_joined_by_dashes(name: str, plain: str) -> None:
    assert slug(name) == plain
    assert slug(plain) == plain


@pytest.mark.parametrize(("one", "other"), [("Спартак", "Динамо"), ("Brøndby", "Brndby")])
def test_two_clubs_never_share_a_slug_because_their_letters_are_not_ours(one: str, other: str) -> None:
    try:
        found = slug(one), slug(other)
    except (FairlineError, ValueError):
        return
    assert found[0] != found[1]
    assert all(found)


def test_a_short_hash_is_sixteen_digits_that_never_change() -> None:
    assert short_hash("https://vendor/E0.csv", 3) == "4a290d8204e94ff5"
    assert short_hash("a", "b") != short_hash("b", "a") != short_hash("ab")
