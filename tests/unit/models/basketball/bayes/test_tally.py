"""Tallies of an invented league: weighted normal equations of what was known, with the last version of each game."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from models.basketball.bayes.tally import CHANNELS, History, games_with_lines, tally_as_known
from tests.unit.models.basketball import worlds
from tests.unit.models.basketball.bayes.leagues import START, season

GAMES = pl.concat([season(), season(4, league="G")])
CUTOFF = START + timedelta(days=15)
HISTORY = History(window_days=12.0, result_decay_per_day=0.02, line_decay_per_day=0.05)


def test_sums_are_those_of_each_game_that_was_known() -> None:
    found = tally_as_known(GAMES, "NBA", CUTOFF, HISTORY)
    k = len(found.teams) + 1
    gram, cross, square, games = np.zeros((4, k, k)), np.zeros((4, k)), np.zeros(4), np.zeros(4)
    for row in GAMES.filter(pl.col("known_at_utc") <= CUTOFF, competition_id="NBA").iter_rows(named=True):
        age = (CUTOFF - row["event_at_utc"]) / timedelta(days=1)
        home, away = (1 + found.teams.index(row[f"{side}_team_id"]) for side in ("home", "away"))
        points = (row["home_points"], row["away_points"])
        seen = (points[0] - points[1], sum(points), row["closing_margin"], row["closing_total"])
        for channel, value in enumerate(seen):
            if value is None or age > HISTORY.window_days:
                continue
            x = np.zeros(k)
            x[[0, home, away]] = (1, 1, 1) if channel % 2 else (not row["is_neutral"], 1, -1)
            weight = np.exp(-HISTORY.decays[channel] * age)
            gram[channel] += weight * np.outer(x, x)
            cross[channel] += weight * x * value
            square[channel] += weight * value**2
            games[channel] += weight
    assert 0 < games[3] < games[1]
    for name, expected in (("gram", gram), ("cross", cross), ("square", square), ("games", games)):
        assert getattr(found, name) == pytest.approx(expected), name


def test_the_last_version_that_was_known_counts() -> None:
    correction = GAMES.head(1).with_columns(
        home_points=pl.lit(200, pl.Int64), known_at_utc=pl.lit(CUTOFF).dt.cast_time_unit("us")
    )
    before, after = (
        tally_as_known(pl.concat([GAMES, correction]), "NBA", CUTOFF + timedelta(seconds=late), History())
        for late in (-1, 0)
    )
    assert before.gram == pytest.approx(after.gram)
    assert before.square[1] < after.square[1]
    assert before.square[2:] == pytest.approx(after.square[2:])


def test_a_pause_of_the_league_ages_by_no_more_than_is_set() -> None:
    early = GAMES.filter(pl.col("event_at_utc") < START + timedelta(days=3))
    autumn = early.with_columns(pl.col("event_at_utc", "known_at_utc") + timedelta(days=150))
    known = History(result_decay_per_day=0.1, pause_days=20.0)
    found, alone = (tally_as_known(games, "NBA", START + timedelta(days=155), known).games[0] for games in
                    (pl.concat([early, autumn.with_columns(pl.col("match_id") + "-again")]), autumn))  # fmt: skip
    days = [(autumn["event_at_utc"][0] - early["event_at_utc"][place]) / timedelta(days=1) for place in (0, -1)]
    assert days[1] > 20
    slow = alone * (1 + np.exp(-0.1 * (20 + days[0] - days[1])))
    assert found == pytest.approx(slow)


def test_what_became_known_later_changes_nothing() -> None:
    late = pl.col("known_at_utc") > CUTOFF
    upset = GAMES.with_columns(
        home_points=pl.when(late).then(0).otherwise("home_points"),
        closing_margin=pl.when(late).then(99.0).otherwise("closing_margin"),
    )
    expected = tally_as_known(GAMES, "NBA", CUTOFF, HISTORY).digest()
    assert tally_as_known(upset, "NBA", CUTOFF, HISTORY).digest() == expected
    assert tally_as_known(GAMES.filter(~late), "NBA", CUTOFF, HISTORY).digest() == expected
    assert tally_as_known(GAMES, "NBA", CUTOFF, History()).digest() != expected


def test_a_league_without_a_game_has_no_team() -> None:
    found = tally_as_known(GAMES, "NBA", START, HISTORY)
    assert (found.teams, found.gram.shape, found.games.tolist()) == ((), (len(CHANNELS), 1, 1), [0.0] * 4)


def test_every_version_of_a_result_has_the_lines_that_were_known_before_the_first() -> None:
    played = worlds.games(3).with_columns(competition_id=pl.lit("NBA"))
    quotes = played.select(
        "match_id", pl.lit("consensus").alias("bookmaker"), pl.lit("closing").alias("quote_kind"),
        pl.lit(True).alias("is_aggregate"), pl.lit(1.9).alias("home_odds_dec"), pl.lit(1.9).alias("over_odds_dec"),
        pl.col("event_at_utc").alias("known_at_utc"), "closing_margin", "closing_total",
    )  # fmt: skip
    spreads = quotes.with_columns(line=-pl.col("closing_margin")).drop_nulls("line")
    totals = quotes.with_columns(line=pl.col("closing_total"))
    late = totals.head(1).with_columns(known_at_utc=played["known_at_utc"][0] + timedelta(hours=1), line=999.0)
    results = played.drop("closing_margin", "closing_total")
    versions = pl.concat([results, results.head(1).with_columns(pl.col("known_at_utc") + timedelta(days=1))])
    found = games_with_lines(versions, spreads, pl.concat([totals, late]))
    assert found.drop("closing_margin", "closing_total").equals(versions)
    told = pl.concat([played, played.head(1)])
    assert found["closing_margin"].equals(told["closing_margin"])
    assert found["closing_total"].equals(told["closing_total"])


def test_sums_that_cannot_be_and_histories_that_cannot_be_are_refused() -> None:
    found = tally_as_known(GAMES, "NBA", CUTOFF, HISTORY)
    with pytest.raises(ValueError, match="does not fit"):
        replace(found, teams=found.teams[1:])
    with pytest.raises(ValueError, match="not finite"):
        replace(found, square=np.full(4, np.nan))
    for fault in ({"window_days": 0.0}, {"pause_days": 0.0}):
        with pytest.raises(ValueError, match="Days"):
            History(**fault)
    with pytest.raises(ValueError, match="weights"):
        History(line_decay_per_day=-0.1)
