"""Scenes: what candidates are worth on average, what stands open in them, and how unsure an edge is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.market.grid import ScoreGrid, scores
from core.market.markets import MARKETS
from core.market.payoffs import profit
from core.market.scenarios import CERTAIN, Spread
from core.market.sports import SPORTS
from optimizer.candidates.model import Candidate
from optimizer.coming import Coming, Slate
from optimizer.scene import Stage, edge_spread, matched, standing_candidates
from tests.unit.optimizer.policies import AS_OF, believed, bet, bets

HALF = (0.5, 0.3, 0.2)
SINGLE = Candidate("single", (0,), ((0,),))
NO_TICKETS = pl.DataFrame(
    schema={"ticket_id": pl.String, "kind": pl.String, "lines": pl.String, "stake_minor": pl.Int64}
)
BANKROLL = 100_000


def tickets(*rows: tuple[str, str, str | None, int]) -> pl.DataFrame:
    """Invented open tickets of (id, kind, lines, stake)."""
    return pl.DataFrame(list(rows), schema=NO_TICKETS.schema, orient="row")


def legs(*rows: tuple[str, int, dict[str, Any]]) -> pl.DataFrame:
    """Invented legs of (ticket, place in it, value bet)."""
    named = [row | {"ticket_id": ticket, "leg": place} for ticket, place, row in rows]
    return bets(*named) if named else bets(bet() | {"ticket_id": "none", "leg": 0}).clear()


def stage(
    offers: pl.DataFrame, coming: Coming, open_tickets: pl.DataFrame = NO_TICKETS, open_legs: pl.DataFrame | None = None
) -> Stage:
    """A stage with a single on every offer."""
    singles = [Candidate("single", (place,), ((place,),)) for place in range(len(offers))]
    return Stage(offers, singles, coming, open_tickets, legs() if open_legs is None else open_legs, BANKROLL)


@pytest.mark.parametrize("number", [64, 100, 1024])
def test_each_candidate_is_worth_its_edge_whatever_was_drawn(number: int) -> None:
    offers = bets(bet("m1", odds=2.5), bet("m1", "away", 0.2, 4.0), bet("m2", "draw", 0.3, 3.9))
    scene = stage(offers, believed(spread=Spread(0.1, 0.1, 0.05), m1=HALF, m2=HALF)).draw(number, 3)
    assert scene.weights @ scene.returns == pytest.approx(offers["edge"].to_numpy(), abs=1e-12)
    assert scene.weights.sum() == pytest.approx(1.0)
    assert set(np.unique(scene.returns[scene.returns < 0])) == {-1.0}


def test_matching_scales_winnings_and_touches_no_loss_and_no_push() -> None:
    paid = np.array([[1.0, -1.0, 0.0], [-1.0, -1.0, 2.0], [0.0, -0.5, -1.0], [1.0, -1.0, -1.0]])
    edges = np.array([0.1, 0.2, -0.9])
    fitted = matched(paid, edges)
    assert np.array_equal(fitted[paid <= 0], paid[paid <= 0])
    assert fitted[:, 0].mean() == pytest.approx(0.1)
    assert np.array_equal(fitted[:, 1], paid[:, 1]), "nothing wins here, so nothing can be scaled"
    assert (fitted[:, 2] >= np.minimum(paid[:, 2], 0.0)).all(), (
        "an edge below the losses takes winnings to nothing only"
    )


def test_an_open_ticket_wins_with_the_scores_that_candidates_are_paid_by() -> None:
    """The same bet stands open and is offered: both win in the same scenarios."""
    stands = legs(("t1", 0, bet("m1", odds=2.0)))
    scene = stage(bets(bet("m1", odds=2.5)), believed(m1=HALF), tickets(("t1", "single", None, 5_000)), stands).draw(
        256, 1
    )
    assert np.array_equal(scene.standing > 0, scene.returns[:, 0] > 0)
    assert set(np.unique(scene.standing)) == {-0.05, 0.05}


def test_an_open_leg_of_a_match_that_is_priced_no_more_wins_as_often_as_it_was_given() -> None:
    stands = legs(("t1", 0, bet("gone", prob=0.25, odds=5.0)))
    scene = stage(bets(bet("m1")), believed(m1=HALF), tickets(("t1", "single", None, 1_000)), stands).draw(4096, 1)
    assert np.isclose(np.unique(scene.standing), [-0.01, 0.04]).all()
    assert (scene.standing > 0).mean() == pytest.approx(0.25, abs=0.03)
    assert abs(np.corrcoef(scene.standing, scene.returns[:, 0])[0, 1]) < 0.06


def test_lines_of_an_open_system_are_paid_each_its_part_though_rows_come_in_any_order() -> None:
    """Half of t1 on a sure winner at 3.0, half on a double of it with a sure loser."""
    rows = [("t1", 0, bet("m1", odds=3.0)), ("t1", 1, bet("m2", "away", 0.2, 9.0)), ("t0", 0, bet("m2", odds=2.0))]
    both = tickets(("t1", "system", "[[0],[0,1]]", 2_000), ("t0", "single", None, 1_000))
    coming = believed(m1=(1.0, 0.0, 0.0), m2=(1.0, 0.0, 0.0))
    for order in (rows, rows[::-1]):
        scene = stage(bets(bet("m1")), coming, both, legs(*order)).draw(16, 1)
        assert scene.standing == pytest.approx(np.full(16, 0.02 * 0.5 + 0.01 * 1.0))


def test_open_tickets_become_candidates_on_their_own_rows() -> None:
    rows = legs(("a", 0, bet("m1")), ("b", 0, bet("m1")), ("b", 1, bet("m2")), ("b", 2, bet("m3")))
    listed = tickets(("b", "trixie", "[[0,1],[0,2],[1,2],[0,1,2]]", 400), ("a", "single", None, 100))
    trixie, single = standing_candidates(listed, rows)
    assert trixie == Candidate("trixie", (1, 2, 3), ((1, 2), (1, 3), (2, 3), (1, 2, 3)))
    assert single == SINGLE


def test_without_open_tickets_nothing_stands() -> None:
    scene = stage(bets(bet("m1")), believed(m1=HALF)).draw(32, 1)
    assert not scene.standing.any()


def tilted_edges(offers: pl.DataFrame, grid: ScoreGrid, home_tilt: float, away_tilt: float) -> np.ndarray[Any, Any]:
    """Edges of offers on the matches of the grid in order, were it bent: plain sums over scores."""
    home, away = scores()
    weights = grid.flat * np.exp(home_tilt * home + away_tilt * away)
    p = weights / weights.sum(axis=1, keepdims=True)
    found = [
        p[place] @ profit(MARKETS[row["market"]].payoff(home, away, row["selection"], row["line"]), row["net_odds_dec"])
        for place, row in enumerate(offers.iter_rows(named=True))
    ]
    return np.array(found)


def test_the_spread_of_edges_is_that_of_bent_grids() -> None:
    """To first order: central differences along supremacy and along goals, joined as independent."""
    grid = ScoreGrid.poisson([1.6, 1.2, 0.9], [1.1, 1.2, 2.0])
    matches = pl.DataFrame({"match_id": ["m1", "m2", "m3"], "competition_id": ["E0"] * 3})
    offers = bets(
        bet("m1", odds=2.4), bet("m2", "over", market="totals", line=2.25, odds=2.1),
        bet("m3", "away", market="asian_handicap", line=-0.5, odds=1.9),
    )  # fmt: skip
    spread, step = Spread(0.06, 0.05, 0.02), 1e-4
    along = [
        (tilted_edges(offers, grid, step, sign * step) - tilted_edges(offers, grid, -step, -sign * step)) / (2 * step)
        for sign in (-1, 1)
    ]
    slow = np.hypot(along[0] * spread.supremacy, along[1] * spread.goals)
    assert edge_spread(offers, Coming((Slate(matches, grid, spread),))) == pytest.approx(slow, rel=1e-5)
    assert edge_spread(offers, Coming((Slate(matches, grid, CERTAIN),))) == pytest.approx(np.zeros(3))


def test_beliefs_are_read_from_rows_in_any_order() -> None:
    home, away = scores()
    grid = ScoreGrid.poisson([1.6, 1.2], [1.1, 1.4])
    rows = pl.concat(
        pl.DataFrame({"home_goals": home, "away_goals": away, "prob": p}).with_columns(
            pl.lit(match).alias("match_id"), pl.lit(league).alias("competition_id")
        )
        for match, league, p in zip(("a", "b"), ("E1", "E0"), grid.flat, strict=True)
    )
    found = Slate.of(rows.sample(fraction=1.0, shuffle=True, seed=5), SPORTS["football"], CERTAIN)
    place = {match: index for index, match in enumerate(found.matches["match_id"])}
    assert dict(found.matches.iter_rows()) == {"a": "E1", "b": "E0"}
    for index, match in enumerate(("a", "b")):
        assert found.grid.cells[place[match]] == pytest.approx(grid.cells[index])


def test_beliefs_of_nothing_are_nothing() -> None:
    schema = {"match_id": pl.String, "competition_id": pl.String, "home_goals": pl.Int64, "away_goals": pl.Int64,
              "prob": pl.Float64}  # fmt: skip
    assert len(Slate.of(pl.DataFrame(schema=schema), SPORTS["football"], CERTAIN).grid) == 0


def test_only_some_matches_keep_their_own_beliefs() -> None:
    (coming,) = believed(m1=HALF, m2=(0.1, 0.2, 0.7), m3=HALF).slates
    kept = coming.only(pl.Series(["m2", "nobody's", "m1"]))
    assert kept.matches["match_id"].to_list() == ["m1", "m2"]
    assert np.array_equal(kept.grid.cells, coming.grid.cells[:2])
    backwards = Slate(coming.matches.reverse(), ScoreGrid(coming.grid.cells[::-1]), CERTAIN)
    assert np.array_equal(backwards.only(pl.Series(["m1", "m2"])).grid.cells, kept.grid.cells)


def test_matches_and_grids_of_two_lengths_are_refused() -> None:
    (coming,) = believed(m1=HALF).slates
    with pytest.raises(ValueError, match="2 matches are named, and the grid has 1"):
        Slate(pl.concat([coming.matches] * 2), coming.grid, CERTAIN)


def test_the_same_seed_draws_the_same_scene_and_another_seed_another() -> None:
    stands = legs(("t1", 0, bet("gone", event_at_utc=AS_OF + timedelta(hours=1))))
    coming = believed(spread=Spread(0.05, 0.05, 0.01), m1=HALF)
    made = stage(bets(bet("m1")), coming, tickets(("t1", "single", None, 1_000)), stands)
    first, again, other = (made.draw(64, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.returns, again.returns)
    assert np.array_equal(first.standing, again.standing)
    assert not np.array_equal(first.standing, other.standing)
