"""What an archive holds of The Odds API is found by its address (addresses are invented)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.workspace import Workspace
from lake.competitions import competitions
from sources.stats_nba_com.source import StatsNbaCom
from sources.the_odds_api.archived import requests
from sources.the_odds_api.reading import (
    EVENT_ODDS,
    EVENTS,
    HISTORICAL_EVENT_ODDS,
    HISTORICAL_ODDS,
    ODDS,
    SCORES,
)
from sources.the_odds_api.source import TheOddsApi
from sources.transport.archive import ArchiveTransport

ROOT = "https://api.the-odds-api.com/v4"
LEAGUES = competitions("basketball")
NOW = datetime(2025, 10, 22, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("sports/basketball_nba/odds?markets=h2h&regions=us", ODDS),
        ("sports/basketball_nba/events/00ab12/odds?markets=player_points,player_assists&regions=us", EVENT_ODDS),
        ("sports/basketball_nba/events", EVENTS),
        ("sports/basketball_nba/scores?daysFrom=3", SCORES),
        ("historical/sports/basketball_nba/odds?date=2024-01-01T00:00:00Z", HISTORICAL_ODDS),
        ("historical/sports/basketball_nba/events/00ab12/odds?date=2024-01-01T00:00:00Z", HISTORICAL_EVENT_ODDS),
    ],
)
def test_an_address_says_what_answers_it(path: str, endpoint: str) -> None:
    (found,) = requests("basketball", [f"{ROOT}/{path}"], LEAGUES, NOW)
    assert (found.endpoint, found.url, found.sport) == (endpoint, f"{ROOT}/{path}", "basketball")
    assert (found.competition_id, found.source, found.until) == ("NBA", "the_odds_api", NOW)


@pytest.mark.parametrize(
    "url",
    [
        f"{ROOT}/sports/basketball_euroleague/odds?markets=h2h",
        f"{ROOT}/sports/soccer_epl/odds?markets=h2h",
        f"{ROOT}/sports/basketball_nba/events/00ab12/scores",
        f"{ROOT}/sports/basketball_nba/participants",
        "https://api.the-odds-api.com.example.org/v4/sports/basketball_nba/odds",
        "local://nba_odds/basketball_nba/odds",
        "sample://the_odds_api/v4/sports/basketball_nba/odds",
    ],
)
def test_other_vendors_leagues_and_answers_are_left_alone(url: str) -> None:
    assert requests("basketball", [url], LEAGUES, NOW) == []


def test_the_archives_captured_prices_of_the_nba_are_found_and_fetched_as_of_their_time(archive: Path) -> None:
    transport = ArchiveTransport(archive)
    found = requests("basketball", transport.addresses(), LEAGUES, NOW)
    props = [request for request in found if request.endpoint == EVENT_ODDS]
    assert (len(found), len(props)) == (17, 16)
    days = Counter(capture.captured_at_utc.day for capture in transport.fetch(props))
    assert days == {21: 2, 22: 12}, "those of the 23rd are still to come"


def test_a_run_over_an_archive_asks_for_them_and_no_other_run_does(tmp_path: Path) -> None:
    url = f"{ROOT}/sports/basketball_nba/events/00ab12/odds?markets=player_points"
    (tmp_path / "index.csv").write_text(f"url,captured_at_utc,path,content_type,bytes,sha256\n{url},,,,,\n")
    told = {"archive": str(tmp_path), "lake_dir": str(tmp_path / "lake"), "as_of": "2025-10-22T18:00:00Z"}
    over_archive = Workspace(profile="archive", **told)
    assert [request.url for request in over_archive.held(TheOddsApi("basketball"))] == [url]
    assert over_archive.held(TheOddsApi("football")) == []
    assert over_archive.held(StatsNbaCom()) == ()
    assert Workspace(profile="sandbox", **told).held(TheOddsApi("basketball")) == ()
