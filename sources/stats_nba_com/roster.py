"""From the league's list of players to silver: names, numbers, seasons and today's clubs, known when it was read."""

from __future__ import annotations

import polars as pl

from lake.competitions import Competition
from sources.base import Parsed, Payload
from sources.known import Known
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.stats_nba_com import clubs, people, reading
from sources.stats_nba_com.judging import judged

_LISTED = 1
_SEASON = r"^\d{4}-\d{2}$"


def players(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of silver players; raises PayloadMalformed."""
    found, unread, asked = reading.read_players(payload.body)
    rows = found.with_columns(
        pl.col("PERSON_ID").alias("player_id_nba"),
        pl.col("DISPLAY_FIRST_LAST").alias("player_name"),
        pl.lit(league.id).alias("competition_id"),
        pl.lit(payload.season_code or asked, pl.String).alias("season_code"),
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
        pl.col("FROM_YEAR").alias("first_season"),
        pl.col("TO_YEAR").alias("last_season"),
        pl.when(pl.col("ROSTERSTATUS") == _LISTED)
        .then(clubs.by_number(pl.col("TEAM_ID"), pl.col("TEAM_ABBREVIATION")))
        .alias("team_id"),
    )
    checked = judged(rows, _faults())
    return Parsed(
        rows={"players": people.with_ids(accepted_of(checked), known.players)},
        refused={"players": pl.concat([refused_rows(unread), refused_of(checked, ())])},
    )


def _faults() -> list[Fault]:
    nameless = ~pl.col("player_id_nba").str.contains(r"^\d{1,12}$")
    differ = pl.struct("player_name", "team_id").n_unique().over("player_id_nba") > 1
    unclear = ~pl.col("season_code").str.contains(_SEASON).fill_null(False)
    return [
        ("unknown_season", unclear, pl.lit("The list does not say of which season it is.")),
        ("bad_number", nameless, pl.format("'{}' is no number of a player.", "player_id_nba")),
        ("contradicting_rows", differ, pl.format("Number {} is two players.", "player_id_nba")),
    ]
