"""The frame that models learn from: no price of the match among its features, nothing known later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from models.dataset import assemble, prices_at_decision
from models.recipe import Recipe
from models.signals import BINOMIAL, BIVARIATE, GOALS

UTC_TIME = pl.Datetime("us", "UTC")
FRIDAY = datetime(2024, 5, 10, 16, tzinfo=UTC)
KICKOFF = FRIDAY + timedelta(days=1)


def decisions() -> pl.DataFrame:
    rows = [
        ("m2", "E0", "2023-24", FRIDAY, KICKOFF, "b", "a", True, 1.4, 1.2),
        ("m1", "E0", "2023-24", FRIDAY - timedelta(days=7), KICKOFF - timedelta(days=7), "a", "b", False, 1.5, None),
    ]
    names = {
        "match_id": pl.String, "competition_id": pl.String, "season_code": pl.String, "as_of_utc": UTC_TIME,
        "event_at_utc": UTC_TIME, "home_team_id": pl.String, "away_team_id": pl.String, "is_upcoming": pl.Boolean,
        "home_goals_for_l5": pl.Float64, "away_goals_for_l5": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def schedule() -> pl.DataFrame:
    identity = decisions().select("match_id", "competition_id", "season_code", "as_of_utc")
    return identity.with_columns(home_rest_days=pl.lit(7.0), away_rest_days=pl.lit(3.5))


def matches(state: str = "finished", goals: tuple[int | None, int | None] = (2, 1)) -> pl.DataFrame:
    known = KICKOFF - timedelta(days=7) + timedelta(hours=3)
    rows = [
        ("m1", "E0", known, known, state, "a", "b", *goals),
        ("m2", "E0", FRIDAY, FRIDAY, "scheduled", "b", "a", None, None),
    ]
    names = {
        "match_id": pl.String, "competition_id": pl.String, "known_at_utc": UTC_TIME, "event_at_utc": UTC_TIME,
        "state": pl.String, "home_team_id": pl.String,
        "away_team_id": pl.String, "home_goals": pl.Int64, "away_goals": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def told(known: datetime = FRIDAY - timedelta(days=6)) -> pl.DataFrame:
    """The shots of the match that is over."""
    return pl.DataFrame(
        {
            "match_id": ["m1"], "known_at_utc": [known], "home_shots": [12], "away_shots": [7],
            "home_shots_on_target": [5], "away_shots_on_target": [2],
        },
        schema_overrides={"known_at_utc": UTC_TIME},
    )  # fmt: skip


def quotes(*rows: tuple[str, str, str, datetime, float]) -> pl.DataFrame:
    names = {
        "match_id": pl.String, "bookmaker": pl.String, "quote_kind": pl.String, "known_at_utc": UTC_TIME,
        "home_odds_dec": pl.Float64, "draw_odds_dec": pl.Float64, "away_odds_dec": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([(*row, 3.4, 3.6) for row in rows], schema=names, orient="row")


def totals(*rows: tuple[str, str, str, datetime, float, float]) -> pl.DataFrame:
    """Prices of totals: match, book, kind, time, line, over; under is at 1.9."""
    names = {
        "match_id": pl.String, "bookmaker": pl.String, "quote_kind": pl.String, "known_at_utc": UTC_TIME,
        "line": pl.Float64, "over_odds_dec": pl.Float64, "under_odds_dec": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([(*row, 1.9) for row in rows], schema=names, orient="row")


@pytest.mark.parametrize(
    ("state", "goals", "outcome"),
    [
        ("finished", (2, 1), 0), ("corrected", (1, 1), 1), ("finished", (0, 4), 2),
        ("abandoned", (1, 0), -1), ("scheduled", (None, None), -1),
    ],
)  # fmt: skip
def test_only_a_match_that_is_over_has_an_outcome(
    state: str, goals: tuple[int | None, int | None], outcome: int
) -> None:
    data = assemble(decisions(), schedule(), matches(state, goals), quotes(), totals(), told(), Recipe())
    assert data.rows["match_id"].to_list() == ["m1", "m2"], "decisions stand in order of time"
    assert data.outcome.tolist() == [outcome, -1]


def test_an_abandoned_match_moves_no_rating() -> None:
    rating = "elo_difference"
    over, abandoned = (
        assemble(decisions(), schedule(), matches(state), quotes(), totals(), told(), Recipe()).signal(rating).tolist()
        for state in ("finished", "abandoned")
    )
    assert abandoned == [65.0, 65.0]
    assert over[0] == 65.0
    assert over[1] < 65.0, "the club that lost last week plays at home"


def test_learners_see_numbers_known_at_the_decision_and_no_price_of_the_match() -> None:
    wider = schedule().with_columns(
        home_odds_dec=pl.lit(2.0), mean_overround=pl.lit(1.05), books_count=pl.lit(9), referee=pl.lit("R. Ef")
    )
    data = assemble(
        decisions(), wider, matches(), quotes(("m1", "pinnacle", "opening", FRIDAY, 2.0)), totals(), told(), Recipe()
    )
    assert set(data.features.columns) == {
        "home_goals_for_l5", "away_goals_for_l5", "home_rest_days", "away_rest_days", "elo_difference",
        "pi_difference", "memory_supremacy", "memory_draw", "memory_variance", "total_memory_goals",
        "total_memory_variance", "state_home_goals", "state_away_goals", "state_variance", *GOALS,
        *BIVARIATE, *BINOMIAL,
    }  # fmt: skip


def test_a_price_that_came_after_the_decision_is_not_used() -> None:
    decision = decisions().filter(pl.col("match_id") == "m2")
    second = timedelta(microseconds=1)
    found = prices_at_decision(
        decision,
        quotes(
            ("m2", "pinnacle", "opening", FRIDAY - timedelta(days=1), 2.0),
            ("m2", "pinnacle", "observed", FRIDAY, 2.1),
            ("m2", "pinnacle", "closing", FRIDAY + second, 2.2),
            ("m2", "bet365", "closing", KICKOFF, 2.3),
        ),
    )
    assert found.select("bookmaker", "home_odds_dec").rows() == [("pinnacle", 2.1)]


def test_the_market_belief_is_the_price_of_the_decision_and_not_the_close() -> None:
    early = ("m2", "pinnacle", "opening", FRIDAY, 2.0)
    late = ("m2", "pinnacle", "closing", KICKOFF, 1.2)
    args = (decisions(), schedule(), matches())
    alone = assemble(*args, quotes(early), totals(), told(), Recipe()).market.probabilities[1]
    both = assemble(*args, quotes(late, early), totals(), told(), Recipe()).market.probabilities[1]
    assert both.tolist() == alone.tolist()
    assert assemble(*args, quotes(late), totals(), told(), Recipe()).market.present.tolist() == [False, False]


def test_a_part_of_the_decisions_keeps_rows_ratings_and_market_together() -> None:
    data = assemble(decisions(), schedule(), matches(), quotes(), totals(), told(), Recipe())
    second = data.where(data.rows["match_id"].to_numpy() == "m2")
    assert second.rows["match_id"].to_list() == ["m2"]
    assert second.signal("elo_difference").tolist() == data.signal("elo_difference")[1:].tolist()
    assert second.market.probabilities.shape == (1, 3)


def test_totals_count_at_their_own_line_as_known_at_the_decision() -> None:
    """The price of another line, and one told after the decision, are nobody's belief about 2.5."""
    known = FRIDAY - timedelta(hours=1)
    quoted = totals(
        ("m2", "pinnacle", "opening", known, 3.5, 3.0),
        ("m2", "market_average", "opening", known, 2.5, 1.9),
        ("m2", "pinnacle", "opening", FRIDAY + timedelta(hours=1), 2.5, 1.5),
    )
    data = assemble(decisions(), schedule(), matches(), quotes(), quoted, told(), Recipe())
    assert data.over_market.probabilities[1].tolist() == pytest.approx([0.5, 0.5])
    assert not data.over_market.present[0]


@pytest.mark.parametrize(("goals", "over"), [((2, 1), 0), ((1, 1), 1), ((0, 3), 0), ((0, 0), 1)])
def test_three_goals_are_over(goals: tuple[int, int], over: int) -> None:
    data = assemble(decisions(), schedule(), matches("finished", goals), quotes(), totals(), told(), Recipe())
    assert data.labelled(FRIDAY).rows["over"].to_list() == [over]
    assert data.labelled(KICKOFF - timedelta(days=7)).rows.is_empty()


def test_a_close_told_after_the_result_is_not_what_learners_are_fitted_to() -> None:
    over = KICKOFF - timedelta(days=7) + timedelta(hours=3)
    for told_at, present in ((over, True), (over + timedelta(seconds=1), False)):
        quoted = quotes(("m1", "pinnacle", "closing", told_at, 2.0))
        data = assemble(decisions(), schedule(), matches(), quoted, totals(), told(), Recipe())
        assert data.close.present[0] == present
