"""Combinations on one match: candidates only where a book quotes the whole and we have its joint probability.

The joint probability itself comes from `core.market.joint`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from optimizer.candidates.model import Candidate

KIND = "same_match"


@dataclass(frozen=True)
class Quoted:
    """A book's price of several legs of one match together.

    `legs`: rows of the frame of legs. `prob`: joint probability that all win, in [0, 1]; None where there is no joint
    distribution. `push_share`: the share of a stake that is expected to come back.
    """

    legs: tuple[int, ...]
    price_odds_dec: float
    prob: float | None
    push_share: float = 0.0


def refusal(one: Quoted, legs: pl.DataFrame) -> str | None:
    """Why a quoted combination is no candidate; None if it is one.

    `no_joint_distribution`: a leg is settled by more than final scores. `not_one_ticket`: the legs, rows of `legs`, are
    of several matches or books. `leg_can_push`: what the book then pays is its own rule. `no_edge`: the price is not
    above the fair one.
    """
    if one.prob is None:
        return "no_joint_distribution"
    if legs[list(one.legs)].select("match_id", "bookmaker").n_unique() > 1:
        return "not_one_ticket"
    if one.push_share > 0.0:
        return "leg_can_push"
    return "no_edge" if one.prob * one.price_odds_dec <= 1.0 else None


def candidate(one: Quoted) -> tuple[Candidate, float]:
    """A quoted combination that is not refused, with its expected log growth alone as in `candidates.growth`."""
    prob, odds_dec = one.prob or 0.0, one.price_odds_dec
    profit_square = prob * (odds_dec - 1.0) ** 2 + 1.0 - prob
    growth = (prob * odds_dec - 1.0) ** 2 / (2.0 * profit_square)
    return Candidate(KIND, one.legs, (one.legs,), odds_dec), growth
