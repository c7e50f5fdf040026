"""From a sheet to matches: what identifies each, and the states that silver keeps."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from core.frames import with_nulls
from lake.competitions import Competition
from lake.entities.teams import team_id
from lake.keys import slug
from sources.base import Payload
from sources.football_data import times
from sources.football_data.plan import SOURCE, season_code, season_start_year
from sources.football_data.reading import Sheet

GOALS = {
    "home_goals": "FTHG",
    "away_goals": "FTAG",
    "home_goals_half_time": "HTHG",
    "away_goals_half_time": "HTAG",
}


def identified(sheet: Sheet, payload: Payload, leagues: Mapping[str, Competition]) -> pl.DataFrame:
    """Rows of the leagues asked for, with competition, season, kick-off, goals as integers and team ids.

    Cells that cannot be read are null here; `faults.judged` says what is wrong with them.
    """
    rows = _with_absent_columns(sheet.rows).with_columns(_competition(payload, leagues).alias("competition_id"))
    named = rows.join(_league_frame(leagues), on="competition_id", how="inner", maintain_order="left")
    return (
        named.with_columns(times.local_date(pl.col("Date")).alias("date"))
        .with_columns(_season(payload).alias("season_code"), times.minutes_of_day(pl.col("Time")).alias("_minutes"))
        .with_columns(pl.col("_minutes").is_not_null().alias("has_time"))
        .with_columns(
            times.to_utc(pl.col("date"), pl.col("_minutes").fill_null(times.nominal_minutes(pl.col("date")))).alias(
                "event_at_utc"
            ),
            *(_whole(column).alias(name) for name, column in GOALS.items()),
        )
        .pipe(_with_team_ids)
    )


def with_match_ids(rows: pl.DataFrame, played: pl.DataFrame) -> pl.DataFrame:
    """Add `match_id`: competition, season, both clubs, and from the second meeting at one ground its number.

    `played` has earlier meetings that other payloads gave: competition_id, season_code, home_team_id, away_team_id,
    event_at_utc; none for a file that holds its whole season. A fixture is the last of them moved if that lies less
    than three days away, else the next one.
    """
    pair = ["competition_id", "season_code", "home_team_id", "away_team_id"]
    earlier = (
        rows.with_row_index("_row")
        .join(played.select(*pair, pl.col("event_at_utc").alias("_played_at")), on=pair, how="inner")
        .filter(pl.col("_played_at") < pl.col("event_at_utc") - pl.duration(days=3))
        .group_by("_row").agg(pl.len().cast(pl.Int64).alias("_earlier"))
    )  # fmt: skip
    meeting = pl.col("date").rank("dense").over(pair).cast(pl.Int64) + pl.col("_earlier").fill_null(0)
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
    return with_nulls(rows, dict.fromkeys(wanted, pl.String))


def _whole(column: str) -> pl.Expr:
    number = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(number == number.round()).then(number).cast(pl.Int64, strict=False)


def _competition(payload: Payload, leagues: Mapping[str, Competition]) -> pl.Expr:
    return (
        pl.col("Div").replace(ids_by_code(leagues))
        if payload.competition_id is None
        else pl.lit(payload.competition_id)
    )


def ids_by_code(leagues: Mapping[str, Competition]) -> dict[str, str]:
    """Competition by the vendor's own code, which the column `Div` carries."""
    known = [league for league in leagues.values() if SOURCE in league.vendors]
    return {league.vendors[SOURCE]["code"]: league.id for league in known}


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
