"""Whom alerts are told: the log, a webhook in Slack's format, and PagerDuty (Events API v2)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from pydantic import SecretStr

from core.clock import iso
from core.errors import FairlineError
from core.settings import Settings
from optimizer.outbox import Post
from serving.alerts.book import PAGED, Due
from sources.transport.credentials import hide_text

LONGEST_KEY, LONGEST_SUMMARY = 255, 1024
"""Of PagerDuty's dedup_key and summary."""
LONGEST = 600
SEVERITIES = ("critical", "error", "warning", "info")
_LEVELS = {"critical": logging.CRITICAL, "error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}
_JSON = {"Content-Type": "application/json"}
_log = logging.getLogger("fairline.alerts")


class Channel(Protocol):
    """Somebody who is told."""

    @property
    def name(self) -> str:
        """What the book calls it."""
        ...

    def takes(self, severity: str) -> bool:
        """Whether alerts of this severity are told here."""
        ...

    def tell(self, due: Due) -> str | None:
        """Send one message; returns what went wrong in a sentence without addresses, None where it was taken."""
        ...


@dataclass(frozen=True)
class Log:
    """The log `fairline.alerts`, which takes everything."""

    prefix: str = ""
    name: str = "log"

    def takes(self, severity: str) -> bool:
        """Always."""
        return True

    def tell(self, due: Due) -> str | None:
        """One line, at the level of the severity; recoveries as information."""
        _log.log(logging.INFO if due.is_over else _LEVELS[due.row["severity"]], "%s", _spoken(due, self.prefix))
        return None


@dataclass(frozen=True)
class Webhook:
    """An incoming webhook: `{"text": ...}`, with `&`, `<` and `>` escaped, as Slack asks for."""

    url: SecretStr
    post: Post
    prefix: str = ""
    name: str = "webhook"

    def takes(self, severity: str) -> bool:
        """Always."""
        return True

    def tell(self, due: Due) -> str | None:
        """One message; taken where the answer is 2xx."""
        text = _spoken(due, self.prefix)
        for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(plain, escaped)
        return _sent(self.name, self.post, self.url.get_secret_value(), {"text": text})


@dataclass(frozen=True)
class PagerDuty:
    """Events API v2: `trigger` and `resolve` under one dedup_key; only what should wake people up."""

    url: str
    routing_key: SecretStr
    post: Post
    source: str
    prefix: str = ""
    name: str = "pagerduty"

    def takes(self, severity: str) -> bool:
        """Critical and error."""
        return severity in PAGED

    def tell(self, due: Due) -> str | None:
        """One event; taken where the answer is 2xx (202)."""
        return _sent(self.name, self.post, self.url, self.event(due))

    def event(self, due: Due) -> dict[str, Any]:
        """The event as PagerDuty's documentation has it."""
        row = due.row
        head = {"routing_key": self.routing_key.get_secret_value(), "dedup_key": _dedup_key(row["alert_key"])}
        if due.is_over:
            return head | {"event_action": "resolve"}
        return head | {
            "event_action": "trigger",
            "client": "Fairline",
            "payload": {
                "summary": f"{self.prefix}{row['summary']}"[:LONGEST_SUMMARY],
                "source": self.source,
                "severity": row["severity"],
                "timestamp": iso(row["opened_at_utc"]),
                "component": row["alert_key"].split("/")[1],
                "class": row["kind"],
                "custom_details": {"alert_key": row["alert_key"], "alert_id": row["alert_id"]},
            },
        }


def channels(settings: Settings, post: Post) -> list[Channel]:
    """Everybody whom the settings name, the log first."""
    alerts, prefix = settings.alerts, "SIMULATED: " if settings.simulated else ""
    found: list[Channel] = [Log(prefix)]
    if alerts.webhook_url is not None:
        found.append(Webhook(alerts.webhook_url, post, prefix))
    if alerts.pagerduty_routing_key is not None:
        source = f"fairline/{settings.profile}"
        found.append(PagerDuty(alerts.pagerduty_url, alerts.pagerduty_routing_key, post, source, prefix))
    return found


def without_secrets(text: str, settings: Settings) -> str:
    """A text on one line without any secret of the settings, query of an address or password in one; cut off."""
    kept = [settings.webhook_secret, settings.alerts.webhook_url, settings.alerts.pagerduty_routing_key]
    secrets = (*settings.keys.values(), *settings.proxies, *(one for one in kept if one is not None))
    said = hide_text(text, tuple(secret.get_secret_value() for secret in secrets))
    said = re.sub(r"(\w+://)[^/\s@]+@", r"\1", said)
    said = re.sub(r"(\w+://[^\s?'\"]+)\?[^\s'\"]*", r"\1", said)
    return " ".join(said.split())[:LONGEST]


def _spoken(due: Due, prefix: str) -> str:
    return f"{prefix}{'Over' if due.is_over else due.row['severity'].capitalize()}: {due.row['summary']}"


def _dedup_key(key: str) -> str:
    whole = f"fairline/{key}"
    return whole if len(whole) <= LONGEST_KEY else f"fairline/{sha256(key.encode()).hexdigest()}"


def _sent(name: str, post: Post, url: str, message: Mapping[str, Any]) -> str | None:
    try:
        status = post(url, json.dumps(message).encode(), _JSON)
    except (OSError, FairlineError) as error:
        return f"{name} gave no answer ({type(error).__name__})."
    return None if 200 <= status < 300 else f"{name} answered {status}."
