"""Boundaries: the last one at or before a moment, at UTC midnights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.schedule import Refit, boundaries, boundary

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("moment", "month", "season"),
    [
        ((2024, 5, 10, 16), (2024, 5, 1), (2023, 7, 1)),
        ((2024, 7, 1, 0), (2024, 7, 1), (2024, 7, 1)),
        ((2024, 6, 30, 23), (2024, 6, 1), (2023, 7, 1)),
        ((2024, 8, 31, 12), (2024, 8, 1), (2024, 7, 1)),
        ((2024, 1, 1, 0), (2024, 1, 1), (2023, 7, 1)),
    ],
)
def test_a_month_begins_on_its_first_and_a_season_in_july(
    moment: tuple[int, ...], month: tuple[int, ...], season: tuple[int, ...]
) -> None:
    at = datetime(*moment, tzinfo=UTC)
    assert boundary(at, Refit.MONTH) == datetime(*month, tzinfo=UTC)
    assert boundary(at, Refit.SEASON) == datetime(*season, tzinfo=UTC)


@given(MOMENTS, st.sampled_from(Refit))
def test_a_boundary_lies_never_after_its_moment_and_is_its_own(moment: datetime, refit: Refit) -> None:
    found = boundary(moment, refit)
    assert timedelta() <= moment - found <= timedelta(days=366)
    assert boundary(found, refit) == found


def test_many_moments_are_answered_like_each_alone() -> None:
    moments = pl.datetime_range(datetime(2019, 1, 1), datetime(2022, 1, 1), "37h", time_zone="UTC", eager=True)
    for refit in Refit:
        assert boundaries(moments, refit).to_list() == [boundary(moment, refit) for moment in moments]
