"""The whole of props: nothing later is known, nobody who is out is priced, and a rerun is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from models.props import lessons as props_lessons
from models.props import model
from models.props.features import features
from models.props.history import Archive
from models.props.model import PropsModel
from models.props.night import GameBelief, draw
from models.props.pricing import lines
from tests.unit.models.props import worlds
from tests.unit.models.props.nights import scores

MIDDLE = worlds.START + timedelta(days=30)


def last_day(games: pl.DataFrame) -> pl.DataFrame:
    return games.filter(pl.col("as_of_utc") == games["as_of_utc"].max())


def test_lessons_are_the_same_whatever_comes_later(league: Archive, games: pl.DataFrame, lessons: pl.DataFrame) -> None:
    early = props_lessons.lessons(league, games, MIDDLE, seed=1)
    assert_frame_equal(early, lessons.filter(pl.col("match_id").is_in(early["match_id"].unique().implode())))
    assert early["event_at_utc"].max() < MIDDLE


def test_lessons_hold_everybody_who_played_and_what_he_made(league: Archive, lessons: pl.DataFrame) -> None:
    played = lessons.filter("has_played")
    assert len(played) == len(league.player_stats)
    assert played["made_rebounds"].sum() == league.player_stats["rebounds"].sum()
    assert played["plays_prob"].is_between(0.0, 1.0).all()


def test_a_fit_does_not_look_at_later_lessons(lessons: pl.DataFrame, league: Archive, games: pl.DataFrame) -> None:
    lies = pl.when(pl.col("event_at_utc") >= MIDDLE).then(40.0).otherwise("played_minutes").alias("played_minutes")
    rows = features(league, last_day(games), last_day(games)["as_of_utc"][0])
    honest, lied = (model.fit(each, MIDDLE, seed=1).believe(rows) for each in (lessons, lessons.with_columns(lies)))
    for one, other in zip(honest, lied, strict=True):
        assert np.array_equal(one.minutes, other.minutes)
        assert np.array_equal(one.rates, other.rates)
        assert np.array_equal(one.plays_prob, other.plays_prob)


def test_nobody_who_is_out_is_priced_and_his_team_mates_play_more(
    learned: PropsModel, league: Archive, games: pl.DataFrame
) -> None:
    day = last_day(games)
    as_of, team = day["as_of_utc"][0], day["team_id"][0]
    out = worlds.injuries({
        "report_id": "1", "player_id": f"{team}0", "status": "out", "known_at_basis": "observed",
        "known_at_utc": as_of - timedelta(hours=1), "event_at_utc": as_of,
    })  # fmt: skip
    told = learned.believe(features(replace(league, injuries=out), day, as_of))
    priced = [player for belief in told for player in belief.rows["player_id"]]
    assert f"{team}0" not in priced
    assert len(priced) == 4 * worlds.MEN - 1
    belief = next(each for each in told if team in each.rows["team_id"])
    night = draw(belief, *scores(200), learned.laws, seed=1)
    asked = pl.DataFrame({"player_id": [f"{team}0", f"{team}1"], "line": 9.5})
    assert lines(night, "points", asked)["over_prob"].is_null().to_list() == [True, False]


def test_a_belief_has_everybody_of_both_teams(belief: GameBelief) -> None:
    assert len(belief.rows) == 2 * worlds.MEN
    assert belief.expected.sum() == pytest.approx(2 * sum(32 - 3 * man for man in range(worlds.MEN)), rel=0.25)


def test_a_rerun_is_the_same(lessons: pl.DataFrame, league: Archive, games: pl.DataFrame) -> None:
    day = last_day(games)
    rows = features(league, day, day["as_of_utc"][0])
    first, second = (model.fit(lessons, MIDDLE, seed=1).believe(rows)[0] for _ in range(2))
    assert np.array_equal(first.minutes, second.minutes)
    assert np.array_equal(first.plays_prob, second.plays_prob)


def test_without_games_there_is_nothing_to_believe(learned: PropsModel, league: Archive, games: pl.DataFrame) -> None:
    day = last_day(games)
    assert learned.believe(features(league, day, day["as_of_utc"][0]).clear()) == []
