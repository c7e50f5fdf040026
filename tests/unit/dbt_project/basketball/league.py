"""An invented league of four teams and two short seasons: silver as frames, with corrections and late facts in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from assets import dbt_runner
from lake.contracts.model import contract
from lake.contracts.render import dbt_contracts, source_entities
from lake.keys import with_selection_key
from lake.storage import Lake
from lake.views import open_snapshot, read_table

SPORT = "basketball"
NEW_YORK = ZoneInfo("America/New_York")
TEAMS = ("nba-bos", "nba-den", "nba-lal", "nba-mia")
ROUNDS = (((0, 1), (2, 3)), ((1, 2), (3, 0)), ((0, 2), (1, 3)), ((1, 0), (3, 2)), ((2, 1), (0, 3)), ((2, 0), (3, 1)))
FIRST_DAYS = {"2021-22": date(2021, 10, 25), "2022-23": date(2022, 10, 24)}
GAPS = (1, 2, 1, 3, 2)
GAMES_DAYS = {"2021-22": 12, "2022-23": 20}
PLAYERS = 7
BOX = (
    "field_goals_made", "field_goals_attempted", "threes_made", "threes_attempted", "free_throws_made",
    "free_throws_attempted", "rebounds_offensive", "rebounds_defensive", "assists", "steals", "blocks", "turnovers",
    "fouls",
)  # fmt: skip
MEANS = (40, 85, 12, 34, 17, 22, 10, 33, 25, 7, 5, 14, 20)
Facts = Mapping[str, pl.DataFrame]
Rows = dict[str, list[dict[str, Any]]]
_PLAIN: dict[str, Any] = {
    "string": "x", "int": 0, "float": 0.0, "bool": False, "timestamp": datetime(2020, 1, 1, tzinfo=UTC),
}  # fmt: skip
_FIXED = {"known_at_basis": "rule", "bronze_sha256": "0" * 64}


def filled(entity: str, records: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a silver table; columns left out are null, or hold a plain value where they may not be."""
    found = contract(f"silver.{SPORT}.{entity}")
    usual = {column.name: None if column.nullable else _PLAIN[column.type] for column in found.columns}
    usual |= {name: value for name, value in _FIXED.items() if name in usual}
    return pl.DataFrame([usual | record for record in records], schema=found.schema)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the clocks of New York, in UTC."""
    return datetime.combine(day, time(hour, minute), NEW_YORK).astimezone(UTC)


def facts(seed: int = 5) -> dict[str, pl.DataFrame]:
    """Silver of the whole league."""
    rng = np.random.default_rng(seed)
    rows: Rows = {entity: [] for entity in source_entities(SPORT)}
    for season, first in FIRST_DAYS.items():
        day = first
        for nth in range(GAMES_DAYS[season]):
            for home, away in ROUNDS[nth % len(ROUNDS)]:
                _game(rng, rows, season, day, TEAMS[home], TEAMS[away], nth)
            day += timedelta(days=GAPS[nth % len(GAPS)])
        rows["teams"] += [_team(season, team) for team in TEAMS]
    silver = {entity: filled(entity, found) for entity, found in rows.items()}
    return silver | {"odds_quotes": with_selection_key(silver["odds_quotes"])}


def _team(season: str, team: str) -> dict[str, Any]:
    return {"team_id": team, "team_name": f"{team} of {season}", "country": "USA", "competition_id": "NBA",
            "season_code": season, "matches_listed": 10, "status": "confirmed"}  # fmt: skip


def _game(rng: np.random.Generator, rows: Rows, season: str, day: date, home: str, away: str, nth: int) -> None:
    """One game; some have an oddity: a matinee, a neutral court, a move, a correction, late or corrected play."""
    tip = at(day, 11, 30) if nth % 7 == 3 else at(day, 19, 30)
    known = at(day, 0) + timedelta(hours=26)
    match = {
        "match_id": f"NBA-{season}-{day:%Y%m%d}-{home[4:]}-{away[4:]}", "competition_id": "NBA", "season_code": season,
        "event_at_utc": tip,
    }  # fmt: skip
    fixture = match | {"home_team_id": home, "away_team_id": away, "season_type": "regular"}
    fixture |= {"is_neutral": True} if nth % 9 == 4 else {}
    first = {"event_at_utc": tip - timedelta(days=1)} if nth % 8 == 6 else {}
    rows["matches"].append(fixture | first | {"state": "scheduled", "known_at_utc": tip - timedelta(days=7)})
    if first:
        rows["matches"].append(fixture | {"state": "moved", "known_at_utc": tip - timedelta(days=3)})
    sides = [_box(rng) for _ in range(2)]
    result = fixture | {"state": "finished", "known_at_utc": known, "overtime_periods": int(rng.random() < 0.2)}
    points = {"home_points": sides[0]["points"], "away_points": sides[1]["points"]}
    rows["matches"].append(result | points)
    if nth % 5 == 2:
        late = {
            "state": "corrected",
            "known_at_utc": known + timedelta(days=4),
            "home_points": points["home_points"] + 2,
        }
        rows["matches"].append(result | points | late)
    told = known + timedelta(days=6 if nth % 6 == 5 else 0)
    for side, team, box in zip(("home", "away"), (home, away), sides, strict=True):
        row = match | {"side": side, "team_id": team, "minutes": 240.0, "known_at_utc": told} | box
        rows["team_stats"].append(row)
        if nth % 4 == 1:
            rows["team_stats"].append(row | {"assists": 1, "known_at_utc": told + timedelta(days=3)})
        rows["player_stats"] += _players(rng, match | {"team_id": team, "known_at_utc": told})
        rows["injuries"] += _report(rng, season, team, day)
    rows["odds_quotes"] += _quotes(rng, match, at(day, 0) + timedelta(days=1))


def _counts(rng: np.random.Generator, share: float) -> dict[str, int]:
    """A box score of one who plays this share of a side's game; nobody makes more shots than he takes."""
    box = {name: int(rng.poisson(share * mean)) for name, mean in zip(BOX, MEANS, strict=True)}
    made = {name: min(count, box[name.replace("made", "attempted")]) for name, count in box.items()}
    return made | {"threes_made": min(made["threes_made"], made["field_goals_made"])}


def _box(rng: np.random.Generator) -> dict[str, Any]:
    box = _counts(rng, 1)
    return box | {"points": 2 * box["field_goals_made"] + box["threes_made"] + box["free_throws_made"]}


def _players(rng: np.random.Generator, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of seven who played; half of all nights one sits."""
    absent = int(rng.integers(0, 2 * PLAYERS))
    return [
        row | _night(rng) | {"player_id": f"{row['team_id'][4:]}-{player}", "player_name": f"{row['team_id']} {player}"}
        for player in range(PLAYERS) if player != absent
    ]  # fmt: skip


def _night(rng: np.random.Generator) -> dict[str, Any]:
    minutes = int(rng.integers(0, 45))
    box = _counts(rng, minutes / 240)
    return box | {
        "points": int(rng.poisson(minutes / 2)), "rebounds": box["rebounds_offensive"] + box["rebounds_defensive"],
        "minutes": float(minutes), "plus_minus": float(rng.integers(-20, 20)),
    }  # fmt: skip


def _report(rng: np.random.Generator, season: str, team: str, day: date) -> list[dict[str, Any]]:
    if rng.random() < 0.5:
        return []
    player, status = f"{team[4:]}-{rng.integers(0, PLAYERS)}", str(rng.choice(["out", "questionable", "available"]))
    return [{
        "report_id": f"{player}-{day}", "vendor_player_id": player, "player_id": player, "player_name": player,
        "team_id": team, "competition_id": "NBA", "season_code": season, "status": status,
        "reason": "knee (out for season)" if status == "out" and rng.random() < 0.3 else "knee",
        "event_at_utc": at(day, 0), "known_at_utc": at(day, 0) + timedelta(hours=26),
    }]  # fmt: skip


def _quotes(rng: np.random.Generator, match: dict[str, Any], closed: datetime) -> list[dict[str, Any]]:
    """A moneyline, and a spread and total of one or two averages of books."""
    quotes = []
    for book in ("consensus", "consensus_mean")[: int(rng.integers(1, 3))]:
        quote = match | {"bookmaker": book, "is_aggregate": True, "quote_kind": "closing", "known_at_utc": closed}
        spread, total = float(rng.integers(-20, 20)) / 2, 200 + float(rng.integers(0, 60)) / 2
        for market, line, selections in (
            ("moneyline", None, ("home", "away")), ("spread", spread, ("home", "away")),
            ("totals", total, ("over", "under")),
        ):  # fmt: skip
            price = 1.9 if market == "moneyline" or book == "consensus_mean" else None
            quotes += [quote | {"market": market, "line": line, "selection": one, "price_odds_dec": price}
                       for one in selections]  # fmt: skip
    return quotes


def known(found: Facts, as_of: datetime) -> dict[str, pl.DataFrame]:
    """The facts known at a moment; teams carry no such time and stay."""
    return {
        entity: rows.filter(pl.col("known_at_utc") <= as_of) if "known_at_utc" in rows.columns else rows
        for entity, rows in found.items()
    }


def gold(found: Facts, as_of: datetime, horizon_hours: float = 30) -> dict[str, pl.DataFrame]:
    """Every gold table that dbt builds of these facts at a moment, held against its contract."""
    with tempfile.TemporaryDirectory(prefix="fairline-league-") as folder:
        lake, database = Lake(Path(folder) / "lake"), Path(folder) / dbt_runner.DATABASE_NAME
        for entity, rows in found.items():
            lake.table(f"silver.{SPORT}.{entity}").replace(rows)
        open_snapshot(database, lake, [f"silver.{SPORT}.{entity}" for entity in source_entities(SPORT)])
        variables = {"as_of_utc": as_of.isoformat(), "horizon_hours": horizon_hours}
        built = dbt_runner.build(database, variables, SPORT)
        assert built.success, built.exception
        return {name: read_table(database, f"gold_{SPORT}", name) for name in dbt_contracts(SPORT)}
