"""What the source asks for, how positions follow from points, and the reviewed files of clubs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import polars as pl
import pytest

from lake.competitions import competitions
from sources.base import Request
from sources.fantasy_premier_league import clubs, plan
from sources.fantasy_premier_league.positions import POSITIONS, scored_as
from sources.known import Known

COUNTS = (
    "minutes", "goals", "assists", "clean_sheets", "goals_conceded", "own_goals", "penalties_saved",
    "penalties_missed", "yellow_cards", "red_cards", "saves", "bonus", "threat", "creativity", "points",
)  # fmt: skip


ANCHORED = ("2015-16", "2016-17", "2017-18", "2018-19", "2019-20", "2020-21")


def asked(as_of: datetime, seasons: tuple[str, ...] = ANCHORED) -> list[Request]:
    matches = pl.DataFrame(
        {"competition_id": ["E0"] * len(seasons), "season_code": list(seasons)},
        schema={"competition_id": pl.String, "season_code": pl.String},
    )
    return list(plan.plan(competitions("football", ["E0"]), as_of, Known("football", matches)))


def test_every_week_that_can_have_begun_is_asked_for_one_snapshot_and_the_fixtures() -> None:
    first = asked(datetime(2016, 8, 14, tzinfo=UTC))
    assert [request.url.rpartition("/")[2] for request in first[:-2]] == ["gw1.csv", "gw2.csv"]
    assert first[-2] == Request(plan.SOURCE, plan.SNAPSHOT, plan.SNAPSHOT_URL, "E0")
    assert first[-1] == Request(plan.SOURCE, plan.FIXTURES, f"{plan.GAME_URL}/fixtures/", "E0")
    weeks = [r for r in asked(datetime(2021, 6, 1, tzinfo=UTC)) if r.endpoint == plan.GAME_WEEK]
    assert len(weeks) == 4 * 38 + 47
    assert {r.season_code for r in weeks} == {"2016-17", "2017-18", "2018-19", "2019-20", "2020-21"}


def test_of_seasons_that_the_anchor_does_not_know_only_the_running_one_is_asked_for() -> None:
    weeks = [r for r in asked(datetime(2021, 6, 1, tzinfo=UTC), ()) if r.endpoint == plan.GAME_WEEK]
    assert {r.season_code for r in weeks} == {"2020-21"}


def test_nothing_is_asked_for_where_the_league_is_not() -> None:
    assert plan.plan(competitions("football", ["SP1"]), datetime(2021, 6, 1, tzinfo=UTC), Known("football")) == []


def test_a_finished_season_is_asked_for_once_and_a_running_one_again_after_hours() -> None:
    request = Request(plan.SOURCE, plan.GAME_WEEK, "x", "E0", "2020-21")
    over, running = datetime(2021, 8, 1, tzinfo=UTC), datetime(2021, 3, 1, tzinfo=UTC)
    assert plan.is_fresh(request, over, over + timedelta(days=999))
    assert plan.is_fresh(request, running, running + timedelta(hours=5))
    assert not plan.is_fresh(request, running, running + timedelta(hours=7))


def test_reviewed_numbers_give_each_season_twenty_clubs() -> None:
    for season in ("2016-17", "2017-18", "2018-19", "2019-20"):
        names = clubs.numbered(season)
        assert sorted(names, key=int) == [str(number) for number in range(1, 21)]
        assert len(set(names.values())) == 20
    assert clubs.numbered("2020-21") == {}


def test_a_spelling_of_the_vendor_is_turned_into_the_anchors() -> None:
    league = competitions("football", ["E0"])["E0"]
    found = dict(
        clubs.ids(pl.Series(["Spurs", "Nott'm Forest", None]), league, "2023-24", Known("football")).iter_rows()
    )
    assert found == {"Spurs": "eng-tottenham", "Nott'm Forest": "eng-nottm-forest"}


def line(**counts: float) -> dict[str, float]:
    return dict.fromkeys(COUNTS, 0) | {"minutes": 90} | counts


def points_by_hand(position: str, row: dict[str, float]) -> int:
    """The game's rules, written out once more."""
    total = 2 if row["minutes"] >= 60 else 1
    total += {"GK": 6, "DEF": 6, "MID": 5, "FWD": 4}[position] * row["goals"] + 3 * row["assists"] + row["bonus"]
    total += {"GK": 4, "DEF": 4, "MID": 1, "FWD": 0}[position] * row["clean_sheets"]
    total -= row["goals_conceded"] // 2 if position in ("GK", "DEF") else 0
    total += row["saves"] // 3 if position == "GK" else 0
    return int(total - row["yellow_cards"] - 3 * row["red_cards"] - 2 * row["own_goals"])


@pytest.mark.parametrize("position", POSITIONS)
def test_a_position_that_is_told_is_the_one_that_the_points_were_given_for(position: str) -> None:
    saves, threat = (3, 0.0) if position == "GK" else (0, 4.0)
    rows = [
        line(minutes=m, goals=g, assists=a, goals_conceded=c, clean_sheets=int(c == 0 and m >= 60), yellow_cards=y,
             saves=saves, threat=threat)
        for m, g, a, c, y in product((0, 30, 90), (0, 1, 2), (0, 1), (0, 1, 3), (0, 1))
    ]  # fmt: skip
    frame = pl.DataFrame([row | {"points": points_by_hand(position, row)} for row in rows])
    told = frame.select(scored_as().alias("position"), "minutes").filter(pl.col("position").is_not_null())
    assert set(told["position"]) == {position}
    assert (told["minutes"] > 0).all()


def test_a_row_that_fits_several_positions_tells_none() -> None:
    frame = pl.DataFrame([line(goals_conceded=1, points=2, threat=3.0), line(minutes=0, points=0)])
    assert frame.select(scored_as()).to_series().to_list() == [None, None]
