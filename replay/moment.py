"""Acting at one moment: limits in force, every rule asked, then the portfolio. The live run and the walk come this way.

Reading and writing tables belongs to `issue` (live) and `bets` (walks).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from core.market.scenarios import Spread
from core.settings import Settings, Staking
from optimizer import policy as policies
from optimizer.adaptive.shadow import ShadowFraction, shadow_fraction, state_at
from optimizer.audit.rows import of_limit_changes
from optimizer.coming import Coming
from optimizer.controls import gates, offer_rules, review, rooms, stake_factor, standing
from optimizer.controls.review import of_rooms
from optimizer.controls.standing import Standing
from optimizer.decision import Decided, decide
from optimizer.performance.closing import ticket_values
from optimizer.placement.taken import taken
from optimizer.policy import Limits, Policy
from optimizer.prices.edges import ACCEPTED
from optimizer.prices.offers import with_player
from optimizer.scene import edge_spread
from optimizer.settlement import standing as settled_now
from optimizer.situation import Situation


@dataclass(frozen=True)
class Record:
    """What one bettor's history holds: rows of gold tickets, ticket_legs, placements, settlements, limit_changes and
    closing_line_value."""

    tickets: pl.DataFrame
    legs: pl.DataFrame
    placements: pl.DataFrame
    settlements: pl.DataFrame
    limit_changes: pl.DataFrame
    closing_values: pl.DataFrame

    def known(self, as_of: datetime) -> Record:
        """What of it was known at a moment, at the stakes and prices really taken; one settlement a ticket."""
        issued = self.tickets.filter(pl.col("as_of_utc") <= as_of)
        placed = self.placements.filter(pl.col("known_at_utc") <= as_of)
        tickets, legs = taken(issued, self.legs, placed)
        return replace(
            self, tickets=tickets, legs=legs, placements=placed, settlements=settled_now(self.settlements, as_of)
        )

    def open(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Tickets without a settlement, and their legs."""
        tickets = self.tickets.join(self.settlements, on="ticket_id", how="anti", maintain_order="left")
        return tickets, self.legs.join(tickets, on="ticket_id", how="semi", maintain_order="left")


@dataclass(frozen=True)
class Acted:
    """What a moment came to: offers with their verdicts, the portfolio, rows for audit and limit_changes, warnings."""

    bets: pl.DataFrame
    decided: Decided
    audit: pl.DataFrame
    limit_changes: pl.DataFrame
    warnings: tuple[str, ...]


def policy_of(settings: Settings) -> Policy:
    """The policy file of the settings, or the policy of a bettor without one. Raises PolicyInvalid."""
    if settings.policy is None:
        return policies.default(settings.staking)
    return policies.load(settings.policy, settings.staking)


def staking_of(settings: Settings) -> Staking:
    """The settings of stakes as the policy asks for them; limits that still stand at a moment may be tighter."""
    policy = policy_of(settings)
    return policy.staking_under(policy.limits, settings.staking)


def spread_of(settings: Settings) -> Spread:
    """How far beliefs about the sport of the settings may lie from the truth."""
    return Spread(**settings.uncertainty.model_dump())


def act(
    bets: pl.DataFrame, coming: Coming, record: Record, settings: Settings, policy: Policy, as_of: datetime,
    decision_id: str,
) -> Acted:  # fmt: skip
    """Decide on offers around what stands.

    `bets`: gold value_bets of the moment with kick-off and teams; their verdicts are given here. `record`: the whole
    history; what was not known at `as_of` counts for nothing.
    """
    limits, changed = _limits(record.limit_changes, settings, policy, as_of)
    place = policies.jurisdiction(policy.jurisdiction)
    then = record.known(as_of)
    staking = policy.staking_under(limits, settings.staking)
    stand = standing(then.tickets, record.settlements, as_of, staking.bankroll_minor, policy.timezone)
    asked = review(
        with_player(bets), gates(policy, limits, place), offer_rules(policy, limits, place), stand, decision_id,
        policy.bettor_id,
    )  # fmt: skip
    shadow = _shadow(asked.offers, coming, then, stand, staking)
    situation = _situation(stand, limits, then, settings, policy, decision_id, shadow)
    found = decide(asked.offers, coming, situation, staking, settings.seed)
    told = [
        of_limit_changes(changed, policy.bettor_id, decision_id, as_of),
        asked.audit,
        of_rooms(stand, limits, decision_id, policy.bettor_id),
    ]
    return Acted(asked.offers, found, pl.concat(told), changed, asked.warnings)


def _limits(changes: pl.DataFrame, settings: Settings, policy: Policy, as_of: datetime) -> tuple[Limits, pl.DataFrame]:
    """The limits in force and the requests to write down; without a policy file the settings count at once, but a
    cool-off or self-exclusion that somebody asked for still runs."""
    if settings.policy is None:
        return policy.limits.model_copy(update=policies.stops(changes, as_of)), changes.clear()
    return policies.in_force(changes, policy, as_of)


def _situation(
    stand: Standing, limits: Limits, then: Record, settings: Settings, policy: Policy, decision_id: str,
    shadow: ShadowFraction,
) -> Situation:  # fmt: skip
    open_tickets, open_legs = then.open()
    return Situation(
        as_of=stand.as_of, decision_id=decision_id, bettor_id=policy.bettor_id,
        bankroll_minor=stand.bankroll_minor, open_tickets=open_tickets, open_legs=open_legs,
        staked_today_minor=stand.staked_minor["day"], rooms=rooms(stand, limits),
        stake_factor=stake_factor(stand, limits), kelly_fraction=shadow.in_force, shadow_kelly_fraction=shadow.shadow,
    )  # fmt: skip


def _shadow(offers: pl.DataFrame, coming: Coming, then: Record, stand: Standing, staking: Staking) -> ShadowFraction:
    """The Kelly fraction of the settings, and what the learned policy would take in its place; bets on players, whose
    spread nobody has measured, are not asked."""
    believed = pl.col("match_id").is_in(coming.match_ids.implode()) & pl.col("player_id").is_null()
    accepted = offers.filter((pl.col("verdict") == ACCEPTED) & believed)
    size = float(accepted["edge"].sum())
    unsure = float(edge_spread(accepted, coming).sum()) / size if size > 0 else 0.0
    values = ticket_values(then.closing_values, then.tickets)
    state = state_at(then.settlements, values, stand.opening_minor, unsure, len(accepted), stand.as_of)
    return shadow_fraction(state, staking.kelly_fraction)
