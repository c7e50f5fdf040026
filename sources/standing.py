"""What silver says already of the facts that a batch tells: the newest row of each, however long its history is."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lake.storage import Table

KNOWN = "known_at_utc"


def told_apart(columns: Sequence[str], fact: Sequence[str]) -> list[str]:
    """The columns of a fact, and the state of a match: of each state the newest row is kept."""
    return [column for column in (*fact, "state") if column in columns]


def newest(rows: pl.DataFrame, fact: Sequence[str]) -> pl.DataFrame:
    """The newest row of each fact, and of each state of a match, in the order in which they became known."""
    told = told_apart(rows.columns, fact)
    return rows.sort(KNOWN, maintain_order=True).unique(told, keep="last", maintain_order=True)


def with_newer(standing: pl.DataFrame, fresh: pl.DataFrame, fact: Sequence[str]) -> pl.DataFrame:
    """What stands once `fresh` rows do, each of which is known later than what stands of its fact."""
    if fresh.is_empty():
        return standing
    last = newest(fresh.select(standing.columns), fact)
    told = told_apart(standing.columns, fact)
    return pl.concat([standing.join(last, on=told, how="anti", nulls_equal=True, maintain_order="left"), last])


def read_standing(
    table: Table, facts: pl.DataFrame, fact: Sequence[str], but_of: Sequence[str]
) -> pl.DataFrame:  # fmt: skip
    """The newest row of each fact of `facts` in a table's contract, but of payloads with the hashes `but_of`.

    `facts` has `season_code` and columns of the fact. First the times of the newest rows are found, in memory that
    grows with the facts and not with their history; then only rows known since the oldest of them are read.
    """
    told = told_apart(table.contract.column_names, fact)
    seasons = facts["season_code"].unique().to_list()
    rows = table.scan().filter(pl.col("season_code").is_in(seasons) & ~pl.col("bronze_sha256").is_in(list(but_of)))
    own = rows.join(facts.lazy(), on=facts.columns, how="semi", nulls_equal=True)
    times = own.group_by(told).agg(pl.col(KNOWN).max()).collect(engine="streaming")
    if times.is_empty():
        return table.contract.empty()
    since = rows.filter(pl.col(KNOWN) >= times[KNOWN].min())
    found = since.join(times.lazy(), on=[*told, KNOWN], how="semi", nulls_equal=True).collect(engine="streaming")
    return newest(found, fact)


def unwritten(table: Table, rows: pl.DataFrame, own: Sequence[str]) -> pl.DataFrame:
    """The rows that a table lacks; it can have them only of payloads with the hashes `own`."""
    if rows.is_empty():
        return rows
    key = table.contract.key
    inside = pl.col("bronze_sha256").is_in(list(own))
    if KNOWN in key:
        inside &= pl.col(KNOWN).is_between(rows[KNOWN].min(), rows[KNOWN].max())
    there = table.scan().filter(inside).select(key).collect()
    return rows.join(there, on=key, how="anti", nulls_equal=True, maintain_order="left")
