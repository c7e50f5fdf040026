"""How a vendor may be asked: its hosts, pace, quota, credential, and how long its answers live. Data, no behaviour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

Period = Literal["day", "month"]
Place = Literal["header", "query"]

ODDS_LIVE = timedelta(minutes=5)
STATISTICS_LIVE = timedelta(hours=1)
FIXTURES_LIVE = timedelta(hours=6)


@dataclass(frozen=True)
class Quota:
    """What a vendor allows in a period, in its own credits.

    `closing_share` of the allowance is kept for closing prices. `remaining_header` and `used_header` name the headers
    by which the vendor counts; without them we count what we sent.
    """

    allowance: int
    period: Period
    closing_share: float = 0.0
    remaining_header: str | None = None
    used_header: str | None = None

    def __post_init__(self) -> None:
        if self.allowance <= 0 or not 0 <= self.closing_share < 1:
            raise ValueError(f"A quota of {self.allowance} with a reserve of {self.closing_share} is none.")


@dataclass(frozen=True)
class Credential:
    """Which secret of `Settings.keys` a request carries, and where; `template` has `{key}`, such as `Bearer {key}`."""

    key: str
    place: Place
    name: str
    template: str = "{key}"


def _accepted(endpoint: str, body: bytes) -> str | None:
    return None


@dataclass(frozen=True)
class Terms:
    """One vendor's terms.

    `hosts`: the only ones that a request or a redirect may reach. `spacing_seconds`: between two requests' starts.
    `lives`: how long an answer of an endpoint is good enough. `verdict`: the outcome, such as `http_error` or
    `malformed`, of a body that came with status 200 and yet is no answer; None where it is one. `is_markup`: the vendor
    answers in HTML or XML, so that a body that begins with `<` is no error page.
    """

    vendor: str
    hosts: tuple[str, ...]
    lives: Mapping[str, timedelta]
    spacing_seconds: float = 0.0
    timeout_seconds: float = 20.0
    quota: Quota | None = None
    credentials: tuple[Credential, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    is_markup: bool = False
    verdict: Callable[[str, bytes], str | None] = _accepted

    def __post_init__(self) -> None:
        if not self.hosts:
            raise ValueError(f"{self.vendor} names no host.")

    def life(self, endpoint: str) -> timedelta:
        """How long an answer of this endpoint lives."""
        return self.lives[endpoint]
