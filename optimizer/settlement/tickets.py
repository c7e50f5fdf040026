"""From the verdicts on its legs to what a ticket returns. Only arithmetic: no match, no book and no time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from optimizer.settlement.legs import Verdict
from optimizer.systems import Lines


@dataclass(frozen=True)
class Settled:
    """A decided ticket: `return_minor` includes the stake and is rounded once, half a minor unit to even."""

    outcome: str
    payoff: float | None
    return_minor: int
    reason: str | None

    @property
    def money(self) -> tuple[str, int]:
        """What a bettor would notice: a correction that changes nothing here is none."""
        return self.outcome, self.return_minor


@dataclass(frozen=True)
class Terms:
    """How legs make a ticket: its lines, and how the price taken for the whole differs from the product of the legs.

    `ratio` is that price over the product, 1 for an accumulator at its legs' prices. `is_one_match`: the legs were
    quoted together, so that none can be taken out: one that is returned returns the ticket.
    """

    lines: Lines
    ratio: Fraction = Fraction(1)
    is_one_match: bool = False


def settled(verdicts: Sequence[Verdict | None], terms: Terms, stake_minor: int) -> Settled | None:
    """What a ticket has come to, or None while it is open: until every leg is decided, or every line is lost.

    The stake is divided equally over the lines; a line returns its share times the product of its legs' factors.
    """
    products = [_product([verdicts[leg] for leg in line]) for line in terms.lines]
    known = [product for product in products if product is not None]
    if len(known) < len(products):
        return None
    factor = terms.ratio * sum(known, Fraction(0)) / len(known)
    if terms.is_one_match and factor and any(verdict and verdict.factor == 1 for verdict in verdicts):
        return Settled("void", None, stake_minor, "a_leg_of_one_match_was_returned")
    if all(verdict and verdict.outcome == "void" for verdict in verdicts):
        factor = Fraction(1)
    decided = [verdict for verdict in verdicts if verdict is not None]
    reasons = sorted({verdict.reason for verdict in decided if verdict.reason is not None})
    alone = decided[0] if len(verdicts) == 1 else None
    return Settled(
        outcome=alone.outcome if alone else _outcome(decided, factor),
        payoff=alone.payoff if alone else None,
        return_minor=back(stake_minor, factor),
        reason=";".join(reasons) or None,
    )


def back(stake_minor: int, factor: Fraction) -> int:
    """What comes back of a stake, in minor units; half a unit rounds to even."""
    return round(stake_minor * factor)


def returned_minor(stake_minor: int, payoff: float, price_odds_dec: float) -> int:
    """What comes back of a single, in minor units: the stake plus the payoff; half a unit rounds to even."""
    share, price = Fraction(payoff), Fraction(str(price_odds_dec))
    return back(stake_minor, 1 + share * (price - 1) if share > 0 else 1 + share)


def _product(line: Sequence[Verdict | None]) -> Fraction | None:
    """Factor of a line; a lost leg loses it whatever the open ones will bring."""
    if any(verdict is not None and verdict.factor == 0 for verdict in line):
        return Fraction(0)
    factors = [verdict.factor for verdict in line if verdict is not None]
    return math.prod(factors, start=Fraction(1)) if len(factors) == len(line) else None


def _outcome(decided: Sequence[Verdict], factor: Fraction) -> str:
    """The word for a ticket of several legs."""
    if factor == 0:
        return "lost"
    outcomes = {verdict.outcome for verdict in decided}
    if outcomes == {"void"}:
        return "void"
    if "won" in outcomes and outcomes <= {"won", "void", "push"}:
        return "won"
    return "push" if factor == 1 else "part_won" if factor > 1 else "part_lost"
