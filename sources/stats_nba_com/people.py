"""The NBA's players: the id of each number, the same whichever payload is read first."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from lake.entities.players import player_ids
from lake.keys import slug

_FILE = Path(__file__).parent / "namesakes.csv"


def with_ids(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Add `player_id` to rows with `player_id_nba` and `player_name`: the name, and the number where two share it.

    `known` is silver `players`: ids given before stay. Those who share a name today are listed in `namesakes.csv`, so
    that an id does not hang on which of them was read first.
    """
    people = rows.select(pl.col("player_id_nba").alias("number"), pl.col("player_name").alias("name"))
    distinct = people.unique("number", maintain_order=True)
    before = dict(known.select("player_id_nba", "player_id").iter_rows())
    numbered = {number: f"{slug(name)}-{number}" for number, name in distinct.iter_rows() if slug(name) in _shared()}
    ids = player_ids(distinct.with_columns(pl.col("number").cast(pl.Int64)), _whole(numbered | before))
    ids = ids.select(pl.col("number").cast(pl.String).alias("player_id_nba"), "player_id")
    return rows.join(ids, on="player_id_nba", how="left", maintain_order="left")


def unlisted(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows of silver `players` for those whom no list of the season has, each with his first club of these rows.

    `rows` has player_id, player_id_nba, player_name, team_id, competition_id, season_code and the times.
    """
    first = rows.sort("known_at_utc", "match_id").unique(["player_id", "season_code"], keep="first")
    new = first.join(known, on=["player_id", "season_code"], how="anti").sort("player_id")
    return new.with_columns(
        pl.lit(None, pl.Int64).alias("first_season"), pl.lit(None, pl.Int64).alias("last_season")
    )  # fmt: skip


def _whole(ids: dict[str, str]) -> dict[int, str]:
    return {int(number): player for number, player in ids.items() if number.isdigit()}


@cache
def _shared() -> frozenset[str]:
    return frozenset(slug(name) for name in pl.read_csv(_FILE, infer_schema=False)["name"])
