"""However often and in whatever company a fact is told, the past stays as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.lake.test_bitemporal import RESULTS, after, as_of, results, told_at

START = datetime(2024, 5, 10, 12, tzinfo=UTC)
RULE = START - timedelta(hours=6)
FACTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.none() | st.integers(0, 3), max_size=3)
CAPTURES = st.lists(FACTS, min_size=1, max_size=6)


def payload(facts: dict[str, int | None]) -> pl.DataFrame:
    return results(*[(match, goals, RULE) for match, goals in facts.items()])


@given(CAPTURES)
@settings(max_examples=40, deadline=None)
def test_at_every_moment_the_table_says_what_the_captures_so_far_had_said(
    captures: list[dict[str, int | None]],
) -> None:
    table, told = RESULTS.empty(), {}
    history: list[tuple[datetime, dict[str, int | None]]] = []
    for hour, facts in enumerate(captures):
        captured = START + timedelta(hours=hour)
        table = after(captured, payload(facts), table)
        for match, goals in facts.items():
            first_told = match not in told
            told[match] = goals
            if first_told:
                history = [(moment, known | {match: goals}) for moment, known in history]
        history.append((captured, dict(told)))
    assert [as_of(table, moment) for moment, _ in history] == [known for _, known in history]


@given(CAPTURES)
@settings(max_examples=40, deadline=None)
def test_every_row_told_is_either_fresh_or_a_duplicate_and_no_key_repeats(
    captures: list[dict[str, int | None]],
) -> None:
    table = RESULTS.empty()
    for hour, facts in enumerate(captures):
        captured = START + timedelta(hours=hour)
        found = told_at(captured, payload(facts), table)
        assert len(found.fresh) + found.duplicates == len(facts)
        table = after(captured, payload(facts), table)
        assert told_at(captured + timedelta(minutes=1), payload(facts), table).fresh.is_empty()
    assert table.select(RESULTS.key).is_unique().all()
