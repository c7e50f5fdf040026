"""Whether home and away have changed places: rows held against the anchor's matches and against what vendors told.

A single vendor that turns a single match round may be right, since clubs do swap grounds. So it takes the anchor, or
two vendors, to contradict a row; but where several rows of one answer are contradicted at all, those for which nobody
vouches are not believed either.
"""

from __future__ import annotations

import polars as pl

from lake.entities.matches import PAIR, SAME_WEEKEND
from sources.known import Known

WITNESSES = 2
SEVERAL, SEVERAL_SHARE = 2, 0.1
"""So many rows, and such a share of those that anybody knows, make an answer one that mixes up its sides."""

_TURNED = {"home_team_id": "away_team_id", "away_team_id": "home_team_id"}


def changed_places(rows: pl.DataFrame, known: Known, is_anchor: bool = False) -> pl.Series:
    """Whether the sides of a row are not to be believed; `rows`, of one answer, have those of `PAIR` and a kick-off.

    The anchor's own rows are contradicted by results that stand, not by its fixtures.
    """
    votes = _votes(rows, known)
    is_anchored, reverse = pl.col("anchor") > 0, pl.col("played_turned" if is_anchor else "anchor_turned") > 0
    outvoted = pl.col("told_turned") >= pl.max_horizontal(pl.col("told") + 1, WITNESSES)
    contradicted = ~is_anchored & (reverse | outvoted)
    is_vouched = is_anchored | (pl.col("told") > 0)
    doubted = ~is_vouched & ((pl.col("told_turned") > 0) | (pl.col("anchor_turned") > 0))
    doubts = (contradicted | doubted).sum()
    mixed_up = (doubts >= SEVERAL) & (doubts >= SEVERAL_SHARE * (is_vouched | contradicted | doubted).sum())
    return votes.select((contradicted | (mixed_up & ~is_vouched)).alias("changed_places")).to_series()


def _votes(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """By row, how many sources have its match within 36 hours of its kick-off, this way round and the other."""
    anchor, played = (frame.with_columns(pl.lit("anchor").alias("source")) for frame in (known.matches, known.played))
    heard = {"anchor": anchor, "told": known.vendor_matches}
    turned = {"anchor_turned": anchor, "played_turned": played, "told_turned": known.vendor_matches}
    marked = rows.with_row_index("_row").select("_row", *PAIR, "event_at_utc")
    counted = marked.select("_row")
    for name, frame in [*heard.items(), *((name, frame.rename(_TURNED)) for name, frame in turned.items())]:
        counted = counted.join(_count(marked, frame, name), on="_row", how="left", maintain_order="left")
    return counted.fill_null(0)


def _count(marked: pl.DataFrame, told: pl.DataFrame, name: str) -> pl.DataFrame:
    there = told.select("source", *PAIR, pl.col("event_at_utc").alias("_told_at"))
    near = marked.join(there, on=list(PAIR)).filter(
        (pl.col("_told_at") - pl.col("event_at_utc")).abs() <= SAME_WEEKEND
    )  # fmt: skip
    return near.group_by("_row").agg(pl.col("source").n_unique().cast(pl.Int64).alias(name))
