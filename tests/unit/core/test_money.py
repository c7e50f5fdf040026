"""Money is whole cents of one currency; nothing is lost and nothing is mixed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from core.money import Money


@pytest.mark.parametrize(
    ("major", "minor"),
    [("10", 1000), (3, 300), (Decimal("2.50"), 250), ("0.005", 0), ("0.015", 2), ("0.025", 2), ("-0.015", -2)],
)
def test_major_units_become_cents_rounding_half_to_even(major: str | int | Decimal, minor: int) -> None:
    assert Money.of(major) == Money(minor)


def test_a_stake_and_its_return_add_up() -> None:
    stake, profit = Money.of("12.50"), Money.of("13.75")
    assert stake + profit == Money(2625)
    assert profit - stake == Money(125)
    assert -stake == Money(-1250)
    assert stake + -stake == Money(0)


def test_an_amount_is_printed_with_two_places_and_its_currency() -> None:
    assert str(Money(-1205, "GBP")) == "-12.05 GBP"
    assert Money(1999).major == Decimal("19.99")


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "E1R", ""])
def test_a_currency_is_three_capital_letters(code: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, code)


def test_two_currencies_are_never_added_or_subtracted() -> None:
    with pytest.raises(ValueError, match="EUR and USD"):
        Money(1) + Money(1, "USD")
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(1, "USD") - Money(1)


def test_two_currencies_are_never_ranked() -> None:
    assert Money(1) < Money(2)
    with pytest.raises(ValueError, match="USD"):
        _ = Money(1, "USD") < Money(2, "EUR")


@pytest.mark.parametrize("minor", [0.5, 10.0])
def test_no_float_becomes_an_amount(minor: float) -> None:
    with pytest.raises((TypeError, ValueError)):
        Money(minor)  # type: ignore[arg-type]


def test_an_amount_cannot_be_changed_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        Money(1).minor = 2  # type: ignore[misc]
