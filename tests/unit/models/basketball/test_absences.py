"""Who is listed for a game: the last report known, nothing later, against a slow reading of all reports."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.basketball.absences import AbsenceParameters, listed
from tests.unit.models.basketball import worlds

DAY = timedelta(days=1)


def slow_listed(told: pl.DataFrame, game: dict[str, object], moment: str) -> list[tuple[str, str, bool, float, float]]:
    """The obvious way: read every player's reports of the season up to the moment, the last one stands."""
    gravity = {"available": 0, "questionable": 1, "out": 2}
    at, found = game[moment], []
    assert isinstance(at, datetime)
    for side in ("home", "away"):
        for player in sorted(set(told["player_id"])):
            mine = told.filter((pl.col("player_id") == player) & (pl.col("season_code") == game["season_code"]))
            rows = sorted(mine.iter_rows(named=True), key=lambda row: (row["known_at_utc"], gravity[row["status"]]))
            moments = {row["known_at_utc"]: row for row in rows if row["known_at_utc"] <= at}
            if not moments:
                continue
            last, begun = list(moments.values())[-1], None
            for row in moments.values():
                begun = None if row["status"] == "available" else begun or row["known_at_utc"]
            if begun is None or last["team_id"] != game[f"{side}_team_id"]:
                continue
            ages = ((at - last["known_at_utc"]) / DAY, (at - begun) / DAY)
            found.append((side, player, last["status"] == "out", *ages))
    return sorted(found)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), moment=st.sampled_from(["as_of_utc", "known_at_utc"]))
def test_those_listed_are_those_whom_a_slow_reader_of_all_reports_lists(seed: int, moment: str) -> None:
    told, games = worlds.reports(seed), worlds.games(seed)
    found = listed(told, games, moment)
    for game in games.sample(6, seed=seed).iter_rows(named=True):
        rows = found.filter(pl.col("match_id") == game["match_id"]).drop("match_id").rows()
        expected = slow_listed(told, game, moment)
        assert [row[:3] for row in rows] == [row[:3] for row in expected]
        assert [row[3:] for row in rows] == [pytest.approx(row[3:]) for row in expected]


def test_a_report_known_a_microsecond_after_the_decision_is_not_known() -> None:
    game = worlds.games(1)[:1]
    at = game["as_of_utc"][0]
    reports = pl.DataFrame(
        {
            "player_id": ["late", "in time"], "team_id": game["home_team_id"][0], "season_code": game["season_code"][0],
            "known_at_utc": [at + timedelta(microseconds=1), at], "status": "out",
        }
    )  # fmt: skip
    assert listed(reports, game, "as_of_utc")["player_id"].to_list() == ["in time"]


def test_who_is_back_is_no_longer_listed_and_a_new_season_begins_with_everybody_fit() -> None:
    games = worlds.games(2)
    first, last = games[0], games[-1]
    assert first["season_code"][0] != last["season_code"][0]
    reports = pl.DataFrame(
        {
            "player_id": ["back", "back", "still out"], "team_id": first["home_team_id"][0],
            "season_code": first["season_code"][0],
            "known_at_utc": [first["as_of_utc"][0] - n * DAY for n in (2, 1, 1)],
            "status": ["out", "available", "out"],
        }
    )  # fmt: skip
    assert set(listed(reports, games, "as_of_utc")["player_id"]) == {"still out"}
    assert listed(reports, last, "as_of_utc").is_empty()


def test_chances_lie_between_0_and_1_and_age_the_right_way() -> None:
    ages = pl.DataFrame({"is_out": [True] * 3 + [False] * 3, "days": [0.5, 3.0, 40.0] * 2})
    parameters = AbsenceParameters()
    for expression in (parameters.foretold(), parameters.after()):
        chance = ages.select(expression.alias("chance"))["chance"].to_list()
        assert all(0 <= one <= 1 for one in chance)
        assert chance[0] <= chance[1] <= chance[2]
        assert chance[3] >= chance[4] >= chance[5]
