"""Leagues whose clubs are a list: their canonical ids, the league's own numbers, and what they were called when."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

_HERE = Path(__file__).parent
LISTED = ("NBA",)
"""Competitions with a file `<competition>_teams.csv` here."""

_SEPARATOR = "|"


def is_listed(competition_id: str) -> bool:
    """Whether the clubs of a competition are a list, whatever its seasons' files say."""
    return competition_id in LISTED


def clubs(competition_id: str, season_code: str) -> pl.DataFrame:
    """The clubs of one season: `id`, `name`, `spellings` (a list), `team_id_nba`, `tricode`.

    A club that moved is one row a season under the name that it had; columns `first_season` and `last_season` of the
    file are season codes, empty for open ends.
    """
    here = pl.col("first_season").fill_null("") <= season_code
    still = pl.col("last_season").fill_null("9999") >= season_code
    more = pl.col("spellings").fill_null("").str.split(_SEPARATOR).list.eval(pl.element().filter(pl.element() != ""))
    parts = pl.concat_list("nickname", "tricode").list.concat(more)
    return _file(competition_id).filter(here & still).select(
        pl.col("team_id").alias("id"),
        pl.col("full_name").alias("name"),
        parts.alias("spellings"),
        pl.col("team_id_nba").cast(pl.Int64),
        "tricode",
    )  # fmt: skip


def by_number(competition_id: str) -> dict[int, str]:
    """Canonical id by the league's own number, of all seasons."""
    rows = _file(competition_id).select(pl.col("team_id_nba").cast(pl.Int64), "team_id").unique()
    return dict(rows.iter_rows())


@cache
def _file(competition_id: str) -> pl.DataFrame:
    return pl.read_csv(_HERE / f"{competition_id.lower()}_teams.csv", infer_schema=False)
