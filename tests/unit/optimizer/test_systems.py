"""Systems: the lines that every bettor knows by name."""

from __future__ import annotations

from itertools import combinations

import pytest

from optimizer.systems import legs_of, lines


@pytest.mark.parametrize(
    ("kind", "legs", "count"),
    [
        ("single", 1, 1), ("double", 2, 1), ("treble", 3, 1), ("4-fold", 4, 1), ("12-fold", 12, 1),
        ("trixie", 3, 4), ("patent", 3, 7), ("yankee", 4, 11), ("lucky_15", 4, 15), ("canadian", 5, 26),
        ("super_yankee", 5, 26), ("lucky_31", 5, 31), ("heinz", 6, 57), ("lucky_63", 6, 63), ("super_heinz", 7, 120),
        ("goliath", 8, 247), ("round_robin_2_of_4", 4, 6), ("round_robin_3_of_5", 5, 10), ("round_robin_2_of_6", 6, 15),
    ],
)  # fmt: skip
def test_each_kind_has_its_number_of_legs_and_lines(kind: str, legs: int, count: int) -> None:
    assert (legs_of(kind), len(lines(kind))) == (legs, count)
    assert len(set(lines(kind))) == count


def test_a_trixie_is_three_doubles_and_the_treble_and_a_patent_has_the_singles_too() -> None:
    assert lines("trixie") == ((0, 1), (0, 2), (1, 2), (0, 1, 2))
    assert lines("patent") == ((0,), (1,), (2,), *lines("trixie"))


def test_a_yankee_is_every_line_of_two_legs_or_more() -> None:
    assert set(lines("yankee")) == {line for size in (2, 3, 4) for line in combinations(range(4), size)}


@pytest.mark.parametrize("kind", ["1-fold", "21-fold", "round_robin_3_of_3", "round_robin_1_of_3", "quadruple", ""])
def test_what_is_no_kind_of_ticket_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="is no kind of ticket"):
        lines(kind)
