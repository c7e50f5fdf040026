"""Whatever is written in whatever order, the table equals a plain dictionary of rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.hashing import content_hash
from tests.unit.lake.trial import PRICES, SEASONS, open_table, parquet_files, rows

Row = tuple[str, int | None]
"""Season and goals of a match."""
State = dict[str, Row]

MATCHES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
ROWS: st.SearchStrategy[State] = st.dictionaries(
    MATCHES, st.tuples(st.sampled_from(SEASONS), st.none() | st.integers(0, 9)), max_size=5
)
STEPS = st.tuples(
    st.sampled_from(["append", "merge", "replace", "replace season", "compact"]), ROWS, st.sampled_from(SEASONS)
)


def frame(state: State) -> pl.DataFrame:
    return rows({"match_id": name, "season_code": season, "goals": goals} for name, (season, goals) in state.items())


@given(st.lists(STEPS, min_size=1, max_size=6))
@settings(max_examples=12, deadline=None)
def test_any_story_of_writes_leaves_the_table_that_a_dictionary_would_be(steps: list[tuple[str, State, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = open_table(Path(folder))
        state: State = {}
        for number, (step, told, season) in enumerate(steps):
            before = table.version()
            if step == "append":
                told = {name: row for name, row in told.items() if name not in state}
                state |= told
                changed = table.append(frame(told), commit_id=f"step-{number}").changed
                assert changed == bool(told)
            elif step == "merge":
                changed = table.merge(frame(told)).changed
                assert changed == (state | told != state)
                state |= told
            elif step == "compact":
                table.compact(retention_hours=24)
                changed = True
            else:
                inside = {name: row for name, row in told.items() if step == "replace" or row[0] == season}
                kept = {} if step == "replace" else {name: row for name, row in state.items() if row[0] != season}
                inside = {name: row for name, row in inside.items() if name not in kept}
                where = None if step == "replace" else pl.col("season_code") == season
                changed = table.replace(frame(inside), where).changed
                assert changed == (kept | inside != state)
                state = kept | inside
            assert changed or before is None or table.version() == before
            assert table.content_hash() == content_hash(frame(state), PRICES)
            assert table.rows() == len(state)
        assert set(table.files()) <= {str(path) for path in parquet_files(table)}


CELLS = st.tuples(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
    st.floats(1.000001, 1001),
    st.none() | st.integers(0, 30),
)


def trial(cells: list[tuple[str, float, int | None]]) -> pl.DataFrame:
    return rows({"match_id": name, "price_odds_dec": odds, "goals": goals} for name, odds, goals in cells)


@given(st.lists(CELLS, min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_content_hash_is_of_the_rows_and_not_of_their_order(
    cells: list[tuple[str, float, int | None]], random: object
) -> None:
    shuffled = list(cells)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert content_hash(trial(shuffled), PRICES) == content_hash(trial(cells), PRICES)


@given(st.lists(CELLS, min_size=1, max_size=12), st.lists(CELLS, min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_two_frames_hash_alike_exactly_when_they_hold_the_same_rows(
    one: list[tuple[str, float, int | None]], other: list[tuple[str, float, int | None]]
) -> None:
    same = sorted(map(repr, one)) == sorted(map(repr, other))
    assert (content_hash(trial(one), PRICES) == content_hash(trial(other), PRICES)) == same


@given(st.lists(CELLS, min_size=1, max_size=8), st.integers(0, 7), st.sampled_from(["name", "odds", "goals"]))
@settings(max_examples=30, deadline=None)
def test_the_smallest_change_of_any_cell_changes_the_hash(
    cells: list[tuple[str, float, int | None]], place: int, cell: str
) -> None:
    name, odds, goals = cells[place % len(cells)]
    changed = {
        "name": (name + " ", odds, goals),
        "odds": (name, float(np.nextafter(odds, 2000.0)), goals),
        "goals": (name, odds, 0 if goals is None else goals + 1),
    }[cell]
    others = [row for row in enumerate(cells) if row[0] != place % len(cells)]
    after = [row for _, row in others] + [changed]
    assert content_hash(trial(after), PRICES) != content_hash(trial(cells), PRICES)
