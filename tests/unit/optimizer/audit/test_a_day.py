"""From a policy file to the report of its month: every part of the rules that act, one after the other."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from lake.contracts.model import contract
from optimizer.audit import anchor, chained, head, of_limit_changes, read_anchors, verify
from optimizer.compliance import Tables, monthly
from optimizer.controls import gates, offer_rules, review, standing
from optimizer.controls.review import of_rooms
from optimizer.policy import in_force, jurisdiction, load
from tests.unit.optimizer.audit.chains import EMPTY
from tests.unit.optimizer.controls.offers import AS_OF, offers

FILE = "bettor_id: invented\ncurrency: EUR\njurisdiction: GB\nkyc_verified: true\nlimits:\n  stake_day: 20.0\n"
CHANGES = contract("gold.desk.limit_changes").empty()
TICKETS = contract("gold.desk.tickets").empty()
SETTLED = contract("gold.desk.settlements").empty()


def decide(path: Path, changes: pl.DataFrame, audit: pl.DataFrame, at: datetime) -> tuple[pl.DataFrame, ...]:
    """One decision under the file as it stands: offers, limit changes and audit after it."""
    bettor = load(path)
    limits, new = in_force(changes, bettor, at)
    place, now = jurisdiction(bettor.jurisdiction), standing(TICKETS, SETTLED, at, 100_000, bettor.timezone)
    rules = offer_rules(bettor, limits, place)
    seen = offers({}, {"bookmaker": "1xbet"})
    found = review(seen, gates(bettor, limits, place), rules, now, f"{at}", bettor.bettor_id)
    told = [
        of_limit_changes(new, bettor.bettor_id, f"{at}", at),
        found.audit,
        of_rooms(now, limits, f"{at}", "invented"),
    ]
    grown = pl.concat([audit, chained(audit, pl.concat(told))])
    return found.offers, pl.concat([changes, new]), grown


def test_a_bettor_excludes_herself_thinks_better_of_it_and_is_held_to_it(tmp_path: Path) -> None:
    path, anchors = tmp_path / "policy.yaml", tmp_path / "anchors.jsonl"
    path.write_text(FILE)
    seen, changes, audit = decide(path, CHANGES, EMPTY, AS_OF)
    assert seen["verdict"].to_list() == ["accepted", "book_not_licensed"]

    path.write_text(FILE + "  self_excluded_until_utc: 2026-06-01T00:00:00Z\n")
    seen, changes, audit = decide(path, changes, audit, AS_OF + timedelta(hours=1))
    anchor(anchors, head(audit), len(audit), AS_OF + timedelta(hours=1))
    assert seen["verdict"].to_list() == ["self_exclusion"] * 2

    path.write_text(FILE.replace("20.0", "900.0"))
    seen, changes, audit = decide(path, changes, audit, AS_OF + timedelta(days=9))
    assert seen["verdict"].to_list() == ["self_exclusion"] * 2

    faults = verify(audit, read_anchors(anchors))
    ledger = contract("gold.desk.ledger").empty()
    row = monthly("2026-03", Tables(audit, TICKETS, SETTLED, changes, ledger), load(path), faults)
    report = json.loads(row["report"][0])
    assert faults == []
    assert report["refusals"] == {"book_not_licensed": 3, "self_exclusion": 2}
    assert [change["limit"] for change in report["limit_changes"]] == [
        "self_excluded_until_utc", "stake_day", "self_excluded_until_utc",
    ]  # fmt: skip
    assert report["self_excluded_hours"] == (31 - 4) * 24 + 11
