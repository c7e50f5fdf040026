"""What memory sees of a finished match: its last price, and how it was played as far as it was told by then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from models.signals import seen_matches

KICKOFF = datetime(2024, 5, 4, 14, tzinfo=UTC)
OVER = KICKOFF + timedelta(hours=3)
UTC_TIME = pl.Datetime("us", "UTC")


def results(*versions: tuple[datetime, int, int]) -> pl.DataFrame:
    """Versions of one match's result."""
    rows = [("m1", "E0", known, "a", "b", home, away) for known, home, away in versions or ((OVER, 2, 1),)]
    names = {
        "match_id": pl.String, "competition_id": pl.String, "known_at_utc": UTC_TIME, "home_team_id": pl.String,
        "away_team_id": pl.String, "home_goals": pl.Int64, "away_goals": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def prices(*quotes: tuple[str, str, datetime, float]) -> pl.DataFrame:
    """Quotes of (book, kind, known, home price)."""
    names = {
        "match_id": pl.String, "bookmaker": pl.String, "quote_kind": pl.String, "known_at_utc": UTC_TIME,
        "home_odds_dec": pl.Float64, "draw_odds_dec": pl.Float64, "away_odds_dec": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([("m1", *quote, 3.4, 3.6) for quote in quotes], schema=names, orient="row")


def told(known: datetime = OVER) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "match_id": ["m1"], "known_at_utc": [known], "home_shots": [12], "away_shots": [7],
            "home_shots_on_target": [5], "away_shots_on_target": [6],
        },
        schema_overrides={"known_at_utc": UTC_TIME},
    )  # fmt: skip


OPEN, CLOSE = ("pinnacle", "opening", KICKOFF - timedelta(days=1), 2.3), ("pinnacle", "closing", KICKOFF, 1.9)
LATE = ("pinnacle", "closing", OVER + timedelta(days=2), 5.0)


def test_the_close_counts_and_the_price_before_it_where_there_is_none() -> None:
    close, before, both = (
        seen_matches(results(), prices(*quotes), told())["supremacy"][0] for quotes in ([CLOSE], [OPEN], [OPEN, CLOSE])
    )
    assert both == close > before


def test_a_price_that_came_after_the_result_is_no_price() -> None:
    found = seen_matches(results(), prices(OPEN, LATE), told())
    assert found["supremacy"][0] == seen_matches(results(), prices(OPEN), told())["supremacy"][0]
    assert np.isnan(seen_matches(results(), prices(LATE), told())["supremacy"][0])


def test_a_match_counts_once_with_its_first_result() -> None:
    found = seen_matches(results((OVER, 2, 1), (OVER + timedelta(days=3), 7, 0)), prices(CLOSE), told())
    assert found.select("known_at_utc", "goal_difference", "total_goals").rows() == [(OVER, 1, 3)]


@pytest.mark.parametrize(("late", "difference"), [(timedelta(0), 5.0), (timedelta(microseconds=1), None)])
def test_shots_count_only_if_they_were_told_by_then(late: timedelta, difference: float | None) -> None:
    found = seen_matches(results(), prices(CLOSE), told(OVER + late)).row(0, named=True)
    if difference is None:
        assert np.isnan(found["shot_difference"])
        assert np.isnan(found["shot_on_target_difference"])
    else:
        assert found["shot_difference"] == difference
        assert found["shot_on_target_difference"] == -1.0


def test_without_statistics_the_match_still_counts() -> None:
    found = seen_matches(results(), prices(CLOSE), told().clear())
    assert len(found) == 1
    assert np.isnan(found["shot_difference"][0])
