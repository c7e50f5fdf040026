"""From captures of two vendors to silver: the anchor first, then players, nothing lost and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lake.storage import Lake
from sources.base import Capture, Request
from sources.fantasy_premier_league import plan
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from tests.unit.sources import vendor
from tests.unit.sources.fantasy import AWAY, LEAGUES, LINE, PLAYER, SOURCE, snapshot, week

NOW = datetime(2021, 8, 1, tzinfo=UTC)
AT = datetime(2021, 3, 1, tzinfo=UTC)
MATCH = {"HomeTeam": "Alderwick", "AwayTeam": "Brackmoor", "Date": "12/09/2020"}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose anchor has one match."""
    lake = Lake(tmp_path)
    request = Request("football_data", "season_file", "https://example.org/E0.csv", "E0", "2020-21")
    land(lake, FootballData(), [captured(request, vendor.file(vendor.row(MATCH)), AT)])
    to_silver(lake, FootballData(), LEAGUES, NOW, lambda _: None)
    return lake


def captured(request: Request, body: bytes, at: datetime) -> Capture:
    return Capture(request, at, at, "ok", body, 200, "text/csv")


def ingest(lake: Lake, *captures: Capture) -> int:
    land(lake, SOURCE, captures)
    return to_silver(lake, SOURCE, LEAGUES, NOW, lambda _: None)


def a_week(*lines: dict[str, str], at: datetime = AT) -> Capture:
    request = Request(plan.SOURCE, plan.GAME_WEEK, "https://example.org/gw1.csv", "E0", "2020-21")
    return captured(request, week(*lines), at)


def a_snapshot(at: datetime, **changes: object) -> Capture:
    request = Request(plan.SOURCE, plan.SNAPSHOT, plan.SNAPSHOT_URL, "E0")
    return captured(request, snapshot({**PLAYER, **changes}), at)


def read(lake: Lake, entity: str) -> pl.DataFrame:
    return lake.table(f"silver.football.{entity}").read().sort("known_at_utc")


def test_every_row_is_in_silver_a_duplicate_or_quarantined_and_joins_the_anchors_match(lake: Lake) -> None:
    assert ingest(lake, a_week({**LINE}, {**AWAY}, {**LINE, "element": "3", "name": "Cy Hale", "minutes": "?"})) == 1
    counts = lake.table("silver.football.parsed_payloads").read(pl.col("entity") == "player_stats")
    assert counts.select("parsed_rows", "silver_rows", "duplicate_rows", "quarantined_rows").rows() == [(3, 2, 0, 1)]
    assert set(read(lake, "player_stats")["match_id"]) == set(read(lake, "matches")["match_id"])
    refused = lake.table("quarantine.football.player_stats").read()
    assert refused.select("reason", "row_number", "entity").rows() == [("unreadable_minutes", 4, "player_stats")]


def test_a_repeated_run_adds_nothing_and_a_corrected_goal_is_known_from_its_capture_on(lake: Lake) -> None:
    first = a_week({**LINE}, {**AWAY})
    ingest(lake, first)
    assert ingest(lake, first) == 0
    ingest(lake, a_week({**LINE, "goals_scored": "2"}, {**AWAY}, at=AT + timedelta(days=2)))
    rows = read(lake, "player_stats").filter(pl.col("player_id") == "al-fern")
    assert rows.select("goals", "known_at_basis").rows() == [(1, "rule"), (2, "observed")]
    assert rows["known_at_utc"][1] == AT + timedelta(days=2)


def test_news_that_stays_the_same_adds_no_row_and_news_that_changes_adds_one(lake: Lake) -> None:
    days = [AT + timedelta(days=day) for day in range(3)]
    doubt = {"status": "d", "chance_of_playing_next_round": 75}
    ingest(lake, a_snapshot(days[0]), a_snapshot(days[1], goals_scored=9), a_snapshot(days[2], **doubt))
    rows = read(lake, "players")
    assert rows.select("known_at_utc", "available_prob").rows() == [(days[0], 1.0), (days[2], 0.75)]


def test_what_cannot_be_read_at_all_is_refused_among_players(lake: Lake) -> None:
    request = Request(plan.SOURCE, plan.GAME_WEEK, "https://example.org/gw2.csv", "E0", "2020-21")
    assert ingest(lake, captured(request, b"\x00nothing", AT)) == 1
    assert lake.table("quarantine.football.player_stats").read()["reason"].to_list() == ["malformed_payload"]
