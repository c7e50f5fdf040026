"""The archive's real answers: counts and key fields that were read in the files by eye."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources.stats_nba_com import reading
from sources.stats_nba_com.source import StatsNbaCom
from tests.unit.sources.nba import LEAGUES, NOBODY, archived, game, knowing, payload, reasons, silver

ROOT = "https://stats.nba.com/stats"
PARTS: Mapping[str, tuple[int, int]] = {
    "Season=2014-15&SeasonType=Playoffs": (81, 0), "Season=2019-20&SeasonType=Regular": (1059, 30),
    "Season=2019-20&SeasonType=PlayIn": (1, 0), "Season=2023-24&SeasonType=Regular": (1230, 30),
    "Season=2023-24&SeasonType=PlayIn": (6, 0), "Season=2023-24&SeasonType=Playoffs": (82, 0),
}  # fmt: skip


def _log(archive: Path, part: str) -> tuple[str, datetime, bytes]:
    return next(found for found in archived(archive, f"{ROOT}/leaguegamelog") if part in found[0])


@pytest.mark.parametrize("part", list(PARTS))
def test_every_game_of_a_real_log_is_read_and_clubs_of_a_season_are_confirmed(archive: Path, part: str) -> None:
    url, at, body = _log(archive, f"PlayerOrTeam=T&{part}")
    season = part[7:14]
    found = StatsNbaCom().parse(payload(reading.TEAM_LOG, body, season, at, url), LEAGUES, NOBODY)
    games, clubs = PARTS[part]
    assert found.refused["matches"].is_empty()
    matches = silver(found, "matches")
    assert (matches["match_id"].n_unique(), len(matches)) == (games, 2 * games)
    assert len(silver(found, "team_stats")) == 2 * games
    assert len(found.teams) == clubs
    assert set(found.teams["status"]) <= {"confirmed"} if clubs else found.teams.is_empty()


def test_the_opening_night_of_2023_is_the_one_that_was_played(archive: Path) -> None:
    part = "PlayerOrTeam=T&Season=2023-24&SeasonType=Regular"
    url, at, body = _log(archive, part)
    found = silver(StatsNbaCom().parse(payload(reading.TEAM_LOG, body, "2023-24", at, url), LEAGUES, NOBODY), "matches")
    opening = found.filter(found["match_id"] == "NBA-2023-24-20231024-den-lal").sort("known_at_utc")
    assert opening["match_id_nba"].to_list() == ["0022300061"] * 2
    assert opening.select("state", "home_points", "away_points").rows()[1] == ("finished", 119, 107)
    assert opening["known_at_utc"][1] == datetime(2023, 10, 25, 6, tzinfo=UTC)


def test_every_player_of_the_real_log_is_read(archive: Path) -> None:
    url, at, body = _log(archive, "PlayerOrTeam=P")
    found = StatsNbaCom().parse(payload(reading.PLAYER_LOG, body, "2023-24", at, url), LEAGUES, NOBODY)
    rows = silver(found, "player_stats")
    assert (len(rows), rows["player_id_nba"].n_unique(), rows["player_id"].n_unique()) == (26_401, 572, 572)
    assert len(found.rows["players"]) == 572
    jokic = rows.filter((rows["player_id"] == "nikola-jokic") & (rows["match_id"] == "NBA-2023-24-20231024-den-lal"))
    assert jokic.select("points", "rebounds", "assists", "minutes", "team_id").rows() == [(29, 13, 11, 36.0, "nba-den")]


def test_the_real_scoreboard_has_eleven_finished_games(archive: Path) -> None:
    ((url, at, body),) = archived(archive, f"{ROOT}/scoreboardv3")
    found = StatsNbaCom().parse(payload(reading.SCOREBOARD, body, "2025-26", at, url), LEAGUES, NOBODY)
    rows = silver(found, "matches")
    assert (len(rows), set(rows["state"]), found.refused["matches"].is_empty()) == (11, {"finished"}, True)
    first = rows.filter(rows["match_id_nba"] == "0022500171").row(0, named=True)
    assert first["match_id"] == "NBA-2025-26-20251105-cle-phi"
    assert (first["home_points"], first["away_points"], first["overtime_periods"]) == (132, 121, 0)
    assert first["event_at_utc"] == datetime(2025, 11, 6, tzinfo=UTC)


def test_the_real_box_score_has_twenty_nine_players_of_whom_two_did_not_play(archive: Path) -> None:
    ((url, at, body),) = archived(archive, f"{ROOT}/boxscoretraditionalv3")
    box = reading.read_box_score(body)
    assert (box.game_id, len(box.rows), box.refused) == ("0022500165", 29, [])
    tipoff = datetime(2025, 11, 5, 0, 30, tzinfo=UTC)
    number = {"source": "stats_nba_com", "vendor_match_id": "0022500165", "match_id": "NBA-2025-26-20251104-tor-mil"}
    known = knowing(game("tor", "mil", tipoff, "2025-26"), vendor_matches=[number])
    sent = payload(reading.BOX_SCORE, body, "2025-26", at, url)
    rows = silver(StatsNbaCom().parse(sent, LEAGUES, known), "player_stats")
    assert (len(rows), rows["has_started"].sum(), rows["comment"].drop_nulls().to_list()) == (
        29, 10, ["DNP - Coach's Decision"] * 2,
    )  # fmt: skip
    barnes = rows.filter(rows["player_id"] == "scottie-barnes").row(0, named=True)
    assert (barnes["points"], barnes["minutes"], barnes["team_id"]) == (23, 27.5, "nba-tor")
    assert reasons(StatsNbaCom().parse(sent, LEAGUES, NOBODY), "player_stats") == ["off_calendar"] * 29


def test_the_real_list_has_all_players_and_no_two_with_one_id(archive: Path) -> None:
    ((url, at, body),) = archived(archive, f"{ROOT}/commonallplayers")
    found = StatsNbaCom().parse(payload(reading.PLAYERS, body, None, at, url), LEAGUES, NOBODY)
    rows = silver(found, "players")
    assert (len(rows), rows["player_id"].n_unique(), rows["team_id"].drop_nulls().len()) == (5103, 5103, 526)
    assert set(rows["season_code"]) == {"2025-26"}
    achiuwa = rows.filter(rows["player_id_nba"] == "1630173").row(0, named=True)
    assert (achiuwa["player_id"], achiuwa["team_id"], achiuwa["first_season"]) == ("precious-achiuwa", "nba-sac", 2020)
    assert "chris-johnson-202419" in set(rows["player_id"])
