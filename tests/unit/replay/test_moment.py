"""Acting at one moment: every rule that stops a decision stops it, and limits change when they may."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.settings import Settings, load_settings
from optimizer.policy import Policy, jurisdiction
from replay.moment import Acted, Record, act, policy_of
from tests.unit.optimizer.policies import AS_OF, believed, bet, bets
from tests.unit.replay.histories import NOTHING, bettor, issued, placed, result, settings, settled

HALF = (0.5, 0.3, 0.2)
LATER = AS_OF + timedelta(hours=1)
WITH_FILE = settings().model_copy(update={"policy": Path("invented.yaml")})
"""Settings that name a policy file: its limits change with a delay."""


def acted(
    policy: Policy | None = None, record: Record = NOTHING, with_settings: Settings | None = None,
    as_of: datetime = AS_OF, offers: pl.DataFrame | None = None,
) -> Acted:  # fmt: skip
    """What a moment with two good offers comes to."""
    two = bets(bet("m1", odds=2.5), bet("m2", "away", 0.2, 6.5)) if offers is None else offers
    coming = believed(m1=HALF, m2=HALF)
    return act(two, coming, record, with_settings or settings(), policy or bettor(), as_of, "decision")


def staked(found: Acted) -> int:
    return int(found.decided.tickets["stake_minor"].sum())


def said(found: Acted, rule: str) -> dict[str, Any]:
    """The one row of the audit of a rule on the whole decision or its stakes."""
    return found.audit.filter(rule=rule).row(0, named=True)


STOPS: dict[str, tuple[dict[str, Any], dict[str, Any], Record]] = {
    "self_exclusion": ({"self_excluded_until_utc": LATER}, {}, NOTHING),
    "cool_off": ({"cool_off_until_utc": LATER}, {}, NOTHING),
    "kyc": ({}, {"jurisdiction": "GB", "kyc_verified": False}, NOTHING),
    "stop_loss": ({"stop_loss": 50.0}, {}, result(-5_000, 24 * 30)),
    "take_profit": ({"take_profit_share": 0.05}, {}, result(5_000, 24 * 30)),
    "loss_day": ({"loss_day": 20.0}, {}, result(-2_000, 3)),
    "loss_week": ({"loss_week": 20.0}, {}, result(-2_000, 24 * 3)),
    "loss_month": ({"loss_month": 20.0}, {}, result(-2_000, 24 * 8)),
}


@pytest.mark.parametrize("gate", STOPS)
def test_every_gate_stops_the_whole_decision_and_says_so(gate: str) -> None:
    limits, changes, record = STOPS[gate]
    found = acted(bettor(limits, **changes), record)
    assert found.bets["verdict"].unique().to_list() == [gate]
    assert found.decided.tickets.is_empty()
    assert found.decided.portfolios["candidates"].max() == 0
    assert (said(found, gate)["allowed"], said(found, gate)["subject_kind"]) == (False, "decision")
    assert staked(acted(record=record)) > 0, "it is the rule that stopped it"


@pytest.mark.parametrize(
    ("gate", "limits", "record"),
    [("stop_loss", {"stop_loss": 50.0}, result(-4_999, 24 * 30)),
     ("self_exclusion", {"self_excluded_until_utc": AS_OF}, NOTHING),
     ("loss_day", {"loss_day": 20.0}, result(-2_000, 24)), ("loss_week", {"loss_week": 20.0}, result(-2_000, 24 * 5)),
     ("loss_month", {"loss_month": 20.0}, result(-2_000, 24 * 11)),
     ("take_profit", {"take_profit": 50.0}, result(4_999, 24))],
)  # fmt: skip
def test_a_gate_whose_limit_is_not_reached_lets_pass(gate: str, limits: dict[str, Any], record: Record) -> None:
    found = acted(bettor(limits), record)
    assert said(found, gate)["allowed"]
    assert staked(found) > 0


def test_a_closed_place_stops_the_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    place = jurisdiction("GB")
    assert place is not None
    closed = place.model_copy(update={"open": False})
    own = bettor(jurisdiction="GB", kyc_verified=True)
    assert staked(acted(own)) > 0
    monkeypatch.setattr("optimizer.policy.jurisdiction", lambda _: closed)
    found = acted(own)
    assert found.bets["verdict"].unique().to_list() == ["jurisdiction_closed"]
    assert staked(found) == 0


def test_the_gravest_gate_names_the_verdict_and_all_are_in_the_audit() -> None:
    found = acted(
        bettor({"cool_off_until_utc": LATER, "self_excluded_until_utc": LATER, "stop_loss": 1.0}), result(-500, 9)
    )
    assert found.bets["verdict"].unique().to_list() == ["self_exclusion"]
    stopped = found.audit.filter(~pl.col("allowed") & (pl.col("subject_kind") == "decision"))
    assert stopped["rule"].to_list() == ["self_exclusion", "cool_off", "stop_loss"]


def test_a_refused_offer_keeps_its_rule_and_the_others_are_taken() -> None:
    own = bettor(preferences={"markets": {"only": ["1x2"]}, "books": {"never": ["bwin"]}})
    offers = bets(bet("m1", odds=2.5, bookmaker="bwin"), bet("m1", "draw", 0.3, 3.0), bet("m2", odds=2.5))
    found = acted(own, offers=offers)
    assert found.bets["verdict"].to_list() == ["book_off", "below_minimum_edge", "accepted"]
    assert found.decided.legs["match_id"].to_list() == ["m2"]
    refused = found.audit.filter(subject_kind="offer").select("rule", "subject")
    assert set(refused.rows()) == {
        ("book_off", "m1/1x2/home/-/bwin"), ("below_minimum_edge", "m1/1x2/draw/-/bet365"),
    }  # fmt: skip


def test_verdicts_given_before_are_given_anew() -> None:
    found = acted(offers=bets(bet("m1", odds=2.5, verdict="stale_price"), bet("m2", "away", 0.2, 1.5)))
    assert found.bets["verdict"].to_list() == ["accepted", "below_minimum_edge"]


@pytest.mark.parametrize(("lost_minor", "factor"), [(4_999, 1.0), (5_000, 0.5), (19_999, 0.5), (20_000, 0.0)])
def test_the_deepest_drawdown_tier_reached_scales_stakes(lost_minor: int, factor: float) -> None:
    tiers = ((0.05, 0.5), (0.2, 0.0))
    record = result(-lost_minor, 24 * 30)
    plain, tiered = acted(record=record), acted(bettor({"drawdown_tiers": tiers}), record)
    assert staked(tiered) == pytest.approx(factor * staked(plain), rel=0.02)
    assert (said(tiered, "drawdown_tiers")["value"], said(tiered, "drawdown_tiers")["allowed"]) == (factor, factor > 0)


@pytest.mark.parametrize(("period", "hours"), [("day", 3), ("week", 24 * 3), ("month", 24 * 8)])
def test_a_stake_limit_binds_over_what_was_staked_in_its_period(period: str, hours: float) -> None:
    history = settled(issued(NOTHING, 300, hours), 0, hours / 2)
    found = acted(bettor({f"stake_{period}": 7.0}), history)
    assert staked(found) == 400
    assert (said(found, f"stake_{period}")["value"], said(found, f"stake_{period}")["threshold"]) == (400, 700)
    before = settled(issued(NOTHING, 300, 24 * 32), 0, hours / 2)
    assert staked(acted(bettor({f"stake_{period}": 7.0}), before)) == 700


def test_a_loss_limit_holds_even_if_all_that_is_open_loses() -> None:
    history = issued(result(-1_000, 24 * 2), 500, 5, ticket="open")
    found = acted(bettor({"loss_week": 20.0}), history)
    assert staked(found) == 2_000 - 1_000 - 500


def test_what_stands_open_and_what_was_staked_today_count_under_the_shares_of_the_settings() -> None:
    history = issued(NOTHING, 1_500, 2, competition_id="E0")
    for limit in ("maximum_day_share", "maximum_league_share"):
        assert staked(acted(record=history, with_settings=settings(**{limit: 0.02}))) == 500


def test_the_stake_really_taken_counts_and_not_the_one_advised() -> None:
    """The single was advised at bwin with 5.00 and taken at bet365 with 18.00."""
    history = placed(issued(NOTHING, 500, 2), 1_800, 1)
    for limit in ("maximum_day_share", "maximum_book_share"):
        assert staked(acted(record=history, with_settings=settings(**{limit: 0.02}))) == 200


def test_what_was_not_known_yet_counts_for_nothing() -> None:
    future = settled(issued(NOTHING, 90_000, -1, ticket="later"), -90_000, -2, ticket="later")
    future = placed(settled(issued(future, 1_000, 24 * 40), -1_000, -0.1), 50_000, -0.1)
    now = issued(NOTHING, 1_000, 24 * 40)
    found, plain = acted(record=future), acted(record=now)
    assert found.decided.tickets.equals(plain.decided.tickets)
    assert found.audit.equals(plain.audit)


def test_a_correction_replaces_the_settlement_before_it() -> None:
    """Won 90.00 at first and lost 50.00 in the end: the bankroll is 950.00."""
    record = settled(settled(issued(NOTHING, 5_000, 24 * 31), 9_000, 24 * 20), -5_000, 24 * 10)
    found = acted(bettor({"stop_loss": 50.0}), record)
    assert (said(found, "stop_loss")["value"], said(found, "stop_loss")["allowed"]) == (5_000, False)


def asking(*steps: tuple[float, float | None]) -> list[int | None]:
    """Rooms of the day left by a sequence of decisions (hours after AS_OF, limit that the policy then asks for)."""
    record, rooms = NOTHING, []
    for hours, limit in steps:
        found = acted(bettor({"stake_day": limit}), record, WITH_FILE, AS_OF + timedelta(hours=hours))
        record = replace(record, limit_changes=pl.concat([record.limit_changes, found.limit_changes]))
        told = found.audit.filter(rule="stake_day")["value"].drop_nulls().to_list()
        rooms.append(int(told[-1]) if told else None)
    return rooms


def test_a_tightened_limit_counts_at_once_and_a_loosened_one_after_the_delay() -> None:
    assert asking((0, 10.0), (1, 4.0), (2, 8.0), (25.9, 8.0), (26, 8.0)) == [1_000, 400, 400, 400, 800]


def test_a_limit_that_is_lifted_stands_until_the_delay_is_over() -> None:
    assert asking((0, 4.0), (1, None), (24, None), (25, None)) == [400, 400, 400, None]


def test_a_loosening_that_is_withdrawn_leaves_nothing_behind() -> None:
    assert asking((0, 4.0), (1, 9.0), (2, 4.0), (30, 9.0), (53, 9.0), (54, 9.0)) == [400, 400, 400, 400, 400, 900]


def test_changes_of_limits_are_written_and_told_in_the_audit_and_only_once() -> None:
    first = acted(bettor({"stake_day": 4.0}), NOTHING, WITH_FILE)
    assert "stake_day" in first.limit_changes["limit"].to_list()
    record = replace(NOTHING, limit_changes=first.limit_changes)
    again = acted(bettor({"stake_day": 4.0}), record, WITH_FILE, LATER)
    assert again.limit_changes.is_empty()
    assert len(first.audit) - len(again.audit) == len(first.limit_changes)


def test_a_self_exclusion_survives_another_name_and_a_deleted_policy() -> None:
    asked = acted(bettor({"self_excluded_until_utc": AS_OF + timedelta(days=30)}), NOTHING, WITH_FILE)
    record = replace(NOTHING, limit_changes=asked.limit_changes)
    for own, some in ((bettor(bettor_id="bob"), WITH_FILE), (bettor(), settings())):
        found = acted(own, record, some, AS_OF + timedelta(days=2))
        assert found.bets["verdict"].unique().to_list() == ["self_exclusion"]
    assert staked(acted(bettor(), record, settings(), AS_OF + timedelta(days=30))) > 0


def test_the_adaptive_fraction_is_told_and_not_taken() -> None:
    rows = acted().decided.portfolios
    assert rows["kelly_fraction"].unique().to_list() == [0.5]
    assert rows["shadow_kelly_fraction"].is_between(0, 1).all()


def test_a_decision_without_offers_is_audited_too() -> None:
    found = acted(offers=bets())
    assert found.decided.tickets.is_empty()
    assert found.audit.filter(subject_kind="decision")["allowed"].all()


def test_books_whose_licence_nobody_confirms_are_warned_of() -> None:
    found = acted(bettor(jurisdiction="GB", kyc_verified=True), offers=bets(bet("m1", odds=2.5, bookmaker="bwin")))
    assert any("bwin" in warning and "unverified" in warning for warning in found.warnings)
    assert staked(found) > 0


def test_the_policy_is_that_of_the_file_or_that_of_the_settings(tmp_path: Path) -> None:
    assert policy_of(load_settings()).bettor_id == "default"
    path = tmp_path / "ann.yaml"
    path.write_text("bettor_id: ann\ncurrency: EUR\nlimits:\n  stake_day: 12\n", encoding="utf-8")
    own = policy_of(load_settings(policy=path))
    assert (own.bettor_id, own.limits.stake_day) == ("ann", 12)
