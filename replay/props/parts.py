"""What groups of what is known of players add to their nights: a season walked again without each, night by night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import polars as pl

from core.countdown import Countdown, Say
from core.settings import Settings
from lake.storage import Lake
from models.props import groups
from replay.props import walk
from replay.props.past import past
from replay.props.quotes import NO_QUOTES
from replay.taken_away import Interval, interval

_NIGHT = ["match_id", "player_id"]
_ANY = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Nights:
    """Of everyone who took part, n nights: the mean absolute error of points, and how much it grows without each group.

    95% intervals of the differences resample days; None for fewer than two.
    """

    n: int
    points_mae: float
    without: Mapping[str, tuple[float, Interval]]

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        changes = [
            {"name": name, "points_mae_minus_full": mean, "points_mae_minus_full_ci95": ends}
            for name, (mean, ends) in self.without.items()
        ]
        return {"n": self.n, "full": {"points_mae": self.points_mae}, "changes": changes}


def ablate(lake: Lake, settings: Settings, first: date, last: date, say: Say) -> dict[str, Nights]:
    """By competition, on match days from `first` to `last`, inclusive; one of whose players too little is known is not
    there.

    Chances of playing in past games stay as they were learned; those of the nights foretold are learned without it.
    """
    since, until = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
    played = lake.table(f"silver.{settings.sport}.player_stats").read(pl.col("event_at_utc").is_between(since, until))
    found = {}
    for name in played["competition_id"].unique().sort():
        if learned := past(lake, settings, name, since, until):
            found[name] = compare(learned[0], settings, say, since)
    return found


def compare(lessons: pl.DataFrame, settings: Settings, say: Say, since: datetime = _ANY) -> Nights:
    """Walk over lessons (with season_code) with everything known, then with each group unknown; the draws are the same.

    Nights from `since` on are judged. Raises ValueError where none comes after the weeks that are only learned from.
    """
    countdown = Countdown(1 + len(groups.LEARNED), say)
    full = _walked(lessons, settings).filter(pl.col("event_at_utc") >= since)
    if full.is_empty():
        raise ValueError("No night to judge.")
    countdown.step("nights of players")
    days = full["event_at_utc"].dt.date().to_physical().to_numpy().astype(np.int64)
    without: dict[str, tuple[float, Interval]] = {}
    for group in groups.LEARNED:
        other = _walked(groups.unknown(group, lessons), settings).select(*_NIGHT, pl.col("points_error").alias("other"))
        both = full.join(other, on=_NIGHT, maintain_order="left")
        worse = (both["other"] - both["points_error"]).to_numpy()
        without[group] = float(worse.mean()), interval(worse, days, settings.seed)
        countdown.step(f"nights of players without {group}")
    return Nights(len(full), float(full["points_error"].to_numpy().mean()), without)


def _walked(lessons: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    return walk.walk(lessons, NO_QUOTES, settings)[0]
