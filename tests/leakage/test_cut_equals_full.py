"""Features, predictions and prices at a past moment are equal whether later rows exist or not."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.clock import parse_instant
from lake.competitions import competitions
from lake.contracts.model import contract
from lake.hashing import content_hash
from lake.storage import Lake
from replay.believe import PRICED
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from sources.known import Known
from sources.transport.archive import ArchiveTransport
from tests.leakage.detectors import changed_columns
from tests.leakage.worlds import (
    NOW,
    Facts,
    Gold,
    built,
    decided,
    facts,
    gold,
    hashes,
    joined,
    known,
    learner_rows,
    planted,
    training_frame,
)

pytestmark = pytest.mark.slow
AS_OF = datetime(2026, 3, 13, 17, tzinfo=UTC)
ARCHIVE_AS_OF = "2023-03-10T17:00:00Z"
FEATURES = ("feat_team_form", "feat_match_schedule", "feat_match_market")
KEYS = {
    "spn_decisions": ("match_id",), "feat_match_schedule": ("match_id",), "feat_match_market": ("match_id",),
    "feat_team_form": ("team_id", "known_at_utc"),
}  # fmt: skip


@pytest.fixture(scope="session")
def full(history: Facts, folder: Path) -> Gold:
    """Gold at AS_OF from the history that runs eight months further."""
    return built(folder, history, AS_OF)


@pytest.fixture(scope="session")
def cut(history: Facts, folder: Path) -> Gold:
    """Gold at AS_OF from the history that ends there."""
    return built(folder, known(history, AS_OF), AS_OF)


@pytest.fixture(scope="session")
def later(history: Facts, folder: Path) -> Gold:
    """Gold at the sandbox's present."""
    return built(folder, history, NOW)


def test_the_history_really_runs_further_than_the_moment(history: Facts, full: Gold) -> None:
    for name in ("matches", "team_stats", "odds_quotes"):
        assert len(history[name].filter(pl.col("known_at_utc") > AS_OF)) > 300, name
    assert full["spn_decisions"]["is_upcoming"].sum() >= 5
    assert len(full["feat_team_form"]) > 1500


@pytest.mark.parametrize(
    "name",
    [
        *FEATURES,
        "spn_decisions",
        "dim_teams",
        "fct_matches",
        "fct_results",
        "fct_match_prices",
        "fct_total_prices",
        "fct_handicap_prices",
    ],
)
def test_a_gold_table_of_the_full_history_equals_that_of_the_cut_one(full: Gold, cut: Gold, name: str) -> None:
    assert len(full[name])
    assert hashes(full)[name] == hashes(cut)[name]


def test_joined_decisions_of_the_full_history_equal_those_of_the_cut_one(full: Gold, cut: Gold) -> None:
    assert_frame_equal(joined(full), joined(cut))


def test_what_learners_read_of_the_full_history_equals_that_of_the_cut_one(full: Gold, cut: Gold) -> None:
    assert_frame_equal(learner_rows(training_frame(full)), learner_rows(training_frame(cut)))


@pytest.mark.parametrize("name", KEYS)
def test_a_later_run_does_not_rewrite_what_was_known_at_earlier_moments(cut: Gold, later: Gold, name: str) -> None:
    """Rows of moments up to the cut, built eight months later, equal those that a run at the cut built."""
    moment = "known_at_utc" if name == "feat_team_form" else "as_of_utc"
    coming = later["spn_decisions"].filter(pl.col("event_at_utc") > AS_OF).select("match_id")
    rows = [tables[name].filter(pl.col(moment) <= AS_OF) for tables in (cut, later)]
    if name != "feat_team_form":
        rows = [frame.join(coming, on="match_id", how="anti") for frame in rows]
    before, after = (frame.drop("is_upcoming", strict=False) for frame in rows)
    assert len(before) > 900
    assert changed_columns(before, after, KEYS[name]) == []


def test_a_later_run_teaches_the_same_past(cut: Gold, later: Gold) -> None:
    before = learner_rows(training_frame(cut))
    after = learner_rows(training_frame(later)).join(before.select("match_id"), on="match_id", how="semi")
    assert changed_columns(before, after, ["match_id"]) == []


def test_predictions_and_fair_odds_are_equal_whether_later_rows_exist_or_not(history: Facts, tmp_path: Path) -> None:
    answers = []
    for name, found in (("full", history), ("cut", known(history, AS_OF))):
        lake = planted(tmp_path / name, found)
        gold(lake, AS_OF, publish=True)
        answers.append(decided(lake, tmp_path / f"{name}-state", AS_OF))
    for place, table in enumerate(PRICED):
        one, other = (
            content_hash(answer[place].select(found.column_names), found)
            for answer, found in ((answer, contract(f"gold.football.{table}")) for answer in answers)
        )
        assert len(answers[0][place]) > 0
        assert one == other


def test_clubs_of_a_season_that_had_not_begun_are_not_known(history: Facts, folder: Path) -> None:
    """`dim_teams` at a past moment is equal whether files of later seasons were read or not."""
    begun = dict(history) | {"teams": history["teams"].filter(pl.col("season_code") <= "2025-26")}
    assert len(begun["teams"]) < len(history["teams"])
    tables = [built(folder, found, AS_OF)["dim_teams"] for found in (history, begun)]
    assert changed_columns(tables[1], tables[0], ["team_id"]) == []


def _archive_holds(archive: Path, folder: Path, leagues: tuple[str, ...], first_year: int, moment: str) -> None:
    """Gold of real seasons at a moment, from the whole history and from the one cut there, is the same."""
    as_of, wanted_leagues, source = parse_instant(moment), competitions("football", leagues), FootballData()
    seasons = tuple(f"{year}-{(year + 1) % 100:02d}" for year in range(first_year, 2024))
    wanted = [
        request for request in source.plan(wanted_leagues, NOW, Known("football")) if request.season_code in seasons
    ]
    lake = Lake(folder / "archive")
    assert land(lake, source, ArchiveTransport(archive).fetch(wanted)) >= len(seasons)
    to_silver(lake, source, wanted_leagues, NOW, lambda _: None)
    found = facts(lake, seasons)
    assert len(found["matches"].filter(pl.col("known_at_utc") > as_of)) > 500
    shutil.rmtree(folder / "archive")
    full, cut = (built(folder, history, as_of) for history in (found, known(found, as_of)))
    assert full["spn_decisions"]["is_upcoming"].sum() > 10
    same = {name: one == hashes(cut)[name] for name, one in hashes(full).items()}
    assert same == dict.fromkeys(same, True)
    assert_frame_equal(joined(full), joined(cut))
    assert_frame_equal(learner_rows(training_frame(full)), learner_rows(training_frame(cut)))


def test_the_archives_features_of_the_full_history_equal_those_of_the_cut_one(archive: Path, tmp_path: Path) -> None:
    """E0 and D1 of five real seasons, at a Friday in the middle of one."""
    _archive_holds(archive, tmp_path, ("E0", "D1"), 2019, ARCHIVE_AS_OF)


@pytest.mark.prove
@pytest.mark.parametrize("moment", ["2012-11-09T17:00:00Z", "2019-08-30T16:00:00Z", "2023-03-10T17:00:00Z"])
def test_the_whole_archives_features_at_a_moment_equal_those_of_the_cut_history(
    archive: Path, tmp_path: Path, moment: str
) -> None:
    """Every league and season of the archive: some 150,000 matches."""
    _archive_holds(archive, tmp_path, (), 2005, moment)
