"""An invented league for tests: games of two seasons with lines and results, and reports of players who miss them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

START = datetime(2019, 10, 20, 23, 30, tzinfo=UTC)
SEASON_GAP = timedelta(days=120)
STATUSES = ("out", "questionable", "available")


def team(number: int) -> str:
    """The id of an invented team."""
    return f"team-{number}"


def games(seed: int, teams: int = 5, days: int = 20, seasons: int = 2) -> pl.DataFrame:
    """A game or two a day, in order of time, with all columns that `memory.signals` asks of games seen and asked."""
    rng = np.random.default_rng(seed)
    strength, rows = rng.normal(0.0, 4.0, teams), []
    for season in range(seasons):
        for day in range(days):
            for slot in range(int(rng.integers(0, 3))):
                home, away = rng.choice(teams, 2, replace=False)
                rows.append(_game(rng, season, day, slot, home, away, strength))
    return pl.DataFrame(rows).with_columns(pl.col("event_at_utc", "known_at_utc", "as_of_utc").dt.cast_time_unit("us"))


def _game(
    rng: np.random.Generator, season: int, day: int, slot: int, home: int, away: int, strength: np.ndarray
) -> dict[str, object]:
    event = START + season * SEASON_GAP + timedelta(days=day, hours=slot)
    line = float(np.round(2 * (strength[home] - strength[away] + 3.0 + rng.normal(0, 1.0)))) / 2
    total = float(np.round(2 * rng.normal(215.0, 5.0))) / 2
    margin = int(np.round(line + rng.normal(0, 12.0))) or 1
    points = int(np.round(total + rng.normal(0, 15.0)))
    points += (points - margin) % 2
    return {
        "match_id": f"game-{season}-{day:02d}-{slot}", "season_code": f"{2019 + season}-{20 + season}",
        "season_type": "playoffs" if day > 17 else "regular", "event_at_utc": event,
        "known_at_utc": event.replace(hour=6, minute=0) + timedelta(days=1),
        "as_of_utc": event.replace(hour=17, minute=0), "home_team_id": team(home), "away_team_id": team(away),
        "is_neutral": bool(rng.random() < 0.1), "closing_margin": None if rng.random() < 0.1 else line,
        "closing_total": total, "margin": margin, "total": points,
        "home_points": (points + margin) // 2, "away_points": (points - margin) // 2,
    }  # fmt: skip


def reports(seed: int, teams: int = 5, days: int = 20, seasons: int = 2, players: int = 4) -> pl.DataFrame:
    """Reports about a few players of each team, known in the mornings."""
    rng = np.random.default_rng(seed + 1)
    rows = [
        {
            "player_id": f"player-{number}-{player}", "team_id": team(number),
            "season_code": f"{2019 + season}-{20 + season}",
            "known_at_utc": START.replace(hour=6, minute=0) + season * SEASON_GAP + timedelta(days=int(day)),
            "status": str(rng.choice(STATUSES)),
        }
        for season in range(seasons)
        for number in range(teams)
        for player in range(players)
        for day in rng.choice(days, 3, replace=False)
    ]  # fmt: skip
    return pl.DataFrame(rows).with_columns(pl.col("known_at_utc").dt.cast_time_unit("us"))
