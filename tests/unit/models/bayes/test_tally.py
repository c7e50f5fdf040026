"""Tallies of invented leagues: weighted sums of what was known, the last version of each match, and who came up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.families.bayes.tally import History, Tally, tally_as_known
from tests.unit.models.goals.leagues import START, seasons_of

OLD = [f"old-{number}" for number in range(4)]
HISTORY = seasons_of("X1", [[*OLD, "gone"], [*OLD, "new-1"], [*OLD, "new-2"]], 1)
CUTOFF = (START + timedelta(days=365 * 2 + 100)).replace(tzinfo=UTC)
TWO_SEASONS = History(window_days=500.0)


def slow_tally(results: pl.DataFrame, at: datetime, history: History) -> dict[tuple[str, str], list[float]]:
    """Weighted matches and goals of home and away of every pair, match after match."""
    sums: dict[tuple[str, str], list[float]] = {}
    versions: dict[str, dict[str, object]] = {}
    for row in results.filter(pl.col("known_at_utc") <= at).sort("known_at_utc").iter_rows(named=True):
        versions[row["match_id"]] = row
    for row in versions.values():
        age = (at - row["event_at_utc"]) / timedelta(days=1)  # type: ignore[operator]
        if age <= history.window_days:
            pair = sums.setdefault((str(row["home_team_id"]), str(row["away_team_id"])), [0.0, 0.0, 0.0])
            for place, value in enumerate((1, row["home_goals"], row["away_goals"])):
                pair[place] += float(np.exp(-history.decay_per_day * age)) * float(value)  # type: ignore[arg-type]
    return sums


def test_sums_are_those_of_each_match_that_was_known() -> None:
    found, slow = tally_as_known(HISTORY, "X1", CUTOFF, TWO_SEASONS), slow_tally(HISTORY, CUTOFF, TWO_SEASONS)
    assert found.clubs == tuple(sorted({club for pair in slow for club in pair}))
    for place, club in enumerate(found.clubs):
        at_home = [sums for pair, sums in slow.items() if pair[0] == club]
        visiting = [sums for pair, sums in slow.items() if pair[1] == club]
        assert found.matches[place].sum() == pytest.approx(sum(sums[0] for sums in at_home))
        assert found.matches[:, place].sum() == pytest.approx(sum(sums[0] for sums in visiting))
        assert found.scored[place] == pytest.approx(sum(s[1] for s in at_home) + sum(s[2] for s in visiting))
        assert found.conceded[place] == pytest.approx(sum(s[2] for s in at_home) + sum(s[1] for s in visiting))
    assert found.home_goals == pytest.approx(sum(sums[1] for sums in slow.values()))
    assert found.away_goals == pytest.approx(sum(sums[2] for sums in slow.values()))


def test_clubs_that_came_up_inside_the_window_are_newcomers() -> None:
    found = tally_as_known(HISTORY, "X1", CUTOFF, TWO_SEASONS)
    assert dict(zip(found.clubs, found.is_newcomer.tolist(), strict=True)) == {
        **dict.fromkeys(OLD, False), "new-1": True, "new-2": True,
    }  # fmt: skip


def test_nobody_is_new_in_a_league_whose_history_has_just_begun() -> None:
    first = tally_as_known(HISTORY, "X1", (START + timedelta(days=100)).replace(tzinfo=UTC), TWO_SEASONS)
    assert len(first.clubs) == 5
    assert not first.is_newcomer.any()


def test_a_club_that_comes_back_is_a_newcomer_again() -> None:
    yo_yo = seasons_of("X1", [[*OLD, "yo-yo"], [*OLD, "new-1"], [*OLD, "yo-yo"]], 1)
    found = tally_as_known(yo_yo, "X1", CUTOFF, TWO_SEASONS)
    assert found.is_newcomer[found.clubs.index("yo-yo")]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 900), st.integers(0, 10))
def test_what_becomes_known_later_and_the_order_of_rows_change_nothing(day: int, seed: int) -> None:
    at = (START + timedelta(days=day)).replace(tzinfo=UTC)
    later = pl.col("known_at_utc") > at
    upset = HISTORY.with_columns(home_goals=pl.when(later).then(9).otherwise("home_goals"))
    correction = HISTORY.with_columns(known_at_utc=pl.lit(at + timedelta(microseconds=1)), home_goals=7)
    corrected = pl.concat([HISTORY, correction.cast(HISTORY.schema)])
    expected = tally_as_known(HISTORY, "X1", at, TWO_SEASONS).digest()
    for other in (upset, HISTORY.filter(~later), corrected):
        shuffled = other.sample(fraction=1, shuffle=True, seed=seed)
        assert tally_as_known(shuffled, "X1", at, TWO_SEASONS).digest() == expected


def test_a_correction_counts_from_its_own_moment_on() -> None:
    match = HISTORY.filter(pl.col("known_at_utc") < CUTOFF).tail(1)
    corrected = HISTORY.vstack(
        match.with_columns(known_at_utc=pl.lit(CUTOFF), home_goals=pl.lit(9)).cast(HISTORY.schema)  # type: ignore[arg-type]
    )
    before, at = (
        tally_as_known(corrected, "X1", moment, TWO_SEASONS) for moment in (CUTOFF - timedelta(microseconds=1), CUTOFF)
    )
    assert at.home_goals > before.home_goals + 0.5
    assert at.matches.sum() == pytest.approx(before.matches.sum())


def test_other_leagues_do_not_count_and_no_results_make_an_empty_tally() -> None:
    empty = tally_as_known(HISTORY, "X2", CUTOFF, TWO_SEASONS)
    assert (empty.clubs, empty.matches.shape, empty.home_goals) == ((), (0, 0), 0.0)


def test_each_part_of_a_tally_counts_for_its_digest() -> None:
    found = tally_as_known(HISTORY, "X1", CUTOFF, TWO_SEASONS)
    others = (
        replace(found, league="X2"),
        replace(found, clubs=("z", *found.clubs[1:])),
        replace(found, is_newcomer=~found.is_newcomer),
        replace(found, scored=found.scored + 1e-12),
        replace(found, away_goals=found.away_goals + 1.0),
    )
    assert len({one.digest() for one in (found, *others)}) == 6


@pytest.mark.parametrize(
    "fault", [{"scored": np.ones(2)}, {"conceded": np.full(1, np.nan)}, {"home_goals": -1.0}, {"clubs": ()}]
)
def test_sums_that_cannot_be_are_refused(fault: dict[str, object]) -> None:
    one = Tally("X1", ("a",), np.zeros(1, bool), np.zeros((1, 1)), np.zeros(1), np.zeros(1), 0.0, 0.0)
    with pytest.raises(ValueError, match="tally of X1"):
        replace(one, **fault)  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [{"window_days": 0.0}, {"absence_days": -1.0}, {"decay_per_day": -0.1}])
def test_a_history_that_cannot_be_is_refused(fault: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        History(**fault)
