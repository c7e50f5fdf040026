"""The log of injuries of ProSportsTransactions: who went on the list or came off it, on which day.

It names a day only: a line is known at 06:00 UTC of the next one. Other spellings of a player stand behind a stroke.
"""

from __future__ import annotations

import polars as pl

from lake.competitions import Competition
from lake.conform import REASON
from lake.keys import short_hash
from sources.base import Parsed, Payload
from sources.known import Known
from sources.local_sets.nba.odds import SOURCE
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.sheets import read
from sources.stats_nba_com import seasons
from sources.stats_nba_com.judging import judged
from sources.stats_nba_com.matched import with_club, with_players

COLUMNS = ("Date", "Team", "Acquired", "Relinquished", "Notes")
_BACK, _GONE = "Acquired", "Relinquished"
_BULLET = "•"
_SHORTEST_NAME = 3
_DOUBTFUL = r"(?i)\(DTD\)|day-to-day"
_SUSPENDED = r"(?i)suspen"
_NOTE = r"\((?:DTD|DNP|out [^)]*)\)"
"""What stands in notes: in a name's place it shows that the cells of the line have moved."""

_OTHERS = r"(?i)head coach|assistant coach|\breferee\b|second round pick|first round pick"


def reports(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of injuries; raises PayloadMalformed."""
    text, unread = read(payload.body, COLUMNS)
    checked = with_club(judged(_identified(_by_player(text), league), _faults()), known, SOURCE)
    return Parsed(
        rows={"injuries": with_players(accepted_of(checked), known, SOURCE)},
        refused={"injuries": pl.concat([refused_rows(unread), _refused(checked)], how="diagonal")},
    )


def _refused(checked: pl.DataFrame) -> pl.DataFrame:
    """Refused names, `item` telling the two of one line apart."""
    return refused_of(checked, ()).with_columns(checked.filter(pl.col(REASON).is_not_null())["item"])


def _by_player(text: pl.DataFrame) -> pl.DataFrame:
    """One row a name: a line names one who is back, or one who is out, rarely both; `_cell` is null with neither."""
    rows = [
        text.filter(pl.col(which).is_not_null()).with_columns(
            pl.col(which).alias("_cell"), pl.lit(which == _BACK).alias("is_back"), pl.lit(which).alias("item")
        )
        for which in (_BACK, _GONE)
    ]
    nobody = text.filter(pl.col(_BACK).is_null() & pl.col(_GONE).is_null())
    unnamed = nobody.with_columns(
        pl.lit(None, pl.String).alias("_cell"), pl.lit(False).alias("is_back"), pl.lit("").alias("item")
    )
    return pl.concat([*rows, unnamed]).sort("row_number", maintain_order=True)


def _identified(rows: pl.DataFrame, league: Competition) -> pl.DataFrame:
    day, notes = pl.col("Date").str.to_date("%Y-%m-%d", strict=False), pl.col("Notes").fill_null("")
    name = pl.col("_cell").str.strip_chars(f"{_BULLET} ")
    status = (
        pl.when("is_back")
        .then(pl.lit("available"))
        .when(notes.str.contains(_SUSPENDED))
        .then(pl.lit("suspended"))
        .when(notes.str.contains(_DOUBTFUL))
        .then(pl.lit("questionable"))
        .otherwise(pl.lit("out"))
    )
    words = pl.concat_str(
        "Date", pl.col("Team").fill_null(""), name.fill_null(""), pl.col("is_back").cast(pl.String), notes,
        separator="\x1f",
    )  # fmt: skip
    return rows.with_columns(
        pl.lit(league.id).alias("competition_id"),
        seasons.code_of_day(day).alias("season_code"),
        day.alias("day"),
        pl.col("Team").alias("team_name"),
        name.alias("player_name"),
        name.alias("vendor_player_id"),
        words.map_elements(short_hash, return_dtype=pl.String).alias("report_id"),
        pl.lit(None, pl.String).alias("match_id"),
        status.alias("status"),
        pl.col("Notes").alias("reason"),
        seasons.start_of_day(day).alias("event_at_utc"),
        seasons.morning_after(day).alias("known_at_utc"),
        pl.lit("date_only").alias("known_at_basis"),
    )


def _faults() -> list[Fault]:
    name = pl.col("player_name").fill_null("")
    other = pl.col("Notes").fill_null("").str.contains(_OTHERS) | name.str.contains(_OTHERS)
    return [
        ("bad_date", pl.col("day").is_null(), pl.format("'{}' is no day.", pl.col("Date").fill_null(""))),
        ("no_player", name.str.len_chars() < _SHORTEST_NAME, pl.format("'{}' is nobody's name.", name)),
        ("shifted_cells", name.str.contains(_NOTE), pl.format("'{}' is a note, not a name.", name)),
        ("several_players", name.str.contains(_BULLET), pl.format("'{}' is more than one.", name)),
        ("no_injury", other, pl.format("'{}' is no line about a player's fitness.", pl.col("Notes").fill_null(""))),
    ]
