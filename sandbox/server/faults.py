"""Which faults there are, and which of them are in force: by vendor, endpoint, time window and number of requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sandbox.server.deliveries import DELIVERIES
from sandbox.server.distortions import DISTORTIONS
from sandbox.server.fault import Fault
from sandbox.server.refusals import REFUSALS

FAULTS: Mapping[str, type[Fault]] = {fault.name: fault for fault in (*REFUSALS, *DELIVERIES, *DISTORTIONS)}


@dataclass(frozen=True)
class Rule:
    """One fault at one vendor, or at one of its endpoints, while it is in force.

    `from_utc`, `until_utc`: by the world's clock. `seconds`: of ours, from when it was set. `requests`: how many it
    spoils before it is over. None: no such limit. Raises ValueError for a fault that is not there.
    """

    vendor: str
    fault: str
    endpoint: str | None = None
    argument: float | None = None
    from_utc: datetime | None = None
    until_utc: datetime | None = None
    seconds: float | None = None
    requests: int | None = None
    since: float = field(default_factory=time.monotonic, compare=False)

    def __post_init__(self) -> None:
        if self.fault not in FAULTS:
            raise ValueError(f"there is no fault '{self.fault}'; there are {', '.join(FAULTS)}")

    def concerns(self, vendor: str, endpoint: str, now: datetime) -> bool:
        """Whether it is in force for a request at this moment of the world."""
        return (
            self.vendor in (vendor, "*")
            and self.endpoint in (None, endpoint)
            and (self.from_utc is None or now >= self.from_utc)
            and (self.until_utc is None or now < self.until_utc)
            and (self.seconds is None or time.monotonic() - self.since < self.seconds)
        )

    def made(self) -> Fault:
        """The fault itself."""
        return FAULTS[self.fault](self.argument)

    def told(self) -> dict[str, Any]:
        """The rule as JSON, times as ISO 8601."""
        times = {name: value.isoformat() for name in ("from_utc", "until_utc") if (value := getattr(self, name))}
        plain = ("vendor", "fault", "endpoint", "argument", "seconds", "requests")
        return {name: getattr(self, name) for name in plain if getattr(self, name) is not None} | times


def rule_from_text(text: str) -> Rule:
    """Read `vendor=fault`, `vendor/endpoint=fault` or `vendor=fault:argument`, such as `the_odds_api=429:60`."""
    place, equals, fault = text.partition("=")
    if not equals:
        raise ValueError(f"'{text}' is not like the_odds_api=429 or the_odds_api/odds=timeout:5")
    vendor, _, endpoint = place.partition("/")
    name, _, argument = fault.partition(":")
    return Rule(vendor.strip(), name.strip(), endpoint.strip() or None, float(argument) if argument else None)


def rule_from_json(said: Mapping[str, Any]) -> Rule:
    """Read a rule as `Rule.told` writes it; raises ValueError for a name that no rule has."""
    unknown = set(said) - {"vendor", "fault", "endpoint", "argument", "from_utc", "until_utc", "seconds", "requests"}
    if unknown or not {"vendor", "fault"} <= set(said):
        raise ValueError(f"a rule has a vendor and a fault, and cannot have {sorted(unknown) or 'neither'}")
    times = {name: _instant(said[name]) for name in ("from_utc", "until_utc") if said.get(name)}
    return Rule(**{**said, **times})


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class FaultBoard:
    """The rules in force, and how often each has spoilt a request."""

    def __init__(self, rules: tuple[Rule, ...] = ()) -> None:
        self._rules = rules
        self._lock = threading.Lock()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are set, in force or not."""
        return self._rules

    def set(self, rules: tuple[Rule, ...]) -> None:
        """Put these rules in the place of all others."""
        with self._lock:
            self._rules = rules

    def take(self, vendor: str, endpoint: str, now: datetime) -> tuple[Fault, ...]:
        """The faults of a request; it counts against the rules that allow so many only."""
        with self._lock:
            taken = [rule for rule in self._rules if rule.concerns(vendor, endpoint, now)]
            self._rules = tuple(_counted(rule) if rule in taken else rule for rule in self._rules)
            self._rules = tuple(rule for rule in self._rules if rule.requests != 0)
        return tuple(rule.made() for rule in taken)


def _counted(rule: Rule) -> Rule:
    return rule if rule.requests is None else replace(rule, requests=rule.requests - 1)
