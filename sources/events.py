"""Which matches a vendor's events are, in any sport: competition by the vendor's code, season, clubs by name, calendar.

Rows pass from step to step with `_reason` and `_detail`, null while nothing is wrong; the first fault stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from lake.competitions import Competition
from lake.entities import matches
from lake.entities.resolve import with_player_ids, with_team_ids
from sources.known import Known
from sources.placing import in_competitions, off_the_calendar, refuse, season_codes

_SEASON_STARTS_IN_MONTH = 7
_REMEMBERED = 256
_DATED = ("basketball",)
"""Sports in which two teams may meet at one place on two days running, and whose anchor tells a day at a time."""


def placed(
    events: pl.DataFrame, leagues: Mapping[str, Competition], known: Known, vendor: str, code: str
) -> pl.DataFrame:  # fmt: skip
    """Events with `competition_id`, `season_code`, `home_team_id`, `away_team_id`, `match_id`, and the first fault.

    `events` has `league` (the vendor's code, which competitions hold as `vendors[vendor][code]`), `home_name`,
    `away_name`, `event_at_utc`, `_reason` and `_detail`. Reasons: `unknown_competition`, `unknown_team`, `same_team`,
    `sides_swapped`, `off_calendar`.
    """
    start = pl.col("event_at_utc")
    year = start.dt.year() - (start.dt.month() < _SEASON_STARTS_IN_MONTH).cast(pl.Int32)
    named = in_competitions(events, leagues, vendor, code).with_columns(season_codes(year).alias("season_code"))
    sides = {"home_name": "home_team_id", "away_name": "away_team_id"}
    there = pl.col("competition_id").is_not_null()
    ours = with_team_ids(named.filter(there), known.teams, known.aliases, vendor, sides)
    others = named.filter(~there).with_columns(pl.lit(None, pl.String).alias(name) for name in sides.values())
    itself = pl.col("home_team_id") == pl.col("away_team_id")
    said = pl.format("'{}' cannot play itself.", "home_name")
    clubs = refuse(pl.concat([ours, others.select(ours.columns)]), [("same_team", itself, said)])
    return _in_calendar(clubs, leagues, known)


@dataclass
class Places:
    """Answers of `placed` that are wanted again: one capture after another lists the same events.

    They hold for one state of what is known; another one begins anew.
    """

    known: Known | None = None
    found: dict[tuple[object, ...], pl.DataFrame] = field(default_factory=dict)

    def placed(
        self, events: pl.DataFrame, leagues: Mapping[str, Competition], known: Known, vendor: str, code: str
    ) -> pl.DataFrame:  # fmt: skip
        """As `placed`."""
        if known is not self.known or len(self.found) >= _REMEMBERED:
            self.known, self.found = known, {}
        question = (*sorted(leagues), *events.rows())
        if question not in self.found:
            self.found[question] = placed(events, leagues, known, vendor, code)
        return self.found[question]


def with_players(rows: pl.DataFrame, known: Known, vendor: str) -> pl.DataFrame:
    """Add `player_id` of `player_name`, of one of the teams `home_team_id` and `away_team_id`.

    Null, and `unknown_player`, where nobody is surely meant.
    """
    names, teams = {"player_name": "player_id"}, ["home_team_id", "away_team_id"]
    return with_player_ids(rows, known.players, known.aliases, vendor, names, teams)


def _in_calendar(rows: pl.DataFrame, leagues: Mapping[str, Competition], known: Known) -> pl.DataFrame:
    dated = {league.id: league.timezone for league in leagues.values() if league.sport in _DATED}
    named = matches.with_match_ids(rows, known.matches, dated)
    off = _off_listed_day(named, known.matches, dated) if dated else _off_calendar(named, known.matches)
    return off_the_calendar(named, known, off)


def _off_calendar(rows: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    return matches.off_calendar(rows, known, matches.SAME_MEETING)


def _off_listed_day(rows: pl.DataFrame, known: pl.DataFrame, zones: Mapping[str, str]) -> pl.Series:
    """Whether the anchor lists games of a row's local day, and this pair is not among them."""
    days = _local_days(known, zones)
    own = _local_days(rows.with_row_index("_row"), zones).drop_nulls(["home_team_id", "away_team_id"])
    listed = own.join(days, on=["competition_id", "_day"], how="semi")
    absent = listed.join(days, on=["competition_id", "_day", "home_team_id", "away_team_id"], how="anti")
    off = absent["_row"].to_list()
    return rows.with_row_index("_row").select(pl.col("_row").is_in(off)).to_series()


def _local_days(rows: pl.DataFrame, zones: Mapping[str, str]) -> pl.DataFrame:
    """Rows of these competitions with `_day`, the date where they are played."""
    day = pl.col("event_at_utc").dt
    return pl.concat(
        rows.filter(pl.col("competition_id") == league).with_columns(
            day.convert_time_zone(zone).dt.date().alias("_day")
        )
        for league, zone in zones.items()
    )
