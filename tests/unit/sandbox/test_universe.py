"""A universe is the same for the same seed, and tells nothing before it can be known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sandbox.nba.league import NbaLeague
from sandbox.timeline.season import FootballSeason
from sandbox.universe import Universe
from sandbox.world import SANDBOX_NOW
from tests.unit.sandbox.conftest import SEED

FRAMES = (
    "fixtures", "fixture_history", "squads", "absences", "lineups", "prices", "exchange", "team_stats", "player_stats",
    "standings", "news", "nba_players", "nba_games", "nba_team_box", "nba_player_box", "nba_injuries", "nba_prices",
    "nba_props", "nba_news",
)  # fmt: skip
TIMES = ("known_at_utc", "announced_at_utc", "quoted_at_utc", "published_at_utc", "finished_at_utc")
MOMENTS = (
    datetime(2026, 8, 20, 19, 3, tzinfo=UTC),
    SANDBOX_NOW,
    SANDBOX_NOW + timedelta(hours=22),
    datetime(2026, 11, 29, 17, 10, tzinfo=UTC),
    datetime(2027, 1, 23, 20, 40, tzinfo=UTC),
    datetime(2027, 3, 2, 23, 15, tzinfo=UTC),
    *(SANDBOX_NOW + timedelta(minutes=int(m)) for m in np.random.default_rng(8).integers(-100_000, 250_000, 5)),
)


def told(universe: Universe, t: datetime) -> Iterator[tuple[str, pl.DataFrame]]:
    yield from ((name, getattr(universe, name)(t)) for name in FRAMES)


def test_the_same_seed_gives_the_same_world(universe: Universe) -> None:
    t = MOMENTS[3]
    for name, frame in told(Universe(SEED), t):
        assert_frame_equal(frame, getattr(universe, name)(t))


def test_another_seed_gives_another_world(universe: Universe) -> None:
    other = Universe(SEED + 1)
    for name in ("squads", "prices", "nba_players", "nba_prices"):
        assert not getattr(universe, name)(SANDBOX_NOW).equals(getattr(other, name)(SANDBOX_NOW))


def test_a_moment_without_a_time_zone_is_refused(universe: Universe) -> None:
    for name in FRAMES:
        with pytest.raises(ValueError, match="time zone"):
            getattr(universe, name)(datetime(2026, 11, 20, 17))


@pytest.mark.parametrize("t", MOMENTS, ids=str)
def test_every_row_was_known_by_then(universe: Universe, t: datetime) -> None:
    for name, frame in told(universe, t):
        for column in set(TIMES) & set(frame.columns):
            assert frame[column].is_null().all() or frame[column].max() <= t, (name, column)


@pytest.mark.parametrize("t", MOMENTS, ids=str)
def test_a_result_is_told_when_the_match_is_over_and_not_before(universe: Universe, t: datetime) -> None:
    for frame, points in ((universe.fixtures(t), "home_goals"), (universe.nba_games(t), "home_points")):
        assert frame.filter((pl.col("status") == "finished") != pl.col(points).is_not_null()).is_empty()
    finished = universe.fixtures(t).filter(status="finished")
    assert (finished["kickoff_at_utc"] + timedelta(minutes=115) <= t).all()
    assert set(universe.team_stats(t)["match_key"]) == set(finished["match_key"])
    assert set(universe.player_stats(t)["match_key"]) == set(finished["match_key"])
    over = universe.nba_games(t).filter(status="finished")
    assert set(universe.nba_player_box(t)["game_id"]) == set(over["game_id"])


@pytest.mark.parametrize("t", MOMENTS, ids=str)
def test_what_was_finished_stays_as_it_was(universe: Universe, t: datetime) -> None:
    later = t + timedelta(days=9)
    for name, key in (("fixtures", "match_key"), ("nba_games", "game_id")):
        before = getattr(universe, name)(t).filter(status="finished")
        after = getattr(universe, name)(later).join(before, on=key, how="semi", maintain_order="left")
        assert_frame_equal(before, after)
    assert_frame_equal(universe.news(t), universe.news(later).head(universe.news(t).height))


def without_the_future(reports: pl.DataFrame, key: str, t: datetime) -> pl.DataFrame:
    """Reports as they stand at a moment: later ones are gone, and so are the ends that have not come."""
    known = reports.filter(pl.col("known_at_utc") <= t)
    return known.with_columns(until_at_utc=pl.when(pl.col("until_at_utc") <= t).then("until_at_utc"))


@pytest.mark.parametrize("t", MOMENTS[2:], ids=str)
def test_football_prices_do_not_depend_on_later_reports(universe: Universe, t: datetime) -> None:
    cut = Universe(SEED)
    season = FootballSeason(SEED)
    season.__dict__["reports"] = without_the_future(universe.football.reports, "absence_key", t)
    cut.__dict__["football"] = season
    assert universe.prices(t).height > 0
    assert_frame_equal(cut.prices(t), universe.prices(t))


@pytest.mark.parametrize("t", MOMENTS[1:], ids=str)
def test_nba_prices_do_not_depend_on_later_reports(universe: Universe, t: datetime) -> None:
    cut = Universe(SEED)
    league = NbaLeague(SEED)
    league.__dict__["reports"] = without_the_future(universe.nba.reports, "injury", t)
    cut.__dict__["nba"] = league
    assert_frame_equal(cut.nba_prices(t), universe.nba_prices(t))
    assert_frame_equal(cut.nba_props(t), universe.nba_props(t))


@pytest.mark.parametrize("t", MOMENTS, ids=str)
def test_markets_close_when_the_game_begins(universe: Universe, t: datetime) -> None:
    kickoffs = universe.fixtures(t).filter(status="scheduled").select("match_key", at="kickoff_at_utc")
    tipoffs = universe.nba_games(t).filter(status="scheduled").select("game_id", at="tipoff_at_utc")
    for frame, starts, key in (
        (universe.prices(t), kickoffs, "match_key"),
        (universe.exchange(t), kickoffs, "match_key"),
        (universe.nba_prices(t), tipoffs, "game_id"),
        (universe.nba_props(t), tipoffs, "game_id"),
    ):
        priced = frame.join(starts, on=key, how="left")
        assert priced["at"].null_count() == 0
        assert (priced["at"] > t).all()
