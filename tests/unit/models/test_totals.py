"""Totals: a price becomes expected goals and back, and a memory of prices that knows nothing later. All is invented."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import poisson

from core.market.devig import devig
from models.families import totals
from models.families.totals import SIGNALS, TotalParameters, benchmark, expected_total, over, seen_totals

START = datetime(2020, 8, 1, 15, tzinfo=UTC)
UTC_TIME = pl.Datetime("us", "UTC")
NAN = float("nan")
PARAMETERS = TotalParameters()
CLUBS = [f"club-{letter}" for letter in "abcdef"]
OPENNESS = dict(zip(CLUBS, np.linspace(0.15, -0.15, len(CLUBS)), strict=True))
LEVEL = math.log(2.7)
BOOKS = {"pinnacle": (1.9, 2.0), "betfair_exchange": (1.95, 2.02), "market_average": (1.8, 1.95), "bet365": (1.5, 2.4)}
Row = dict[str, Any]


def day(after: float) -> datetime:
    return START + timedelta(days=after)


def seen(rounds: int = 40, **changes: float) -> pl.DataFrame:
    """Rounds of even matches whose prices know the clubs' openness, played as the price foretold."""
    rows: list[Row] = []
    for number in range(rounds):
        drawn = np.random.default_rng(number).permutation(CLUBS).tolist()
        for place, (home, away) in enumerate(zip(drawn[::2], drawn[1::2], strict=True)):
            expected = math.exp(LEVEL + OPENNESS[home] + OPENNESS[away])
            play = {"expected_total": expected, "total_goals": expected, "total_shots_on_target": 3.4 * expected}
            match: Row = {"match_id": f"m{number:03d}{place}", "competition_id": "X1", "home_team_id": home}
            match |= {"known_at_utc": day(3 * number + 0.125), "away_team_id": away, "supremacy": 0.0}
            rows.append(match | play | changes)
    return pl.DataFrame(rows, schema_overrides={"known_at_utc": UTC_TIME})


def ask(*questions: tuple[float, str, str], supremacy: float = 0.0, league: str = "X1") -> pl.DataFrame:
    """Questions of (days after the start, home, away)."""
    rows = [(league, day(after), home, away, supremacy) for after, home, away in questions]
    names = {
        "competition_id": pl.String, "as_of_utc": UTC_TIME, "home_team_id": pl.String, "away_team_id": pl.String,
        "memory_supremacy": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def signals(found: pl.DataFrame, questions: pl.DataFrame) -> pl.DataFrame:
    return totals.signals(found, questions, PARAMETERS)


def goals(found: pl.DataFrame, questions: pl.DataFrame) -> list[float]:
    return signals(found, questions)["total_memory_goals"].to_list()


def first_pair() -> tuple[str, str]:
    home, away = seen(1).select("home_team_id", "away_team_id").row(0)
    return home, away


# The law of a total


@given(st.lists(st.floats(0.05, 15.0), min_size=1, max_size=20))
def test_over_is_the_poisson_probability_of_three_goals_or_more_and_its_inverse_is_exact(rates: list[float]) -> None:
    probability = over(rates)
    assert probability == pytest.approx(1 - poisson.cdf(2, rates), rel=1e-9, abs=1e-12)
    assert expected_total(probability) == pytest.approx(rates, rel=1e-10)


@given(st.floats(1e-6, 1 - 1e-6))
def test_a_probability_is_found_again_from_its_expected_total(probability: float) -> None:
    assert float(over(expected_total(probability))) == pytest.approx(probability, abs=1e-12)


def test_what_is_no_expectation_or_no_probability_has_no_answer() -> None:
    assert np.isnan(over([NAN, -1.0])).all()
    assert np.isnan(expected_total([NAN, -0.1, 1.1])).all()


# The benchmark


def quotes(*quoted: tuple[str, str], line: float = 2.5) -> pl.DataFrame:
    """Rows of (match, book) at the book's prices."""
    names = {
        "match_id": pl.String, "bookmaker": pl.String, "line": pl.Float64,
        "over_odds_dec": pl.Float64, "under_odds_dec": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([(match, book, line, *BOOKS[book]) for match, book in quoted], schema=names, orient="row")


def matches(*names: str) -> pl.DataFrame:
    return pl.DataFrame({"match_id": list(names)}, schema={"match_id": pl.String})


def test_each_match_is_priced_by_the_sharpest_book_that_quotes_it_in_any_order_of_rows() -> None:
    quoted = quotes(
        ("all", "market_average"), ("all", "bet365"), ("all", "betfair_exchange"), ("all", "pinnacle"),
        ("two", "market_average"), ("two", "betfair_exchange"), ("one", "market_average"), ("soft", "bet365"),
    )  # fmt: skip
    for listed in (quoted, quoted.reverse()):
        p, names = benchmark(matches("one", "all", "none", "two", "soft"), listed)
        assert names.to_list() == ["market_average", "pinnacle", None, "betfair_exchange", None]
        expected = [devig([BOOKS[name]])[0, 0] if name else NAN for name in names]
        assert p.tolist() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("side", ["over_odds_dec", "under_odds_dec"])
@pytest.mark.parametrize("gap", [None, NAN, 1.0])
def test_a_sharp_book_without_both_prices_lets_the_next_one_speak(side: str, gap: float | None) -> None:
    sharp = pl.col("bookmaker") == "pinnacle"
    quoted = quotes(("a", "pinnacle"), ("a", "market_average"))
    broken = quoted.with_columns(pl.when(sharp).then(gap).otherwise(side).alias(side))
    assert benchmark(matches("a"), broken)[1].to_list() == ["market_average"]


def test_other_lines_are_not_looked_at() -> None:
    quoted = pl.concat([quotes(("a", "pinnacle"), line=3.5), quotes(("a", "market_average"))])
    assert benchmark(matches("a"), quoted)[1].to_list() == ["market_average"]
    assert np.isnan(benchmark(matches("a"), quotes(("a", "pinnacle"), line=3.5))[0]).all()


# What is seen of a match


def finished() -> pl.DataFrame:
    return seen(1).head(1).drop("expected_total", "total_shots_on_target").with_columns(match_id=pl.lit("a"))


def history(*told: tuple[str, float, float]) -> pl.DataFrame:
    """Pinnacle's quotes of (kind, days after the start, price of over)."""
    rows = [("a", "pinnacle", 2.5, price, 2.0, kind, day(after)) for kind, after, price in told]
    added = {"quote_kind": pl.String, "known_at_utc": UTC_TIME}
    return pl.DataFrame(rows, schema=dict(quotes().schema) | added, orient="row")


def shots(after: float) -> pl.DataFrame:
    told = {"match_id": ["a"], "known_at_utc": [day(after)], "home_shots_on_target": [5], "away_shots_on_target": [4]}
    return pl.DataFrame(told, schema_overrides={"known_at_utc": UTC_TIME})


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ([("opening", -2, 1.9), ("closing", 0, 1.7)], 1.7),
        ([("closing", 0, 1.7), ("closing", 0.1, 1.2)], 1.7),
        ([("opening", -2, 1.9), ("opening", -1, 1.8)], 1.8),
        ([("opening", -2, 1.9), ("closing", 0.5, 1.7)], 1.9),
        ([("closing", 0.5, 1.7)], None),
        ([], None),
    ],
)
def test_the_last_price_told_before_the_result_counts(told: list[Any], counts: float | None) -> None:
    found = seen_totals(finished(), history(*told), shots(9))
    expected = float(expected_total(devig([[counts, 2.0]])[0, 0])) if counts else NAN
    assert found["expected_total"].to_list() == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize(("after", "expected"), [(0.125, 9.0), (0.126, NAN)])
def test_shots_count_if_they_were_told_with_the_result(after: float, expected: float) -> None:
    found = seen_totals(finished(), history(), shots(after))
    assert found["total_shots_on_target"].to_list() == pytest.approx([expected], nan_ok=True)
    assert seen_totals(finished(), history(), shots(0).clear())["total_shots_on_target"].is_nan().all()


# The memory


@dataclass
class Oracle:
    """The memory in plain Python: every question walks again over everything known by then."""

    strength: dict[str, float] = field(default_factory=dict)
    variance: dict[str, float] = field(default_factory=dict)
    last: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    level: dict[str, float] = field(default_factory=dict)
    shots: dict[str, float] = field(default_factory=dict)
    played: dict[str, int] = field(default_factory=dict)

    def shown(self, club: str, league: str, at: datetime) -> tuple[float, float]:
        """Strength and variance of a club at this moment."""
        p = PARAMETERS
        if club not in self.last:
            return 0.0, p.first_variance
        since, where = self.last[club]
        days = (at - since) / timedelta(days=1)
        rested = days > 50
        strength = self.strength[club] * (p.off_season_keep if rested or where != league else 1)
        grown = self.variance[club] + p.daily_variance * days + p.off_season_variance * rested
        return strength, p.first_variance if where != league else min(grown, p.first_variance)

    def learn(self, row: Row) -> None:
        """Take in one finished match."""
        p, league, sides = PARAMETERS, row["competition_id"], (row["home_team_id"], row["away_team_id"])
        for club in sides:
            self.strength[club], self.variance[club] = self.shown(club, league, row["known_at_utc"])
            self.last[club] = row["known_at_utc"], league
        log_foretold = self.foretold(league, sides, row["supremacy"])
        price = row["expected_total"]
        mean = math.exp(log_foretold) if math.isnan(price) else price
        error, noise, extra = row["total_goals"] / mean - 1, 1 / mean, 0.0
        if not math.isnan(price):
            extra = p.goal_gain * error
            error, noise = math.log(price) - log_foretold, p.observation_variance
        usual = self.shots.get(league, 3.4)
        if not math.isnan(row["total_shots_on_target"]):
            extra += p.shot_on_target_gain * (row["total_shots_on_target"] / (usual * mean) - 1)
            self.shots[league] = 0.99 * usual + 0.01 * row["total_shots_on_target"] / mean
        self.played[league] = self.played.get(league, 0) + 1
        above = error + sum(self.strength[club] for club in sides)
        self.level[league] = self.level.get(league, math.log(2.6)) + above / min(self.played[league] + 10, 1000)
        whole = sum(self.variance[club] for club in sides) + noise
        for club in sides:
            self.strength[club] += self.variance[club] / whole * error + extra
            self.variance[club] -= self.variance[club] ** 2 / whole

    def foretold(self, league: str, sides: tuple[str, str], supremacy: float) -> float:
        """Log expected total of clubs as they stand."""
        bend = 0.0 if math.isnan(supremacy) else math.log(math.cosh(PARAMETERS.curvature * supremacy))
        return self.level.get(league, math.log(2.6)) + sum(self.strength[club] for club in sides) + bend


def answer(found: pl.DataFrame, question: Row) -> tuple[float, float]:
    """What the oracle says of one question."""
    oracle, league = Oracle(), question["competition_id"]
    for row in found.sort("known_at_utc", "match_id").iter_rows(named=True):
        if row["known_at_utc"] <= question["as_of_utc"]:
            oracle.learn(row)
    sides = question["home_team_id"], question["away_team_id"]
    shown = [oracle.shown(club, league, question["as_of_utc"]) for club in sides]
    oracle.strength |= {club: strength for club, (strength, _) in zip(sides, shown, strict=True)}
    return math.exp(oracle.foretold(league, sides, question["memory_supremacy"])), sum(v for _, v in shown)


def anything(seed: int, n: int = 80) -> pl.DataFrame:
    """Random matches of two leagues that exchange clubs, with summers between, and with much of it untold."""
    generator = np.random.default_rng(seed)
    sides = [generator.choice(CLUBS, 2, replace=False) for _ in range(n)]
    after = np.sort(generator.integers(0, 300, n)) + np.arange(n) // 30 * 80

    def untold(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.where(generator.random(n) < 0.3, NAN, values)

    rows = {
        "match_id": [f"m{place}" for place in generator.permutation(n)],
        "competition_id": generator.choice(["X1", "X2"], n), "known_at_utc": [day(float(at)) for at in after],
        "home_team_id": [home for home, _ in sides], "away_team_id": [away for _, away in sides],
        "expected_total": untold(generator.uniform(1.8, 4, n)), "total_goals": generator.poisson(2.7, n),
        "total_shots_on_target": untold(generator.poisson(9, n)), "supremacy": untold(generator.normal(0, 1, n)),
    }  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"known_at_utc": UTC_TIME})


def everything(league: str) -> pl.DataFrame:
    """Questions early, late and unsorted, of all clubs and one newcomer."""
    pairs = [(400.0, "club-a", "new"), (-1.0, "club-a", "club-b"), (90.5, "club-c", "club-d"), (9e3, "club-f", "new")]
    return ask(*pairs, *((150.0, home, "club-e") for home in CLUBS[:4]), supremacy=1.3, league=league)


@pytest.mark.parametrize(("seed", "n"), [*((seed, 80) for seed in range(6)), (6, 2500)])
def test_the_memory_is_what_a_slow_obvious_walk_says(seed: int, n: int) -> None:
    found, questions = anything(seed, n), pl.concat([everything("X1"), everything("X2"), everything("X3")])
    expected = [answer(found, question) for question in questions.iter_rows(named=True)]
    assert signals(found, questions).to_numpy() == pytest.approx(np.array(expected), rel=1e-11)


def test_planted_totals_are_found_again_from_prices_alone() -> None:
    pairs = [(home, away) for home in CLUBS for away in CLUBS if home != away]
    found = goals(seen(60, total_goals=2.7, total_shots_on_target=NAN), ask(*((180, *pair) for pair in pairs)))
    planted = [math.exp(LEVEL + OPENNESS[home] + OPENNESS[away]) for home, away in pairs]
    assert found == pytest.approx(planted, rel=0.02)


def test_nothing_known_later_matters() -> None:
    found, questions = anything(7), everything("X1").filter(pl.col("as_of_utc") < day(200))
    later = pl.col("known_at_utc") > questions["as_of_utc"].max()
    assert 0 < len(found.filter(later)) < len(found)
    upset = found.with_columns(
        pl.when(later).then(9.0).otherwise(pl.col(name)).alias(name) for name in ("expected_total", "total_goals")
    )
    for changed in (upset, found.filter(~later)):
        assert signals(changed, questions).equals(signals(found, questions))


def test_a_match_counts_from_the_moment_at_which_it_became_known() -> None:
    found, known = seen(1), seen(1)["known_at_utc"][0]
    asked = ask((0, *first_pair()), (0, *first_pair()))
    moments = pl.Series([known - timedelta(microseconds=1), known], dtype=UTC_TIME)
    before, at = goals(found, asked.with_columns(as_of_utc=moments))
    assert before == pytest.approx(2.6)
    assert at != before


@pytest.mark.parametrize("measure", ["expected_total", "total_goals", "total_shots_on_target"])
def test_a_match_with_more_than_was_foretold_promises_more_goals_and_one_with_less_fewer(measure: str) -> None:
    question = ask((2, *first_pair()))
    usual, more, fewer = (goals(seen(1, **{measure: value}), question)[0] for value in (seen(1)[measure][0], 15, 0.5))
    assert fewer < usual < more


def test_a_match_without_a_price_teaches_by_its_goals_but_less_than_a_price_of_as_many() -> None:
    question = ask((2, *first_pair()))
    quiet = {"total_shots_on_target": NAN, "total_goals": 4.0}
    nothing, by_goals, by_price = (
        goals(found, question)[0]
        for found in (seen(1).clear(), seen(1, expected_total=NAN, **quiet), seen(1, expected_total=4.0, **quiet))
    )
    assert nothing < by_goals < by_price
    assert by_goals - nothing < (by_price - nothing) / 2


def test_a_one_sided_match_has_more_goals_and_its_price_is_read_so() -> None:
    pair = first_pair()
    even, home, away = (goals(seen(), ask((130, *pair), supremacy=lead))[0] for lead in (0.0, 1.5, -1.5))
    assert home == away == pytest.approx(even * math.cosh(1.5 * PARAMETERS.curvature))
    assert goals(seen(supremacy=1.5), ask((130, *pair)))[0] < even


def test_a_match_without_supremacy_counts_as_even() -> None:
    question = ask((130, *first_pair()))
    assert goals(seen(supremacy=NAN), question) == goals(seen(), question)


def test_a_newcomer_is_typical_of_its_league_and_less_certain() -> None:
    found = signals(seen(), ask((121, "club-a", "new"), (121, "club-a", "club-f"), (121, "new", "newer")))
    open_new, mixed, level = found["total_memory_goals"]
    assert mixed < open_new
    assert level == pytest.approx(2.7, rel=0.02)
    doubts = found["total_memory_variance"].to_list()
    assert doubts[1] < doubts[0] < doubts[2] == 2 * PARAMETERS.first_variance


def test_after_a_summer_or_a_move_clubs_are_nearer_to_typical_and_less_certain() -> None:
    pair = ("club-a", "club-b")
    here, there = ask((119, *pair), (200, *pair)), ask((119, *pair), league="X2")
    before, rested, moved = signals(seen(), pl.concat([here, there])).iter_rows()
    assert 2.7 < rested[0] < before[0]
    assert before[1] < rested[1] <= moved[1] == 2 * PARAMETERS.first_variance
    strength = math.log(goals(seen(), ask((119, *pair)))[0] / goals(seen(), ask((119, "new", "newer")))[0])
    assert math.log(moved[0] / 2.6) == pytest.approx(PARAMETERS.off_season_keep * strength)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_in_which_rows_stand_does_not_matter(seed: int) -> None:
    found, questions = anything(3), everything("X1")
    shuffled = found.sample(fraction=1, shuffle=True, seed=seed)
    assert signals(shuffled, questions).equals(signals(found, questions))
    assert signals(found, questions.reverse()).reverse().equals(signals(found, questions))


def test_without_results_or_questions_there_is_no_error() -> None:
    assert signals(seen(1).clear(), ask()).shape == (0, len(SIGNALS))
    assert goals(seen(1).clear(), ask((0, "new", "newer"))) == pytest.approx([2.6])
