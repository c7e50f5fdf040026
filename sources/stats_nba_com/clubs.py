"""The anchor's own clubs: their canonical ids by the league's number or by its letters. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from lake.entities import league_lists

LEAGUE = "NBA"


def by_number(number: pl.Expr, tricode: pl.Expr) -> pl.Expr:
    """`nba-bos` of the league's number; a club that is not listed yet gets the id of its own three letters."""
    ids = {str(known): team_id for known, team_id in league_lists.by_number(LEAGUE).items()}
    return number.replace_strict(ids, default=_minted(tricode), return_dtype=pl.String)


def by_tricode(tricode: pl.Expr, seasons: Iterable[str]) -> pl.Expr:
    """The id of a club by the letters that it had in one of these seasons; null where there are none."""
    ids: dict[str, str] = {}
    for season in sorted(seasons):
        ids |= _letters(season)
    return tricode.replace_strict(ids, default=_minted(tricode), return_dtype=pl.String)


def _minted(tricode: pl.Expr) -> pl.Expr:
    return pl.when(tricode.str.contains(r"^[A-Z]{3}$")).then(pl.format("nba-{}", tricode.str.to_lowercase()))


@cache
def _letters(season_code: str) -> dict[str, str]:
    listed = league_lists.clubs(LEAGUE, season_code)
    others = listed.select("id", pl.col("spellings").alias("tricode")).explode("tricode")
    letters = others.filter(pl.col("tricode").str.contains(r"^[A-Z]{2,3}$"))
    return dict(letters.select("tricode", "id").iter_rows())
