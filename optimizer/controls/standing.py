"""Where a bettor stands at a moment: bankroll, peak, and what was staked and lost in the running periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

PERIODS = ("day", "week", "month")


@dataclass(frozen=True)
class Standing:
    """Money in minor units at `as_of`. The bankroll counts settled results only; `open_minor` is at risk inside it.

    `staked_minor` and `lost_minor` are keyed by "day", "week" (ISO) and "month". What was lost is net of what was won
    in the same period, and 0 in a period that won.
    """

    as_of: datetime
    opening_minor: int
    bankroll_minor: int
    peak_minor: int
    staked_minor: Mapping[str, int]
    lost_minor: Mapping[str, int]
    open_minor: int

    def __post_init__(self) -> None:
        if self.as_of.tzinfo is None:
            raise ValueError("A standing needs a moment with a time zone.")
        if self.opening_minor <= 0 or self.peak_minor < max(self.opening_minor, self.bankroll_minor):
            raise ValueError("A standing needs an opening above zero and a peak no lower than opening and bankroll.")
        amounts = [self.open_minor, *self.staked_minor.values(), *self.lost_minor.values()]
        if set(self.staked_minor) != set(PERIODS) or set(self.lost_minor) != set(PERIODS) or min(amounts) < 0:
            raise ValueError("A standing needs amounts of at least 0 for the day, the week and the month.")

    @property
    def drawdown_share(self) -> float:
        """The share of the peak that is lost now, 0 at the peak."""
        return (self.peak_minor - self.bankroll_minor) / self.peak_minor


def standing(
    tickets: pl.DataFrame, settlements: pl.DataFrame, as_of: datetime, opening_minor: int, timezone: str
) -> Standing:
    """The standing at `as_of`, from `tickets` (ticket_id, stake_minor, as_of_utc) and `settlements` (ticket_id,
    profit_minor, known_at_utc); later rows are left aside. Periods are those of the calendar in `timezone`.

    A ticket may have several settlements: a correction counts for what it changed, when it was known.
    """
    issued = tickets.filter(pl.col("as_of_utc") <= as_of)
    settled = profit_steps(settlements.filter(pl.col("known_at_utc") <= as_of))
    results = settled.group_by("known_at_utc").agg(pl.col("profit_minor").sum()).sort("known_at_utc")
    highest = max(results["profit_minor"].cum_sum().to_list(), default=0)
    starts = period_starts(as_of, timezone)
    return Standing(
        as_of=as_of,
        opening_minor=opening_minor,
        bankroll_minor=opening_minor + int(results["profit_minor"].sum()),
        peak_minor=opening_minor + max(highest, 0),
        staked_minor={name: _sum(issued, "as_of_utc", start, "stake_minor") for name, start in starts.items()},
        lost_minor={
            name: max(-_sum(settled, "known_at_utc", start, "profit_minor"), 0) for name, start in starts.items()
        },
        open_minor=int(issued.join(settled, on="ticket_id", how="anti")["stake_minor"].sum()),
    )


def period_starts(as_of: datetime, timezone: str) -> dict[str, datetime]:
    """When the running day, ISO week and month began in a time zone, in UTC."""
    zone = ZoneInfo(timezone)
    today = as_of.astimezone(zone).date()
    firsts = {"day": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}
    return {name: datetime.combine(first, time.min, zone).astimezone(UTC) for name, first in firsts.items()}


def profit_steps(settlements: pl.DataFrame) -> pl.DataFrame:
    """Settlements with `profit_minor` as what each added to its ticket's settlement before, in order of knowledge."""
    before = pl.col("profit_minor").shift(1, fill_value=0).over("ticket_id")
    return settlements.sort("known_at_utc", maintain_order=True).with_columns(pl.col("profit_minor") - before)


def _sum(rows: pl.DataFrame, moment: str, start: datetime, amount: str) -> int:
    return int(rows.filter(pl.col(moment) >= start)[amount].sum())
