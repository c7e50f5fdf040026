"""The scene of a decision: what every candidate and everything that stands open pays in every scenario.

Scores and players' nights come from `coming`, what a ticket pays at them from `optimizer.candidates.returns`; what to
do about it belongs in `optimizer.portfolio`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.markets import MARKETS
from core.market.payoffs import profit
from core.market.player_markets import Performances
from core.market.scenarios import Scenarios
from optimizer.candidates.model import Candidate
from optimizer.candidates.returns import leg_factors, returns
from optimizer.coming import Coming
from optimizer.prices.offers import with_player
from optimizer.systems import read

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """`returns` (s, n): profit of a unit stake on each candidate; `standing` (s,): profit of open tickets as a share of
    the bankroll; `weights` (s,) sum to 1."""

    returns: Floats
    standing: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class Stage:
    """What a scene is drawn from: offers and candidates on them, beliefs, and the tickets and legs that stand open."""

    offers: pl.DataFrame
    candidates: Sequence[Candidate]
    coming: Coming
    open_tickets: pl.DataFrame
    open_legs: pl.DataFrame
    bankroll_minor: int

    def draw(self, number: int, seed: int) -> Scene:
        """`number` scenarios; each candidate's mean profit is the edge that its price has over our belief, exactly."""
        touched = pl.concat([self.offers["match_id"], self.open_legs["match_id"]]).unique()
        coming = self.coming.only(touched)
        drawn = coming.draw(number, seed)
        performances = coming.perform(drawn, self._with_players, seed)
        paid = returns(self.candidates, _factors(self.offers, coming, drawn, performances))
        standing = self._standing(coming, drawn, performances, np.random.default_rng([seed, 1]))
        return Scene(matched(paid, self.edges), standing, drawn.weights)

    @property
    def edges(self) -> Floats:
        """(n,) expected profit of a unit stake on each candidate: legs are of different matches."""
        gain = 1.0 + self.offers["edge"].to_numpy()
        return np.array([expected(one, gain) for one in self.candidates])

    @property
    def _with_players(self) -> pl.Series:
        """Matches of which a bet on a player is offered or stands open."""
        both = (with_player(legs).drop_nulls("player_id")["match_id"] for legs in (self.offers, self.open_legs))
        return pl.concat(both).unique()

    def _standing(
        self, coming: Coming, drawn: Scenarios, performances: Mapping[str, Performances], rng: np.random.Generator
    ) -> Floats:
        """(s,) profit of open tickets; a leg that is priced no more wins and comes back as often as it did at issue."""
        legs = with_player(self.open_legs).sort("ticket_id", "leg")
        if legs.is_empty():
            return np.zeros(len(drawn))
        known = _known(legs, coming, performances)
        factors = _as_at_issue(legs, rng.random((len(drawn), len(legs))))
        factors[:, known] = _factors(legs.filter(pl.Series(known)), coming, drawn, performances)
        tickets = standing_candidates(self.open_tickets, legs)
        stakes = self.open_tickets["stake_minor"].to_numpy() / self.bankroll_minor
        standing: Floats = returns(tickets, factors) @ stakes
        return standing


def edge_spread(offers: pl.DataFrame, coming: Coming) -> Floats:
    """(L,) standard deviation of the edge of each offer on a match under the spread of beliefs, to first order."""
    found = []
    for row in offers.iter_rows(named=True):
        slate, p = coming.by_match[row["match_id"]]
        scores = slate.grid.support
        paid = MARKETS[row["market"]].payoff(scores.home, scores.away, row["selection"], row["line"])
        won = profit(paid, row["net_odds_dec"])
        found.append(hypot(*(float(p @ (won * tilt) - (p @ won) * (p @ tilt)) for tilt in slate.tilts())))
    return np.array(found, dtype=float)


def expected(candidate: Candidate, gain: Floats) -> float:
    """Expected profit of a unit stake on a candidate whose legs return `gain` (L,) on average, independently."""
    lines = [float(np.prod(gain[list(line)])) for line in candidate.lines]
    if candidate.price_odds_dec is None:
        return float(np.mean(lines)) - 1.0
    raise ValueError("The edge of a combination with a price of its own is not the product of its legs'.")


def matched(paid: Floats, edges: Floats) -> Floats:
    """`paid` (s, n) with winnings scaled so that each column's mean is its edge (n,); a column that never wins stays.

    So draws disturb how tickets win together, never what each is worth (moment matching, Høyland and Wallace, 2001).
    """
    won = np.maximum(paid, 0.0)
    mean_won, mean_lost = won.mean(axis=0), np.minimum(paid, 0.0).mean(axis=0)
    scale = np.divide(edges - mean_lost, mean_won, out=np.ones_like(edges), where=mean_won > 0.0)
    fitted: Floats = np.where(paid > 0.0, paid * np.maximum(scale, 0.0), paid)
    return fitted


def standing_candidates(tickets: pl.DataFrame, legs: pl.DataFrame) -> list[Candidate]:
    """Open tickets as candidates on the rows of `legs`, which are sorted by ticket and leg."""
    rows = legs.with_row_index("row").group_by("ticket_id", maintain_order=True).agg(pl.col("row"))
    named = tickets.select("ticket_id", "kind", "lines").join(rows, on="ticket_id", how="left", maintain_order="left")
    return [
        Candidate(kind, tuple(own), tuple(tuple(own[leg] for leg in line) for line in read(lines, len(own))))
        for _, kind, lines, own in named.iter_rows()
    ]


def _known(legs: pl.DataFrame, coming: Coming, performances: Mapping[str, Performances]) -> NDArray[np.bool_]:
    """(L,) whose match is priced, with its players where the leg is on one of them."""
    of_match = legs["match_id"].is_in(coming.match_ids.implode())
    of_player = legs["match_id"].is_in(list(performances))
    known: NDArray[np.bool_] = (of_match & (legs["player_id"].is_null() | of_player)).to_numpy()
    return known


def _as_at_issue(legs: pl.DataFrame, uniform: Floats) -> Floats:
    """(s, L) what a unit stake returns at uniform numbers (s, L): as often as was thought at issue."""
    prob, price, fair = (legs[name].to_numpy() for name in ("prob", "price_odds_dec", "fair_odds_dec"))
    back = np.maximum(1.0 - prob * fair, 0.0)
    factors: Floats = np.where(uniform < prob, price, np.where(uniform < prob + back, 1.0, 0.0))
    return factors


def _factors(legs: pl.DataFrame, coming: Coming, drawn: Scenarios, performances: Mapping[str, Performances]) -> Floats:
    columns = np.array([coming.places[match] for match in legs["match_id"]], dtype=np.int64)
    return leg_factors(legs, drawn.home, drawn.away, columns, performances)
