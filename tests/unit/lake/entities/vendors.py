"""The archive's names: clubs as four vendors spell them by league and season, NBA players as three do."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from lake.entities import league_lists
from lake.entities.players import player_ids
from lake.keys import slug

COUNTRIES = {"E": "ENG", "SC": "SCO", "D": "DEU", "I": "ITA", "SP": "ESP", "F": "FRA"}
BIG_FIVE = ("E0", "SP1", "D1", "I1", "F1")
SEASONS = tuple(f"20{year}-{year + 1}" for year in range(17, 24))
_UNDERSTAT = {"E0": "epl", "SP1": "la_liga", "D1": "bundesliga", "I1": "serie_a", "F1": "ligue_1"}
_FPL = "raw.githubusercontent.com/vaastav/Fantasy-Premier-League/master/data"


@cache
def known_teams(archive: Path) -> pl.DataFrame:
    """Silver teams as football-data mints them, of these countries' leagues since 2016/17."""
    rows = []
    for file in sorted(archive.glob("www.football-data.co.uk/mmz4281/*/*.csv")):
        code, start = file.stem, int(file.parent.name[:2])
        country = COUNTRIES.get(code.rstrip("0123456789C") or code[:2]) or COUNTRIES.get(code[:-1])
        if country and 16 <= start <= 23:
            season = f"20{start}-{start + 1}"
            names = sorted(_names(file, ("HomeTeam", "AwayTeam")))
            rows += [(f"{country.lower()}-{slug(name)}", name, country, code, season, "confirmed") for name in names]
    columns = ["team_id", "team_name", "country", "competition_id", "season_code", "status"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def vendor_names(archive: Path, vendor: str, league: str, season: str) -> list[str]:
    """A vendor's spellings of one league and season; none where the archive has no such file."""
    years = season[2:4] + season[5:]
    files = {
        "footystats": (archive / f"local/footystats/{league}_{years}.csv", ("HomeTeam", "AwayTeam")),
        "understat": (archive / f"local/understat_shots/{_UNDERSTAT[league]}_{season}.csv.gz", ("h_team", "a_team")),
        "fpl": (archive / _FPL / season / "teams.csv", ("name",)),
    }
    file, columns = files[vendor]
    is_there = file.is_file() and (vendor != "fpl" or league == "E0")
    return sorted(_names(file, columns)) if is_there else []


@cache
def nba_ids(archive: Path) -> dict[int, tuple[str, str]]:
    """Canonical id and name by the league's number, minted from the list of all players."""
    rows = table(archive / "samples/stats_nba_com/commonallplayers.json.gz")
    listed = pl.DataFrame({"number": [r["PERSON_ID"] for r in rows], "name": [r["DISPLAY_FIRST_LAST"] for r in rows]})
    minted = player_ids(listed).select("number", "player_id", "name")
    return {number: (player, name) for number, player, name in minted.iter_rows()}


@cache
def nba_players(archive: Path) -> pl.DataFrame:
    """Who played for which team in 2023-24, in the columns of silver players."""
    teams, minted = league_lists.by_number("NBA"), nba_ids(archive)
    rows = table(archive / "stats.nba.com/stats/leaguegamelog/P_2023-24_Regular-Season.json.gz")
    played = {(*minted[row["PLAYER_ID"]], teams[row["TEAM_ID"]], "NBA", "2023-24") for row in rows}
    columns = ["player_id", "player_name", "team_id", "competition_id", "season_code"]
    return pl.DataFrame(sorted(played), schema=columns, orient="row")


@cache
def nba_squads(archive: Path) -> pl.DataFrame:
    """Who is listed with which team in autumn 2025, in the columns of silver players."""
    teams, minted = league_lists.by_number("NBA"), nba_ids(archive)
    rows = table(archive / "samples/stats_nba_com/commonallplayers.json.gz")
    listed = [
        (*minted[row["PERSON_ID"]], teams[row["TEAM_ID"]], "NBA", "2025-26")
        for row in rows
        if row["TEAM_ID"] in teams and row["ROSTERSTATUS"]
    ]
    columns = ["player_id", "player_name", "team_id", "competition_id", "season_code"]
    return pl.DataFrame(listed, schema=columns, orient="row")


def nba_injuries(archive: Path) -> dict[str, set[str]]:
    """The injury list's players by team nickname, 2023-24."""
    found: dict[str, set[str]] = defaultdict(set)
    text = (archive / "local/nba_injuries/prosportstransactions_2024.csv").read_text("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        for column in ("Acquired", "Relinquished"):
            if row["Team"] and row[column].strip(" •"):
                found[row["Team"]].add(row[column])
    return dict(found)


def nba_props(archive: Path) -> list[tuple[str, str, set[str]]]:
    """Each event of the archive's player props: home and away team, and the players priced."""
    events = []
    for file in sorted(archive.glob("api.the-odds-api.com/v4/sports/basketball_nba/events/*/odds/*.json")):
        event = json.loads(file.read_text("utf-8"))
        priced = [market["outcomes"] for book in event["bookmakers"] for market in book["markets"]]
        players = {outcome["description"] for outcomes in priced for outcome in outcomes}
        events.append((event["home_team"], event["away_team"], players))
    return events


def table(file: Path) -> list[dict[str, Any]]:
    """The rows of a document with headers and row sets."""
    body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    found = json.loads(body)["resultSets"][0]
    return [dict(zip(found["headers"], row, strict=True)) for row in found["rowSet"]]


@cache
def _names(file: Path, columns: tuple[str, ...]) -> frozenset[str]:
    body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig", errors="replace")))
    return frozenset(name for row in rows for column in columns if (name := (row.get(column) or "").strip()))
