"""What stands for the lines of games that have none, so that memory does not stand still while nobody quotes."""

from __future__ import annotations

import polars as pl

_STAND_INS = {"closing_margin": "filter_margin", "closing_total": "filter_total"}


def with_stand_ins(seen: pl.DataFrame, rows: pl.DataFrame, filtered: pl.DataFrame) -> pl.DataFrame:
    """`seen` (seen.seen_games) with what the filter of results expected at the decision wherever a line is missing.

    `rows`: match_id of each decision; `filtered`: what ratings.filtered says of them. A game that nobody had to decide
    on stays without. The result then surprises memory as it would beside a line.
    """
    expected = rows.select("match_id").hstack(filtered.select(_STAND_INS.values()))
    told = seen.join(expected.unique("match_id", keep="first"), on="match_id", how="left", maintain_order="left")
    return told.with_columns(pl.coalesce(line, other).alias(line) for line, other in _STAND_INS.items()).select(
        seen.columns
    )
