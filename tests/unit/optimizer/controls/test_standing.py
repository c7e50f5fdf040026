"""Where a bettor stands: sums of the running periods in the bettor's own calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from optimizer.controls import standing
from optimizer.controls.standing import period_starts
from tests.unit.optimizer.controls.offers import AS_OF, at
from tests.unit.optimizer.policies import UTC_TIME

History = list[tuple[float, int, float | None, int]]
"""Tickets as (hours before AS_OF, stake, hours before AS_OF of the result or None, profit)."""


def tables(history: History) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tickets and settlements of an invented history."""
    tickets = [(f"t{n}", stake, AS_OF - timedelta(hours=ago)) for n, (ago, stake, _, _) in enumerate(history)]
    settled = [
        (f"t{n}", profit, AS_OF - timedelta(hours=ago))
        for n, (_, _, ago, profit) in enumerate(history)
        if ago is not None
    ]
    return (
        pl.DataFrame(tickets, {"ticket_id": pl.String, "stake_minor": pl.Int64, "as_of_utc": UTC_TIME}, orient="row"),
        pl.DataFrame(
            settled, {"ticket_id": pl.String, "profit_minor": pl.Int64, "known_at_utc": UTC_TIME}, orient="row"
        ),
    )


def test_a_history_gives_the_standing_worked_out_by_hand() -> None:
    """AS_OF is noon on Wednesday 4 March 2026."""
    history: History = [
        (24 * 20, 1000, 24 * 19, 5000),  # February: won
        (24 * 3.4, 200, 24 * 3, -200),  # Sunday 1 March: in the month, before the week
        (40, 300, 30, -300),  # Monday and Tuesday
        (6, 400, 2, -400), (5, 700, None, 0), (0, 50, None, 0),  # today
    ]  # fmt: skip
    found = standing(*tables(history), AS_OF, 100_000, "UTC")
    assert found.bankroll_minor == 100_000 + 5000 - 200 - 300 - 400
    assert found.peak_minor == 105_000
    assert found.open_minor == 750
    assert found.staked_minor == {"day": 1150, "week": 1450, "month": 1650}
    assert found.lost_minor == {"day": 400, "week": 700, "month": 900}


def test_what_is_known_later_changes_nothing_and_a_period_that_won_lost_nothing() -> None:
    found = standing(*tables([(5, 100, -1, 900), (4, 100, 1, 900), (-2, 100, None, 0)]), AS_OF, 1000, "UTC")
    assert found.bankroll_minor == 1900
    assert found.lost_minor["day"] == 0
    assert found.open_minor == 100
    assert found.staked_minor["day"] == 200


def test_a_corrected_result_counts_for_what_it_changed_when_it_was_known() -> None:
    tickets, once = tables([(60, 100, 50, 400)])
    corrected = once.with_columns(
        pl.lit(-100).cast(pl.Int64).alias("profit_minor"), pl.lit(AS_OF).alias("known_at_utc")
    )
    settled = pl.concat([corrected.cast(once.schema), once])
    found = standing(tickets, settled, AS_OF, 1000, "UTC")
    assert (found.bankroll_minor, found.peak_minor, found.open_minor) == (900, 1400, 0)
    assert found.lost_minor == {"day": 500, "week": 100, "month": 100}


def test_what_happens_at_midnight_belongs_to_the_new_day() -> None:
    found = standing(*tables([(12, 100, None, 0), (20, 30, 12, -30)]), AS_OF, 1000, "UTC")
    assert (found.staked_minor["day"], found.lost_minor["day"]) == (100, 30)


def test_results_known_at_the_same_moment_make_one_step_of_the_peak() -> None:
    assert standing(*tables([(5, 100, 1, 500), (4, 600, 1, -600)]), AS_OF, 1000, "UTC").peak_minor == 1000


@pytest.mark.parametrize(("zone", "moment", "starts"), [
    ("UTC", "2026-03-04T12:00", ("2026-03-04T00:00", "2026-03-02T00:00", "2026-03-01T00:00")),
    ("Asia/Tokyo", "2026-03-04T15:30", ("2026-03-04T15:00", "2026-03-01T15:00", "2026-02-28T15:00")),
    ("America/New_York", "2026-03-01T03:00", ("2026-02-28T05:00", "2026-02-23T05:00", "2026-02-01T05:00")),
    ("Europe/Berlin", "2026-03-29T21:00", ("2026-03-28T23:00", "2026-03-22T23:00", "2026-02-28T23:00")),
])  # fmt: skip
def test_days_weeks_and_months_begin_at_midnight_where_the_bettor_lives(
    zone: str, moment: str, starts: tuple[str, str, str]
) -> None:
    found = period_starts(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone)
    assert tuple(start.strftime("%Y-%m-%dT%H:%M") for start in found.values()) == starts


@pytest.mark.parametrize("change", [
    {"as_of": datetime(2026, 1, 1)}, {"opening_minor": 0}, {"peak_minor": 99}, {"open_minor": -1},
    {"staked_minor": {"day": 0}}, {"lost_minor": {"day": 0, "week": -1, "month": 0}},
])  # fmt: skip
def test_a_standing_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="A standing needs"):
        at(**change)
