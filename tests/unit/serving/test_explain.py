"""What is said of uncertainty: an interval where the posterior gave one, a warning where it was asked and did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.settings import load_settings
from lake.storage import Lake
from serving import summary
from serving.explain import explain
from tests.unit.serving.houses import AS_OF, decided, rows

ON = load_settings(posterior=True)
HOME: dict[str, Any] = {
    "match_id": "m1", "competition_id": "E0", "as_of_utc": AS_OF, "market": "1x2", "selection": "home",
    "prob": 0.412, "low_prob": 0.35, "high_prob": 0.471, "cutoff_at_utc": AS_OF.replace(day=1, hour=0),
}  # fmt: skip
WITHHELD: dict[str, Any] = {
    "prob": None, "low_prob": None, "high_prob": None, "withheld_because": "3 transitions diverged.",
}  # fmt: skip
INTERVAL = "probability 41.2% [35.0%, 47.1%] by the posterior of both sides' strengths"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return decided(tmp_path)


def put(lake: Lake, *records: dict[str, Any]) -> None:
    lake.table("gold.football.outcome_intervals").replace(rows("outcome_intervals", *records))


def facts(lake: Lake) -> list[str]:
    (leg,) = explain(lake, ON, "T1")["legs"]
    found: list[str] = leg["facts"]
    return found


def test_a_ticket_tells_the_interval_of_its_own_selection_and_moment(lake: Lake) -> None:
    before = facts(lake)
    away = {"selection": "away", "prob": 0.2, "low_prob": 0.1, "high_prob": 0.3}
    put(lake, HOME, HOME | away, HOME | {"as_of_utc": AS_OF.replace(day=3), "prob": 0.5, "high_prob": 0.6},
        HOME | {"match_id": "m2", "prob": 0.39})  # fmt: skip
    assert [fact for fact in facts(lake) if fact not in before] == [INTERVAL]
    assert [fact for fact in facts(lake) if fact in before] == before


@pytest.mark.parametrize("records", [[], [HOME | WITHHELD], [HOME | {"match_id": "m2"}]])
def test_without_an_interval_a_ticket_says_what_it_always_said(lake: Lake, records: list[dict[str, Any]]) -> None:
    before = facts(lake)
    put(lake, *records)
    assert facts(lake) == before


def test_a_run_warns_of_a_posterior_that_it_asked_for_and_could_not_use(lake: Lake) -> None:
    def said(**given: Any) -> list[str]:
        return summary.warnings(lake, load_settings(**given), AS_OF, False)

    put(lake, HOME | WITHHELD)
    warning = "The probabilities of E0 have no interval. 3 transitions diverged."
    assert set(said(posterior=True)) - set(said(posterior=False)) == {warning}
    assert said() == said(posterior=False)
    put(lake, HOME)
    assert said(posterior=True) == said(posterior=False)
