"""What one run says of itself: sentences that a reader of its tickets must know."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import load_settings
from replay.issue import decision_id
from serving import summary
from tests.gold import gold
from tests.unit.serving.houses import AS_OF, decided, rows

HASH = "0" * 64
STOPPED = {"subject_kind": "decision", "rule": "self_exclusion", "allowed": False, "detail": "Self-exclusion runs."}


def _audited(root: Path, **row: object) -> list[str]:
    """The warnings of a decided lake (invented) whose audit holds this row."""
    settings, lake = load_settings(), decided(root)
    told = {"decision_id": decision_id(settings, AS_OF), "as_of_utc": AS_OF, "previous_hash": HASH, "entry_hash": HASH}
    lake.table(gold("audit")).replace(rows("audit", told | STOPPED | row))
    return summary.warnings(lake, settings, AS_OF, is_replay=False)


def test_a_gate_that_stopped_the_decision_is_told_in_its_own_words(tmp_path: Path) -> None:
    assert "No ticket could be issued. Self-exclusion runs." in _audited(tmp_path)


def test_a_limit_that_leaves_no_room_for_a_stake_is_told(tmp_path: Path) -> None:
    said = _audited(tmp_path, subject_kind="stakes", rule="stake_day", detail="stake_day leaves 0 minor units.")
    assert "No ticket could be issued. stake_day leaves 0 minor units." in said


@pytest.mark.parametrize(
    "row", [{"allowed": True}, {"decision_id": "another"}, {"subject_kind": "offer"}, {"subject_kind": "offers"}]
)
def test_what_let_pass_one_offer_refused_and_other_decisions_stop_nothing(
    tmp_path: Path, row: dict[str, object]
) -> None:
    assert not any("could be issued" in warning for warning in _audited(tmp_path, **row))
