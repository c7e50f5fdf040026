"""Kept lessons are those that would be made, and go stale with what they were made from."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from models.props import keeping, plays
from models.props import lessons as props_lessons
from models.props.history import HISTORY, Archive
from models.props.keeping import WeekChances, kept_lessons
from tests.unit.models.props import worlds

NOW = worlds.START + timedelta(days=20)
LATER = worlds.START + timedelta(days=24)


def kept(league: Archive, games: pl.DataFrame, folder: Path, as_of: object = NOW, code: str = "a") -> pl.DataFrame:
    return kept_lessons(league, games, as_of, folder, code)  # type: ignore[arg-type]


def made(monkeypatch: pytest.MonkeyPatch) -> list[pl.DataFrame]:
    """The days whose lessons are made anew from here on."""
    days: list[pl.DataFrame] = []

    def counted(archive: Archive, day: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
        days.append(day)
        return props_lessons.of_moment(archive, day, ended)

    monkeypatch.setattr(keeping, "of_moment", counted)
    return days


def test_kept_lessons_walked_are_the_lessons(league: Archive, games: pl.DataFrame, tmp_path: Path) -> None:
    for _ in range(2):
        walked = props_lessons.walked(kept(league, games, tmp_path), seed=1)
        assert_frame_equal(walked, props_lessons.lessons(league, games, NOW, seed=1))


def test_only_new_days_are_made(
    league: Archive, games: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = made(monkeypatch)
    first = kept(league, games, tmp_path)
    assert len(days) == first["as_of_utc"].n_unique()
    days.clear()
    assert_frame_equal(kept(league, games, tmp_path), first)
    assert days == []
    later = kept(league, games, tmp_path, LATER)
    assert [day["as_of_utc"][0] for day in days] == later["as_of_utc"].unique().sort()[-len(days) :].to_list()
    assert len(days) == 2


def test_a_correction_makes_its_own_day_and_all_later_ones_again_and_drops_the_stale(
    league: Archive, games: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = kept(league, games, tmp_path)["as_of_utc"].unique().sort()
    days = made(monkeypatch)
    wrong = league.player_stats.filter(pl.col("known_at_utc") > moments[-2])[0]
    corrected = wrong.with_columns(pl.col("rebounds") + 3, pl.col("known_at_utc") + timedelta(hours=1))
    told = replace(league, player_stats=pl.concat([league.player_stats, corrected]))
    kept(told, games, tmp_path)
    assert [day["as_of_utc"][0] for day in days] == moments[-2:].to_list()
    assert len(list(tmp_path.iterdir())) == len(moments)


def test_other_code_makes_everything_again_and_a_cut_file_is_missing(
    league: Archive, games: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept(league, games, tmp_path)
    days = made(monkeypatch)
    cut = sorted(tmp_path.iterdir())[3]
    cut.write_bytes(cut.read_bytes()[:100])
    assert_frame_equal(kept(league, games, tmp_path), first)
    assert len(days) == 1
    kept(league, games, tmp_path, code="b")
    assert len(days) == 1 + first["as_of_utc"].n_unique()
    assert len(list(tmp_path.iterdir())) == first["as_of_utc"].n_unique()


def test_kept_chances_are_those_that_would_be_walked_and_only_new_weeks_are(
    league: Archive, games: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, later = (kept(league, games, tmp_path / "lessons", at) for at in (NOW, LATER))
    store = WeekChances(tmp_path / "plays", "a")
    first = props_lessons.walked(rows, 1, kept=store)
    assert_frame_equal(first, props_lessons.walked(rows, 1))
    fits, fit = list[int](), plays.fit

    def counted(features: pl.DataFrame, played: plays.Flags, seed: int, threads: int) -> plays.PlaysBelief:
        fits.append(len(features))
        return fit(features, played, seed, threads)

    monkeypatch.setattr(plays, "fit", counted)
    assert_frame_equal(props_lessons.walked(rows, 1, kept=store), first)
    assert fits == []
    props_lessons.walked(later, 1, kept=store)
    new = later.join(rows, on="match_id", how="anti")
    assert len(fits) == new["as_of_utc"].dt.truncate("1w").n_unique(), "only weeks with new games have changed"
    weeks = [file.name.partition("-")[0] for file in (tmp_path / "plays").iterdir()]
    assert len(weeks) == len(set(weeks))
    assert WeekChances(tmp_path / "plays", "b").get("20231120-x") is None


def test_rows_too_old_to_be_looked_at_make_nothing_again(
    league: Archive, games: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backtest reads another past than a night does: neither makes the other's files again."""
    first, files = kept(league, games, tmp_path), set(tmp_path.iterdir())
    days = made(monkeypatch)
    ago = HISTORY + timedelta(days=60)
    then = [pl.col("event_at_utc", "known_at_utc") - ago, pl.format("s{}", "match_id").alias("match_id")]
    older = replace(
        league,
        player_stats=pl.concat([league.player_stats.with_columns(*then), league.player_stats]),
        team_stats=pl.concat([league.team_stats.with_columns(*then), league.team_stats]),
        rosters=worlds.rosters(("a0", "b", worlds.START - ago)),
    )
    assert_frame_equal(kept(older, games, tmp_path), first)
    assert days == []
    kept(replace(older, rosters=worlds.rosters(("a0", "b", worlds.START - timedelta(days=1)))), games, tmp_path)
    assert len(days) == len(files)


def test_what_a_killed_run_left_half_written_goes_and_what_is_being_written_stays(
    league: Archive, games: pl.DataFrame, tmp_path: Path
) -> None:
    stale, fresh = tmp_path / ".half", tmp_path / ".now"
    for unfinished in (stale, fresh):
        unfinished.write_bytes(b"half")
    os.utime(stale, (0, 0))
    kept(league, games, tmp_path)
    assert (stale.exists(), fresh.exists()) == (False, True)
    os.utime(fresh, (0, 0))
    WeekChances(tmp_path, "a")
    assert not fresh.exists()


def test_before_the_first_game_nothing_is_learned(league: Archive, games: pl.DataFrame, tmp_path: Path) -> None:
    assert kept(league, games, tmp_path, worlds.START - timedelta(days=1)).is_empty()
    assert props_lessons.lessons(league, games, worlds.START - timedelta(days=1), seed=1).is_empty()
