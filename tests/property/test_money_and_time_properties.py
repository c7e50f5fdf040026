"""Money and time: what goes in comes out, to the cent and to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import FixedClock, iso, parse_instant
from core.money import Money

CENTS = st.integers(-(10**12), 10**12)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS)


@given(CENTS, CENTS, CENTS)
@settings(max_examples=100, deadline=None)
def test_amounts_add_in_any_order_and_nothing_is_lost(a: int, b: int, c: int) -> None:
    one, two, three = Money(a), Money(b), Money(c)
    assert (one + two) + three == three + (two + one)
    assert one + two - two == one
    assert one - one == Money(0)
    assert -(-one) == one


@given(CENTS)
@settings(max_examples=100, deadline=None)
def test_cents_to_major_units_and_back_are_the_same_cents(minor: int) -> None:
    assert Money.of(Money(minor).major) == Money(minor)
    assert Money.of(str(Money(minor)).removesuffix(" EUR")) == Money(minor)


@given(st.decimals(-(10**9), 10**9, places=6))
@settings(max_examples=100, deadline=None)
def test_rounding_moves_an_amount_by_half_a_cent_at_most(major: Decimal) -> None:
    assert abs(Money.of(major).major - major) <= Decimal("0.005")


@given(CENTS, CENTS)
@settings(max_examples=60, deadline=None)
def test_amounts_are_ranked_as_their_cents_are(a: int, b: int) -> None:
    assert (Money(a) < Money(b)) == (a < b)


@given(INSTANTS)
@settings(max_examples=100, deadline=None)
def test_an_instant_written_by_anybody_is_read_as_the_same_instant_in_utc(instant: datetime) -> None:
    read = parse_instant(instant.isoformat())
    assert read == instant
    assert read.tzinfo is UTC


@given(INSTANTS)
@settings(max_examples=100, deadline=None)
def test_what_we_write_we_read_back_to_the_second(instant: datetime) -> None:
    assert parse_instant(iso(instant)) == instant.replace(microsecond=0)
    assert iso(FixedClock(instant).now()) == iso(instant)
