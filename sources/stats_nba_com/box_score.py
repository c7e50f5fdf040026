"""From a game's box score to players' statistics: who started, who played how long, and why somebody did not.

A box score names its game by number and has no date: the scoreboard tells which match it is, or else the calendar,
where these clubs have met once in the days before it was read.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from lake.competitions import Competition
from sources.base import Parsed, Payload
from sources.known import Known
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.stats_nba_com import clubs, people, reading, statistics
from sources.stats_nba_com.judging import judged
from sources.stats_nba_com.plan import SOURCE

REACH = timedelta(days=4)
_MATCH = ("match_id", "season_code", "home_team_id", "away_team_id", "event_at_utc")


def box_score(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Players' statistics, and players whom no list of the season has; raises PayloadMalformed."""
    box = reading.read_box_score(payload.body)
    rows = _identified(box.rows, payload, league)
    matched = rows.join(_match(box.game_id, rows, payload, known), how="cross", maintain_order="left")
    checked = judged(matched, [*_of_match(box.game_id), *_of_rows(), *statistics.faults()])
    named = people.with_ids(accepted_of(checked), known.players)
    told = named.with_columns(*statistics.columns())
    return Parsed(
        rows={"player_stats": told, "players": people.unlisted(told, known.players)},
        refused={"player_stats": pl.concat([refused_rows(box.refused), refused_of(checked, ())])},
    )


def _identified(found: pl.DataFrame, payload: Payload, league: Competition) -> pl.DataFrame:
    """Those listed, with club and name; five a side are listed with a position, and these started."""
    name = pl.concat_str(pl.col("first_name").fill_null(""), "family_name", separator=" ").str.strip_chars()
    return found.with_columns(
        pl.lit(league.id).alias("competition_id"),
        clubs.by_number(pl.col("number"), pl.col("tricode")).alias("team_id"),
        pl.col("person_id").alias("player_id_nba"),
        name.alias("player_name"),
        pl.col("position").is_not_null().alias("has_started"),
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )


def _match(game_id: str, rows: pl.DataFrame, payload: Payload, known: Known) -> pl.DataFrame:
    """The one match that this is, a frame of one row: `_MATCH` and `_is_swapped`; nulls where none or several fit."""
    numbers = known.vendor_matches.filter((pl.col("source") == SOURCE) & (pl.col("vendor_match_id") == game_id))
    calendar = known.matches.join(numbers.select("match_id").unique(), on="match_id", how="semi")
    found = (calendar if len(calendar) else numbers).select(_MATCH)
    home, away = _club(rows, "home"), _club(rows, "away")
    if found.is_empty():
        pair = (pl.col("home_team_id") == pl.lit(home)) & (pl.col("away_team_id") == pl.lit(away))
        captured = pl.lit(payload.captured_at_utc)
        found = known.matches.filter(pair, pl.col("event_at_utc").is_between(captured - REACH, captured)).select(_MATCH)
    if len(found) != 1:
        found = found.clear().vstack(pl.DataFrame([dict.fromkeys(_MATCH)], schema=found.schema))
    turned = (pl.col("home_team_id") == pl.lit(away)) & (pl.col("away_team_id") == pl.lit(home))
    return found.with_columns(turned.fill_null(False).alias("_is_swapped"))


def _club(rows: pl.DataFrame, side: str) -> str | None:
    of_side = rows.filter(pl.col("side") == side)["team_id"].unique()
    return of_side[0] if len(of_side) == 1 else None


def _of_match(game_id: str) -> list[Fault]:
    own = pl.when(pl.col("side") == "home").then("home_team_id").otherwise("away_team_id")
    said = pl.format("{} of game {}: ", "player_name", pl.lit(game_id))
    return [
        ("off_calendar", pl.col("match_id").is_null(), said + "no scoreboard or calendar has told of it."),
        ("unknown_team", pl.col("team_id").is_null(), said + "his club is unknown."),
        ("sides_swapped", pl.col("_is_swapped"), said + "the calendar has it the other way round."),
        ("other_team", pl.col("team_id") != own, said + "his club does not play in it."),
    ]


def _of_rows() -> list[Fault]:
    values = pl.struct("team_id", *statistics.COLUMNS.values())
    differ = values.n_unique().over("player_id_nba") > 1
    return [("contradicting_rows", differ, pl.format("'{}' stands in it twice.", "player_name"))]
