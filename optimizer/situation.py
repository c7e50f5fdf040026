"""What a decision starts from: money, what stands open, and what rules leave. How it ends belongs in `decision`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl


@dataclass(frozen=True)
class Situation:
    """What a decision starts from. Money in minor units of the policy's currency.

    `open_tickets`, `open_legs`: rows of gold tickets and ticket_legs whose result is not known. `staked_today_minor`
    counts every ticket of the day, settled ones too. `rooms`: what further rules leave for new stakes in all, by the
    rule's name. `stake_factor`: what drawdown tiers leave of `kelly_fraction`, the one in force; 0 stakes nothing.
    """

    as_of: datetime
    decision_id: str
    bettor_id: str
    bankroll_minor: int
    open_tickets: pl.DataFrame
    open_legs: pl.DataFrame
    staked_today_minor: int = 0
    rooms: Mapping[str, int] = field(default_factory=dict)
    stake_factor: float = 1.0
    kelly_fraction: float = 1.0
    shadow_kelly_fraction: float | None = None
