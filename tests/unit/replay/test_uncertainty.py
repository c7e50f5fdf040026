"""Intervals of a moment on invented leagues: whose posterior they are, what withholds them, and what that blocks.

Sampling is replaced by draws that only the tally decides, so that what reaches it can be seen in the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
import pytest
from dagster import AssetKey, Definitions, asset

from core.settings import Settings, load_settings
from lake.conform import require
from lake.contracts.model import contract
from lake.storage import Lake
from models.belief import OUTCOMES, Belief
from models.dataset import Dataset
from models.families.bayes import model
from models.families.bayes.diagnostics import Diagnostics
from models.families.bayes.goals import PROBABILITIES, GoalStrengths
from models.families.bayes.posterior import Posterior
from models.families.bayes.sampler import Sampling
from models.families.bayes.tally import Tally, tally_as_known
from replay import football, uncertainty
from replay.catalog import CRAFTS
from replay.kept import posteriors
from replay.posterior import forecaster
from tests.unit.models.bayes.posteriors import HEALTHY, posterior
from tests.unit.models.goals.leagues import asks_of, seasons_of
from tests.unit.replay.seasons import decided

T = TypeVar("T")
SPORT = "football"
GOLD = f"gold.{SPORT}"
CLUBS = [f"old-{number}" for number in range(4)]
HISTORY = pl.concat([seasons_of(league, [CLUBS, CLUBS], seed) for seed, league in enumerate(("X1", "X2"))])
MONTH, AS_OF = datetime(2017, 2, 1, tzinfo=UTC), datetime(2017, 2, 10, 17, tzinfo=UTC)
PARAMETERS = GoalStrengths(sampling=Sampling(draws=10, kept=20))
ON, OFF = load_settings(posterior=True), load_settings(posterior=False)
DISAGREED = Diagnostics(1.2, 900.0, 3, 2)


class Sampler:
    """Stands for PyMC: counts what it sampled, and goes as badly in a league as it is told."""

    def __init__(self) -> None:
        self.tallies: list[Tally] = []
        self.went: dict[str, Diagnostics | Exception] = {}

    def fit(self, tally: Tally, sampling: Sampling) -> Posterior:
        self.tallies.append(tally)
        went = self.went.get(tally.league, HEALTHY)
        if isinstance(went, Exception):
            raise went
        drawn = posterior(tally.league, tally.clubs, sampling.kept, int(tally.digest()[:8], 16))
        return replace(drawn, diagnostics=went)


@pytest.fixture(autouse=True)
def sampler(monkeypatch: pytest.MonkeyPatch) -> Sampler:
    found = Sampler()
    monkeypatch.setattr(model, "fit", found.fit)
    monkeypatch.setattr(football, "strengths", lambda: PARAMETERS)
    return found


def gold_of(root: Path, results: pl.DataFrame) -> Lake:
    """A lake of these results and of two coming matches in each league, one with a club that nobody saw before."""
    lake = Lake(root)
    told = results.with_columns(season_code=pl.lit("2016-17"), state=pl.lit("finished"))
    coming = [
        {"match_id": f"{league}-{away}", "competition_id": league, "season_code": "2016-17", "as_of_utc": AS_OF,
         "event_at_utc": AS_OF + timedelta(days=1), "home_team_id": "old-0", "away_team_id": away, "is_upcoming": True}
        for league in ("X2", "X1") for away in ("old-1", "new")
    ]  # fmt: skip
    played = coming[0] | {"match_id": "over", "is_upcoming": False}
    lake.table(f"{GOLD}.fct_results").replace(told)
    lake.table(f"{GOLD}.spn_decisions").replace(pl.DataFrame([*coming, played]))
    return lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return gold_of(tmp_path, HISTORY)


def quiet(_text: str) -> None:
    """Progress that nobody reads."""


def measured(lake: Lake, settings: Settings = ON, say: Callable[[str], None] = quiet) -> pl.DataFrame:
    return uncertainty.intervals(lake, settings, AS_OF, say)


def written(lake: Lake) -> Lake:
    lake.table(f"{GOLD}.outcome_intervals").replace(measured(lake))
    return lake


def told(rows: pl.DataFrame, league: str) -> pl.DataFrame:
    return rows.filter(pl.col("competition_id") == league)


def test_each_coming_match_is_measured_by_its_leagues_posterior_of_the_month(lake: Lake, sampler: Sampler) -> None:
    found = require(measured(lake), contract(f"{GOLD}.outcome_intervals"))
    assert len(found) == 4 * 3
    assert found["cutoff_at_utc"].unique().to_list() == [MONTH]
    for (match, league), rows in found.group_by("match_id", "competition_id"):
        by_outcome = {row["selection"]: row for row in rows.iter_rows(named=True)}
        drawn = sampler.fit(tally_as_known(HISTORY, str(league), MONTH, PARAMETERS.history), PARAMETERS.sampling)
        belief = drawn.belief(["old-0"], [str(match).removeprefix(f"{league}-")], [str(league)])
        for place, outcome in enumerate(OUTCOMES):
            row = by_outcome[outcome]
            expected = (belief.mean.probabilities[0, place], belief.low[0, place], belief.high[0, place])
            assert (row["prob"], row["low_prob"], row["high_prob"]) == expected


def test_what_became_known_in_the_month_or_later_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    late = pl.col("known_at_utc") > MONTH
    correction = HISTORY.filter(~late).with_columns(known_at_utc=pl.lit(MONTH + timedelta(hours=1)), home_goals=7)
    corrected = pl.concat([HISTORY.filter(~late), correction.cast(HISTORY.schema)])
    expected = measured(lake)
    for place, results in enumerate((HISTORY.filter(~late), corrected)):
        assert measured(gold_of(tmp_path / str(place), results)).equals(expected)
    upset = HISTORY.with_columns(home_goals=pl.when(late).then("home_goals").otherwise(7))
    assert not measured(gold_of(tmp_path / "upset", upset)).equals(expected)


def test_a_league_that_did_not_converge_is_withheld_and_no_other(lake: Lake, sampler: Sampler) -> None:
    healthy = measured(lake)
    for file in posteriors(lake).iterdir():
        file.unlink()
    sampler.went = {"X2": DISAGREED}
    found = measured(lake)
    withheld = told(found, "X2")
    assert withheld.select("prob", "low_prob", "high_prob").null_count().row(0) == (6, 6, 6)
    assert withheld.select("max_r_hat", "min_bulk_ess", "divergences").unique().row(0) == (1.2, 900.0, 3)
    assert told(found, "X1").equals(told(healthy, "X1"))
    assert uncertainty.faults(written(lake), ON) == {"X2": " ".join(DISAGREED.faults())}


@pytest.mark.parametrize("went", [replace(HEALTHY, max_r_hat=float("nan")), replace(HEALTHY, min_bulk_ess=99.0)])
def test_a_measure_that_is_missing_or_too_small_withholds(lake: Lake, sampler: Sampler, went: Diagnostics) -> None:
    sampler.went = {"X1": went}
    found = told(require(measured(lake), contract(f"{GOLD}.outcome_intervals")), "X1")
    assert found["prob"].is_null().all()
    assert found["withheld_because"].unique().to_list() == went.faults()


def test_a_sampler_that_throws_is_answered_for_and_tried_again_next_time(lake: Lake, sampler: Sampler) -> None:
    sampler.went = {"X1": RuntimeError("no compiler")}
    found = require(measured(lake), contract(f"{GOLD}.outcome_intervals"))
    assert told(found, "X1")["prob"].is_null().all()
    assert told(found, "X2")["prob"].is_not_null().all()
    assert uncertainty.faults(written(lake), ON) == {"X1": "The sampler failed: RuntimeError: no compiler."}
    sampler.went = {}
    assert uncertainty.faults(written(lake), ON) == {}


def test_a_posterior_is_sampled_once_a_month_and_kept_beside_the_other_fits(lake: Lake, sampler: Sampler) -> None:
    said: list[str] = []
    first = measured(lake, say=said.append)
    assert [text.split(",")[0] for text in said] == ["1/2 posterior of X1", "2/2 posterior of X2"]
    assert len(list((lake.root / "learned" / "bayes").glob("*.nc"))) == 2
    assert measured(lake).equals(first)
    assert [tally.league for tally in sampler.tallies] == ["X1", "X2"]


def test_switched_off_nothing_is_sampled_nothing_is_told_and_nothing_is_missed(lake: Lake, sampler: Sampler) -> None:
    assert measured(lake, OFF).is_empty()
    assert sampler.tallies == []
    assert uncertainty.faults(lake, OFF) == {}
    assert uncertainty.faults(lake, ON) == dict.fromkeys(("X1", "X2"), "Nothing was sampled for this moment.")


def test_on_a_first_day_there_is_nothing_to_measure(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert measured(lake).schema == contract(f"{GOLD}.outcome_intervals").schema
    assert measured(lake).is_empty()
    assert uncertainty.faults(lake, ON) == {}


def spine(lake: Lake) -> Dataset:
    """The past decisions of the history, then the coming ones of the lake, as models get them."""
    columns = ("match_id", "competition_id", "as_of_utc", "home_team_id", "away_team_id")
    coming = lake.table(f"{GOLD}.spn_decisions").read(pl.col("is_upcoming"))
    rows = pl.concat([asks_of(HISTORY).select(columns), coming.select(columns)])
    frame, _ = decided(("m", 0, "X1", (0.5, 0.3, 0.2)))
    return replace(frame.where(np.zeros(1, dtype=bool)), rows=rows)


def test_a_backtest_is_answered_as_the_moment_was_and_only_where_it_asked(lake: Lake, tmp_path: Path) -> None:
    data = spine(lake)
    asked = (data.rows["as_of_utc"] >= MONTH).to_numpy()
    said: list[str] = []
    found = forecaster(HISTORY, data.rows, asked, PARAMETERS, tmp_path / "walk", said.append)
    belief, went = Belief(found.signals.select(PROBABILITIES).to_numpy()), found.diagnostics
    assert np.array_equal(belief.present, asked)
    live = measured(lake).sort("match_id")
    for place, match in enumerate(data.rows["match_id"].to_list()[-4:], start=len(asked) - 4):
        rows = {row["selection"]: row["prob"] for row in live.filter(match_id=match).iter_rows(named=True)}
        assert belief.probabilities[place] == pytest.approx([rows[outcome] for outcome in OUTCOMES], abs=0)
    months = data.rows.filter(asked)["as_of_utc"].dt.truncate("1mo").n_unique()
    assert len(went) == months * 2
    assert went["faults"].list.len().sum() == 0
    assert said[-1] == f"{months * 2} posteriors, 0 of them with faults of convergence"


@pytest.fixture
def job_of(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[bool, set[str]]]:
    """Runs the step with its check, what is built on the intervals, and what waits for the posterior only."""
    from assets.checks import CONVERGENCE
    from assets.uncertainty import intervals_key, measures, posterior_key
    from assets.workspace import Workspace

    monkeypatch.setenv("FAIRLINE_POSTERIOR", "1")

    @asset(deps=[intervals_key(SPORT)])
    def built_on_intervals() -> None: ...

    @asset(deps=[posterior_key(SPORT)])
    def delivered() -> None: ...

    def run() -> tuple[bool, set[str]]:
        definitions = Definitions(
            [of(measures), built_on_intervals, delivered], asset_checks=[of(CONVERGENCE)],
            resources={"workspace": Workspace(lake_dir=str(lake.root), as_of=AS_OF.isoformat())},
        )  # fmt: skip
        job = definitions.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(raise_on_error=False, partition_key="2017-02-10")
        made = result.get_asset_materialization_events()
        return result.success, {event.asset_key.path[-1] for event in made if event.asset_key}

    return run


def test_a_posterior_that_did_not_converge_blocks_what_is_built_on_it_and_not_the_delivery(
    job_of: Callable[[], tuple[bool, set[str]]], lake: Lake, sampler: Sampler
) -> None:
    sampler.went = {"X2": DISAGREED}
    assert job_of() == (False, {"posterior", "outcome_intervals", "delivered"})
    assert told(lake.table(f"{GOLD}.outcome_intervals").read(), "X2")["prob"].is_null().all()


def test_a_posterior_that_converged_blocks_nothing(job_of: Callable[[], tuple[bool, set[str]]]) -> None:
    assert job_of() == (True, {"posterior", "outcome_intervals", "built_on_intervals", "delivered"})


def test_switched_off_the_check_passes_over_an_empty_table(
    job_of: Callable[[], tuple[bool, set[str]]], lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRLINE_POSTERIOR", "0")
    assert job_of()[0]
    table = lake.table(f"{GOLD}.outcome_intervals")
    assert (table.exists, table.rows()) == (True, 0)


def test_the_release_waits_for_the_posterior_and_stands_on_no_interval() -> None:
    from assets.delivery import RELEASED, release
    from assets.uncertainty import intervals_key, posterior_key

    waited_for = set(upstream(release.asset_deps))
    for sport in CRAFTS:
        assert posterior_key(sport) in waited_for
        assert intervals_key(sport) not in waited_for
        assert f"gold.{sport}.outcome_intervals" in RELEASED


def of(each: Sequence[T]) -> T:
    """That of football."""
    return each[tuple(CRAFTS).index(SPORT)]


def upstream(deps: dict[AssetKey, set[AssetKey]]) -> Iterator[AssetKey]:
    for keys in deps.values():
        yield from keys
