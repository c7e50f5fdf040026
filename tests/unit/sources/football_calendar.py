"""What the anchor of an INVENTED league knows: no club, match or number here is real. And the archive's own seasons."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from core.clock import parse_instant
from lake.competitions import competitions
from lake.conform import conform, with_optional
from lake.contracts.model import contract
from sources.base import Parsed, Payload
from sources.football_data.source import FootballData
from sources.known import MATCH, Known

LEAGUES = competitions("football")
CLUBS = ("Alderwick", "Brackmoor", "Corvale", "Dunmarsh")
SEASON = "2023-24"
AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
"""The capture of most payloads."""

_TEAM = contract("silver.football.teams").schema
_VENDOR_MATCH = contract("silver.football.vendor_matches").schema


def at(text: str) -> datetime:
    """`2024-03-02T15:00:00Z` as an instant."""
    return parse_instant(text).astimezone(UTC)


def club(name: str) -> str:
    """The id of a club."""
    return f"eng-{name.lower()}"


def match_id(home: str, away: str) -> str:
    """The id of a first meeting."""
    return f"E0-{SEASON}-{home.lower()}-{away.lower()}"


def known(
    *matches: tuple[str, str, str], state: str = "scheduled", told: pl.DataFrame | None = None, players: object = None
) -> Known:
    """The anchor with these matches: home club, away club, kick-off; `told` are vendor matches of silver."""
    rows = [(match_id(h, a), "E0", SEASON, club(h), club(a), at(when), state) for h, a, when in matches]
    teams = [
        {"team_id": club(name), "team_name": name, "country": "ENG", "competition_id": "E0", "season_code": SEASON}
        | {"matches_listed": 38, "status": "confirmed"}
        for name in CLUBS
    ]
    frames = {"teams": pl.DataFrame(teams, schema=_TEAM)}
    if told is not None:
        frames["vendor_matches"] = told
    if isinstance(players, pl.DataFrame):
        frames["players"] = players
    return Known("football", pl.DataFrame(rows, schema=MATCH, orient="row"), frames)


def told(source: str, *rows: tuple[str, str, str, str]) -> pl.DataFrame:
    """Vendor matches of silver: the vendor's number, home club, away club, kick-off."""
    found = [
        {"source": source, "vendor_match_id": number, "match_id": match_id(home, away), "competition_id": "E0"}
        | {"season_code": SEASON, "home_team_id": club(home), "away_team_id": club(away), "home_name": home}
        | {
            "away_name": away,
            "state": "scheduled",
            "event_at_utc": at(when),
            "known_at_utc": at("2024-02-01T00:00:00Z"),
        }
        for number, home, away, when in rows
    ]
    return pl.DataFrame(found, schema=_VENDOR_MATCH)


def reasons(parsed: Parsed, entity: str) -> list[str]:
    """Why rows of an entity were refused, in the payload's order; each has a sentence and what it was."""
    refused = parsed.refused[entity].sort("row_number")
    assert all(detail for detail in refused["_detail"])
    return refused["_reason"].to_list()


def kept(parsed: Parsed, entity: str) -> pl.DataFrame:
    """Rows of an entity as silver would keep them, none of which may break its contract."""
    wanted = contract(f"silver.football.{entity}")
    lineage = {"source": "x", "bronze_sha256": "0" * 64, "ingested_at_utc": AT}
    rows = parsed.rows[entity].with_columns(pl.lit(value).alias(name) for name, value in lineage.items())
    judged = conform(with_optional(rows, wanted), wanted)
    assert judged.refused.is_empty(), judged.refused["_detail"].to_list()[:3]
    return judged.good


def accounted(parsed: Parsed) -> int:
    """Candidates of a payload, whatever became of them."""
    return sum(len(rows) for frames in (parsed.rows, parsed.refused) for rows in frames.values())


def filed(archive: Path, url: str, endpoint: str, league: str | None = None, season: str | None = None) -> Payload:
    """A file of the archive as bronze would hand it to the parser."""
    with (archive / "index.csv").open(encoding="utf-8", newline="") as index:
        entry = next(row for row in csv.DictReader(index) if row["url"] == url)
    body = (archive / entry["path"]).read_bytes()
    body = gzip.decompress(body) if entry["path"].endswith(".gz") else body
    sha256 = hashlib.sha256(body).hexdigest()
    return Payload(url, endpoint, league, season, at(entry["captured_at_utc"]), sha256, body)


def archived(archive: Path, leagues: Sequence[str], seasons: Sequence[str]) -> Known:
    """What the anchor's season files of the archive tell: finished matches and clubs."""
    matches, teams = [], []
    for league in leagues:
        for season in seasons:
            url = f"https://www.football-data.co.uk/mmz4281/{season[2:4]}{season[5:7]}/{league}.csv"
            asked = filed(archive, url, "season_file", league, season)
            parsed = FootballData().parse(asked, LEAGUES, Known("football"))
            finished = parsed.rows["matches"].filter(pl.col("state") == "finished")
            matches.append(finished.select(list(MATCH)))
            teams.append(parsed.teams)
    return Known("football", pl.concat(matches), {"teams": pl.concat(teams).select(list(_TEAM))})
