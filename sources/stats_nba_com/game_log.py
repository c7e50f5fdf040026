"""From a season's logs to silver: games and clubs' statistics of the one, players' statistics of the other.

The log has a day and no time of day: a game is known at 06:00 UTC of the next day, and its tip-off is half past seven
in the evening, Eastern, unless a scoreboard has told it.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from lake.conform import REASON
from sources.base import Parsed, Payload
from sources.known import Known
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.stats_nba_com import calendar, clubs, people, reading, seasons, statistics
from sources.stats_nba_com.judging import judged

SCHEDULED_BEFORE = {"regular": timedelta(days=7)}
AFTER_A_ROUND = timedelta(days=1)
"""How long before tip-off a game's clubs are surely known: the last rounds of the cup are drawn a week ahead."""

NUMBER_OF_CLUBS = 30
MET_SHARE = 0.8
"""Of the others, how many each club has met in a season that is complete; in 2020 the last rounds were not played."""

_SIDES = ("home", "away")
_REGULATION, _OVERTIME, _ROUNDING = 240, 25, 5
"""Minutes of five players, and how far their rounded minutes may lie off."""


def team_log(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Matches, clubs' statistics and, of a whole regular season, the clubs; raises PayloadMalformed."""
    found, unread = _read(payload)
    own = judged(_identified(found, league), [*_of_row(payload), *_of_doubles("TEAM_ID"), *statistics.faults()])
    rows = _placed(judged(own, _of_game()), known, league)
    accepted = accepted_of(rows)
    return Parsed(
        rows={"matches": _states(_games(accepted)), "team_stats": _team_stats(accepted)},
        refused={"matches": pl.concat([refused_rows(unread), refused_of(rows, ())])},
        teams=_clubs(accepted.unique(["GAME_ID", "TEAM_ID"]), league),
    )


def player_log(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Players' statistics, and players whom no list of the season has; raises PayloadMalformed."""
    found, unread = _read(payload)
    own = judged(_identified(found, league), [*_of_row(payload), *_of_doubles("PLAYER_ID"), *statistics.faults()])
    rows = _placed(own, known, league).rename({"PLAYER_ID": "player_id_nba", "PLAYER_NAME": "player_name"})
    named = people.with_ids(accepted_of(rows), known.players)
    told = named.with_columns(
        *_once_over(),
        *statistics.columns(),
        pl.lit(None, pl.Boolean).alias("has_started"),
        pl.lit(None, pl.String).alias("comment"),
    )
    return Parsed(
        rows={"player_stats": told, "players": people.unlisted(told, known.players)},
        refused={"player_stats": pl.concat([refused_rows(unread), refused_of(rows, ())])},
    )


def _read(payload: Payload) -> reading.Read:
    """Rows of a log; raises PayloadMalformed where it is none, or has no row although games must have been played."""
    found, unread = reading.read_log(payload.endpoint, payload.body)
    if found.is_empty() and not unread and not _is_to_come(payload):
        raise PayloadMalformed("The log has no rows.", "A season that has begun has games: it is asked for again.")
    return found, unread


def _is_to_come(payload: Payload) -> bool:
    part = parse_qs(urlsplit(payload.url).query).get("SeasonType", [""])[0]
    if part not in seasons.PARTS or payload.season_code is None:
        return False
    year, day = int(payload.season_code[:4]), seasons.local_day(payload.captured_at_utc)
    return not seasons.must_have_games(part, year, day)


def _identified(found: pl.DataFrame, league: Competition) -> pl.DataFrame:
    """Rows of the games that count, with season, day, clubs and nominal tip-off; null where that cannot be told."""
    phase, year = pl.col("SEASON_ID").str.slice(0, 1), pl.col("SEASON_ID").str.slice(1).cast(pl.Int64, strict=False)
    sides = pl.col("MATCHUP").str.extract_groups(r"^([A-Z]{2,4}) (vs\.|@) ([A-Z]{2,4})$").struct
    counted = found.filter(~phase.is_in(list(seasons.LEFT_OUT)))
    dated = counted.with_columns(seasons.code_of_year(year).alias("season_code"))
    named = dated.with_columns(
        pl.lit(league.id).alias("competition_id"),
        phase.replace_strict(seasons.PHASES, default=None, return_dtype=pl.String).alias("season_type"),
        pl.col("GAME_DATE").dt.date().alias("day"),
        (sides.field("2") == "vs.").alias("is_home"),
        sides.field("1").alias("_own"),
        clubs.by_number(pl.col("TEAM_ID"), pl.col("TEAM_ABBREVIATION")).alias("team_id"),
        clubs.by_tricode(sides.field("3"), dated["season_code"].drop_nulls().unique()).alias("_opponent_id"),
    )
    home = pl.when("is_home").then("team_id").otherwise("_opponent_id")
    away = pl.when("is_home").then("_opponent_id").otherwise("team_id")
    return named.with_columns(
        home.alias("home_team_id"),
        away.alias("away_team_id"),
        seasons.nominal_tipoff(pl.col("day")).alias("event_at_utc"),
    )


def _of_row(payload: Payload) -> list[Fault]:
    asked = pl.lit(payload.season_code, pl.String)
    unclear = pl.col("is_home").is_null() | (pl.col("_own") != pl.col("TEAM_ABBREVIATION"))
    nobody = pl.any_horizontal(pl.col(f"{side}_team_id").is_null() for side in _SIDES)
    elsewhere = seasons.code_of_day(pl.col("day")) != pl.col("season_code")
    return [
        ("unknown_season", pl.col("season_type").is_null(), pl.format("'{}' is no part of a season.", "SEASON_ID")),
        ("unknown_season", pl.col("season_code").is_null(), pl.format("'{}' names no season.", "SEASON_ID")),
        ("other_season", pl.col("season_code") != asked, pl.format("'{}' is not the season asked for.", "SEASON_ID")),
        ("bad_matchup", unclear, pl.format("'{}' is no game of '{}'.", "MATCHUP", "TEAM_ABBREVIATION")),
        ("unknown_team", nobody, pl.format("'{}' does not name two clubs.", "MATCHUP")),
        ("same_team", pl.col("team_id") == pl.col("_opponent_id"), pl.format("'{}' is one club.", "MATCHUP")),
        ("out_of_season", elsewhere, pl.format("{} is no day of {}.", "day", "season_code")),
        ("not_final", ~pl.col("WL").is_in(["W", "L"]).fill_null(False), pl.lit("Nobody has won yet.")),
    ]


def _of_doubles(who: str) -> list[Fault]:
    """A second row of a game: the same again is harmless, with other values neither can be trusted."""
    values = pl.struct("day", "MATCHUP", *statistics.COLUMNS.values())
    differ = values.n_unique().over("GAME_ID", who) > 1
    return [("contradicting_rows", differ, pl.format("Game {} has rows of {} that differ.", "GAME_ID", who))]


def _of_game() -> list[Fault]:
    game = pl.col("GAME_ID")
    alone = pl.col("TEAM_ID").n_unique().over("GAME_ID") < 2
    clubs_agree = pl.struct("home_team_id", "away_team_id").n_unique().over("GAME_ID") == 1
    one_day = pl.struct("day", "season_type").n_unique().over("GAME_ID") == 1
    two_sides = pl.col("is_home").n_unique().over("GAME_ID") == 2
    other_refused = pl.col(REASON).is_not_null().any().over("GAME_ID")
    best = pl.col("PTS").max().over("GAME_ID")
    won = (pl.col("WL") == "W") == (pl.col("PTS") == best)
    decided = pl.col("PTS").n_unique().over("GAME_ID") == 2
    return [
        ("one_sided_game", alone, pl.format("Game {} has rows of one club only: the log is cut.", game)),
        ("sides_unclear", ~(clubs_agree & two_sides), pl.format("Game {} has no home and away side.", game)),
        ("two_days", ~one_day, pl.format("Game {} has two days.", game)),
        ("other_side_refused", other_refused, pl.format("The other club's row of game {} was refused.", game)),
        ("result_contradicts", ~(won & decided).all().over("GAME_ID"), pl.format("{} points: '{}'.", "PTS", "WL")),
    ]


def _placed(rows: pl.DataFrame, known: Known, league: Competition) -> pl.DataFrame:
    """Add match_id and is_known, and the tip-off that a scoreboard told, to every row that has no fault yet."""
    games = accepted_of(rows).unique("GAME_ID", maintain_order=True)
    games = games.select("GAME_ID", "competition_id", "season_code", "home_team_id", "away_team_id", "event_at_utc")
    placed = calendar.placed(games, known.matches, league)
    placed = placed.select("GAME_ID", "match_id", "is_known", "is_swapped", "_told_at_utc")
    joined = rows.join(placed, on="GAME_ID", how="left", maintain_order="left")
    two_games = pl.col("GAME_ID").n_unique().over("match_id") > 1
    faults: list[Fault] = [
        ("sides_swapped", pl.col("is_swapped"), pl.format("The calendar has '{}' the other way round.", "MATCHUP")),
        ("two_games", two_games & pl.col("match_id").is_not_null(), pl.format("{} is two games.", "match_id")),
    ]
    return judged(joined, faults).with_columns(pl.coalesce("_told_at_utc", "event_at_utc").alias("event_at_utc"))


def _games(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a game, from the rows of its clubs."""
    over = (pl.col("MIN") - _REGULATION).round() / _OVERTIME
    periods = pl.when((over - over.round()).abs() * _OVERTIME <= _ROUNDING).then(over.round().cast(pl.Int64))
    away = rows.filter(~pl.col("is_home")).unique("GAME_ID").select("GAME_ID", pl.col("PTS").alias("away_points"))
    home = rows.filter("is_home").unique("GAME_ID", keep="first", maintain_order=True)
    return home.join(away, on="GAME_ID", maintain_order="left").with_columns(
        pl.col("GAME_ID").alias("match_id_nba"),
        pl.col("PTS").alias("home_points"),
        periods.alias("overtime_periods"),
        pl.lit(None, pl.Boolean).alias("is_neutral"),
    )


def _states(games: pl.DataFrame) -> pl.DataFrame:
    """Each game as finished, and as scheduled by rule where no scoreboard has told of it."""
    finished = games.with_columns(pl.lit("finished").alias("state"), *_once_over())
    before = pl.col("season_type").replace_strict(SCHEDULED_BEFORE, default=AFTER_A_ROUND, return_dtype=pl.Duration)
    scheduled = games.filter(~pl.col("is_known")).with_columns(
        pl.lit("scheduled").alias("state"),
        (pl.col("event_at_utc") - before).alias("known_at_utc"),
        pl.lit("rule").alias("known_at_basis"),
        *(pl.lit(None, pl.Int64).alias(name) for name in ("home_points", "away_points", "overtime_periods")),
    )
    return pl.concat([scheduled, finished])


def _team_stats(rows: pl.DataFrame) -> pl.DataFrame:
    side = pl.when("is_home").then(pl.lit("home")).otherwise(pl.lit("away"))
    return rows.with_columns(side.alias("side"), *_once_over(), *statistics.columns())


def _once_over() -> tuple[pl.Expr, pl.Expr]:
    known = seasons.morning_after(pl.col("day"))
    return known.alias("known_at_utc"), pl.lit("date_only").alias("known_at_basis")


def _clubs(rows: pl.DataFrame, league: Competition) -> pl.DataFrame:
    """The clubs of a regular season as rows of silver teams; confirmed once thirty have met most of the others."""
    season = ["competition_id", "season_code"]
    regular = rows.filter(pl.col("season_type") == "regular")
    counts = (pl.len().cast(pl.Int64).alias("matches_listed"), pl.col("TEAM_NAME").sort().mode().first())
    listed = regular.group_by(*season, "team_id").agg(*counts, pl.col("_opponent_id").n_unique().alias("_met"))
    size = pl.len().over(season)
    complete = (size >= NUMBER_OF_CLUBS) & (pl.col("_met").min().over(season) >= MET_SHARE * (size - 1))
    return listed.sort(*season, "team_id").select(
        "team_id",
        pl.col("TEAM_NAME").alias("team_name"),
        pl.lit(league.country).alias("country"),
        *season,
        "matches_listed",
        pl.when(complete).then(pl.lit("confirmed")).otherwise(pl.lit("provisional")).alias("status"),
    )
