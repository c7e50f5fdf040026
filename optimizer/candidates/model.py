"""A candidate: one ticket that could be bought, before anything is known of its stake."""

from __future__ import annotations

from dataclasses import dataclass

from core.market.odds import MAX_ODDS_DEC
from optimizer.systems import Lines


@dataclass(frozen=True)
class Candidate:
    """One ticket on rows of a frame of legs.

    `kind`: such as single, double, 4-fold, trixie, round_robin_2_of_4 or same_match. `legs`: rows of the frame, each
    once. `lines`: each line multiplies these legs (rows of the frame too), and a unit stake is split equally over the
    lines. `price_odds_dec`: a quoted price of the whole, which then has one line of all legs; None where the price is
    the product of the legs' own. Raises ValueError for lines that are not made of all the legs, and for no price.
    """

    kind: str
    legs: tuple[int, ...]
    lines: Lines
    price_odds_dec: float | None = None

    def __post_init__(self) -> None:
        if len(set(self.legs)) != len(self.legs) or {leg for line in self.lines for leg in line} != set(self.legs):
            raise ValueError(f"The lines of this {self.kind} are not made of its legs, each named once.")
        if any(len(set(line)) != len(line) or not line for line in self.lines):
            raise ValueError(f"A line of this {self.kind} is empty or names a leg twice.")
        if self.price_odds_dec is None:
            return
        if not 1.0 < self.price_odds_dec <= MAX_ODDS_DEC or len(self.lines) != 1:
            raise ValueError(f"A quoted price of this {self.kind} is above 1, at most {MAX_ODDS_DEC:g}, on one line.")

    @property
    def places(self) -> Lines:
        """The lines as numbers of the ticket's own legs, counted from 0."""
        place = {leg: number for number, leg in enumerate(self.legs)}
        return tuple(tuple(place[leg] for leg in line) for line in self.lines)
