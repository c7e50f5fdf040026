"""Candidates: which tickets are considered, in what order, and why others are refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize_scalar

from optimizer.candidates.generate import REFUSED, generate
from optimizer.candidates.growth import growth, moments
from optimizer.candidates.model import Candidate
from optimizer.candidates.same_match import Quoted
from optimizer.systems import lines
from tests.unit.optimizer.candidates.legs import frame, leg


def refused(found: pl.DataFrame, reason: str) -> list[tuple[str, list[int]]]:
    """Kind and legs of what was refused for this reason."""
    return sorted(found.filter(reason=reason).select("kind", "legs").rows())


def test_every_accepted_offer_is_a_single_and_no_other_is() -> None:
    legs = frame(leg("a"), leg("b", verdict="stale_price"), leg("c", odds=2.1))
    found, dropped = generate(legs, ["single"], 10)
    assert found == (Candidate("single", (0,), ((0,),)), Candidate("single", (2,), ((2,),)))
    assert generate(frame(leg("a"), leg("a", selection="draw")), ["single"], 10)[1].is_empty()
    assert dict(dropped.schema) == REFUSED


def test_legs_of_a_multiple_share_the_book_and_never_the_match() -> None:
    legs = frame(
        leg("a"), leg("b"), leg("c", bookmaker="bwin"), leg("b", market="totals", selection="over", line=2.5),
        leg("d", bookmaker="bwin"),
    )  # fmt: skip
    found, dropped = generate(legs, ["double"], 10)
    assert {candidate.legs for candidate in found} == {(0, 1), (0, 3), (2, 4)}
    assert refused(dropped, "related_legs") == [("multiple", [1, 3])]


def test_a_system_carries_its_lines_on_the_rows_of_its_legs() -> None:
    found, _ = generate(frame(leg("x", verdict="no"), *(leg(name) for name in "abc")), ["trixie"], 5)
    assert found == (Candidate("trixie", (1, 2, 3), ((1, 2), (1, 3), (2, 3), (1, 2, 3))),)


def test_singles_come_first_and_then_what_grows_most_alone_up_to_the_maximum() -> None:
    legs = frame(*(leg(name, odds=2.1 + place / 20) for place, name in enumerate("abcd")))
    found, _ = generate(legs, ["double", "single"], 6)
    assert [candidate.legs for candidate in found] == [(3,), (2,), (1,), (0,), (2, 3), (1, 3)]
    assert generate(legs, ["double", "single"], 3)[0] == found[:3]


def test_the_same_ticket_at_a_worse_book_is_dominated() -> None:
    legs = frame(leg("a"), leg("b"), leg("b", odds=2.15, bookmaker="bwin"), leg("a", odds=2.25, bookmaker="bwin"))
    found, dropped = generate(legs, ["single", "double"], 10)
    assert {candidate.legs for candidate in found} == {(3,), (1,), (0, 1)}
    assert refused(dropped, "worse_book") == [("double", [2, 3]), ("single", [0]), ("single", [2])]


def test_a_multiple_that_grows_no_more_than_each_of_its_legs_alone_is_dominated() -> None:
    legs = frame(leg("a", 0.21, 5.0), leg("b", 0.21, 5.0), leg("c", 0.52, 2.0), leg("d", 0.52, 2.0))
    found, dropped = generate(legs, ["double"], 10)
    assert (0, 1) not in {candidate.legs for candidate in found}
    assert (2, 3) in {candidate.legs for candidate in found}
    assert ("double", [0, 1]) in refused(dropped, "dominated_by_singles")


def test_combinations_on_one_match_need_a_quote_and_a_joint_probability() -> None:
    legs = frame(
        leg("a"), leg("a", market="totals", selection="over", line=2.5), leg("a", market="both_to_score"), leg("b"),
    )  # fmt: skip
    quoted = [
        Quoted((0, 1), 3.6, 0.30), Quoted((0, 2), 3.0, None), Quoted((0, 3), 4.0, 0.3), Quoted((1, 2), 2.5, 0.4, 0.1),
    ]  # fmt: skip
    found, dropped = generate(legs, ["same_match"], 10, quoted)
    assert found == (Candidate("same_match", (0, 1), ((0, 1),), 3.6),)
    assert refused(dropped, "no_joint_distribution") == [("same_match", [0, 2])]
    assert refused(dropped, "not_one_ticket") == [("same_match", [0, 3])]
    assert refused(dropped, "leg_can_push") == [("same_match", [1, 2])]
    assert refused(generate(legs, ["same_match"], 10, [Quoted((0, 1), 3.6, 0.27)])[1], "no_edge") == [
        ("same_match", [0, 1])
    ]
    without, why = generate(legs, ["same_match"], 10)
    assert without == ()
    assert refused(why, "no_quoted_price") == [("same_match", [0, 1]), ("same_match", [0, 2]), ("same_match", [1, 2])]


def test_no_offers_and_too_few_legs_make_no_candidates() -> None:
    assert generate(frame(), ["single", "double", "yankee"], 10)[0] == ()
    assert generate(frame(leg("a")), ["double"], 10)[0] == ()


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="quintuple"):
        generate(frame(leg("a")), ["quintuple"], 10)


def test_the_same_legs_give_the_same_candidates_even_of_a_large_day() -> None:
    rng = np.random.default_rng(4)
    legs = frame(*(leg(f"m{n}", float(p), 1.02 / float(p)) for n, p in enumerate(rng.uniform(0.2, 0.7, 300))))
    found, _ = generate(legs, ["single", "double", "yankee"], 600)
    assert found == generate(legs, ["single", "double", "yankee"], 600)[0]
    assert [candidate.kind for candidate in found[:300]] == ["single"] * 300


def test_what_loses_on_average_does_not_let_a_bankroll_grow() -> None:
    mean, square = moments(frame(leg("a", 0.5, 1.9), leg("b", 0.5, 2.2)))
    assert growth(mean[:, None], square[:, None], lines("single")).tolist() == [0.0, pytest.approx(0.01 / 2.44)]


@pytest.mark.parametrize("kind", ["single", "double", "trixie", "yankee", "lucky_15"])
def test_growth_alone_is_that_of_the_best_stake_on_all_outcomes_of_all_legs(kind: str) -> None:
    """A slow clerk lists every outcome of the legs, and a search finds the best share."""
    split = lines(kind)
    prob, odds = [0.52, 0.35, 0.61, 0.45][: 1 + split[-1][-1]], [2.0, 3.0, 1.7, 2.3]
    legs = frame(*(leg(f"m{n}", p, odds[n]) for n, p in enumerate(prob)))
    chance, profit = [], []
    for won in product([0, 1], repeat=len(prob)):
        chance.append(np.prod([p if w else 1 - p for p, w in zip(prob, won, strict=True)]))
        paid = [np.prod([odds[leg] * won[leg] for leg in line]) for line in split]
        profit.append(np.mean(paid) - 1)
    p, x = np.array(chance), np.array(profit)
    best = minimize_scalar(lambda f: -p @ np.log1p(f * x), bounds=(0, 0.9), method="bounded").fun
    mean, square = moments(legs)
    found = growth(mean[None], square[None], split)[0]
    np.testing.assert_allclose(found, (p @ x) ** 2 / (2 * p @ x**2), rtol=1e-9)
    np.testing.assert_allclose(found, -best, rtol=0.25)
