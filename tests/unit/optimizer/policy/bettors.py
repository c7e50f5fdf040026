"""Policies of invented bettors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.settings import Staking
from optimizer.policy import Policy, default

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(hours: float) -> datetime:
    """A moment this many hours after the first."""
    return START + timedelta(hours=hours)


def policy(limits: dict[str, Any] | None = None, **changes: Any) -> Policy:
    """The default policy, but for these limits and these other keys."""
    usual = default(Staking()).model_dump() | {"bettor_id": "invented"} | changes
    return Policy.model_validate(usual | {"limits": usual["limits"] | (limits or {})})
