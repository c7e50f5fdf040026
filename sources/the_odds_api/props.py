"""From outcomes to prices of what players do: the statistic, the player, the line, and refused ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

from sources.rows import accepted_of, refused_of
from sources.the_odds_api.markets import PROP
from sources.the_odds_api.pricing import SHOWN, Asked, Fault, Judging, judged, judging, priced, without_clashes

WithPlayers = Callable[[pl.DataFrame], pl.DataFrame]
_ALTERNATE = r"_alternate$"
_LINED = ("over", "under")
_SELECTION = ["match_id", "player_id", "market", "selection", "line"]
_SILVER = (
    "match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis", "player_id",
    "player_name", "market", "selection", "line", "bookmaker", "price_odds_dec", "quoted_at_utc",
)  # fmt: skip


def props(
    prices: pl.DataFrame, events: pl.DataFrame, asked: Asked, with_players: WithPlayers
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of silver prop_quotes, and refused ones, of one payload's prices.

    `events` has the columns of `pricing.EVENT_FACTS` with both `team_id`s, `_reason` and `_detail`. `with_players` adds
    `player_id` to rows that have `player_name`, `competition_id`, `season_code`, `home_team_id` and `away_team_id`, and
    refuses those of whom it is not sure.
    """
    own = priced(prices.filter(pl.col("market").str.contains(PROP)), events, asked)
    found = judged(_meant(own), _judging())
    teams = events.select("event", "home_team_id", "away_team_id")
    named = with_players(found.join(teams, on="event", how="left", maintain_order="left"))
    clashed = without_clashes(named, _SELECTION)
    return accepted_of(clashed).select(_SILVER), refused_of(clashed, SHOWN)


def _meant(rows: pl.DataFrame) -> pl.DataFrame:
    """Market, selection and line in our words; a market's alternate lines are lines of it like any other."""
    word = pl.col("name").str.strip_chars().str.to_lowercase()
    lined = word.is_in(_LINED)
    return rows.with_columns(
        pl.col("market_key").str.replace(_ALTERNATE, "").alias("market"),
        pl.when(lined | word.is_in(["yes", "no"])).then(word).alias("selection"),
        pl.when(lined).then(pl.col("point") + 0.0).alias("line"),
        pl.col("description").str.strip_chars().alias("player_name"),
    )


@cache
def _judging() -> Judging:
    player, side = pl.col("player_name"), pl.col("selection")
    faults: list[Fault] = [
        ("missing_field", player.is_null() | (player == ""), pl.lit("The outcome names no player.")),
        ("unknown_selection", side.is_null(), pl.format("'{}' is no selection of {}.", "name", "market_key")),
        ("no_line", side.is_in(_LINED) & pl.col("line").is_null(), pl.format("{} has no line.", "market_key")),
    ]
    return judging(faults)
