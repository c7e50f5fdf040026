"""What a site allows robots: its robots.txt, read once a day and host (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from core.errors import VendorUnavailable
from core.http import Answer

AGENT = "fairline"
KEPT = timedelta(days=1)
_MAX_CHARACTERS = 500 * 1024
_LONGEST_DELAY_SECONDS = 60.0


@dataclass(frozen=True)
class Rule:
    """Whether an address may be visited, and how far apart visits must be (0 where the site does not say)."""

    is_allowed: bool
    delay_seconds: float = 0.0


class Robots:
    """Rules of sites; `ask` answers an address with its status and body, and raises a FairlineError where it cannot."""

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        self._ask = ask
        self._read: dict[str, tuple[datetime, RobotFileParser]] = {}

    def rule(self, url: str, now: datetime) -> Rule:
        """What the site says of an address.

        Without a robots.txt (4xx) all is allowed. Raises what `ask` raises, and VendorUnavailable for any other
        status: what a site forbids is then unknown, so nothing may be visited.
        """
        rules = self._rules(urlsplit(url).netloc, now)
        delay = float(rules.crawl_delay(AGENT) or 0)
        return Rule(rules.can_fetch(AGENT, url), min(delay, _LONGEST_DELAY_SECONDS))

    def _rules(self, host: str, now: datetime) -> RobotFileParser:
        read_at, rules = self._read.get(host, (None, RobotFileParser()))
        if read_at is None or now - read_at >= KEPT:
            rules = self._fetched(f"https://{host}/robots.txt")
            self._read[host] = now, rules
        return rules

    def _fetched(self, url: str) -> RobotFileParser:
        answer = self._ask(url)
        rules = RobotFileParser(url)
        if answer.status == 200:
            rules.parse(answer.body.decode("utf-8", errors="replace")[:_MAX_CHARACTERS].splitlines())
        elif 400 <= answer.status < 500 and answer.status != 429:
            rules.parse([])
        else:
            raise VendorUnavailable(f"{url} answered {answer.status}.", "It is tried again later.", answer.status)
        return rules
