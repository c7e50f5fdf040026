"""Who has been missing, and what that left to others: from games played and from reports of injuries.

A team's men are those who played for it in its last games, or are of it now (see `listing`). Who played for it lately
and is not of it any more has departed; one who missed the last game is out until the contrary is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from models.props.history import games_ago

GAMES = 15
"""Games of a team that are looked back on."""
LIST_HOURS = 36
USUAL_MEMORIES = (3.0, 8.0)
_TYPICAL = 10.0
MISSED = ("minutes", "points", "rebounds", "assists")
"""What a man who is missing leaves to his team-mates."""
TYPICAL = tuple(f"typical_{what}" for what in MISSED)
DEPARTED = tuple(f"departed_{what}" for what in MISSED)


@dataclass(frozen=True, eq=False)
class Squads:
    """What past games say of who is there and who is missing.

    `presence`, by player_id: `typical_` each of `MISSED` (half-life of ten games of his), and of the team that he last
    played for: `missed_games` in a row, 0 to 15, `played_share_l5`, `played_share_l15` of its games. `usual`, by
    player_id and team_id: `usual_absent_minutes_h3`, ...: what is typical of the men who were missing in his own recent
    games for the team. `departed`, by team_id: `departed_` each of `MISSED`, of those who have left it since.
    """

    presence: pl.DataFrame
    usual: pl.DataFrame
    departed: pl.DataFrame


def squads(past: pl.DataFrame, members: pl.DataFrame) -> Squads:
    """`past`: rows of history.appearances; `members`: player_id and team_id, as of listing.members."""
    games = _games(past)
    men = _men(past, games, members)
    grid = _grid(past, games, men)
    here = grid.filter(pl.col("last_team_id") == pl.col("team_id"))
    gone = men.filter(pl.col("is_lately") & pl.col("member_team_id").ne_missing(pl.col("team_id")))
    return Squads(
        here.group_by("player_id", maintain_order=True).agg(pl.col(*TYPICAL).first(), *_presence()),
        _usual(grid),
        gone.group_by("team_id").agg(pl.col(f"typical_{what}").sum().alias(f"departed_{what}") for what in MISSED),
    )


def reports(injuries: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The latest report on each player known at `as_of`: player_id, `report_status`, `reported_at_utc`.

    `injuries`: rows of silver.basketball.injuries; those whose player is not known are left out.
    """
    told = injuries.filter((pl.col("known_at_utc") <= as_of) & pl.col("player_id").is_not_null())
    last = told.sort("known_at_utc", "report_id").unique("player_id", keep="last", maintain_order=True)
    return last.select(
        "player_id", pl.col("status").alias("report_status"), pl.col("event_at_utc").alias("reported_at_utc")
    )


def listed(injuries: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """What a list captured in the last `LIST_HOURS` says of the coming game: player_id, `listed_status`.

    Only captured rows (`known_at_basis` observed) speak of a game to come; dated transactions tell of the last one.
    """
    fresh = pl.col("known_at_utc").is_between(as_of - timedelta(hours=LIST_HOURS), as_of)
    seen = injuries.filter((pl.col("known_at_basis") == "observed") & fresh & pl.col("player_id").is_not_null())
    last = seen.sort("known_at_utc", "report_id").unique("player_id", keep="last", maintain_order=True)
    return last.select("player_id", pl.col("status").alias("listed_status"))


def absent() -> list[pl.Expr]:
    """`absent_minutes`, `absent_points`, ...: what is typical of a player's team-mates who are expected to be missing.

    Departed ones are among them, and nobody who is not listed. Of rows with match_id, team_id, is_listed, plays_prob,
    and of each typical_ and departed_.
    """
    return [_absent(what) for what in MISSED]


def _absent(what: str) -> pl.Expr:
    own = (pl.col(f"typical_{what}") * (1.0 - pl.col("plays_prob"))).fill_null(0.0)
    missing = pl.when("is_listed").then(own).otherwise(0.0)
    return (missing.sum().over("match_id", "team_id") - missing + pl.col(f"departed_{what}")).alias(f"absent_{what}")


def _games(past: pl.DataFrame) -> pl.DataFrame:
    """The last games of each team and how many of its games lie after each: `team_ago` from 0."""
    games = past.select("match_id", "team_id", "event_at_utc").unique().sort("event_at_utc", "match_id")
    return games.select("match_id", "team_id", games_ago("team_id").alias("team_ago")).filter(
        pl.col("team_ago") < GAMES
    )


def _men(past: pl.DataFrame, games: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Each man beside the teams that he is or was of, and what is typical of him: player_id, team_id, last_team_id,

    `member_team_id` (null without one), and `is_lately`: whether he took part in one of the team's last games.
    """
    lately = past.join(games, on=["match_id", "team_id"]).select("player_id", "team_id").unique(maintain_order=True)
    of_player = _typical(past).join(
        members.rename({"team_id": "member_team_id"}), on="player_id", how="left", maintain_order="left"
    )
    others = [
        of_player.select("player_id", pl.col(f"{when}_team_id").alias("team_id")).drop_nulls()
        for when in ("last", "member")
    ]
    flags = pl.concat([lately.with_columns(is_lately=True), *(each.with_columns(is_lately=False) for each in others)])
    pairs = flags.unique(["player_id", "team_id"], keep="first", maintain_order=True)
    return pairs.join(of_player, on="player_id", maintain_order="left")


def _typical(past: pl.DataFrame) -> pl.DataFrame:
    """One row a player: player_id, last_team_id, and what is typical of him."""
    weight = 0.5 ** (games_ago("player_id") / _TYPICAL)
    of_game = past.select("player_id", "team_id", *MISSED, weight.alias("weight"))
    return of_game.group_by("player_id", maintain_order=True).agg(
        pl.col("team_id").last().alias("last_team_id"),
        *(
            ((pl.col("weight") * pl.col(what)).sum() / pl.col("weight").sum()).alias(f"typical_{what}")
            for what in MISSED
        ),
    )


def _grid(past: pl.DataFrame, games: pl.DataFrame, men: pl.DataFrame) -> pl.DataFrame:
    """Every man and every recent game of his team, with `played`."""
    played = past.select("match_id", "player_id", "team_id", pl.lit(True).alias("played"))
    both = men.join(games, on="team_id").join(played, on=["match_id", "player_id", "team_id"], how="left")
    return both.with_columns(pl.col("played").fill_null(False))


def _presence() -> list[pl.Expr]:
    ago, played = pl.col("team_ago"), pl.col("played")
    return [
        ago.filter(played).min().fill_null(GAMES).alias("missed_games"),
        played.filter(ago < 5).mean().alias("played_share_l5"),
        played.mean().alias("played_share_l15"),
    ]


def _usual(grid: pl.DataFrame) -> pl.DataFrame:
    """What was missing around each man in the games that he played, the recent ones counting more."""
    is_of_team = pl.col("is_lately") | (pl.col("member_team_id") == pl.col("team_id")).fill_null(False)
    away = is_of_team & ~pl.col("played")
    missing = [pl.col(f"typical_{what}").filter(away).sum().alias(f"missing_{what}") for what in MISSED]
    by_game = grid.group_by("match_id", "team_id").agg(missing)
    own = grid.filter(pl.col("played")).join(by_game, on=["match_id", "team_id"])
    weight = {h: 0.5 ** (pl.col("team_ago") / h) for h in USUAL_MEMORIES}
    return own.group_by("player_id", "team_id").agg(
        ((w * pl.col(f"missing_{what}")).sum() / w.sum()).alias(f"usual_absent_{what}_h{h:g}")
        for h, w in weight.items()
        for what in MISSED
    )
