"""Money in whole minor units: no float ever enters a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import total_ordering

MINOR_PER_MAJOR = 100


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount of one currency, in minor units (cents); may be negative.

    Raises ValueError when two currencies meet, a fraction of a minor unit is asked for, or the code is not three
    capital letters.
    """

    minor: int
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise ValueError(f"{self.minor!r} is no whole number of minor units.")
        if not (len(self.currency) == 3 and self.currency.isalpha() and self.currency.isupper()):
            raise ValueError(f"'{self.currency}' is not a currency code of three capital letters.")

    @classmethod
    def of(cls, major: Decimal | str | int, currency: str = "EUR") -> Money:
        """An amount in major units, rounded half to even to the minor unit."""
        minor = (Decimal(major) * MINOR_PER_MAJOR).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        return cls(int(minor), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor) / MINOR_PER_MAJOR

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.major:.2f} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added or compared.")
        return other
