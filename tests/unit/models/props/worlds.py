"""An invented league of four teams with nine men each, whose games, men and numbers are drawn by a seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from models.props.history import PRICES, ROSTERS, Archive

TEAMS = ("a", "b", "c", "d")
MEN = 9
START = datetime(2023, 11, 6, 0, 30, tzinfo=UTC)
_PAIRS = ((("a", "b"), ("c", "d")), (("c", "a"), ("d", "b")), (("a", "d"), ("b", "c")))


def matches(days: int) -> pl.DataFrame:
    """Two games every second day; each decided at 17:00 UTC before it."""
    rows = [
        {
            "match_id": f"m{day:03d}-{home}{away}",
            "event_at_utc": START + timedelta(days=2 * day),
            "as_of_utc": START + timedelta(days=2 * day) - timedelta(hours=7, minutes=30),
            "home_team_id": home, "away_team_id": away, "expected_margin": float(day % 5 - 2), "expected_total": 220.0,
        }
        for day in range(days) for home, away in _PAIRS[day % 3]
    ]  # fmt: skip
    return pl.DataFrame(rows).with_columns(pl.col("event_at_utc", "as_of_utc").cast(pl.Datetime("us", "UTC")))


def archive(days: int, seed: int = 1) -> Archive:
    """Box scores of all these games: starters play about 30 minutes, and every man misses a game in ten."""
    random = np.random.default_rng(seed)
    rows = [
        row
        for game in matches(days).iter_rows(named=True)
        for team in (game["home_team_id"], game["away_team_id"])
        for row in _team(game, team, random)
    ]
    players = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.col("event_at_utc", "known_at_utc").cast(pl.Datetime("us", "UTC"))
    )
    return Archive(players, _sums(players, matches(days)), injuries())


def injuries(*rows: dict[str, object]) -> pl.DataFrame:
    """Reports in silver's columns."""
    schema = {
        "report_id": pl.String, "player_id": pl.String, "team_id": pl.String, "status": pl.String,
        "known_at_basis": pl.String, "known_at_utc": pl.Datetime("us", "UTC"), "event_at_utc": pl.Datetime("us", "UTC"),
    }  # fmt: skip
    return pl.DataFrame(list(rows), schema=schema)


def last_teams(past: pl.DataFrame) -> pl.DataFrame:
    """Every man of the team that he last played for."""
    return past.group_by("player_id", maintain_order=True).agg(pl.col("team_id").last())


def rosters(*rows: tuple[str, str | None, datetime]) -> pl.DataFrame:
    """Rows of a list of players: player, team or none, and when it was seen."""
    told = [(player, team, "observed", at) for player, team, at in rows]
    return pl.DataFrame(told, schema=ROSTERS, orient="row")


def prices(*rows: tuple[str, str, str, datetime]) -> pl.DataFrame:
    """Who has a price of a game: player, home, away, and since when."""
    return pl.DataFrame(list(rows), schema=PRICES, orient="row")


def _team(game: dict[str, object], team: str, random: np.random.Generator) -> list[dict[str, object]]:
    at = game["event_at_utc"]
    assert isinstance(at, datetime)
    found = []
    for man in range(MEN):
        if random.random() < 0.1:
            continue
        minutes = float(np.clip(round(32 - 3 * man + random.normal(0, 3)), 1, 44))
        twos, threes, free = (int(random.poisson(minutes * rate)) for rate in (0.13, 0.05 + 0.01 * (man % 3), 0.07))
        found.append({
            "match_id": game["match_id"], "event_at_utc": at, "known_at_utc": at + timedelta(hours=6),
            "player_id": f"{team}{man}", "team_id": team, "minutes": minutes,
            "points": 2 * twos + 3 * threes + free, "field_goals_made": twos + threes,
            "field_goals_attempted": twos + threes + int(random.poisson(minutes * 0.2)), "threes_made": threes,
            "threes_attempted": threes + int(random.poisson(minutes * 0.08)), "free_throws_made": free,
            "free_throws_attempted": free + int(random.poisson(0.4)), "rebounds_offensive": int(random.poisson(1)),
            "rebounds": int(random.poisson(minutes * (0.1 + 0.03 * man))), "turnovers": int(random.poisson(1)),
            "assists": int(random.poisson(minutes * (0.2 - 0.02 * man))), "steals": int(random.poisson(minutes * 0.03)),
            "blocks": int(random.poisson(minutes * 0.02)), "fouls": int(random.poisson(2)),
        })  # fmt: skip
    return found


def _sums(players: pl.DataFrame, games: pl.DataFrame) -> pl.DataFrame:
    counted = [name for name, kind in players.schema.items() if kind.is_numeric()]
    sides = games.select("match_id", "home_team_id")
    is_home = pl.col("team_id") == pl.col("home_team_id")
    return (
        players.group_by("match_id", "team_id", "event_at_utc", "known_at_utc", maintain_order=True)
        .agg(pl.col(counted).sum())
        .join(sides, on="match_id", maintain_order="left")
        .with_columns(
            pl.when(is_home).then(pl.lit("home")).otherwise(pl.lit("away")).alias("side"),
            pl.lit(240.0).alias("minutes"),
        )
        .drop("home_team_id")
    )  # fmt: skip
