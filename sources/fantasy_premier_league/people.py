"""One id for a player over seasons: his name, since the game numbers players anew each season.

Where two players of one payload share a name, their clubs tell them apart; a player whom the vendor comes to spell
otherwise begins anew. Two players of one name in different seasons would be taken for one.
"""

from __future__ import annotations

import polars as pl

from lake.keys import slug


def plain_name(name: str) -> str:
    """`Aaron_Cresswell_402` and `Aaron Cresswell` are one spelling: files up to 2019/20 join names by underscores."""
    words = name.replace("_", " ").split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1].isdigit() else words)


def with_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `player_id`, `player_name` and `player_id_fpl`; rows have `name`, `element` and `team_id`."""
    names = rows["name"].drop_nulls().unique().sort()
    plain = [plain_name(name) for name in names]
    people = pl.DataFrame(
        {"name": names, "player_name": plain, "_slug": [slug(name) for name in plain]},
        schema=dict.fromkeys(("name", "player_name", "_slug"), pl.String),
    )
    shared = pl.col("element").n_unique().over("_slug") > 1
    by_club = pl.format("{}-{}", "_slug", pl.col("team_id").str.split("-").list.slice(1).list.join("-"))
    return (
        rows.join(people, on="name", how="left", maintain_order="left")
        .with_columns(
            pl.when(shared).then(by_club).otherwise("_slug").alias("player_id"),
            pl.col("element").alias("player_id_fpl"),
        )
        .drop("_slug")
    )
