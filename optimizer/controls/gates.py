"""Gates: rules that let a whole decision pass or stop it. Adding one is one class here and one line in `gates`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from core.clock import iso
from optimizer.controls.rooms import minor
from optimizer.controls.standing import PERIODS, Standing
from optimizer.policy import Jurisdiction, Limits, Policy


@dataclass(frozen=True)
class Decision:
    """What a gate decided, why, and the numbers it compared (None where it compared none)."""

    allowed: bool
    detail: str
    value: float | None = None
    threshold: float | None = None


class Gate(Protocol):
    """A rule on a whole decision."""

    @property
    def name(self) -> str:
        """Its name in the audit."""
        ...

    def decide(self, standing: Standing) -> Decision:
        """Whether a decision may go on."""
        ...


def gates(policy: Policy, limits: Limits, place: Jurisdiction | None) -> tuple[Gate, ...]:
    """Every gate that this policy and these limits in force ask for; the gravest first."""
    return (
        Until("self_exclusion", "Self-exclusion", limits.self_excluded_until_utc),
        Until("cool_off", "Cool-off", limits.cool_off_until_utc),
        OpenPlace(place),
        KnownCustomer(policy.kyc_verified, place),
        StopLoss(limits.stop_loss, limits.stop_loss_share),
        TakeProfit(limits.take_profit, limits.take_profit_share),
        *(LossLimit(period, getattr(limits, f"loss_{period}")) for period in PERIODS),
    )


@dataclass(frozen=True)
class Until:
    """No decision before a moment: self-exclusion and cool-off."""

    name: str
    title: str
    until: datetime | None

    def decide(self, standing: Standing) -> Decision:
        """Refuses until that moment has come."""
        if self.until is None or standing.as_of >= self.until:
            return Decision(True, f"{self.title} is not running.")
        return Decision(False, f"{self.title} runs until {iso(self.until)}.")


@dataclass(frozen=True)
class OpenPlace:
    """No decision where online betting on sport is not allowed at all."""

    place: Jurisdiction | None
    name: ClassVar[str] = "jurisdiction_closed"

    def decide(self, standing: Standing) -> Decision:
        """Refuses in a place that is closed; without a jurisdiction nothing is looked at."""
        if self.place is None:
            return Decision(True, "The policy names no jurisdiction, so no law was looked at.")
        allowed = "is" if self.place.open else "is not"
        told = f"Online betting on sport {allowed} allowed in {self.place.name}, as far as we know: not legal advice."
        return Decision(self.place.open, told)


@dataclass(frozen=True)
class KnownCustomer:
    """No decision for a bettor whose identity is not verified, where a jurisdiction is named."""

    verified: bool
    place: Jurisdiction | None
    name: ClassVar[str] = "kyc"

    def decide(self, standing: Standing) -> Decision:
        """Refuses an identity that is not verified; without a jurisdiction nobody asks."""
        if self.verified:
            return Decision(True, "The bettor's identity and age are verified.")
        if self.place is None:
            return Decision(True, "Identity is not verified; the policy names no jurisdiction that asks for it.")
        age = f"{self.place.name} asks for an age of {self.place.minimum_age}."
        return Decision(False, f"The bettor's identity and age are not verified; {age}")


@dataclass(frozen=True)
class StopLoss:
    """No decision once the bankroll fell this far below the opening one."""

    amount: float | None
    share: float | None
    name: ClassVar[str] = "stop_loss"

    def decide(self, standing: Standing) -> Decision:
        """Refuses from the nearer of the two distances on."""
        lost, distance = standing.opening_minor - standing.bankroll_minor, _nearer(self.amount, self.share, standing)
        if distance is None:
            return Decision(True, "No stop-loss is set.")
        state = "reached" if lost >= distance else "not reached"
        return Decision(lost < distance, f"The stop-loss is {state}.", lost, distance)


@dataclass(frozen=True)
class TakeProfit:
    """No decision once the bankroll rose this far above the opening one."""

    amount: float | None
    share: float | None
    name: ClassVar[str] = "take_profit"

    def decide(self, standing: Standing) -> Decision:
        """Refuses from the nearer of the two distances on."""
        won, distance = standing.bankroll_minor - standing.opening_minor, _nearer(self.amount, self.share, standing)
        if distance is None:
            return Decision(True, "No take-profit is set.")
        state = "reached" if won >= distance else "not reached"
        return Decision(won < distance, f"The take-profit is {state}.", won, distance)


@dataclass(frozen=True)
class LossLimit:
    """No decision once this much is lost in the running day, week or month."""

    period: str
    limit: float | None

    @property
    def name(self) -> str:
        """loss_day, loss_week or loss_month."""
        return f"loss_{self.period}"

    def decide(self, standing: Standing) -> Decision:
        """Refuses from the limit on; what open tickets may still lose is taken off the room for stakes."""
        if self.limit is None:
            return Decision(True, f"No limit of losses in a {self.period} is set.")
        lost, limit = standing.lost_minor[self.period], minor(self.limit)
        state = "reached" if lost >= limit else "not reached"
        return Decision(lost < limit, f"The limit of losses in a {self.period} is {state}.", lost, limit)


def _nearer(amount: float | None, share: float | None, standing: Standing) -> int | None:
    distances = [minor(amount)] if amount is not None else []
    if share is not None:
        distances.append(int(share * standing.opening_minor))
    return min(distances, default=None)
