"""Intervals of coming games on an invented league, and the same posterior as a forecaster of a backtest.

Sampling is replaced by draws that only the tally decides. What all sports share is asked in test_uncertainty.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.settings import load_settings
from lake.conform import require
from lake.contracts.model import contract
from lake.storage import Lake
from models.basketball.bayes import model
from models.basketball.bayes.posterior import Posterior
from models.basketball.bayes.strengths import PointStrengths
from models.basketball.bayes.tally import Tally
from models.basketball.games import IDENTITY, Games
from models.families.bayes.sampler import Sampling
from models.families.bayes.walk import kept
from replay import uncertainty
from replay.basketball.craft import SEEN
from replay.basketball.walk import CLOSE, Walk, with_posterior
from replay.kept import posteriors
from tests.unit.models.basketball.bayes.leagues import posterior, season

GOLD = "gold.basketball"
AS_OF, MONTH = datetime(2019, 11, 9, 17, tzinfo=UTC), datetime(2019, 11, 1, tzinfo=UTC)
GAMES = season(8, 1)
PRICES = ("home_odds_dec", "away_odds_dec", "over_odds_dec", "under_odds_dec")
OVER, COMING = (GAMES.filter(side) for side in (pl.col("as_of_utc") <= AS_OF, pl.col("as_of_utc") > AS_OF))
ON = load_settings(posterior=True, sports=("basketball",))


@pytest.fixture(autouse=True)
def sampled(monkeypatch: pytest.MonkeyPatch) -> list[Tally]:
    """Every tally that was sampled, in order."""
    tallies: list[Tally] = []

    def draws_of(tally: Tally, sampling: Sampling) -> Posterior:
        tallies.append(tally)
        return posterior(tally.league, tally.teams, 20, int(tally.digest()[:8], 16))

    monkeypatch.setattr(model, "fit", draws_of)
    return tallies


def quotes(column: str, sign: float) -> pl.DataFrame:
    """Closing lines of the consensus, known at tip-off."""
    told = OVER.filter(pl.col(column).is_not_null())
    return told.select(
        "match_id", "competition_id", "season_code", pl.lit("consensus").alias("bookmaker"),
        pl.lit("closing").alias("quote_kind"), (sign * pl.col(column)).alias("line"),
        pl.col("event_at_utc").alias("known_at_utc"), is_aggregate=True, known_at_basis=pl.lit("date_only"),
        **dict.fromkeys(PRICES, pl.lit(None, pl.Float64)),
    )  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    found = Lake(tmp_path)
    decisions = pl.concat(
        [OVER, COMING.with_columns(is_upcoming=True, as_of_utc=pl.lit(AS_OF).dt.cast_time_unit("us"))]
    )
    found.table(f"{GOLD}.spn_decisions").replace(decisions)
    frames = (OVER, quotes("closing_margin", -1.0), quotes("closing_total", 1.0))
    for name, frame in zip(SEEN, frames, strict=True):
        found.table(f"{GOLD}.{name}").replace(frame.with_columns(state=pl.lit("finished"), overtime_periods=pl.lit(0)))
    return found


def test_each_coming_game_is_measured_by_the_posterior_of_the_month(lake: Lake, sampled: list[Tally]) -> None:
    found = require(uncertainty.intervals(lake, ON, AS_OF, lambda _: None), contract(f"{GOLD}.outcome_intervals"))
    assert len(found) == 2 * len(COMING)
    assert found.select("market", "cutoff_at_utc").unique().rows() == [("moneyline", MONTH)]
    (tally,) = sampled
    assert tally.digest() == PointStrengths().tally(GAMES, "NBA", MONTH).digest()
    drawn = kept(PointStrengths(), tally, posteriors(lake))
    told = {(row["match_id"], row["selection"]): row for row in found.iter_rows(named=True)}
    for match, answer in zip(COMING["match_id"], drawn.answers(COMING), strict=True):
        for place, side in enumerate(("home", "away")):
            row = told[match, side]
            assert [row["prob"], row["low_prob"], row["high_prob"]] == [answer[place + 2 * end] for end in range(3)]
            assert row["low_prob"] < row["prob"] < row["high_prob"]


def test_a_sampler_that_throws_is_answered_for(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(tally: Tally, sampling: Sampling) -> Posterior:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(model, "fit", fails)
    found = require(uncertainty.intervals(lake, ON, AS_OF, lambda _: None), contract(f"{GOLD}.outcome_intervals"))
    assert found["prob"].is_null().all()
    lake.table(f"{GOLD}.outcome_intervals").replace(found)
    assert uncertainty.faults(lake, ON) == {"NBA": "The sampler failed: RuntimeError: no compiler."}


def test_switched_off_nothing_is_sampled(lake: Lake, sampled: list[Tally]) -> None:
    off = load_settings(posterior=False, sports=("basketball",))
    assert uncertainty.intervals(lake, off, AS_OF, lambda _: None).is_empty()
    assert sampled == []


def test_in_a_backtest_it_is_one_more_forecaster_on_the_games_that_are_scored(tmp_path: Path) -> None:
    rows = GAMES.select(IDENTITY)
    unknown = np.full((len(rows), 2), np.nan)
    games = Games(rows, pl.DataFrame(), {}, unknown, unknown, GAMES["known_at_utc"], unknown)
    close = posterior().belief(rows)
    chosen = (rows["as_of_utc"] > MONTH).to_numpy()
    said: list[str] = []
    found = with_posterior(Walk(games, {CLOSE: close}), GAMES, chosen, tmp_path, said.append).forecasters
    assert tuple(found) == (CLOSE, "bayes")
    assert found["bayes"].present.tolist() == chosen.tolist()
    of_month = rows.filter(pl.col("as_of_utc").dt.truncate("1mo") == MONTH)
    drawn = kept(PointStrengths(), PointStrengths().tally(GAMES, "NBA", MONTH), tmp_path)
    assert isinstance(drawn, Posterior)
    first = int(chosen.argmax())
    expected = drawn.belief(of_month)
    assert found["bayes"].margin_mean[first : first + len(of_month)].tolist() == expected.margin_mean.tolist()
    assert found["bayes"].total_sd[first : first + len(of_month)].tolist() == expected.total_sd.tolist()
    assert "0 of them with faults" in said[-1]
