"""Monthly posteriors of points through the walk of all sports: as known, kept, and read as a belief about scores."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.basketball.bayes import model
from models.basketball.bayes.posterior import Posterior
from models.basketball.bayes.strengths import MOMENTS, OUTCOMES, PointStrengths, belief
from models.basketball.bayes.tally import Tally
from models.families.bayes.sampler import Sampling
from models.families.bayes.walk import chances, kept, walk
from tests.unit.models.basketball.bayes.leagues import posterior, season

STRENGTHS = PointStrengths(sampling=Sampling(draws=10, kept=20))
GAMES = pl.concat([season(8, 1, 1), season(6, 1, 2, "G")])
ASKS = GAMES.select("competition_id", "as_of_utc", "home_team_id", "away_team_id", "is_neutral")


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Tally]:
    """Every tally that was sampled, in order."""
    tallies: list[Tally] = []

    def draws_of(tally: Tally, sampling: Sampling) -> Posterior:
        tallies.append(tally)
        return posterior(tally.league, tally.teams, sampling.kept, int(tally.digest()[:8], 16))

    monkeypatch.setattr(model, "fit", draws_of)
    return tallies


def test_each_answer_is_its_months_posterior_and_nothing_is_sampled_twice(tmp_path: Path, seen: list[Tally]) -> None:
    found = walk(GAMES, ASKS.reverse(), STRENGTHS, tmp_path, lambda _: None)
    assert tuple(found.signals.columns) == STRENGTHS.signals == (*chances(OUTCOMES), *MOMENTS)
    sampled = len(seen)
    assert sampled == len(found.diagnostics) == len(list(tmp_path.glob("*.nc"))) > 2
    for place in range(0, len(ASKS), 9):
        ask = ASKS.reverse()[place]
        month = ask["as_of_utc"][0].replace(day=1, hour=0, minute=0)
        one = kept(STRENGTHS, STRENGTHS.tally(GAMES, ask["competition_id"][0], month), tmp_path)
        assert list(found.signals.row(place)) == one.answers(ask)[0].tolist()
    assert len(seen) == sampled


def test_what_becomes_known_after_the_month_began_changes_nothing(tmp_path: Path) -> None:
    cut = datetime(2019, 11, 1, tzinfo=UTC)
    asked, late = ASKS.filter(pl.col("as_of_utc").dt.month() == 11), pl.col("known_at_utc") > cut
    upset = GAMES.with_columns(home_points=pl.when(late).then(0).otherwise("home_points"))
    known = GAMES.with_columns(home_points=pl.when(late).then("home_points").otherwise(0))
    first, second, third = (
        walk(games, asked, STRENGTHS, tmp_path / str(place), lambda _: None).signals
        for place, games in enumerate((GAMES, upset, known))
    )
    assert first.equals(second)
    assert not first.equals(third)


def test_signals_are_a_belief_about_scores_and_none_where_nobody_asked(tmp_path: Path) -> None:
    signals = walk(GAMES, ASKS, STRENGTHS, tmp_path, lambda _: None).signals
    silent = pl.DataFrame(np.full((1, signals.width), np.nan), schema=signals.schema)
    found = belief(pl.concat([signals, silent]))
    assert found.margin_mean[:-1].tolist() == signals["bayes_margin"].to_list()
    assert found.total_sd[:-1].tolist() == signals["bayes_total_sd"].to_list()
    assert found.present.tolist() == [True] * len(signals) + [False]
