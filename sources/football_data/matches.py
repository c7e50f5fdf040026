"""From a sheet to matches: what identifies each, what is wrong with it, and the states that silver keeps."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from lake.competitions import Competition
from lake.entities.teams import stray_names, team_id
from lake.keys import slug
from sources.base import Payload
from sources.football_data import times
from sources.football_data.plan import season_code, season_start_year
from sources.football_data.reading import CELLS, Sheet

GOALS = {
    "home_goals": "FTHG",
    "away_goals": "FTAG",
    "home_goals_half_time": "HTHG",
    "away_goals_half_time": "HTAG",
}
_RESULT = {1: "H", 0: "D", -1: "A"}


def identified(sheet: Sheet, payload: Payload, leagues: Mapping[str, Competition]) -> pl.DataFrame:
    """Rows of the leagues asked for, with competition, season, kick-off, goals as integers and team ids.

    Cells that cannot be read are null here; `faults` says what is wrong with them.
    """
    rows = _with_absent_columns(sheet.rows).with_columns(_competition(payload).alias("competition_id"))
    named = rows.join(_league_frame(leagues), on="competition_id", how="inner", maintain_order="left")
    return (
        named.with_columns(times.local_date(pl.col("Date")).alias("date"))
        .with_columns(_season(payload).alias("season_code"), times.minutes_of_day(pl.col("Time")).alias("_minutes"))
        .with_columns(pl.col("_minutes").is_not_null().alias("has_time"))
        .with_columns(
            times.to_utc(pl.col("date"), pl.col("_minutes").fill_null(times.nominal_minutes(pl.col("date")))).alias(
                "event_at_utc"
            ),
            *(
                pl.col(column).cast(pl.Float64, strict=False).cast(pl.Int64, strict=False).alias(name)
                for name, column in GOALS.items()
            ),
        )
        .pipe(_with_team_ids)
    )


def faults(payload: Payload, sheet: Sheet, rows: pl.DataFrame) -> list[tuple[str, pl.Expr, pl.Expr]]:
    """(reason, where it is wrong, what is wrong in a sentence), most telling first."""
    home, away = pl.col("home_goals"), pl.col("away_goals")
    last_row = rows["row_number"].max() if len(rows) else None
    first, last = _season_bounds(pl.col("season_code"))
    strays = stray_names(rows) if payload.endpoint == "season_file" else []
    difference = (home - away).sign().replace_strict(_RESULT, return_dtype=pl.String, default=None)
    beyond = (pl.col("home_goals_half_time") > home) | (pl.col("away_goals_half_time") > away)
    pair = ["competition_id", "season_code", "HomeTeam", "AwayTeam", "date"]
    return [
        (
            "truncated_row",
            (pl.col("row_number") == last_row) & pl.lit(sheet.cut_off),
            pl.format("The payload ends in the middle of this row, after {} cells.", CELLS),
        ),
        ("wrong_division", _wrong_division(payload), pl.format("Division '{}' stands in the file of another.", "Div")),
        ("no_teams", _absent("HomeTeam") | _absent("AwayTeam"), pl.lit("A team's name is missing.")),
        ("same_team", pl.col("HomeTeam") == pl.col("AwayTeam"), pl.format("'{}' cannot play itself.", "HomeTeam")),
        ("bad_date", pl.col("date").is_null(), pl.format("'{}' is no date.", pl.col("Date").fill_null(""))),
        (
            "out_of_season",
            ~pl.col("date").is_between(first, last),
            pl.format("{} is no day of season {}.", "Date", "season_code"),
        ),
        *(_unreadable_goals(name, column) for name, column in GOALS.items()),
        (
            "result_contradicts",
            difference != pl.col("FTR"),
            pl.format("{}:{} is not the result '{}'.", "home_goals", "away_goals", "FTR"),
        ),
        (
            "half_time_contradicts",
            beyond,
            pl.format(
                "Half time {}:{} cannot become {}:{}.",
                "home_goals_half_time", "away_goals_half_time", "home_goals", "away_goals",
            ),
        ),
        (
            "stray_club",
            pl.col("HomeTeam").is_in(strays) | pl.col("AwayTeam").is_in(strays),
            pl.format("A club of '{}' – '{}' hardly plays in this season: a stray name.", "HomeTeam", "AwayTeam"),
        ),
        (
            "duplicate_match",
            pl.int_range(pl.len()).over(pair) > 0,
            pl.format("'{}' – '{}' on {} stands in the payload twice.", "HomeTeam", "AwayTeam", "Date"),
        ),
    ]  # fmt: skip


def with_match_ids(rows: pl.DataFrame, played: pl.DataFrame) -> pl.DataFrame:
    """Add `match_id`: competition, season, both clubs, and from the second meeting at one ground its number.

    `played` has earlier meetings that other payloads gave: competition_id, season_code, home_team_id, away_team_id,
    event_at_utc. A fixture meets the last of them if that lies less than three days away, else it is the next one.
    """
    pair = ["competition_id", "season_code", "home_team_id", "away_team_id"]
    earlier = (
        rows.with_row_index("_row")
        .join(played.select(*pair, pl.col("event_at_utc").alias("_played_at")), on=pair, how="inner")
        .filter(pl.col("_played_at") < pl.col("event_at_utc") - pl.duration(days=3))
        .group_by("_row").agg(pl.len().cast(pl.Int64).alias("_earlier"))
    )  # fmt: skip
    meeting = pl.col("event_at_utc").rank("ordinal").over(pair).cast(pl.Int64) + pl.col("_earlier").fill_null(0)
    ends = [pl.col(name).str.split("-").list.slice(1).list.join("-") for name in ("home_team_id", "away_team_id")]
    plain = pl.concat_str(pl.col("competition_id"), pl.col("season_code"), *ends, separator="-")
    return (
        rows.with_row_index("_row")
        .join(earlier, on="_row", how="left", maintain_order="left")
        .with_columns(meeting.alias("_meeting"))
        .with_columns(
            pl.when(pl.col("_meeting") > 1)
            .then(pl.format("{}-{}", plain, "_meeting"))
            .otherwise(plain)
            .alias("match_id")
        )
        .drop("_row", "_earlier", "_meeting")
    )


def states(rows: pl.DataFrame, observed_at: pl.Expr | None) -> pl.DataFrame:
    """The states of each match: scheduled by rule (or as observed), and finished where goals are there."""
    kickoff = pl.col("event_at_utc")
    no_goals = [pl.lit(None, pl.Int64).alias(name) for name in GOALS]
    known = times.fixture_known_at(kickoff) if observed_at is None else observed_at
    basis = pl.lit("rule" if observed_at is None else "observed")
    scheduled = rows.with_columns(
        pl.lit("scheduled").alias("state"), known.alias("known_at_utc"), basis.alias("known_at_basis"),
        pl.lit(None, pl.String).alias("referee"), *no_goals,
    )  # fmt: skip
    finished = rows.filter(pl.col("home_goals").is_not_null() & pl.col("away_goals").is_not_null()).with_columns(
        pl.lit("finished").alias("state"),
        *result_time(),
        pl.col("Referee").alias("referee"),
    )
    return pl.concat([scheduled, finished])


def result_time() -> tuple[pl.Expr, pl.Expr]:
    """`known_at_utc` and `known_at_basis` of everything that is known once a match is over."""
    known = times.result_known_at(pl.col("event_at_utc"), pl.col("date"), pl.col("has_time"))
    basis = pl.when(pl.col("has_time")).then(pl.lit("rule")).otherwise(pl.lit("date_only"))
    return known.alias("known_at_utc"), basis.alias("known_at_basis")


def _with_absent_columns(rows: pl.DataFrame) -> pl.DataFrame:
    wanted = ("Div", "Time", "FTR", "Referee", "Season", *GOALS.values())
    absent = [pl.lit(None, pl.String).alias(name) for name in wanted if name not in rows.columns]
    return rows.with_columns(absent)


def _competition(payload: Payload) -> pl.Expr:
    return pl.col("Div") if payload.competition_id is None else pl.lit(payload.competition_id)


def _league_frame(leagues: Mapping[str, Competition]) -> pl.DataFrame:
    facts = [(league.id, league.country, league.timezone) for league in leagues.values()]
    return pl.DataFrame(facts, schema=["competition_id", "country", "zone"], orient="row")


def _season(payload: Payload) -> pl.Expr:
    """The season of the address, of the row's own column (`2012` or `2012/2013`), or of the date."""
    if payload.season_code is not None:
        return pl.lit(payload.season_code)
    if payload.endpoint == "extra_file":
        years = pl.col("Season").str.extract_groups(r"^(\d{4})(?:/\d{2}(\d{2}))?$")
        first, second = years.struct.field("1"), years.struct.field("2")
        return pl.when(second.is_not_null()).then(pl.format("{}-{}", first, second)).otherwise(first)
    return pl.col("date").map_elements(lambda day: season_code(season_start_year(day)), return_dtype=pl.String)


def _season_bounds(season: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """A season of two years lies from June to August of the next; one of a calendar year ends by the next March."""
    start = season.str.slice(0, 4).cast(pl.Int32, strict=False)
    split = season.str.contains("-")
    first = pl.date(start, pl.when(split).then(6).otherwise(1), 1)
    last = pl.date(start + 1, pl.when(split).then(8).otherwise(3), 31)
    return first, last


def _with_team_ids(rows: pl.DataFrame) -> pl.DataFrame:
    names = pl.concat([rows["HomeTeam"], rows["AwayTeam"]]).drop_nulls().unique()
    ids = pl.DataFrame(
        {"name": names, "_slug": [slug(name) for name in names]}, schema={"name": pl.String, "_slug": pl.String}
    )
    for side in ("Home", "Away"):
        rows = (
            rows.join(ids, left_on=f"{side}Team", right_on="name", how="left", maintain_order="left")
            .with_columns(team_id(pl.col("country"), pl.col("_slug")).alias(f"{side.lower()}_team_id"))
            .drop("_slug")
        )
    return rows


def _wrong_division(payload: Payload) -> pl.Expr:
    if payload.endpoint != "season_file":
        return pl.lit(False)
    return pl.col("Div") != pl.lit(payload.competition_id)


def _absent(column: str) -> pl.Expr:
    return pl.col(column).is_null()


def _unreadable_goals(name: str, column: str) -> tuple[str, pl.Expr, pl.Expr]:
    value = pl.col(name)
    wrong = pl.col(column).is_not_null() & (value.is_null() | ~value.is_between(0, 30))
    return "unreadable_goals", wrong, pl.format(f"{column} '{{}}' is no number of goals.", column)
