"""The archive's files of these sets, held against counts that its own page and a reader find there."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.local_sets.football.source import LocalFootballSets
from tests.unit.sources.football_calendar import LEAGUES, accounted, archived, filed, kept, reasons


@pytest.mark.parametrize(
    ("file", "league", "season", "shots", "refused"),
    [
        ("epl_2020-21", "E0", "2020-21", 9197, 0), ("ligue_1_2017-18", "F1", "2017-18", 9417, 14),
        ("la_liga_2018-19", "SP1", "2018-19", 9243, 0),
    ],
)  # fmt: skip
def test_understats_shots_are_of_the_anchors_matches(
    archive: Path, file: str, league: str, season: str, shots: int, refused: int
) -> None:
    payload = filed(archive, f"local://understat_shots/{file}.csv", "understat_shots", league, season)
    found = LocalFootballSets().parse(payload, LEAGUES, archived(archive, [league], [season]))
    assert len(kept(found, "shots")) == shots
    assert reasons(found, "shots") == ["off_calendar"] * refused
    goals = payload.body.decode().count(",OwnGoal,")
    assert accounted(found) == payload.body.decode().count("\n") - 1 - goals


def test_the_goals_of_understats_shots_are_the_matches_goals_but_for_own_goals(archive: Path) -> None:
    now = archived(archive, ["E0"], ["2020-21"])
    payload = filed(archive, "local://understat_shots/epl_2020-21.csv", "understat_shots", "E0", "2020-21")
    rows = kept(LocalFootballSets().parse(payload, LEAGUES, now), "shots")
    first = rows.filter(match_id="E0-2020-21-liverpool-leeds")
    assert first.filter("is_goal").group_by("side").len().sort("side").rows() == [("away", 3), ("home", 4)]


@pytest.mark.parametrize(
    ("file", "league", "season", "matches"), [("E0_2324", "E0", "2023-24", 380), ("D1_2021", "D1", "2020-21", 306)]
)
def test_footystats_matches_are_the_anchors(archive: Path, file: str, league: str, season: str, matches: int) -> None:
    now = archived(archive, [league], [season])
    payload = filed(archive, f"local://footystats/{file}.csv", "footystats", league, season)
    found = LocalFootballSets().parse(payload, LEAGUES, now)
    rows = kept(found, "vendor_matches")
    assert set(rows["match_id"]) == set(now.matches["match_id"])
    assert (len(rows), len(kept(found, "match_statistics"))) == (matches, 2 * matches)


def test_a_match_after_the_season_is_refused(archive: Path) -> None:
    payload = filed(archive, "local://footystats/I1_2223.csv", "footystats", "I1", "2022-23")
    found = LocalFootballSets().parse(payload, LEAGUES, archived(archive, ["I1"], ["2022-23"]))
    assert reasons(found, "vendor_matches") == ["off_calendar"]
    assert "Spezia" in found.refused["vendor_matches"]["row_text"].item()


def test_absences_and_grounds_are_of_clubs_that_the_anchor_knows(archive: Path) -> None:
    now = archived(archive, ["E0"], ["2020-21"])
    absences = filed(archive, "local://football_injuries/transfermarkt_player_injuries.csv", "football_injuries")
    found = LocalFootballSets().parse(absences, LEAGUES, now)
    rows = kept(found, "injuries")
    assert accounted(found) == 3905
    assert set(rows["team_id"]) <= set(now.teams["team_id"])
    assert set(rows["season_code"]) == {"2020-21"}
    luiz = rows.filter(player_name="David Luiz", reason="Head Injury").row(0, named=True)
    assert (luiz["team_id"], luiz["known_at_utc"]) == ("eng-arsenal", absences.captured_at_utc)
    grounds = LocalFootballSets().parse(
        filed(archive, "local://venues/stadiums-with-GPS-coordinates.csv", "venues"), LEAGUES, now
    )
    assert accounted(grounds) == 136
    emirates = kept(grounds, "venues").filter(team_id="eng-arsenal").row(0, named=True)
    assert (emirates["venue"], emirates["capacity"]) == ("Emirates Stadium", 60361)
