"""Rates as known: each week's fit from what was known then, corrections from their own moment, newcomers placed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from models.families.goals import bivariate_poisson, dixon_coles, negative_binomial
from models.families.goals.design import Family, Floats, GoalPrior, Matches, time_weights
from models.families.goals.walk import PARAMETERS as TUNED
from models.families.goals.walk import WalkParameters, rates_as_known, walk
from tests.unit.models.goals.leagues import asks_of, seasons_of

OLD = [f"old-{number}" for number in range(7)]
PARAMETERS = WalkParameters(window_days=500.0)
HISTORY = pl.concat(
    [
        seasons_of("X1", [[*OLD, "old-7"], [*OLD, "new-1"], [*OLD[:6], "new-1", "new-2"], [*OLD, "new-3"]], 1),
        seasons_of("X2", [[f"two-{number}" for number in range(6)]] * 3, 2),
    ]
)
ASKS = asks_of(HISTORY).filter(pl.col("as_of_utc") > HISTORY["event_at_utc"].min() + timedelta(days=300))
CUT = ASKS["as_of_utc"].sort()[len(ASKS) // 2]
FITS = {
    Family.DIXON_COLES: dixon_coles.fit,
    Family.BIVARIATE_POISSON: bivariate_poisson.fit,
    Family.NEGATIVE_BINOMIAL: negative_binomial.fit,
}
FAMILIES = pytest.mark.parametrize("family", FITS, ids=["Dixon-Coles", "bivariate Poisson", "negative binomial"])


def parameters_of(family: Family, **changed: float) -> WalkParameters:
    return replace(TUNED[family], window_days=500.0, **changed)  # type: ignore[arg-type]


def told(family: Family, shape: float) -> float:
    """Rho as it is; the covariance and the dispersion from their logarithms."""
    return shape if family is Family.DIXON_COLES else math.exp(shape)


def monday(moment: datetime) -> datetime:
    start = moment - timedelta(days=moment.weekday())
    return start.replace(hour=0, minute=0, second=0, microsecond=0)


def known_rows(results: pl.DataFrame, competition: str, at: datetime, parameters: WalkParameters) -> pl.DataFrame:
    """The latest version known of every match of the window, the obvious way."""
    known = results.filter(pl.col("competition_id") == competition, pl.col("known_at_utc") <= at)
    latest = known.sort("known_at_utc").unique("match_id", keep="last", maintain_order=True)
    return latest.filter(pl.col("event_at_utc") >= at - timedelta(days=parameters.window_days))


def slow_answer(results: pl.DataFrame, ask: dict[str, object], parameters: WalkParameters, family: Family) -> Floats:
    """Both rates and the shape by one cold fit for one question; a club without a match in the window is average."""
    at = monday(ask["as_of_utc"])  # type: ignore[arg-type]
    rows = known_rows(results, str(ask["competition_id"]), at, parameters)
    teams = sorted({*rows["home_team_id"], *rows["away_team_id"]})
    sides = [np.array([teams.index(team) for team in rows[f"{side}_team_id"]], np.int64) for side in ("home", "away")]
    goals = [rows[f"{side}_goals"].to_numpy().astype(np.int64) for side in ("home", "away")]
    age = np.array([(at - event) / timedelta(days=1) for event in rows["event_at_utc"]], float)
    weights = time_weights(age, parameters.decay_per_day)
    fitted = FITS[family](Matches(*sides, *goals, weights, len(teams)), parameters.prior)
    strength = {team: (fitted.attack[place], fitted.defence[place]) for place, team in enumerate(teams)}
    (attack, defence), (attack2, defence2) = (
        strength.get(str(ask[f"{side}_team_id"]), (0.0, 0.0)) for side in ("home", "away")
    )
    logs = [fitted.base + fitted.home_advantage + attack - defence2, fitted.base + attack2 - defence]
    shape = told(family, fitted.shape)
    return np.append(np.exp(logs) + (shape if family is Family.BIVARIATE_POISSON else 0.0), shape)


@FAMILIES
@pytest.mark.parametrize("warm_start", [True, False])
def test_each_answer_is_one_slow_fit_on_what_the_monday_knew(family: Family, warm_start: bool) -> None:
    level = parameters_of(family, newcomer_matches=1e12, warm_start=warm_start)
    found = walk(HISTORY, ASKS, level, family)
    for place in range(0, len(ASKS), 13):
        slow = slow_answer(HISTORY, ASKS.row(place, named=True), level, family)
        assert [*found.rates[place], found.shape[place]] == pytest.approx(slow, abs=1e-8)


@FAMILIES
@pytest.mark.parametrize("warm_start", [True, False])
def test_what_becomes_known_after_the_monday_changes_nothing(family: Family, warm_start: bool) -> None:
    parameters = parameters_of(family, warm_start=warm_start)
    asks = ASKS.filter(pl.col("as_of_utc") <= CUT)
    later = pl.col("known_at_utc") > monday(CUT)
    upset = HISTORY.with_columns(
        home_goals=pl.when(later).then(9).otherwise("home_goals"),
        away_team_id=pl.when(later).then(pl.lit("a-stranger")).otherwise("away_team_id"),
    )
    corrected = pl.concat(
        [HISTORY, HISTORY.with_columns(known_at_utc=pl.lit(monday(CUT) + timedelta(microseconds=1)), home_goals=9)],
        how="vertical_relaxed",
    ).cast(HISTORY.schema)
    expected = rates_as_known(HISTORY, asks, parameters, family).tolist()
    assert 0 < len(HISTORY.filter(later)) < len(HISTORY)
    for other in (upset, HISTORY.filter(~later), corrected):
        assert rates_as_known(other, asks, parameters, family).tolist() == expected


def test_a_result_known_on_the_monday_counts_and_a_microsecond_later_does_not() -> None:
    ask = ASKS.filter(pl.col("competition_id") == "X1").tail(1)
    at = monday(ask["as_of_utc"][0])
    one = HISTORY.filter(pl.col("competition_id") == "X1", pl.col("known_at_utc") < at).tail(1)
    others = HISTORY.join(one, on="match_id", how="anti")

    def with_it(known: datetime) -> list[float]:
        moved = one.with_columns(known_at_utc=pl.lit(known).cast(HISTORY.schema["known_at_utc"]), home_goals=9)
        return rates_as_known(pl.concat([others, moved.cast(HISTORY.schema)]), ask, PARAMETERS)[0].tolist()  # type: ignore[no-any-return]

    without = rates_as_known(others, ask, PARAMETERS)[0].tolist()
    assert with_it(at + timedelta(microseconds=1)) == without
    assert with_it(at) != without


def test_a_correction_replaces_the_result_from_its_own_moment_on() -> None:
    moment = monday(CUT) + timedelta(hours=1)
    first = HISTORY.filter(pl.col("competition_id") == "X1", pl.col("known_at_utc") < moment).tail(1)
    version = first.with_columns(known_at_utc=pl.lit(moment), home_goals=8, away_goals=0).cast(HISTORY.schema)
    right = HISTORY.join(first, on="match_id", how="anti").vstack(version.with_columns(first["known_at_utc"]))
    corrected = pl.concat([version, HISTORY])
    before = (ASKS["as_of_utc"].dt.truncate("1w") < moment).to_numpy()
    assert before.any()
    found, old, new = (rates_as_known(results, ASKS, PARAMETERS) for results in (corrected, HISTORY, right))
    assert found[before].tolist() == old[before].tolist()
    assert found[~before] == pytest.approx(new[~before], abs=1e-8)
    assert np.abs(new[~before] - old[~before]).max() > 1e-3


@FAMILIES
def test_a_newcomer_is_placed_by_earlier_newcomers_before_its_first_match(family: Family) -> None:
    involved = (pl.col("home_team_id") == "new-3") | (pl.col("away_team_id") == "new-3")
    debut = HISTORY.filter(involved)["event_at_utc"].min()
    asks = pl.DataFrame({"home_team_id": ["new-3", *OLD[1:]]}).with_columns(
        match_id=pl.lit("ask"), competition_id=pl.lit("X1"), event_at_utc=debut, away_team_id=pl.lit(OLD[0]),
        as_of_utc=debut - timedelta(days=14),
    )  # fmt: skip
    found = rates_as_known(HISTORY, asks, parameters_of(family), family)
    blind = rates_as_known(HISTORY, asks, parameters_of(family, newcomer_matches=1e12), family)
    assert found[0, 0] < 0.85 * found[1:, 0].mean()
    assert found[0, 1] > 1.15 * found[1:, 1].mean()
    assert found[0, 0] < 0.85 * blind[0, 0]
    assert found[0, 1] > 1.15 * blind[0, 1]


def test_the_levels_are_goals_over_the_leagues_mean_in_first_seasons_after_coming_up_or_back() -> None:
    as_of = HISTORY["event_at_utc"].max() + timedelta(days=14)
    played = HISTORY.filter(pl.col("competition_id") == "X1")
    season = pl.col("match_id").str.split("-").list.get(1)
    sides = pl.concat(
        [
            played.select(season.alias("season"), club=f"{us}_team_id", scored=f"{us}_goals", conceded=f"{them}_goals")
            for us, them in (("home", "away"), ("away", "home"))
        ]
    )
    mean, back = sides["scored"].mean(), (pl.col("club") == "old-6") & (pl.col("season") == "3")
    came_up = back | (pl.col("club") == pl.format("new-{}", "season"))

    def level(group: pl.Expr, goals: str) -> float:
        rows = sides.filter(group)
        drawn = PARAMETERS.newcomer_matches
        return float(np.log((rows[goals].sum() / mean + drawn) / (len(rows) + drawn)))

    asks = pl.DataFrame({"home_team_id": ["never seen", "old-1"], "away_team_id": ["old-2", "old-2"]}).with_columns(
        match_id=pl.lit("ask"), competition_id=pl.lit("X1"), event_at_utc=as_of, as_of_utc=as_of
    )
    at_their_centres = replace(PARAMETERS, prior=replace(PARAMETERS.prior, club_precision=1e9))
    newcomer, established = np.log(rates_as_known(HISTORY, asks, at_their_centres))
    attack, leak = (level(came_up, goals) - level(~came_up, goals) for goals in ("scored", "conceded"))
    assert newcomer - established == pytest.approx([attack, leak], abs=1e-5)


def test_leagues_do_not_know_each_other() -> None:
    one = pl.col("competition_id") == "X1"
    asks = ASKS.filter(one)
    together = rates_as_known(HISTORY, ASKS, PARAMETERS)[ASKS.select(one).to_series().to_numpy()]
    assert together.tolist() == rates_as_known(HISTORY.filter(one), asks, PARAMETERS).tolist()


@FAMILIES
def test_the_order_of_the_rows_does_not_matter(family: Family) -> None:
    parameters = parameters_of(family)
    expected = rates_as_known(HISTORY, ASKS, parameters, family)
    shuffled = ASKS.with_row_index("row").sample(fraction=1, shuffle=True, seed=3)
    found = rates_as_known(HISTORY.sample(fraction=1, shuffle=True, seed=4), shuffled.drop("row"), parameters, family)
    assert found.tolist() == expected[shuffled["row"].to_numpy()].tolist()


@FAMILIES
def test_a_cold_walk_is_its_weeks_one_at_a_time_to_the_last_bit_and_a_warm_one_nearly(family: Family) -> None:
    some = ASKS.sample(30, seed=5)
    for warm, tolerance in ((False, 0.0), (True, 1e-8)):
        parameters = parameters_of(family, warm_start=warm)
        alone = np.vstack([rates_as_known(HISTORY, row, parameters, family) for row in some.iter_slices(1)])
        assert np.abs(alone - rates_as_known(HISTORY, some, parameters, family)).max() <= tolerance


@FAMILIES
def test_every_refit_converges_and_there_is_one_a_league_and_week(family: Family) -> None:
    walked = walk(HISTORY, ASKS, parameters_of(family), family)
    weeks = ASKS.select("competition_id", pl.col("as_of_utc").dt.truncate("1w")).n_unique()
    assert len(walked.converged) == weeks
    assert walked.converged.all()
    assert (walked.rates > 0).all()
    assert np.abs(walked.shape).max() < 0.5


@FAMILIES
def test_nothing_known_is_the_prior_and_nothing_asked_is_no_answer(family: Family) -> None:
    parameters = parameters_of(family)
    prior, shape = parameters.prior, told(family, parameters.prior.shape)
    shared = shape if family is Family.BIVARIATE_POISSON else 0.0
    expected = np.exp([prior.base + prior.home_advantage, prior.base]) + shared
    strange = ASKS.head(3).with_columns(competition_id=pl.lit("unheard of"))
    for results, asks in ((HISTORY.clear(), ASKS.head(3)), (HISTORY, strange)):
        found = walk(results, asks, parameters, family)
        assert found.rates == pytest.approx(np.tile(expected, (3, 1)), abs=1e-9)
        assert found.shape == pytest.approx(np.full(3, shape), abs=1e-9)
    for results in (HISTORY, HISTORY.clear()):
        assert rates_as_known(results, ASKS.clear(), parameters, family).shape == (0, 2)


def test_the_inputs_are_left_as_they_were() -> None:
    results, asks = HISTORY.clone(), ASKS.clone()
    rates_as_known(results, asks, PARAMETERS)
    assert_frame_equal(results, HISTORY)
    assert_frame_equal(asks, ASKS)


@pytest.mark.parametrize(
    "values", [{"window_days": 0.0}, {"decay_per_day": -0.1}, {"absence_days": -1.0}, {"newcomer_matches": 0.0}]
)
def test_impossible_parameters_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        WalkParameters(**values, prior=GoalPrior())  # type: ignore[arg-type]
