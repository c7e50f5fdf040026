"""Market memory against a slow Kalman filter with named states, what it may know, and what it learns."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.basketball import absences
from models.basketball.memory import SIGNALS, ChannelParameters, MemoryParameters, signals
from models.basketball.ratings import NO_REPORTS
from tests.unit.models.basketball import worlds

PARAMETERS = MemoryParameters()
EFFECTS = ("level", "playoffs", "tired-home", "tired-away", "rested-home", "rested-away")
NAMES = ["closing_margin", "closing_total"]


class SlowFilter:
    """The textbook's filter: named states, whole matrices, no shortcuts."""

    def __init__(self, teams: list[str], players: list[str], p: ChannelParameters) -> None:
        self.p, self.last, self.day, self.season = p, dict.fromkeys(teams, -1e9), None, None
        first = {("strength", t): p.first_sd for t in teams} | {("mood", t): p.mood_sd for t in teams}
        first |= {("court", t): p.court_sd for t in teams} | {("effect", e): p.effect_sd for e in EFFECTS}
        first |= {("player", one): p.value_sd for one in players}
        first["effect", "level"] = p.first_level_sd
        self.place = {name: row for row, name in enumerate(first)}
        self.mean = np.zeros(len(first))
        self.mean[self.place["effect", "level"]] = p.first_level
        self.doubt = np.diag(np.array(list(first.values())) ** 2)
        for player in players:
            self.mean[self.place["player", player]] = p.value_mean
        self.seen: set[str] = set()

    def to(self, day: float, season: str) -> tuple[np.ndarray, np.ndarray]:
        """Mean and covariance on that day, without moving there."""
        if self.day is None:
            return self.mean.copy(), self.doubt.copy()
        days, is_new, p = max(day - self.day, 0.0), season != self.season, self.p
        factor, grown, base = np.ones(len(self.mean)), np.zeros(len(self.mean)), np.zeros(len(self.mean))
        covariance = self.doubt.copy()
        for (kind, name), row in self.place.items():
            counted = min(days, p.most_days)
            if kind == "strength":
                factor[row] = p.summer_keep if is_new else 1.0
                grown[row] = counted * p.daily_sd**2 + is_new * p.summer_sd**2
            if kind == "mood":
                factor[row] = math.exp(-days / p.mood_days)
                grown[row] = (1 - factor[row] ** 2) * p.mood_sd**2
            if name == "level":
                grown[row] = counted * p.level_daily_sd**2 + is_new * p.level_summer_sd**2
            if kind == "player" and is_new and name in self.seen:
                variance = min(p.value_sd**2, covariance[row, row] + p.value_summer_sd**2)
                covariance[row], covariance[:, row], covariance[row, row] = 0.0, 0.0, variance
                factor[row], base[row] = p.value_keep, (1 - p.value_keep) * p.value_mean
        players = [row for (kind, _), row in self.place.items() if kind == "player"]
        covariance *= np.outer(*[np.where(np.isin(np.arange(len(factor)), players), 1.0, factor)] * 2)
        return base + factor * self.mean, covariance + np.diag(grown)

    def weights(self, game: dict[str, object], day: float, missing: list[tuple[str, str, float]]) -> np.ndarray:
        """What the line sees of each state."""
        x, p, court = np.zeros(len(self.mean)), self.p, 0.0 if game["is_neutral"] else 1.0
        level = court if p.sign < 0 else 1.0
        for side, sign in (("home", 1.0), ("away", p.sign)):
            team = game[f"{side}_team_id"]
            x[self.place["strength", team]] = x[self.place["mood", team]] = sign
            rest = day - self.last[str(team)]
            x[self.place["effect", f"tired-{side}"]] = rest < 1.5
            x[self.place["effect", f"rested-{side}"]] = 2.5 < rest < 10.5
        x[self.place["court", game["home_team_id"]]] = court
        x[self.place["effect", "level"]] = level
        x[self.place["effect", "playoffs"]] = level * (game["season_type"] != "regular")
        for side, player, share in missing:
            x[self.place["player", player]] = -share * (1.0 if side == "home" else p.sign)
        return x

    def learn(
        self,
        game: dict[str, object],
        day: float,
        missing: list[tuple[str, str, float]],
        line: float | None,
        result: float,
    ) -> None:
        """One finished game."""
        p, was = self.p, self.season
        self.mean, self.doubt = self.to(day, str(game["season_code"]))
        if was is not None and was != game["season_code"]:
            self.seen = set()
        self.day, self.season = max(day, self.day or day), str(game["season_code"])
        if line is not None:
            self.seen |= {player for _, player, _ in missing}
            x = self.weights(game, day, missing)
            error, variance = line - x @ self.mean, x @ self.doubt @ x + p.line_sd**2
            variance *= max(1.0, abs(error) / math.sqrt(variance) / p.rare)
            gain = self.doubt @ x / variance
            self.mean = self.mean + gain * error
            self.doubt = self.doubt - np.outer(gain, x @ self.doubt)
            surprise = p.surprise_most * math.tanh((result - line) / p.surprise_most)
            self.mean[self.place["strength", game["home_team_id"]]] += p.surprise_gain * surprise
            self.mean[self.place["strength", game["away_team_id"]]] += p.sign * p.surprise_gain * surprise
            self.mean[self.place["effect", "level"]] += p.level_gain * x[self.place["effect", "level"]] * surprise
        for side in ("home", "away"):
            self.last[str(game[f"{side}_team_id"])] = day


def day_of(game: dict[str, object]) -> float:
    return game["event_at_utc"].timestamp() / 86_400  # type: ignore[attr-defined, no-any-return]


def slow_answer(
    seen: pl.DataFrame, reports: pl.DataFrame, game: dict[str, object], names: tuple[str, str], p: ChannelParameters
) -> list[float]:
    """Replay all that was known at the decision, and ask."""
    teams = sorted({*seen["home_team_id"], *seen["away_team_id"], game["home_team_id"], game["away_team_id"]})
    slow = SlowFilter(teams, sorted(set(reports["player_id"])), p)
    after = absences.listed(reports, seen, "known_at_utc").with_columns(share=PARAMETERS.absences.after())
    for row in (
        seen.filter(pl.col("known_at_utc") <= game["as_of_utc"]).sort("known_at_utc", "match_id").iter_rows(named=True)
    ):
        missing = after.filter(pl.col("match_id") == row["match_id"]).select("side", "player_id", "share").rows()
        slow.learn(row, day_of(row), missing, row[names[0]], row[names[1]])
    asked = absences.listed(reports, seen.filter(pl.col("match_id") == game["match_id"]), "as_of_utc")
    missing = asked.select("side", "player_id", PARAMETERS.absences.foretold().alias("share")).rows()
    mean, doubt = slow.to(day_of(game), str(game["season_code"]))
    whole, healthy = slow.weights(game, day_of(game), missing), slow.weights(game, day_of(game), [])
    return [whole @ mean, healthy @ doubt @ healthy, healthy @ mean]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_fast_walk_is_the_slow_filter_with_named_states(seed: int) -> None:
    seen, reports = worlds.games(seed), worlds.reports(seed)
    found = signals(seen, reports, seen, PARAMETERS)
    picked = np.random.default_rng(seed).choice(len(seen), 5, replace=False)
    for row in picked.tolist():
        game = seen.row(row, named=True)
        for channel, names in (("margin", ("closing_margin", "margin")), ("total", ("closing_total", "total"))):
            expected = slow_answer(seen, reports, game, names, getattr(PARAMETERS, channel))
            columns = [f"memory_{channel}{part}" for part in ("", "_variance", "_healthy")]
            assert list(found.select(columns).row(row)) == pytest.approx(expected, abs=1e-7)


def test_what_becomes_known_after_the_decision_changes_nothing() -> None:
    seen, reports = worlds.games(3), worlds.reports(3)
    asked = seen[10:14]
    as_of = asked["as_of_utc"].max()
    later = pl.col("known_at_utc") > as_of
    upset = seen.with_columns(
        pl.when(later).then(pl.lit(40.0)).otherwise(pl.col(name)).alias(name)
        for name in ("closing_margin", "margin", "closing_total", "total")
    )
    other = reports.with_columns(pl.when(later).then(pl.lit("out")).otherwise("status").alias("status"))
    expected = signals(seen, reports, asked, PARAMETERS)
    assert signals(upset, other, asked, PARAMETERS).equals(expected)
    cut = signals(seen.filter(~later), reports.filter(~later), asked, PARAMETERS)
    assert cut.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-12)
    assert 0 < len(seen.filter(~later)) < len(seen)


def test_a_game_is_remembered_from_the_moment_its_result_is_known() -> None:
    seen = worlds.games(4)[:6]
    asked = pl.concat([seen[5:], seen[5:]]).with_columns(
        pl.Series("as_of_utc", [seen["known_at_utc"][4] - timedelta(microseconds=1), seen["known_at_utc"][4]])
    )
    far = seen.with_columns(
        pl.when(pl.col("match_id") == seen["match_id"][4]).then(30.0).otherwise("closing_total").alias("closing_total")
    )
    told = [signals(one, NO_REPORTS, asked, PARAMETERS)["memory_total"] for one in (seen, far)]
    assert told[0][0] == told[1][0]
    assert told[0][1] != told[1][1]


def test_the_order_of_rows_and_a_second_telling_change_nothing() -> None:
    seen, reports = worlds.games(5), worlds.reports(5)
    again = seen[:4].with_columns(pl.lit(77, pl.Int64).alias("margin"), pl.col("known_at_utc") + timedelta(days=3))
    expected = signals(seen, reports, seen, PARAMETERS)
    shuffled = pl.concat([seen, again]).sample(fraction=1.0, shuffle=True, seed=1)
    assert signals(shuffled, reports.sample(fraction=1.0, shuffle=True, seed=2), seen, PARAMETERS).equals(expected)
    backwards = seen.reverse()
    assert signals(seen, reports, backwards, PARAMETERS).reverse().equals(expected)


def test_nothing_seen_is_the_leagues_first_level_and_no_question_no_answer() -> None:
    seen = worlds.games(6)
    found = signals(seen.clear(), NO_REPORTS, seen[:1].with_columns(is_neutral=False), PARAMETERS)
    assert found.columns == list(SIGNALS)
    assert found["memory_margin"][0] == PARAMETERS.margin.first_level
    assert found["memory_total"][0] == PARAMETERS.total.first_level
    assert signals(seen, NO_REPORTS, seen.clear(), PARAMETERS).is_empty()


def easy_world(days: int) -> pl.DataFrame:
    """Two teams that meet every other day with a line of 8, but 2 on the days when the home side's star is out."""
    first = worlds.games(0)[:1].with_columns(is_neutral=False, season_type=pl.lit("regular"))
    rows = [
        first.with_columns(
            pl.lit(f"game-{day:03d}").alias("match_id"), pl.lit("team-0").alias("home_team_id"),
            pl.lit("team-1").alias("away_team_id"),
            pl.col("event_at_utc", "known_at_utc", "as_of_utc") + timedelta(days=2 * day),
            pl.lit(8.0 if day < days - 6 else 2.0).alias("closing_margin"), pl.lit(200.0).alias("closing_total"),
            pl.lit(8 if day < days - 6 else 2).alias("margin"), pl.lit(200).alias("total"),
        )
        for day in range(days)
    ]  # fmt: skip
    return pl.concat(rows)


def test_a_line_that_stays_is_learned_and_doubt_shrinks() -> None:
    seen = easy_world(46)[:40]
    found = signals(seen, NO_REPORTS, seen, PARAMETERS)
    assert found["memory_margin"][39] == pytest.approx(8.0, abs=0.1)
    assert found["memory_total"][39] == pytest.approx(200.0, abs=0.3)
    assert found["memory_margin_variance"][39] < found["memory_margin_variance"][0] / 4


def test_what_a_missing_star_is_worth_is_learned_from_the_line_that_fell_with_him() -> None:
    seen = easy_world(46)
    out = seen["as_of_utc"][40] - timedelta(hours=1)
    reports = pl.DataFrame(
        {
            "player_id": ["star"], "team_id": ["team-0"], "season_code": [seen["season_code"][0]],
            "known_at_utc": [out], "status": ["out"],
        }
    )  # fmt: skip
    bold = replace(PARAMETERS, margin=replace(PARAMETERS.margin, value_sd=4.0, rare=9.0))
    found = signals(seen, reports, seen, bold)
    assert found["memory_margin_home_absent"][39] == 0.0
    assert found["memory_margin_home_absent"][45] < -3.0
    assert found["memory_margin_away_absent"].to_list() == [0.0] * 46
    assert found["memory_margin_healthy"][45] > 5.5
    assert found["memory_margin"][45] == pytest.approx(2.0, abs=1.0)


def test_there_is_no_home_advantage_on_a_neutral_court() -> None:
    seen = worlds.games(7)
    asked = seen[-1:]
    at_home, neutral = (
        signals(seen, NO_REPORTS, asked.with_columns(is_neutral=pl.lit(one)), PARAMETERS) for one in (False, True)
    )
    assert at_home["memory_margin"][0] - neutral["memory_margin"][0] == pytest.approx(3.0, abs=1.5)
    assert at_home["memory_total"][0] == pytest.approx(neutral["memory_total"][0], abs=1.5)


@pytest.mark.parametrize("wrong", [{"sign": 0.5}, {"line_sd": 0.0}, {"mood_days": -1.0}, {"rare": 0.0}])
def test_parameters_without_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be above 0|for 1 or for -1"):
        ChannelParameters(**(asdict(PARAMETERS.margin) | wrong))
