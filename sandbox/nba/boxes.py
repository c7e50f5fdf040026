"""Box scores and rosters as tables: a row per player or team of a game, or per player of a season."""

from __future__ import annotations

import numpy as np
import polars as pl

from sandbox.arrays import Ints, stream
from sandbox.nba.league import NbaLeague
from sandbox.nba.schedule import SEASONS
from sandbox.nba.teams import teams

COUNTS = (
    "field_goals_made", "field_goals_attempted", "threes_made", "threes_attempted", "free_throws_made",
    "free_throws_attempted", "rebounds_offensive", "rebounds_defensive", "assists", "steals", "blocks", "turnovers",
    "fouls",
)  # fmt: skip
PLUS_MINUS_SD = 0.9


def player_box(league: NbaLeague) -> pl.DataFrame:
    """Return the players' box of all games in the columns of `Universe.nba_player_box`."""
    box, lineups = league.played.box, league.lineups(league.games)
    game, side, _ = (index.ravel() for index in np.indices(box.seconds.shape))
    team = league.games.select("home", "away").to_numpy()[game, side]
    first_five = (league.available.cumsum(axis=2) <= 5) & league.available
    counts = {name: getattr(box, name).ravel() for name in COUNTS}
    frame = pl.DataFrame(
        {
            "game_id": league.games["game_id"].gather(game),
            "team_id": teams()["team_id"].gather(team),
            "player_id": league.players["player_id"].gather(lineups.players.ravel()),
            "is_home": side == 0,
            "is_starter": first_five.ravel(),
            "minutes": np.round(box.seconds.ravel() / 60.0, 4),
            "points": box.points.ravel(),
            **counts,
            "plus_minus": _plus_minus(league).ravel(),
        }
    )
    rebounds = (pl.col("rebounds_offensive") + pl.col("rebounds_defensive")).alias("rebounds")
    first = ("game_id", "team_id", "player_id", "is_home", "is_starter", "minutes", "points", *COUNTS[:8])
    return frame.filter(pl.col("minutes") > 0).select(*first, rebounds, *COUNTS[8:], "plus_minus")


def _plus_minus(league: NbaLeague) -> Ints:
    """Draw how the score went while each player was on the court, (games, 2, 15); it sums to five margins a team."""
    box = league.played.box
    points = box.points.sum(axis=2)
    margin = points - points[:, ::-1]
    share = box.seconds * (5.0 / box.seconds.sum(axis=2, keepdims=True))
    noise = stream(league.seed, "nba", "plus minus").normal(0.0, 1.0, share.shape)
    noise *= PLUS_MINUS_SD * np.sqrt(box.seconds / 60.0) * (share > 0)
    noise -= share / 5.0 * noise.sum(axis=2, keepdims=True)
    whole: Ints = np.rint(share * margin[:, :, None] + noise).astype(np.int64)
    most = share.argmax(axis=2)[:, :, None]
    left = 5 * margin - whole.sum(axis=2)
    np.put_along_axis(whole, most, np.take_along_axis(whole, most, axis=2) + left[:, :, None], axis=2)
    return whole


def team_box(players: pl.DataFrame) -> pl.DataFrame:
    """Sum the players' box to the teams, in the columns of `Universe.nba_team_box`."""
    counted = pl.col("minutes", "points", *COUNTS[:8], "rebounds", *COUNTS[8:])
    return players.group_by("game_id", "team_id", "is_home", maintain_order=True).agg(counted.sum())


def roster_table(league: NbaLeague) -> pl.DataFrame:
    """Return the rosters of all seasons in the columns of `Universe.nba_players`."""
    season, team, _ = (index.ravel() for index in np.indices(league.rosters.shape))
    who = league.rosters.ravel()
    share = league.skills.usage[league.rosters]
    numbers = stream(league.seed, "nba", "jerseys").permuted(
        np.tile(np.arange(56), (*league.rosters.shape[:2], 1)), axis=2
    )
    frame = pl.DataFrame(
        {
            "player": who,
            "team_id": teams()["team_id"].gather(team),
            "season_start_year": (SEASONS[0] + season).astype(np.int32),
            "jersey": numbers[:, :, : league.rosters.shape[2]].ravel(),
            "usage_share": np.round(0.2 * share / share.mean(axis=2, keepdims=True), 4).ravel(),
        }
    ).with_columns(first_season=pl.col("season_start_year").min().over("player"))
    named = frame.join(league.players, on="player", maintain_order="left")
    return named.select(
        "player_id", "team_id", "season_start_year", "name", "first_name", "last_name", "position", "jersey", "born_on",
        "usage_share", "first_season",
    )  # fmt: skip
