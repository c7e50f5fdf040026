"""What became of one leg: by the score or a player's count at the line taken, by the state of its match, or by a ruling
of the book."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from core.market.markets import MARKETS
from core.market.player_markets import PLAYER_MARKETS
from optimizer.settlement.rules import BookRule

OUTCOMES = {-1.0: "lost", -0.5: "half_lost", 0.0: "push", 0.5: "half_won", 1.0: "won"}
ENDED = ("finished", "corrected")
POSTPONED, ABANDONED, CANCELLED = "postponed", "abandoned", "cancelled"
DID_NOT_PLAY = "did_not_play"
RULINGS = ("void", DID_NOT_PLAY, "dead_heat")
NEWS = timedelta(hours=24)
"""How long after the last possible kick-off a result may still come before silence means that nothing was played."""

_LATER_GOALS = 8


@dataclass(frozen=True)
class Leg:
    """One leg as it was taken at `taken_at_utc` (None: before anything was told); `kick_off_at_utc` as known then.

    `player_id`: whom it is on; None for a bet on the match.
    """

    match_id: str
    season_code: str
    kick_off_at_utc: datetime
    market: str
    selection: str
    line: float | None
    price_odds_dec: float
    bookmaker: str
    taken_at_utc: datetime | None = None
    player_id: str | None = None

    def concerns(self, state: State) -> bool:
        """Whether a state matters to this bet: what was called off before it was taken is history."""
        is_break = state.state in (POSTPONED, ABANDONED, CANCELLED)
        return not (is_break and self.taken_at_utc is not None and state.known_at_utc <= self.taken_at_utc)


@dataclass(frozen=True)
class State:
    """What was known of a match from `known_at_utc` on; scores are None where there is none."""

    state: str
    home_score: int | None
    away_score: int | None
    event_at_utc: datetime | None
    known_at_utc: datetime

    @property
    def played_at_utc(self) -> datetime:
        """When it was played, or else when that was known."""
        return self.event_at_utc or self.known_at_utc


@dataclass(frozen=True)
class Count:
    """What a player was counted for, as known from `known_at_utc` on; None where he took no part."""

    count: float | None
    known_at_utc: datetime


@dataclass(frozen=True)
class Ruling:
    """What the book decided of a leg beyond the score; `tied` shares a dead heat, itself included."""

    ruling: str
    tied: int
    known_at_utc: datetime

    def __post_init__(self) -> None:
        if self.ruling not in RULINGS or (self.ruling == "dead_heat" and self.tied < 2):
            raise ValueError(f"A ruling of {self.ruling} among {self.tied} is none.")


@dataclass(frozen=True)
class Verdict:
    """`factor` is what comes back of each unit staked; `payoff` is None where the outcome has none on the scale."""

    outcome: str
    factor: Fraction
    payoff: float | None
    reason: str | None = None


def judge(
    leg: Leg, states: Sequence[State], rulings: Sequence[Ruling], rule: BookRule, moment: datetime,
    counts: Sequence[Count] = (),
) -> Verdict | None:  # fmt: skip
    """What a leg has come to at a moment; None while it is open.

    `states` and `rulings`: all of its match and of itself in the order in which they became known; what was known
    later than `moment` is not looked at. The newest ruling beats any score. `counts`: of the leg's player, in that
    order too; where the match has ended and nothing is told of its players, the leg is open.
    """
    ruled = [one for one in rulings if one.known_at_utc <= moment]
    if ruled:
        return _ruled(leg, ruled[-1])
    seen = [one for one in states if one.known_at_utc <= moment]
    if not seen:
        return None
    broken_off = next((one for one in reversed(seen) if one.state == ABANDONED), None)
    if seen[-1].state in ENDED:
        return _ended(leg, seen, broken_off, rule, [one for one in counts if one.known_at_utc <= moment])
    if broken_off is not None:
        return _broken_off(leg, broken_off, waited=_waited(leg, rule.abandoned, moment))
    return _not_played(leg, seen, rule, moment)


def deadlines(leg: Leg, states: Sequence[State], rule: BookRule) -> list[datetime]:
    """Moments at which a leg is decided though nothing becomes known: the ends of what the book waits for."""
    told = {one.state for one in states}
    waits = [(POSTPONED, rule.postponed), (ABANDONED, rule.abandoned)]
    return [leg.kick_off_at_utc + wait + NEWS for state, wait in waits if state in told]


def by_score(leg: Leg, home_score: int, away_score: int) -> Verdict:
    """The outcome at the line taken; a quarter line is half a stake on each neighbour, whose halves are summed."""
    return _paid(leg, float(MARKETS[leg.market].payoff(home_score, away_score, leg.selection, leg.line)))


def by_count(leg: Leg, count: float | None) -> Verdict:
    """The outcome of a bet on a player at the line taken; void if he took no part."""
    if count is None:
        return void(DID_NOT_PLAY)
    return _paid(leg, float(PLAYER_MARKETS[leg.market].payoff(count, leg.selection, leg.line)))


def void(reason: str) -> Verdict:
    """The stake comes back; in a ticket of several legs this one counts at a price of 1."""
    return Verdict("void", Fraction(1), 0.0, reason)


def _ended(
    leg: Leg, seen: Sequence[State], broken_off: State | None, rule: BookRule, counts: Sequence[Count]
) -> Verdict | None:
    last = seen[-1]
    if broken_off is not None and last.played_at_utc > leg.kick_off_at_utc + rule.abandoned:
        return _broken_off(leg, broken_off, waited=True)
    called_off = any(one.state == POSTPONED for one in seen)
    if called_off and last.played_at_utc > leg.kick_off_at_utc + rule.postponed:
        return void(POSTPONED)
    if leg.player_id is not None:
        return by_count(leg, counts[-1].count) if counts else None
    return by_score(leg, *_score(last))


def _broken_off(leg: Leg, state: State, waited: bool) -> Verdict | None:
    """Decided before the break is decided; the rest is void once the book has waited long enough.

    A quarter line is two bets: one half may be decided and the other void.
    """
    shares = [_decided(leg, line, state) for line in _halves(leg.line)]
    known = [share for share in shares if share is not None]
    if len(known) < len(shares) and not waited:
        return None
    if not known:
        return void(ABANDONED)
    share = sum(known) / len(shares)
    return _paid(leg, share, "decided_before_abandoned")


def _not_played(leg: Leg, seen: Sequence[State], rule: BookRule, moment: datetime) -> Verdict | None:
    if seen[-1].state == CANCELLED:
        return void(CANCELLED)
    if not any(one.state == POSTPONED for one in seen):
        return None
    deadline = leg.kick_off_at_utc + rule.postponed
    moved_to = seen[-1].event_at_utc
    too_late = moved_to is not None and moved_to > deadline
    return void(POSTPONED) if too_late or _waited(leg, rule.postponed, moment) else None


def _waited(leg: Leg, hours: timedelta, moment: datetime) -> bool:
    """Whether nothing can save a bet any more: at once where the book does not wait at all."""
    return not hours or moment >= leg.kick_off_at_utc + hours + NEWS


def _ruled(leg: Leg, ruling: Ruling) -> Verdict:
    if ruling.ruling == "dead_heat":
        return Verdict("dead_heat", _price(leg.price_odds_dec) / ruling.tied, None, "dead_heat")
    return void(ruling.ruling)


def _halves(line: float | None) -> tuple[float | None, ...]:
    return (line,) if line is None or line * 2 % 1 == 0 else (line - 0.25, line + 0.25)


def _decided(leg: Leg, line: float | None, state: State) -> float | None:
    """The payoff that every score that could still have come would bring; None where they differ, and for a player."""
    if state.home_score is None or state.away_score is None or leg.player_id is not None:
        return None
    reach = _LATER_GOALS + abs(state.home_score - state.away_score) + math.ceil(abs(line or 0.0))
    later = np.arange(reach + 1)
    home, away = np.meshgrid(state.home_score + later, state.away_score + later)
    payoffs = MARKETS[leg.market].payoff(home, away, leg.selection, line)
    return float(payoffs[0, 0]) if np.ptp(payoffs) == 0 else None


def _paid(leg: Leg, share: float, reason: str | None = None) -> Verdict:
    """A payoff of -1 to 1 at the price taken."""
    return Verdict(OUTCOMES[share], _factor(share, leg.price_odds_dec), share, reason)


def _score(state: State) -> tuple[int, int]:
    if state.home_score is None or state.away_score is None:
        raise ValueError(f"A match that is {state.state} has no score.")
    return state.home_score, state.away_score


def _factor(share: float, price_odds_dec: float) -> Fraction:
    """Back of each unit: a share won at the price taken, the rest of the stake returned or lost."""
    won = Fraction(share)
    return 1 + won * (_price(price_odds_dec) - 1) if won > 0 else 1 + won


def _price(price_odds_dec: float) -> Fraction:
    """The price as it is written: 1.91 is 191/100, not the nearest binary number."""
    return Fraction(str(price_odds_dec))
