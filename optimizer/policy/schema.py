"""What a bettor may ask for: frozen models, checked field by field; a file of it is read in `reading.py`."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from core.settings import Staking
from optimizer.policy.jurisdictions import jurisdiction, jurisdictions

LOOSEN_AFTER_HOURS = 24.0
_SET_ELSEWHERE = {
    "currency": "currency",
    "minimum_edge": "limits.minimum_edge",
    "maximum_price_odds_dec": "limits.maximum_price_odds_dec",
    "maximum_price_age_minutes": "limits.maximum_price_age_minutes",
}


def _not_a_number(value: object) -> object:
    if isinstance(value, (int, float)):
        raise ValueError("a bare number is no moment; write it like 2026-12-31T00:00:00Z")
    return value


_Positive = Annotated[float, Field(strict=True, gt=0)]
_Amount = Annotated[float, Field(strict=True, ge=0)]
_Share = Annotated[float, Field(strict=True, gt=0, le=1)]
_Moment = Annotated[AwareDatetime, BeforeValidator(_not_a_number)]
Tiers = tuple[tuple[float, float], ...]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Switches(_Part):
    """Names that are wanted: an empty `only` means all, and `never` wins over `only`."""

    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class Preferences(_Part):
    """Which leagues, markets and books the bettor wants to see."""

    leagues: Switches = Switches()
    markets: Switches = Switches()
    books: Switches = Switches()


class Limits(_Part):
    """Every limit; None is no limit.

    Money is in major units of the policy's currency; a day, week (ISO) or month is that of the bettor's time zone.
    `stop_loss` and `take_profit` are distances from the opening bankroll: an amount, a share of it, or both (the
    nearer one acts). `drawdown_tiers` are pairs (share lost from the peak, factor on stakes), deeper and smaller.
    """

    stake_day: _Amount | None = None
    stake_week: _Amount | None = None
    stake_month: _Amount | None = None
    loss_day: _Amount | None = None
    loss_week: _Amount | None = None
    loss_month: _Amount | None = None
    stop_loss: _Positive | None = None
    stop_loss_share: _Share | None = None
    take_profit: _Positive | None = None
    take_profit_share: _Positive | None = None
    drawdown_tiers: Tiers = ()
    cool_off_until_utc: _Moment | None = None
    self_excluded_until_utc: _Moment | None = None
    minimum_edge: _Amount
    maximum_price_odds_dec: Annotated[float, Field(strict=True, gt=1)]
    maximum_price_age_minutes: _Positive
    maximum_price_move_share: _Positive | None = None
    loosen_after_hours: Annotated[float, Field(strict=True, ge=LOOSEN_AFTER_HOURS)]

    @field_validator("drawdown_tiers")
    @classmethod
    def _deeper_and_smaller(cls, tiers: Tiers) -> Tiers:
        steps = [(0.0, 1.0), *tiers]
        for (share, factor), (deeper, smaller) in pairwise(steps):
            if not (share < deeper <= 1 and 0 <= smaller < factor):
                raise ValueError(
                    f"tier [{deeper}, {smaller}] does not follow on [{share}, {factor}]: each tier is a deeper share "
                    "lost (up to 1) with a smaller factor (from below 1 down to 0)"
                )
        return tiers


class Policy(_Part):
    """One bettor: where, in which currency, with which preferences and limits.

    `staking` overrides settings of `core.settings.Staking` by name. Without a `jurisdiction` no law is looked at.
    """

    bettor_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    timezone: str = "UTC"
    jurisdiction: str | None = None
    kyc_verified: Annotated[bool, Field(strict=True)] = False
    preferences: Preferences = Preferences()
    limits: Limits
    staking: dict[str, Any] = {}

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"'{name}' is no time zone; write it like Europe/Berlin") from error
        return name

    @field_validator("jurisdiction")
    @classmethod
    def _known_place(cls, code: str | None) -> str | None:
        if code is not None and code not in jurisdictions():
            raise ValueError(f"'{code}' is not known; known are {', '.join(sorted(jurisdictions()))}")
        return code

    @field_validator("staking")
    @classmethod
    def _known_staking(cls, overrides: dict[str, Any]) -> dict[str, Any]:
        for name in sorted(_SET_ELSEWHERE.keys() & overrides.keys()):
            raise ValueError(f"{name} is not set here but as {_SET_ELSEWHERE[name]}")
        try:
            Staking(**overrides)
        except ValidationError as error:
            faults = [f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors()]
            raise ValueError("; ".join(faults)) from error
        return overrides

    @model_validator(mode="after")
    def _delay_of_the_place(self) -> Self:
        place = jurisdiction(self.jurisdiction)
        if place is not None and self.limits.loosen_after_hours < place.loosen_after_hours:
            raise ValueError(
                f"limits.loosen_after_hours is {self.limits.loosen_after_hours:g}, but {place.name} asks for at least "
                f"{place.loosen_after_hours:g}"
            )
        return self

    def staking_under(self, limits: Limits, base: Staking) -> Staking:
        """The settings of stakes: `base`, this policy's overrides, and the limits in force over both.

        Books that the bettor switched off, or that hold no licence in the jurisdiction, are nobody's price here, so
        that the next best book is looked at.
        """
        own = {name: getattr(limits, name) for name in _SET_ELSEWHERE if name != "currency"}
        found = Staking(**(base.model_dump() | self.staking | own | {"currency": self.currency}))
        place = jurisdiction(self.jurisdiction)
        barred = (*self.preferences.books.never, *(place.books.not_licensed if place else ()))
        only = self.preferences.books.only or found.bookmakers
        named = tuple(book for book in found.bookmakers if book in only and book not in barred)
        return found.model_copy(update={"bookmakers": named})
