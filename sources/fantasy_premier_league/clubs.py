"""From the game's clubs to canonical ones: by the name that a payload gives, or by a season's reviewed numbers.

The game spells clubs its own way and numbers them anew each season, from 2020/21 not quite by the alphabet; files up to
2019/20 hold numbers only. A club is taken only if the anchor vendor knows it, and a match only if the anchor has not
these two clubs on another day: a wrong number would not survive that.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from lake.competitions import Competition
from lake.entities.resolve import with_team_ids
from lake.entities.teams import team_id
from lake.keys import slug
from sources.fantasy_premier_league.plan import SOURCE
from sources.known import Known

_HERE = Path(__file__).parent
TOLERANCE = pl.duration(hours=30)
"""Where the anchor has a date only, its time of day is a nominal one."""


def numbered(season_code: str) -> dict[str, str]:
    """Names by number of a season whose files give no names; empty for all others."""
    rows = _numbers().filter(pl.col("season_code") == season_code)
    return dict(rows.select("club_number", "team_name").iter_rows())


def ids(names: pl.Series, league: Competition, season_code: str, known: Known) -> pl.DataFrame:
    """`name` and `team_id` of each distinct name: the anchor's club that is spelt so, else the one it surely means."""
    distinct = names.drop_nulls().unique().sort()
    slugs = pl.Series([slug(_names().get(name, name)) for name in distinct], dtype=pl.String)
    spelt = pl.DataFrame({"name": distinct, "_slug": slugs}).with_columns(
        team_id(pl.lit(league.country), pl.col("_slug")).alias("_spelt"),
        pl.lit(league.id).alias("competition_id"),
        pl.lit(season_code).alias("season_code"),
    )
    meant = with_team_ids(spelt, known.teams, known.aliases, SOURCE, {"name": "_meant"})
    is_ours = pl.col("_spelt").is_in(known.teams["team_id"].unique().implode())
    found = pl.when(is_ours | pl.col("_meant").is_null()).then("_spelt").otherwise("_meant")
    return meant.select("name", found.alias("team_id"))


def anchored(played: pl.DataFrame) -> list[str]:
    """Clubs that the anchor knows, of any season."""
    return pl.concat([played["home_team_id"], played["away_team_id"]]).unique().to_list()


def elsewhere(rows: pl.DataFrame, played: pl.DataFrame) -> pl.DataFrame:
    """Add `is_elsewhere`: the anchor has this match of the season, but not within 30 hours of this kick-off."""
    pair = ["competition_id", "season_code", "home_team_id", "away_team_id"]
    meetings = played.select(*pair, pl.col("event_at_utc").alias("_anchored_at")).unique(pair, keep="last")
    apart = (pl.col("_anchored_at") - pl.col("event_at_utc")).abs() > TOLERANCE
    joined = rows.join(meetings, on=pair, how="left", maintain_order="left")
    return joined.with_columns(apart.fill_null(False).alias("is_elsewhere")).drop("_anchored_at")


@cache
def _numbers() -> pl.DataFrame:
    return pl.read_csv(_HERE / "club_numbers.csv", infer_schema=False)


@cache
def _names() -> dict[str, str]:
    return dict(pl.read_csv(_HERE / "club_names.csv", infer_schema=False).iter_rows())
