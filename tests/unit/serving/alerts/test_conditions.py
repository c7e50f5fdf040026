"""What is found worth an alert: each condition where it holds, and nothing where it does not. Values are INVENTED."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lake.storage import Lake
from serving.alerts import conditions
from sources.catalog import TERMS
from tests.unit.lake.quality.silver import AS_OF, match, quotes, rows, scope
from tests.unit.serving.alerts.hooks import NOW

STATUS = "gold.desk.source_status"
SHA = "a" * 64


def _status(**changes: Any) -> pl.DataFrame:
    return rows(STATUS, {"vendor": "the_odds_api", "endpoint": "odds", "is_stale": False} | changes)


def _answer(name: str, **changes: Any) -> dict[str, Any]:
    usual = {"request_id": name, "url": f"https://vendor.test/{name}", "sha256": SHA, "outcome": "ok",
             "captured_at_utc": NOW, "requested_at_utc": NOW, "endpoint": "scoreboard"}  # fmt: skip
    return usual | changes


def _drift(root: Path, reason: str, refused: int, answers: list[dict[str, Any]], parsed: int = 10) -> list[str]:
    """Keys of drift found where the answer `a` of ESPN has rows refused for a reason."""
    lake, url = Lake(root), "https://vendor.test/a"
    lake.table("bronze.espn.captures").replace(rows("bronze.espn.captures", *answers))
    bad = {"source": "espn", "url": url, "bronze_sha256": SHA, "entity": "injuries", "reason": reason}
    entity = "quarantine.football.injuries"
    lake.table(entity).replace(rows(entity, *(bad | {"row_number": place} for place in range(refused))))
    account = {"bronze_sha256": SHA, "url": url, "entity": "injuries", "parsed_rows": parsed, "captured_at_utc": NOW}
    parsed_payloads = "silver.football.parsed_payloads"
    lake.table(parsed_payloads).replace(rows(parsed_payloads, account))
    return [found.key for found in conditions.drift(lake, "football", ["espn"], 0.2)]


def test_a_stale_endpoint_is_an_error_a_stand_in_makes_it_a_warning_and_a_spent_day_is_neither() -> None:
    stale = {"is_stale": True, "newest_outcome": "http_error", "newest_status": 500}
    alone = conditions.stale(_status(**stale))
    assert [(one.key, one.severity) for one in alone] == [("stale/the_odds_api/odds", "error")]
    assert "ended with http_error 500" in alone[0].summary
    helped = conditions.stale(_status(**stale, answered_by="api_football"))
    assert [one.severity for one in helped] == ["warning"]
    assert "api_football stands in" in helped[0].summary
    assert conditions.stale(_status(**stale | {"newest_outcome": "quota_refused"})) == []
    assert conditions.stale(_status()) == []


def test_an_open_circuit_is_told_once_for_all_endpoints_of_a_vendor() -> None:
    both = pl.concat([_status(circuit="open"), _status(circuit="open", endpoint="events")])
    assert [one.key for one in conditions.circuits(both)] == ["circuit/the_odds_api"]
    assert conditions.circuits(_status(circuit="closed")) == []
    assert conditions.circuits(_status(circuit=None)) == []


@pytest.mark.parametrize(("spare", "is_told"), [(-1, True), (1, False)])
def test_a_quota_near_its_end_is_told_without_counting_the_reserve(spare: int, is_told: bool) -> None:
    quota = TERMS["the_odds_api"].quota
    assert quota is not None
    near = round(0.15 * quota.allowance * (1 - quota.closing_share))
    row = _status(quota_left=40 + near + spare, quota_reserve_left=40, quota_period="2026-11")
    found = conditions.quotas(row, TERMS, 0.15)
    assert [one.key for one in found] == (["quota/the_odds_api"] if is_told else [])
    assert conditions.quotas(_status(), TERMS, 0.15) == []


@pytest.mark.parametrize(
    ("reason", "refused", "is_told"),
    [("layout_drift", 1, True), ("unit_changed", 1, True), ("malformed_payload", 1, True), ("missing_field", 1, False),
     ("missing_field", 2, True), ("contract", 5, True)],
)  # fmt: skip
def test_drift_is_told_by_its_reason_or_by_the_share_of_an_answer_that_was_refused(
    tmp_path: Path, reason: str, refused: int, is_told: bool
) -> None:
    assert _drift(tmp_path, reason, refused, [_answer("a")]) == ([f"drift/espn/injuries/{reason}"] if is_told else [])


def test_drift_is_over_once_the_address_or_the_endpoint_answered_well_again(tmp_path: Path) -> None:
    bad = _answer("a")
    mended = _answer("a", request_id="b", sha256="b" * 64, captured_at_utc=NOW + timedelta(hours=1))
    assert _drift(tmp_path / "same", "layout_drift", 1, [bad, mended]) == []
    tomorrow = _answer("c", captured_at_utc=NOW + timedelta(hours=25))
    assert _drift(tmp_path / "later", "layout_drift", 1, [bad, tomorrow]) == []
    failed = _answer("a", request_id="d", captured_at_utc=NOW + timedelta(hours=25), outcome="http_error")
    assert _drift(tmp_path / "failed", "layout_drift", 1, [bad, failed]) == ["drift/espn/injuries/layout_drift"]


def test_a_changed_limit_is_open_until_it_counts_and_for_a_day_at_least() -> None:
    told = {"change_id": "c1", "limit": "stake_day", "bettor_id": "me", "new_value": "50", "known_at_utc": NOW}
    name = "gold.desk.limit_changes"
    looser = rows(name, told | {"asked_at_utc": NOW, "effective_at_utc": NOW + timedelta(days=7)})
    tighter = rows(name, told | {"asked_at_utc": NOW, "effective_at_utc": NOW})
    found = conditions.limits(looser, NOW)
    assert [(one.key, one.until) for one in found] == [("limit/c1", NOW + timedelta(days=7))]
    assert conditions.limits(looser, NOW + timedelta(days=7)) == []
    assert [one.until for one in conditions.limits(tighter, NOW)] == [NOW + timedelta(hours=24)]
    assert conditions.limits(tighter, NOW - timedelta(hours=1)) == []


def test_a_failed_job_is_critical_and_keeps_its_key_whatever_it_said() -> None:
    first, second = (conditions.failures({"nightly": why})[0] for why in ("A.", "B."))
    assert first.key == second.key == "run/nightly"
    assert first.severity == "critical"
    assert first.summary == "The run of nightly failed. A."


def test_an_expectation_that_does_not_hold_names_its_first_row(tmp_path: Path) -> None:
    from lake.quality.vendors import judged

    lake = scope(tmp_path, matches=[match(1)], odds_quotes=quotes(1, {"home": 1.5, "draw": 2.5, "away": 2.5})).lake
    found = conditions.quality(judged(lake, "football", AS_OF))
    assert [one.key for one in found] == ["quality/expectations.silver.football.overround"]
    assert "such as E0 2023-24 bet365 1x2 observed m1." in found[0].summary
