"""Lessons of players at a moment are the same whether or not the lake knows what followed, kept or made anew.

Added to the lake are what tempts most: box scores of later games, corrections of earlier ones told days after, and word
of injuries and moves that nobody had yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.settings import load_settings
from lake.storage import Lake
from models.props.keeping import kept_lessons
from models.props.lessons import MADE
from replay.props.forecast import learn
from replay.props.world import World
from tests.unit.models.props import worlds
from tests.unit.replay import hoops

pytestmark = pytest.mark.slow
SETTINGS = load_settings(threads=1).of("basketball")
KNOWN = ("player_stats", "team_stats", "injuries", "players")
MOMENT = hoops.AS_OF - timedelta(days=14)
LATER = hoops.AS_OF + timedelta(days=2)
OUTCOMES = ("played_minutes", *MADE, "team_points", "opponent_points", "outcome_known_at_utc")
"""Columns of a lesson that a correction may change."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Everything to the season's end, and nothing of it ever corrected."""
    lake = hoops.lake(tmp_path_factory.mktemp("whole"))
    played = worlds.archive(hoops.DAYS)
    for name, rows in (("player_stats", played.player_stats), ("team_stats", played.team_stats)):
        table = f"silver.basketball.{name}"
        named = rows.with_columns(player_name=pl.lit("X")) if name == "player_stats" else rows
        hoops.put(lake, table, named.filter(pl.col("known_at_utc") > hoops.AS_OF))
    moved = {"player_id": ["a1", "b2"], "team_id": ["b", None], "known_at_utc": [MOMENT + timedelta(hours=1)] * 2,
             "player_id_nba": ["1", "2"], "player_name": ["A1", "B2"], "known_at_basis": ["observed"] * 2}  # fmt: skip
    hoops.put(lake, "silver.basketball.players", pl.DataFrame(moved))
    hours = (hoops.AS_OF - MOMENT) / timedelta(hours=1)
    for man, since in (("c0", hours + 24), ("c0", hours - 1), ("d0", hours - 25)):
        hoops.put(lake, "silver.basketball.injuries", hoops.report(man, "out", hours_before=since))
    return lake


@pytest.fixture(scope="module")
def corrected(whole: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The same, with a fifth of the games told again ten days later, with more rebounds."""
    lake = _cut(whole, tmp_path_factory.mktemp("corrected"), LATER)
    fifth, again = pl.col("match_id").hash(seed=1) % 5 == 0, pl.col("known_at_utc") + timedelta(days=10)
    for name in ("player_stats", "team_stats"):
        rows = lake.table(f"silver.basketball.{name}").read(fifth)
        hoops.put(lake, f"silver.basketball.{name}", rows.with_columns(pl.col("rebounds") + 3, again))
    return lake


@pytest.fixture
def cut(whole: Lake, tmp_path: Path) -> Lake:
    """What a run at the moment would have had."""
    return _cut(whole, tmp_path / "cut", MOMENT)


def test_lessons_at_a_moment_do_not_move_when_the_future_becomes_known(corrected: Lake, tmp_path: Path) -> None:
    cut = _cut(corrected, tmp_path, MOMENT)
    for name in KNOWN[:3]:
        table = f"silver.basketball.{name}"
        assert 0 < cut.table(table).rows() < corrected.table(table).rows()
    learned = _learned(cut, MOMENT)
    assert learned["has_played"].sum() > 300
    assert_frame_equal(_learned(corrected, MOMENT), learned)


def test_lessons_made_later_are_those_that_were_made_then(whole: Lake, cut: Lake) -> None:
    then, later = _learned(cut, MOMENT), _learned(whole, LATER)
    assert len(later) > len(then)
    assert_frame_equal(_of_the_same_games(later, then), then)


def test_a_correction_changes_how_games_ended_and_nothing_that_was_asked_before_it(
    whole: Lake, corrected: Lake, tmp_path: Path
) -> None:
    plain, told = (_unwalked(lake, tmp_path / name) for lake, name in ((whole, "whole"), (corrected, "corrected")))
    first = worlds.START + timedelta(days=10)
    asked = [rows.filter(pl.col("as_of_utc") < first) for rows in (plain, told)]
    assert not asked[0].select(OUTCOMES).equals(asked[1].select(OUTCOMES))
    assert_frame_equal(asked[0].drop(OUTCOMES), asked[1].drop(OUTCOMES))
    assert not plain.drop(OUTCOMES).equals(told.drop(OUTCOMES)), "later nights look back at what was corrected"


def test_what_was_kept_before_the_future_was_known_is_kept_still(whole: Lake, cut: Lake, tmp_path: Path) -> None:
    """A lake that grows goes on from its own files, and says what one says that is made at once."""
    _learned(cut, MOMENT)
    grown = _cut(whole, tmp_path / "grown", LATER)
    (cut.root / "learned").rename(grown.root / "learned")
    assert_frame_equal(_learned(grown, LATER), _learned(_cut(whole, tmp_path / "anew", LATER), LATER))


def test_a_box_score_told_before_its_game_would_have_been_noticed(whole: Lake, cut: Lake, tmp_path: Path) -> None:
    leaking = _cut(whole, tmp_path / "leaking", LATER)
    for name in ("player_stats", "team_stats"):
        table = leaking.table(f"silver.basketball.{name}")
        early = pl.col("known_at_utc") - timedelta(days=1)
        table.replace(table.read().with_columns(early))
    one, other = (_learned(lake, MOMENT) for lake in (cut, leaking))
    assert not _of_the_same_games(other, one).drop(OUTCOMES).equals(one.drop(OUTCOMES))


def _world(lake: Lake, as_of: datetime) -> World:
    return World.of(lake, "basketball", "NBA", worlds.START - timedelta(days=1), as_of)


def _learned(lake: Lake, as_of: datetime) -> pl.DataFrame:
    return learn(lake, _world(lake, as_of), SETTINGS, as_of)


def _unwalked(lake: Lake, folder: Path) -> pl.DataFrame:
    """Lessons before chances of taking part are walked over them: these are learned from games as they stand now."""
    world = _world(lake, LATER)
    return kept_lessons(world.archive, world.sides, LATER, folder, "code")


def _of_the_same_games(rows: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    return rows.join(then, on=["match_id", "player_id"], how="semi", maintain_order="left")


def _cut(lake: Lake, root: Path, moment: datetime) -> Lake:
    made = Lake(root)
    known, decided = pl.col("known_at_utc") <= moment, pl.col("as_of_utc") <= moment
    for table, rows in {
        **{f"silver.basketball.{name}": known for name in KNOWN},
        "gold.basketball.fct_results": known, "gold.basketball.spn_decisions": decided,
    }.items():  # fmt: skip
        made.table(table).append(lake.table(table).read(rows), commit_id=table)
    return made
