"""The learned policy beside the fixed fraction: recorded with every decision, in force only if it passed its study.

Where the weights come from and why they may or may not act is told by `study.study(SHIPPED_SEED)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from optimizer.adaptive.policy import Policy, State
from optimizer.adaptive.signals import recent_clv
from optimizer.performance.drawdown import Path

SHIPPED_SEED = 20261120
ENABLED = False
"""What the study of this seed decided."""
SHIPPED = Policy((1.36, -0.07, 1.81, -2.93, -1.70, 0.02))
"""Weights of its first repeat, rounded."""


@dataclass(frozen=True)
class ShadowFraction:
    """The Kelly fraction in force and the one in its shadow, each in [0, 1]."""

    fixed: float
    shadow: float
    enabled: bool

    @property
    def in_force(self) -> float:
        """The fraction to stake by: the fixed one unless the policy is enabled."""
        return self.shadow if self.enabled else self.fixed


def shadow_fraction(state: State, fixed: float) -> ShadowFraction:
    """What the shipped policy would ask for in this state, beside the `fixed` fraction of the settings."""
    return ShadowFraction(fixed, SHIPPED.fraction(state), ENABLED)


def state_at(
    settlements: pl.DataFrame,
    ticket_values: pl.DataFrame,
    opening_minor: int,
    edge_uncertainty: float,
    open_bets: int,
    as_of: datetime,
) -> State:
    """The state that the ledger and the closes known at `as_of` put the policy in.

    `settlements`: known_at_utc, profit_minor; `ticket_values`: known_at_utc, ticket_id, clv (null without a close).
    """
    path = Path.of(settlements.filter(pl.col("known_at_utc") <= as_of), opening_minor).frame["drawdown_share"]
    closed = ticket_values.filter(pl.col("known_at_utc") <= as_of).sort("known_at_utc", "ticket_id")
    clv_t, evidence = recent_clv(closed["clv"].fill_null(float("nan")).to_numpy())
    standing = min(max(float(path[-1]), 0.0), 1.0) if len(path) else 0.0
    return State(standing, clv_t, evidence, edge_uncertainty, open_bets)
