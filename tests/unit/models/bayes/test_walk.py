"""Monthly posteriors as known: nothing from later, one sampling a tally, and answers in the order of the spine.

Sampling is replaced by draws that only the tally decides, so that what reaches it can be seen in the answers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from models.families.bayes import model
from models.families.bayes.goals import SIGNALS, GoalStrengths
from models.families.bayes.posterior import Posterior
from models.families.bayes.sampler import Sampling
from models.families.bayes.tally import History, Tally, tally_as_known
from models.families.bayes.walk import kept, walk
from tests.unit.models.bayes.posteriors import HEALTHY, posterior
from tests.unit.models.goals.leagues import asks_of, seasons_of

OLD = [f"old-{number}" for number in range(4)]
HISTORY = pl.concat([seasons_of(league, [[*OLD, "a"], [*OLD, "b"]], seed) for seed, league in enumerate(("X1", "X2"))])
ASKS = asks_of(HISTORY).sample(fraction=0.5, shuffle=True, seed=3)
PARAMETERS = GoalStrengths(History(window_days=400.0), Sampling(draws=10, kept=20))
CUT = datetime(2017, 2, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Tally]:
    """Every tally that was sampled, in order."""
    tallies: list[Tally] = []

    def draws_of(tally: Tally, sampling: Sampling) -> Posterior:
        tallies.append(tally)
        return posterior(tally.league, tally.clubs, sampling.kept, int(tally.digest()[:8], 16) + sampling.seed)

    monkeypatch.setattr(model, "fit", draws_of)
    return tallies


def quiet(_text: str) -> None:
    """Progress that nobody reads."""


def signals(results: pl.DataFrame, spine: pl.DataFrame, folder: Path) -> pl.DataFrame:
    return walk(results, spine, PARAMETERS, folder, quiet).signals


def sampled(results: pl.DataFrame, parameters: GoalStrengths, folder: Path) -> Posterior:
    found = kept(parameters, parameters.tally(results, "X1", CUT), folder)
    assert isinstance(found, Posterior)
    return found


def test_each_answer_is_its_months_posterior(tmp_path: Path) -> None:
    found = signals(HISTORY, ASKS, tmp_path)
    assert tuple(found.columns) == SIGNALS
    for place in range(0, len(ASKS), 7):
        ask = ASKS.row(place, named=True)
        month = ask["as_of_utc"].replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        tally = tally_as_known(HISTORY, ask["competition_id"], month, PARAMETERS.history)
        belief = model.fit(tally, PARAMETERS.sampling).belief(
            [ask["home_team_id"]], [ask["away_team_id"]], [ask["competition_id"]]
        )
        expected = [*belief.mean.probabilities[0], *belief.low[0], *belief.high[0]]
        assert list(found.row(place)) == expected


def test_a_walk_that_was_done_samples_nothing_again_and_one_that_broke_off_goes_on(
    tmp_path: Path, seen: list[Tally]
) -> None:
    whole = signals(HISTORY, ASKS, tmp_path)
    sampled = len(seen)
    assert sampled == len(list(tmp_path.glob("*.nc")))
    assert signals(HISTORY, ASKS, tmp_path).equals(whole)
    assert len(seen) == sampled
    for file in sorted(tmp_path.glob("*.nc"))[:3]:
        file.unlink()
    assert signals(HISTORY, ASKS, tmp_path).equals(whole)
    assert len(seen) == sampled + 3


def test_a_file_that_is_not_whole_is_sampled_again(tmp_path: Path, seen: list[Tally]) -> None:
    def ask() -> Posterior:
        return sampled(HISTORY, PARAMETERS, tmp_path)

    whole = ask()
    (file,) = tmp_path.glob("*.nc")
    for damaged in (b"", file.read_bytes()[:900], file.read_bytes()[:-64]):
        file.write_bytes(damaged)
        assert ask().strength.tolist() == whole.strength.tolist()
    assert len(seen) == 4


def test_another_seed_or_another_result_is_another_file(tmp_path: Path, seen: list[Tally]) -> None:
    changed = HISTORY.with_columns(home_goals=pl.col("home_goals") + 1)
    other_seed = replace(PARAMETERS, sampling=replace(PARAMETERS.sampling, seed=1))
    for results, parameters in ((HISTORY, PARAMETERS), (changed, PARAMETERS), (HISTORY, other_seed)):
        sampled(results, parameters, tmp_path)
    assert len(seen) == len(list(tmp_path.glob("*.nc"))) == 3


def test_what_becomes_known_after_the_month_began_changes_nothing(tmp_path: Path) -> None:
    asks = ASKS.filter(pl.col("as_of_utc") < CUT + timedelta(days=28))
    later = pl.col("known_at_utc") > CUT
    upset = HISTORY.with_columns(home_goals=pl.when(later).then(9).otherwise("home_goals"))
    correction = HISTORY.with_columns(known_at_utc=pl.lit(CUT + timedelta(microseconds=1)), home_goals=7)
    corrected = pl.concat([HISTORY, correction.cast(HISTORY.schema)])
    expected = signals(HISTORY, asks, tmp_path / "all")
    for place, other in enumerate((upset, HISTORY.filter(~later), corrected)):
        assert signals(other, asks, tmp_path / str(place)).equals(expected)
    known = HISTORY.with_columns(home_goals=pl.when(later).then("home_goals").otherwise(9))
    assert not signals(known, asks, tmp_path / "known").equals(expected)


def test_an_answer_depends_on_no_other_question(tmp_path: Path) -> None:
    whole = signals(HISTORY, ASKS, tmp_path / "all")
    some = ASKS.with_row_index("row").filter(pl.col("competition_id") == "X2").reverse()
    alone = signals(HISTORY, some, tmp_path / "some")
    assert alone.equals(whole[some["row"].to_list()])


def test_progress_names_each_month_and_diagnostics_each_league(tmp_path: Path) -> None:
    said: list[str] = []
    found = walk(HISTORY, ASKS, PARAMETERS, tmp_path, said.append)
    months = ASKS["as_of_utc"].dt.truncate("1mo").unique().sort()
    assert [text.split(",")[0] for text in said] == [
        f"{place + 1}/{len(months)} posteriors of {month:%Y-%m}" for place, month in enumerate(months)
    ]
    assert found.diagnostics["cutoff_at_utc"].unique().sort().equals(months.alias("cutoff_at_utc"))
    assert found.diagnostics["max_r_hat"].unique().to_list() == [HEALTHY.max_r_hat]
    assert found.diagnostics["faults"].list.len().sum() == 0


def test_without_questions_there_is_no_answer_and_no_error(tmp_path: Path) -> None:
    assert signals(HISTORY, ASKS.clear(), tmp_path).shape == (0, len(SIGNALS))
