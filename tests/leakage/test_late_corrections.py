"""A second capture of a season file that corrects a match does not reach back: the past stays as it was known."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lake.competitions import competitions
from lake.storage import Lake
from sandbox.publication import Document
from sandbox.vendor_files import vendor_documents
from sandbox.world import simulate
from sources.base import Capture, Request
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from tests.leakage.detectors import changed_columns, rewritten_history
from tests.leakage.worlds import NOW, Gold, gold, hashes, learner_rows, training_frame

pytestmark = pytest.mark.slow
FIRST_SEEN = datetime(2026, 7, 1, tzinfo=UTC)
CORRECTED = datetime(2026, 9, 10, 6, tzinfo=UTC)
FORM = ("team_id", "known_at_utc")
LEAGUES = competitions("football", ("E0",))
Cells = Mapping[str, str]


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The season files of E0 by season."""
    documents: list[Document] = vendor_documents(simulate(20261120))
    return {document.url.split("/")[-2]: document.body for document in documents if document.url.endswith("/E0.csv")}


def _with_cells(body: bytes, number: int, cells: Cells) -> bytes:
    """The file with other cells in its row of this number."""
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    rows[number] |= dict(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _read(lake: Lake, season: str, body: bytes, captured: datetime) -> None:
    source, code = FootballData(), f"20{season[:2]}-{season[2:]}"
    url = f"https://www.football-data.co.uk/mmz4281/{season}/E0.csv"
    request = Request("football_data", "season_file", url, "E0", code)
    land(lake, source, [Capture(request, captured, captured, "ok", body, 200, "text/csv")])
    to_silver(lake, source, LEAGUES, NOW, lambda _: None)


def _history(root: Path, files: Mapping[str, bytes], first: Cells, second: Cells) -> tuple[Lake, Lake]:
    """Two lakes that read the same files; the second read the one of 2025/26 again after a correction."""
    lakes = Lake(root / "before"), Lake(root / "after")
    for lake in lakes:
        _read(lake, "2425", files["2425"], datetime(2025, 7, 1, tzinfo=UTC))
        _read(lake, "2526", _with_cells(files["2526"], -4, first), FIRST_SEEN)
        _read(lake, "2627", files["2627"], NOW - timedelta(hours=11))
    _read(lakes[1], "2526", _with_cells(files["2526"], -4, second), CORRECTED)
    return lakes


@pytest.fixture(scope="session")
def score(files: dict[str, bytes], folder: Path) -> tuple[Gold, Gold, str]:
    """Gold at the present before and after a score became 7:0, and the hash of the state just before the capture."""
    row = list(csv.DictReader(io.StringIO(files["2526"].decode("utf-8-sig"))))[-4]
    right = {name: row[name] for name in ("FTHG", "FTAG", "FTR")}
    lakes = _history(folder / "score", files, right, {"FTHG": "7", "FTAG": "0", "FTR": "H", "HTHG": "0", "HTAG": "0"})
    corrected = lakes[1].table("silver.football.matches").read(pl.col("state") == "corrected")
    assert corrected.select("home_goals", "away_goals", "known_at_utc").rows() == [(7, 0, CORRECTED)]
    before, after = (gold(lake, NOW) for lake in lakes)
    return before, after, str(corrected["match_id"][0])


def test_a_run_just_before_the_correction_knows_nothing_of_it(
    score: tuple[Gold, Gold, str], files: dict[str, bytes], folder: Path
) -> None:
    moment = CORRECTED - timedelta(seconds=1)
    one, other = (gold(Lake(folder / "score" / name), moment) for name in ("before", "after"))
    assert hashes(one) == hashes(other)


def test_a_run_at_the_correction_knows_it(score: tuple[Gold, Gold, str], folder: Path) -> None:
    one, other = (gold(Lake(folder / "score" / name), CORRECTED) for name in ("before", "after"))
    assert hashes(one)["feat_team_form"] != hashes(other)["feat_team_form"]


def test_form_at_moments_before_the_correction_is_unchanged(score: tuple[Gold, Gold, str]) -> None:
    before, after, _ = score
    assert rewritten_history(before["feat_team_form"], after["feat_team_form"], "known_at_utc", CORRECTED, FORM) == []


def test_form_changes_from_the_correction_on_and_for_its_two_clubs_only(score: tuple[Gold, Gold, str]) -> None:
    before, after, match = score
    clubs = set(after["fct_matches"].filter(match_id=match).select("home_team_id", "away_team_id").row(0))
    late = pl.col("known_at_utc") >= CORRECTED
    old, new = before["feat_team_form"].filter(late), after["feat_team_form"].filter(late)
    fresh = new.join(old, on=FORM, how="anti")
    assert set(fresh.rows_by_key("team_id", unique=True)) == clubs
    assert set(fresh["known_at_utc"]) == {CORRECTED}
    shared = new.join(old, on=FORM, how="semi")
    changed = changed_columns(old, shared, FORM)
    assert {"goals_for_l20", "goals_against_l20"} <= set(changed)
    others = ~pl.col("team_id").is_in(list(clubs))
    assert changed_columns(old.filter(others), shared.filter(others), FORM) == []


@pytest.mark.parametrize("name", ["feat_match_schedule", "feat_match_market", "spn_decisions"])
def test_a_corrected_score_leaves_schedule_prices_and_decisions_alone(score: tuple[Gold, Gold, str], name: str) -> None:
    assert hashes(score[0])[name] == hashes(score[1])[name]


def test_ratings_at_decisions_before_the_correction_are_unchanged(score: tuple[Gold, Gold, str]) -> None:
    """`elo_difference` is a feature like any other: what a decision in August knew, it knew with the first score."""
    before, after = (learner_rows(training_frame(tables)) for tables in score[:2])
    assert rewritten_history(before, after, "as_of_utc", CORRECTED, ["match_id"]) == []


def test_ratings_change_from_the_correction_on(score: tuple[Gold, Gold, str]) -> None:
    before, after = (learner_rows(training_frame(tables)) for tables in score[:2])
    late = pl.col("as_of_utc") >= CORRECTED
    assert "elo_difference" in changed_columns(before.filter(late), after.filter(late), ["match_id"])


def test_statistics_that_were_empty_and_are_filled_in_late_do_not_reach_back(
    files: dict[str, bytes], folder: Path
) -> None:
    """The first capture lacks one match's shots, the second has them: form before the second capture is the same."""
    row = list(csv.DictReader(io.StringIO(files["2526"].decode("utf-8-sig"))))[-4]
    full = {name: row[name] for name in ("HS", "AS", "HST", "AST")}
    lakes = _history(folder / "statistics", files, dict.fromkeys(full, ""), full)
    late = lakes[1].table("silver.football.team_stats").read(pl.col("known_at_utc") == CORRECTED)
    assert len(late) == 2
    before, after = (gold(lake, NOW)["feat_team_form"] for lake in lakes)
    assert rewritten_history(before, after, "known_at_utc", CORRECTED, FORM) == []


def test_a_price_that_is_corrected_after_the_match_does_not_reach_back(files: dict[str, bytes], folder: Path) -> None:
    row = list(csv.DictReader(io.StringIO(files["2526"].decode("utf-8-sig"))))[-4]
    names = ("B365H", "B365CH")
    lakes = _history(folder / "prices", files, {name: row[name] for name in names}, dict.fromkeys(names, "1.01"))
    late = lakes[1].table("silver.football.odds_quotes").read(pl.col("known_at_utc") == CORRECTED)
    assert len(late) == 2
    before, after = (gold(lake, NOW) for lake in lakes)
    for name in ("feat_team_form", "feat_match_market", "spn_decisions"):
        assert hashes(before)[name] == hashes(after)[name]
    one, other = (learner_rows(training_frame(tables)) for tables in (before, after))
    assert rewritten_history(one, other, "as_of_utc", CORRECTED, ["match_id"]) == []


def test_a_kick_off_that_is_corrected_after_the_match_does_not_reach_back(
    files: dict[str, bytes], folder: Path
) -> None:
    """The day of a match is corrected months later: what was decided before it was decided for the day then known."""
    row = list(csv.DictReader(io.StringIO(files["2526"].decode("utf-8-sig"))))[-4]
    lakes = _history(folder / "kickoff", files, {"Time": row["Time"]}, {"Time": "23:00"})
    before, after = (gold(lake, NOW) for lake in lakes)
    rows = [tables["spn_decisions"].drop("is_upcoming") for tables in (before, after)]
    assert rewritten_history(rows[0], rows[1], "as_of_utc", CORRECTED, ["match_id"]) == []
    assert rewritten_history(before["feat_team_form"], after["feat_team_form"], "known_at_utc", CORRECTED, FORM) == []
