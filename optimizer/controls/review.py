"""Every rule asked about one decision: a verdict for each offer, and what each rule decided as rows for the audit.

The audit keeps its size: one row a gate; one row a rule over all offers, which counts what it refused; and one row for
each offer and each rule that refused it. An offer that every rule allowed is in the counts, and in gold value_bets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.frames import with_nulls
from optimizer.audit.rows import Said, rows, said
from optimizer.controls.gates import Decision, Gate
from optimizer.controls.offers import OfferRule
from optimizer.controls.rooms import minor, rooms, stake_factor
from optimizer.controls.standing import Standing
from optimizer.policy import Limits
from optimizer.prices.edges import ACCEPTED
from optimizer.prices.offers import with_player

_OPTIONAL = ("previous_price_odds_dec", "stake_limit", "previous_stake_limit", "consensus_prob", "others_count")
_IDENTITY = ("match_id", "market", "selection", "line", "bookmaker")
"""Names an offer in the audit, behind its player where it is on one."""


@dataclass(frozen=True)
class Review:
    """Offers with their `verdict`, rows for the audit (not chained yet), and warnings in sentences."""

    offers: pl.DataFrame
    audit: pl.DataFrame
    warnings: tuple[str, ...]


def review(
    offers: pl.DataFrame, gates: Sequence[Gate], rules: Sequence[OfferRule], standing: Standing, decision_id: str,
    bettor_id: str,
) -> Review:  # fmt: skip
    """Ask every gate and every rule, whatever the ones before decided.

    `verdict` is `accepted`, or the first gate that stopped the decision, or else the first rule that refused the offer.
    """
    decided = [(gate.name, gate.decide(standing)) for gate in gates]
    stopped = next((name for name, decision in decided if not decision.allowed), None)
    asked = _asked(offers, rules)
    parts = [_of_gates(decided, decision_id), *_of_rules(asked, rules, decision_id)]
    return Review(
        offers.with_columns(_verdict(asked, rules, stopped)),
        rows(parts, bettor_id, decision_id, standing.as_of),
        tuple(_warnings(asked, rules)),
    )


def of_rooms(standing: Standing, limits: Limits, decision_id: str, bettor_id: str) -> pl.DataFrame:
    """Rows for the audit on stakes: the drawdown's factor, and the room (minor units) that each limit leaves."""
    factor, left = stake_factor(standing, limits), rooms(standing, limits)
    scaled = f"Stakes are scaled by {factor:g} at a drawdown of {standing.drawdown_share:.1%}."
    told: list[Said] = [("stakes", decision_id, "drawdown_tiers", factor > 0, scaled, factor, None)]
    for name, room in left.items():
        detail = f"{name} leaves {room} minor units for new stakes."
        told.append(("stakes", decision_id, name, room > 0, detail, room, minor(getattr(limits, name))))
    return rows([said(told)], bettor_id, decision_id, standing.as_of)


def _asked(offers: pl.DataFrame, rules: Sequence[OfferRule]) -> pl.DataFrame:
    """For each offer: its subject, and for each rule whether it refuses and what it measured."""
    named = [pl.col(name).cast(pl.String).fill_null("-") for name in _IDENTITY]
    subject = pl.concat_str(pl.col("player_id"), *named, separator="/", ignore_nulls=True)
    refusals = [rule.refuses().fill_null(True).alias(f"refused:{rule.name}") for rule in rules]
    values = [rule.value().alias(f"value:{rule.name}") for rule in rules]
    known = with_player(with_nulls(offers, dict.fromkeys(_OPTIONAL, pl.Float64)))
    return known.select(subject.alias("subject"), pl.col("bookmaker"), *refusals, *values)


def _verdict(asked: pl.DataFrame, rules: Sequence[OfferRule], stopped: str | None) -> pl.Series:
    if stopped is not None:
        return pl.repeat(stopped, len(asked), dtype=pl.String, eager=True).alias("verdict")
    refusing = [pl.when(pl.col(f"refused:{rule.name}")).then(pl.lit(rule.name)) for rule in rules if not rule.warns]
    return asked.select(pl.coalesce(*refusing, pl.lit(ACCEPTED)).alias("verdict")).to_series()


def _of_gates(decided: Sequence[tuple[str, Decision]], decision_id: str) -> pl.DataFrame:
    return said(
        [
            ("decision", decision_id, name, found.allowed, found.detail, found.value, found.threshold)
            for name, found in decided
        ]
    )


def _of_rules(asked: pl.DataFrame, rules: Sequence[OfferRule], decision_id: str) -> list[pl.DataFrame]:
    counted: list[Said] = []
    refused = []
    for rule in rules:
        hit = asked.filter(pl.col(f"refused:{rule.name}"))
        detail = f"{rule.name} {'warns of' if rule.warns else 'refuses'} {len(hit)} of {len(asked)} offers."
        passed = rule.warns or hit.is_empty()
        counted.append(("offers", decision_id, rule.name, passed, detail, len(hit), rule.threshold))
        if not rule.warns:
            refused.append(_of_offers(hit, rule))
    return [said(counted), *refused]


def _of_offers(hit: pl.DataFrame, rule: OfferRule) -> pl.DataFrame:
    return hit.select(
        pl.lit("offer").alias("subject_kind"),
        "subject",
        pl.lit(rule.name).alias("rule"),
        pl.lit(False).alias("allowed"),
        pl.lit(rule.detail).alias("detail"),
        pl.col(f"value:{rule.name}").alias("value"),
        pl.lit(rule.threshold, pl.Float64).alias("threshold"),
    )


def _warnings(asked: pl.DataFrame, rules: Sequence[OfferRule]) -> list[str]:
    told = []
    for rule in (rule for rule in rules if rule.warns):
        books = (
            asked.filter(pl.col(f"refused:{rule.name}"))["bookmaker"].fill_null("a book without a name").unique().sort()
        )
        told += [f"{rule.detail.rstrip('.')}: {', '.join(books)}."] if len(books) else []
    return told
