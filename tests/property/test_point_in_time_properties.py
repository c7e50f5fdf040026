"""The point-in-time join against a brute-force oracle that looks at every row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from feature_repo.pit import as_of_join

START = datetime(2024, 1, 1, tzinfo=UTC)
TIME = pl.Datetime("us", "UTC")
CLUBS = st.sampled_from(["arsenal", "bolton", "chelsea"])
MOMENTS = st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))
DECISIONS = st.lists(st.tuples(CLUBS, MOMENTS), max_size=12)
HISTORY = st.dictionaries(st.tuples(CLUBS, MOMENTS), st.none() | st.integers(0, 9), max_size=15)

Decision = tuple[str, datetime]
Known = dict[Decision, int | None]


def spine(decisions: list[Decision]) -> pl.DataFrame:
    return pl.DataFrame(decisions, schema={"team_id": pl.String, "as_of_utc": TIME}, orient="row")


def features(known: Known) -> pl.DataFrame:
    rows = [(club, moment, points, f"{club} at {moment}") for (club, moment), points in known.items()]
    schema = {"team_id": pl.String, "known_at_utc": TIME, "points_l5": pl.Int64, "note": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def joined(decisions: list[Decision], known: Known) -> list[tuple[object, ...]]:
    return as_of_join(spine(decisions), features(known), "team_id", "as_of_utc", "known_at_utc").rows()


def oracle(decisions: list[Decision], known: Known) -> list[tuple[object, ...]]:
    """For each decision, the newest of all rows of its club that are not later than it."""
    found: list[tuple[object, ...]] = []
    for club, moment in decisions:
        times = [time for name, time in known if name == club and time <= moment]
        newest = max(times, default=None)
        values = (None, None) if newest is None else (known[club, newest], f"{club} at {newest}")
        found.append((club, moment, *values))
    return found


@given(DECISIONS, HISTORY)
@settings(max_examples=60, deadline=None)
def test_the_join_finds_what_looking_at_every_row_finds(decisions: list[Decision], known: Known) -> None:
    assert joined(decisions, known) == oracle(decisions, known)


@given(DECISIONS, HISTORY, st.integers(0, 12))
@settings(max_examples=40, deadline=None)
def test_what_becomes_known_later_changes_nothing(decisions: list[Decision], known: Known, hour: int) -> None:
    cut = START + timedelta(hours=hour)
    past = [decision for decision in decisions if decision[1] <= cut]
    assert joined(past, known) == joined(past, {key: value for key, value in known.items() if key[1] <= cut})
