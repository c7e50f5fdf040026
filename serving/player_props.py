"""What the page shows of players: fair lines of the rotation, game by game, and books' prices beside ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from lake.contracts.model import contract
from lake.storage import Lake
from replay.craft import PLAYER_PREDICTIONS, PROP_VALUES
from serving.fair_prices import named_matches
from serving.sports import has_table

SHOWN = ("points", "rebounds", "assists", "threes")
MOST_VALUES = 20
_PLAYER = ("match_id", "player_id", "player_name", "team_id", "expected_minutes", "plays_prob", "listed_status")
_CELL = ("line", "over_prob", "over_fair_odds_dec", "under_fair_odds_dec", "q03", "q97")


def props(lake: Lake, sport: str, as_of: datetime) -> list[dict[str, Any]]:
    """The coming games of a sport whose players are priced at lines, by kick-off, each with its `players`.

    Home players come first, who plays longest first; `markets` has by market of `SHOWN` the line nearest to even
    chances, the chance of more, both fair odds and the 94% interval; a market that has no line of his is left out.
    """
    name = f"gold.{sport}.{PLAYER_PREDICTIONS}"
    if not has_table(sport, PLAYER_PREDICTIONS) or "line" not in contract(name).column_names:
        return []
    lines = lake.table(name).read((pl.col("as_of_utc") == as_of) & pl.col("market").is_in(SHOWN))
    matches = named_matches(lake, sport)
    rows = _players(lines).join(matches, on="match_id", maintain_order="left").with_columns(
        (pl.col("team_id") == pl.col("home_team_id")).alias("is_home")
    )  # fmt: skip
    ordered = rows.sort("is_home", "expected_minutes", "player_id", descending=[True, True, False])
    players = ordered.partition_by("match_id", as_dict=True, maintain_order=True)
    return [
        match | {"players": [_told(row) for row in players[(match["match_id"],)].to_dicts()]}
        for match in matches.to_dicts()
        if (match["match_id"],) in players
    ]


def best_values(lake: Lake, sport: str, as_of: datetime) -> list[dict[str, Any]]:
    """The books' prices of props with the best edges of a moment, at most `MOST_VALUES`; none without such a table."""
    if not has_table(sport, PROP_VALUES):
        return []
    rows = lake.table(f"gold.{sport}.{PROP_VALUES}").read(pl.col("as_of_utc") == as_of)
    best = rows.sort("edge", "match_id", "player_id", "market", "selection", "line", "bookmaker",
                     descending=[True, *[False] * 6])  # fmt: skip
    matches = named_matches(lake, sport).drop("competition_id")
    age = (pl.col("as_of_utc") - pl.col("known_at_utc")).dt.total_seconds() / 60
    shown = best.head(MOST_VALUES).join(matches, on="match_id", how="left", maintain_order="left")
    return shown.with_columns(age.alias("age_minutes")).to_dicts()


def _players(lines: pl.DataFrame) -> pl.DataFrame:
    """One row a player: what is known of him, and `cells`, one a market."""
    nearest = lines.sort((pl.col("over_prob") - 0.5).abs(), "line").unique(
        ["match_id", "player_id", "market"], keep="first", maintain_order=True
    )
    cells = pl.struct("market", *_CELL).alias("cells")
    return nearest.sort("market").group_by(_PLAYER, maintain_order=True).agg(cells)


def _told(player: dict[str, Any]) -> dict[str, Any]:
    return player | {"markets": {cell["market"]: cell for cell in player["cells"]}}
