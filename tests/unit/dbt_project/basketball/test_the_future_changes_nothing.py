"""No row known after a decision changes what was built for it: not a result, a correction, a line or a report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from lake.contracts.model import contract
from lake.hashing import content_hash
from tests.unit.dbt_project.basketball import league
from tests.unit.dbt_project.basketball.conftest import LATE

pytestmark = pytest.mark.slow
Gold = dict[str, pl.DataFrame]
EARLY = datetime(2022, 11, 8, 17, tzinfo=UTC)
BY_MOMENT = ("feat_team_form", "feat_team_efficiency", "feat_market_memory")
BY_DECISION = ("spn_decisions", "feat_match_schedule", "feat_absences", "feat_player_form")


@pytest.fixture(scope="module")
def early(silver: Gold) -> Gold:
    """Gold twelve days before, from the whole history: what is known later must not be read."""
    return league.gold(silver, EARLY)


def hashes(tables: Gold) -> dict[str, str]:
    """Content hash of every table."""
    return {name: content_hash(rows, contract(f"gold.basketball.{name}")) for name, rows in tables.items()}


def test_gold_of_the_whole_history_is_gold_of_the_history_cut_at_the_moment(silver: Gold, early: Gold) -> None:
    cut = league.known(silver, EARLY)
    assert sum(map(len, cut.values())) < sum(map(len, silver.values()))
    assert hashes(league.gold(cut, EARLY)) == hashes(early)


@pytest.mark.parametrize("name", BY_MOMENT)
def test_what_was_known_of_a_team_stays_as_it_was(early: Gold, late: Gold, name: str) -> None:
    before = pl.col("known_at_utc") <= EARLY
    table = contract(f"gold.basketball.{name}")
    assert len(late[name]) > len(early[name]) > 80
    assert content_hash(late[name].filter(before), table) == content_hash(early[name], table)


@pytest.mark.parametrize("name", BY_DECISION)
def test_what_a_past_game_was_decided_on_stays_as_it_was(early: Gold, late: Gold, name: str) -> None:
    decided = early["spn_decisions"].filter(~pl.col("is_upcoming")).select("match_id")
    table = contract(f"gold.basketball.{name}")
    then, now = (tables[name].join(decided, on="match_id", how="semi") for tables in (early, late))
    assert len(then) > 40
    assert content_hash(now, table) == content_hash(then, table)


def test_the_detector_finds_a_result_that_came_too_early(silver: Gold, early: Gold) -> None:
    later = (pl.col("state") == "finished") & (pl.col("known_at_utc") > EARLY)
    leaked = silver["matches"].with_columns(
        pl.when(later).then(pl.lit(EARLY - timedelta(hours=1))).otherwise("known_at_utc").alias("known_at_utc")
    )
    faulty = hashes(league.gold(silver | {"matches": leaked}, EARLY))
    assert {name for name, found in hashes(early).items() if faulty[name] != found} >= set(BY_MOMENT)


def test_every_decision_is_made_before_tip_off_on_a_fixture_then_known(silver: Gold, late: Gold) -> None:
    spine = late["spn_decisions"]
    fixtures = silver["matches"].filter(pl.col("state").is_in(["scheduled", "moved"]))
    seen = spine.join(fixtures.select("match_id", "event_at_utc", "known_at_utc"), on=["match_id", "event_at_utc"])
    begun = silver["matches"].filter(pl.col("state") == "finished", pl.col("event_at_utc") <= LATE)
    assert set(spine.filter(~pl.col("is_upcoming"))["match_id"]) == set(begun["match_id"])
    assert spine["is_upcoming"].sum() > 0
    assert len(seen) == len(spine)
    assert (seen["as_of_utc"] < seen["event_at_utc"]).all()
    assert (seen["known_at_utc"] <= seen["as_of_utc"]).all()
    noon = spine.filter(~pl.col("is_upcoming"))["as_of_utc"].dt.convert_time_zone("America/New_York").dt.hour()
    assert set(noon) == {10, 12}
