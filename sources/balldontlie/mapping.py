"""From balldontlie's games and injured players to silver; both are known when they were seen."""

from __future__ import annotations

import polars as pl

from lake.competitions import Competition
from sources.balldontlie import reading
from sources.balldontlie.plan import SOURCE
from sources.base import Parsed, Payload
from sources.known import Known
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.stats_nba_com import clubs, seasons
from sources.stats_nba_com.judging import judged
from sources.stats_nba_com.matched import with_clubs, with_games, with_players

_SIDES = ("home", "away")
_IN_PLAY = r"(?i)qtr|half|^ot|overtime|progress"
_COMING = r"(?i)^\d{4}-\d{2}-\d{2}T|\d{1,2}:\d{2} ?[ap]m|^scheduled|^tbd"
_STATUSES = {
    "out": "out", "out for season": "out", "day-to-day": "questionable", "questionable": "questionable",
    "game time decision": "questionable", "doubtful": "doubtful", "probable": "probable", "available": "available",
    "suspended": "suspended", "suspension": "suspended",
}  # fmt: skip
_TEXT_LIMIT = 2_000
_ENOUGH = 2


def games(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of vendor_matches; raises PayloadMalformed."""
    found, unread = reading.read(payload.endpoint, payload.body)
    named = with_clubs(judged(_identified(found, payload, league), _of_games(payload)), known, SOURCE)
    rows = with_games(named, known, league)
    return Parsed(
        rows={"vendor_matches": accepted_of(rows)},
        refused={"vendor_matches": pl.concat([refused_rows(unread), refused_of(rows, ())])},
    )


def injuries(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of injuries; raises PayloadMalformed."""
    found, unread = reading.read(payload.endpoint, payload.body)
    season = seasons.season_code(seasons.season_start_year(seasons.local_day(payload.captured_at_utc)))
    placed = _with_clubs_by_number(_reports(found, payload, league, season), season, known)
    checked = judged(placed, _of_injuries())
    return Parsed(
        rows={"injuries": with_players(accepted_of(checked), known, SOURCE)},
        refused={"injuries": pl.concat([refused_rows(unread), refused_of(checked, ())])},
    )


def _identified(found: pl.DataFrame, payload: Payload, league: Competition) -> pl.DataFrame:
    """`date` is the league's day; the tip-off is `datetime`, else nominal."""
    day = pl.col("date").dt.date()
    said = pl.col("status")
    state = (
        pl.when(pl.col("is_postponed").fill_null(False) | said.str.contains("(?i)postponed|ppd"))
        .then(pl.lit("postponed"))
        .when(said.str.contains("(?i)cancel"))
        .then(pl.lit("cancelled"))
        .when(said.str.contains("(?i)^final"))
        .then(pl.lit("finished"))
        .when(said.str.contains(_IN_PLAY))
        .then(pl.lit("in_play"))
        .when(said.str.contains(_COMING))
        .then(pl.lit("scheduled"))
    )
    return found.with_columns(
        pl.lit(league.id).alias("competition_id"),
        seasons.code_of_day(day).alias("season_code"),
        day.alias("day"),
        pl.coalesce("starts_at_utc", seasons.nominal_tipoff(day)).alias("event_at_utc"),
        pl.col("game_id").alias("vendor_match_id"),
        state.alias("state"),
        pl.lit(None, pl.String).alias("venue"),
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
        *(pl.when(state == "finished").then(f"{side}_score").alias(f"{side}_score") for side in _SIDES),
    )


def _of_games(payload: Payload) -> list[Fault]:
    final = pl.col("state") == "finished"
    unscored = pl.any_horizontal(pl.col(f"{side}_score").is_null() for side in _SIDES)
    level = pl.col("home_score") == pl.col("away_score")
    game = pl.format("'{}' at '{}' on {}", "away_name", "home_name", "day")
    other_day = pl.col("day") != seasons.day_of(pl.col("event_at_utc"))
    ahead = final & (pl.col("event_at_utc") > payload.captured_at_utc)
    return [
        ("unknown_state", pl.col("state").is_null(), pl.format("'{}' is no state of a game.", "status")),
        ("bad_tipoff", other_day, game + pl.format(": tip-off {} is on another day.", "event_at_utc")),
        ("clock_skew", ahead, game + pl.lit(": it was over before it began.")),
        ("no_score", final & unscored, game + pl.lit(": it is over and has no score.")),
        ("result_contradicts", final & level, game + pl.lit(": it is over and level.")),
    ]


def _reports(found: pl.DataFrame, payload: Payload, league: Competition, season: str) -> pl.DataFrame:
    """One report a player; the vendor gives its words no number and no date."""
    name = pl.concat_str(pl.col("first_name").fill_null(""), "last_name", separator=" ").str.strip_chars()
    return found.with_columns(
        pl.lit(league.id).alias("competition_id"),
        pl.lit(season).alias("season_code"),
        name.alias("player_name"),
        pl.col("player_number").alias("vendor_player_id"),
        pl.col("player_number").alias("report_id"),
        pl.lit(None, pl.String).alias("match_id"),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("event_at_utc"),
        pl.col("status").alias("_said"),
        pl.col("status").str.to_lowercase().replace_strict(_STATUSES, default=None, return_dtype=pl.String),
        pl.col("description").str.slice(0, _TEXT_LIMIT).alias("reason"),
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )


def _with_clubs_by_number(rows: pl.DataFrame, season: str, known: Known) -> pl.DataFrame:
    """Add team_id of the vendor's number of a club, null where it is not sure.

    The thirty numbers are a list. Where the anchor has other clubs this season, a number is the club of those of its
    players whose names are sure, if there are two of them and no other club has any.
    """
    anchored = known.teams.filter(pl.col("season_code") == season)["team_id"].to_list()
    tricodes = dict(enumerate(reading.CLUBS, start=1))
    tricode = pl.col("team_number").replace_strict(tricodes, default=None, return_dtype=pl.String)
    if not anchored or set(anchored) & {f"nba-{code.lower()}" for code in reading.CLUBS}:
        return rows.with_columns(clubs.by_tricode(tricode, [season]).alias("team_id"))
    named = with_players(rows.with_columns(pl.lit(None, pl.String).alias("team_id")), known, SOURCE)
    rosters = known.players.filter(pl.col("season_code") == season).select(
        "player_id", pl.col("team_id").alias("_club")
    )
    told = named.join(rosters.unique("player_id"), on="player_id").drop_nulls("_club").group_by("team_number")
    votes, clubs_ = pl.col("player_id").n_unique().alias("_votes"), pl.col("_club").n_unique().alias("_clubs")
    sure = told.agg(votes, clubs_, pl.col("_club").first())
    voted = sure.filter((pl.col("_votes") >= _ENOUGH) & (pl.col("_clubs") == 1))
    club = voted.select("team_number", pl.col("_club").alias("team_id"))
    return rows.join(club, on="team_number", how="left", maintain_order="left")


def _of_injuries() -> list[Fault]:
    return [
        ("unknown_team", pl.col("team_id").is_null(), pl.format("{} is no number of a club.", "team_number")),
        ("unknown_status", pl.col("status").is_null(), pl.format("'{}' is no status that is known.", "_said")),
    ]
