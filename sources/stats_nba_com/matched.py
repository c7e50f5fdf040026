"""How another vendor's rows find the anchor's clubs, games and players; what is not sure is refused.

Rows have `competition_id` and `season_code`, and carry `_reason` and `_detail` once they have been judged.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lake.competitions import Competition
from lake.entities.resolve import with_player_ids, with_team_ids
from sources.known import Known
from sources.placing import Fault
from sources.stats_nba_com import calendar, seasons
from sources.stats_nba_com.judging import judged

SPORT = "basketball"
SIDES = {"home_name": "home_team_id", "away_name": "away_team_id"}


def with_clubs(rows: pl.DataFrame, known: Known, source: str) -> pl.DataFrame:
    """Add home_team_id and away_team_id of home_name and away_name; reasons `unknown_team` and `same_team`."""
    named = with_team_ids(rows, known.teams, known.aliases, source, SIDES)
    itself = pl.col("home_team_id") == pl.col("away_team_id")
    return judged(named, [("same_team", itself, pl.format("'{}' and '{}' are one club.", *SIDES))])


def with_club(rows: pl.DataFrame, known: Known, source: str) -> pl.DataFrame:
    """Add team_id of team_name; reason `unknown_team`."""
    return with_team_ids(rows, known.teams, known.aliases, source, {"team_name": "team_id"})


def with_games(rows: pl.DataFrame, known: Known, league: Competition) -> pl.DataFrame:
    """Add match_id; reasons `sides_swapped` and `off_calendar`, where the anchor has that day's games and not this."""
    placed = calendar.placed(rows, known.matches, league)
    days = known.matches.select(seasons.day_of(pl.col("event_at_utc")).alias("_day")).unique()["_day"]
    day = seasons.day_of(pl.col("event_at_utc"))
    game = pl.format("'{}' at '{}' on {}", "away_name", "home_name", day)
    missed = ~pl.col("is_known") & day.is_in(days.implode())
    faults: list[Fault] = [
        ("sides_swapped", pl.col("is_swapped"), game + pl.lit(": the anchor has it the other way round.")),
        ("off_calendar", missed, game + pl.lit(": the anchor has games of that day, and not this one.")),
    ]
    return judged(placed, faults)


def with_players(rows: pl.DataFrame, known: Known, source: str) -> pl.DataFrame:
    """Add player_id of player_name in the club team_id; null where nobody is sure, which is no fault of the row."""
    place = ["competition_id", "season_code", "team_id", "player_name"]
    who = rows.select(place).unique(maintain_order=True)
    roster = _roster(known.players, who["season_code"].unique().sort().to_list())
    ids = with_player_ids(
        who, roster, known.aliases, source, {"player_name": "player_id"}, teams=("team_id",), may_have_moved=True
    )
    return rows.join(ids.select(*place, "player_id"), on=place, how="left", nulls_equal=True, maintain_order="left")


def _roster(players: pl.DataFrame, seasons: Sequence[str]) -> pl.DataFrame:
    """Players of these seasons; of a season without a list, those whose career was on, without their clubs."""
    listed = set(players["season_code"])
    newest = players.sort("season_code").unique("player_id", keep="last", maintain_order=True)
    careers = [
        newest.filter(pl.lit(int(season[:4])).is_between(pl.col("first_season"), pl.col("last_season"))).with_columns(
            pl.lit(season).alias("season_code"), pl.lit(None, pl.String).alias("team_id")
        )
        for season in seasons
        if season not in listed
    ]
    return pl.concat([players, *careers])
