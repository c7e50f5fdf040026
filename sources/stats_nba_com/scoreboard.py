"""From a day's scoreboard to silver: games as they stand, known when they were seen, and the league's own numbers."""

from __future__ import annotations

import polars as pl

from lake.competitions import Competition
from sources.base import Parsed, Payload
from sources.known import Known
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.stats_nba_com import calendar, clubs, reading, seasons
from sources.stats_nba_com.judging import judged

_SIDES = ("home", "away")
_COMING, _IN_PLAY, _FINAL = 1, 2, 3
_QUARTERS = 4


def scoreboard(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Matches and vendor_matches of one day; raises PayloadMalformed."""
    found, unread = reading.read_scoreboard(payload.body)
    rows = judged(_identified(found, payload, league), _faults(payload))
    placed = calendar.placed(accepted_of(rows), known.matches, league)
    turned = judged(placed, [("sides_swapped", pl.col("is_swapped"), _said("the calendar has it the other way round"))])
    accepted = accepted_of(turned)
    refused = [refused_rows(unread), refused_of(rows, ()), refused_of(turned, ())]
    return Parsed(
        rows={"matches": _states(accepted), "vendor_matches": _numbers(accepted)},
        refused={"matches": pl.concat(refused)},
    )


def _identified(found: pl.DataFrame, payload: Payload, league: Competition) -> pl.DataFrame:
    """The games that count, with season, clubs, state and times; null where that cannot be told."""
    phase, year = pl.col("game_id").str.slice(2, 1), pl.col("game_id").str.slice(3, 2).cast(pl.Int64, strict=False)
    ids = [
        clubs.by_number(pl.col(f"{side}_number"), pl.col(f"{side}_tricode")).alias(f"{side}_team_id")
        for side in _SIDES
    ]  # fmt: skip
    names = [
        pl.concat_str(f"{side}_city", f"{side}_nickname", separator=" ").fill_null(pl.col(f"{side}_tricode"))
        .alias(f"{side}_name")
        for side in _SIDES
    ]  # fmt: skip
    century = pl.when(year >= 46).then(1900).otherwise(2000)
    return found.filter(~phase.is_in(list(seasons.LEFT_OUT))).with_columns(
        pl.lit(league.id).alias("competition_id"),
        seasons.code_of_year(century + year).alias("season_code"),
        phase.replace_strict(seasons.PHASES, default=None, return_dtype=pl.String).alias("season_type"),
        pl.col("tipoff_at_utc").alias("event_at_utc"),
        _state().alias("state"),
        *ids,
        *names,
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )


def _state() -> pl.Expr:
    said = pl.col("status_text").fill_null("").str.to_uppercase()
    return (
        pl.when(said.str.contains("PPD|POSTPONED"))
        .then(pl.lit("postponed"))
        .when(said.str.contains("CANCEL|CNCL"))
        .then(pl.lit("cancelled"))
        .otherwise(
            pl.col("status").replace_strict(
                {_COMING: "scheduled", _IN_PLAY: "in_play", _FINAL: "finished"}, default=None, return_dtype=pl.String
            )
        )
    )


def _faults(payload: Payload) -> list[Fault]:
    nobody = pl.any_horizontal(pl.col(f"{side}_team_id").is_null() for side in _SIDES)
    pair = pl.col("game_code").str.extract(r"/([A-Z]{6})$")
    turned = pair == pl.concat_str("home_tricode", "away_tricode")
    day = pl.col("game_code").str.extract(r"^(\d{8})/")
    elsewhere = seasons.code_of_day(seasons.day_of(pl.col("event_at_utc"))) != pl.col("season_code")
    unscored = pl.any_horizontal(pl.col(f"{side}_score").is_null() for side in _SIDES)
    level = pl.col("home_score") == pl.col("away_score")
    final = pl.col("state") == "finished"
    moved = day != seasons.day_of(pl.col("event_at_utc")).dt.strftime("%Y%m%d")
    return [
        ("unknown_season", pl.col("season_type").is_null() | pl.col("season_code").is_null(), _said("no such season")),
        ("unknown_team", nobody, _said("one of its clubs is not known yet")),
        ("same_team", pl.col("home_team_id") == pl.col("away_team_id"), _said("a club cannot play itself")),
        ("sides_swapped", turned, _said("its own code has the clubs the other way round")),
        ("out_of_season", elsewhere, _said("its tip-off is no day of its season")),
        ("bad_tipoff", moved & (pl.col("state") != "postponed"), _said("its own code has another day")),
        ("unknown_state", pl.col("state").is_null(), pl.format("Game {}: status {}.", "game_id", "status")),
        ("clock_skew", final & (pl.col("event_at_utc") > payload.captured_at_utc), _said("it was over too soon")),
        ("no_score", final & unscored, _said("it is over and has no score")),
        ("result_contradicts", final & level, _said("it is over and level")),
    ]


def _said(what: str) -> pl.Expr:
    return pl.format("Game {} ({}): " + what + ".", "game_id", pl.col("game_code").fill_null("no code"))


def _states(games: pl.DataFrame) -> pl.DataFrame:
    """States of the anchor: a game in play is as scheduled as it was, and points count once it is over."""
    is_over = pl.col("state") == "finished"
    overtimes = pl.col("period") - pl.col("regulation_periods").fill_null(_QUARTERS)
    return games.with_columns(
        pl.col("state").replace({"in_play": "scheduled"}),
        pl.col("game_id").alias("match_id_nba"),
        pl.when(is_over).then("home_score").alias("home_points"),
        pl.when(is_over).then("away_score").alias("away_points"),
        pl.when(is_over & (overtimes >= 0)).then(overtimes).alias("overtime_periods"),
    )


def _numbers(games: pl.DataFrame) -> pl.DataFrame:
    is_over = pl.col("state") == "finished"
    return games.with_columns(
        pl.col("game_id").alias("vendor_match_id"),
        *(pl.when(is_over).then(f"{side}_score").alias(f"{side}_score") for side in _SIDES),
        pl.lit(None, pl.String).alias("venue"),
    )
