"""Invented posteriors: rates of each draw, beliefs with intervals, newcomers, NetCDF and back, bad samplers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from models.belief import Belief
from models.families.bayes.diagnostics import Diagnostics
from models.families.bayes.posterior import Posterior, UncertainBelief
from tests.unit.models.bayes.posteriors import HEALTHY, posterior

ONE = posterior()
BOTH = Posterior.joined([ONE, posterior("X2", ("a", "d"), seed=1)])
SEEN = ("a", "b", "c")


def test_rates_are_the_formula_in_every_draw() -> None:
    found = BOTH.rates(["b", "d"], ["c", "a"], ["X1", "X2"])
    assert found.shape == (2, 50, 2)
    for match, (league, home, away) in enumerate([(0, ("X1", "b"), ("X1", "c")), (1, ("X2", "d"), ("X2", "a"))]):
        h, a = BOTH.strength[:, BOTH.clubs.index(home)], BOTH.strength[:, BOTH.clubs.index(away)]
        base, advantage = BOTH.base[:, league], BOTH.home_advantage[:, league]
        assert found[match, :, 0] == pytest.approx(np.exp(base + advantage + h[:, 0] - a[:, 1]))
        assert found[match, :, 1] == pytest.approx(np.exp(base + a[:, 0] - h[:, 1]))


def test_a_belief_is_the_mean_over_draws_of_each_draws_score_grid() -> None:
    found = ONE.belief(["a"], ["b"], ["X1"])
    goals = np.arange(16)
    drawn = []
    for home, away in ONE.rates(["a"], ["b"], ["X1"])[0]:
        grid = np.outer(poisson.pmf(goals, home), poisson.pmf(goals, away))
        drawn.append([np.tril(grid, -1).sum(), np.trace(grid), np.triu(grid, 1).sum()])
    assert found.mean.probabilities[0] == pytest.approx(np.mean(drawn, axis=0), abs=1e-9)
    assert found.low[0] == pytest.approx(np.quantile(drawn, 0.05, axis=0), abs=1e-9)
    assert found.high[0] == pytest.approx(np.quantile(drawn, 0.95, axis=0), abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.sampled_from([(h, a) for h in (*SEEN, "x") for a in (*SEEN, "y") if h != a]), min_size=1, max_size=9)
)
def test_a_match_has_the_same_bits_alone_and_in_any_company(asked: list[tuple[str, str]]) -> None:
    home, away = ([pair[side] for pair in asked] for side in (0, 1))
    together = BOTH.belief(home, away, ["X1"] * len(asked))
    alone = [ONE.belief([pair[0]], [pair[1]], ["X1"]) for pair in asked]
    for side in ("low", "high"):
        assert np.concatenate([getattr(one, side) for one in alone]).tolist() == getattr(together, side).tolist()
    means = [one.mean.probabilities for one in alone]
    assert np.concatenate(means).tolist() == together.mean.probabilities.tolist()


def test_many_matches_are_priced_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = (["a", "b", "c"] * 5, ["b", "c", "a"] * 5, ["X1"] * 15)
    whole = ONE.belief(*asks).mean.probabilities.tolist()
    monkeypatch.setattr("models.families.bayes.posterior._GRIDS_AT_ONCE", 100)
    assert ONE.belief(*asks).mean.probabilities.tolist() == whole


def test_a_club_without_a_match_has_a_wide_interval_and_two_of_them_are_not_one() -> None:
    found = ONE.belief(["a", "new", "new", "other"], ["b", "b", "other", "new"], ["X1"] * 4)
    width = (found.high - found.low)[:, 0]
    assert (width[1:] > 2 * width[0]).all()
    rates = ONE.rates(["new", "other"], ["b", "b"], ["X1", "X1"])[:, :, 0]
    assert abs(np.corrcoef(np.log(rates))[0, 1]) < 0.5


def test_newcomers_are_drawn_from_their_own_league() -> None:
    strong = replace(BOTH, newcomer=BOTH.newcomer + np.array([0.0, 2.0])[None, :, None])
    weak, better = strong.rates(["new", "new"], ["a", "a"], ["X1", "X2"])[:, :, 0].mean(axis=1)
    assert better > 3 * weak


def test_leagues_are_joined_each_with_its_own_draws() -> None:
    ask = (["a"], ["d"], ["X2"])
    assert BOTH.leagues == ("X1", "X2")
    assert BOTH.rates(*ask).tolist() == posterior("X2", ("a", "d"), seed=1).rates(*ask).tolist()


def test_nothing_asked_is_nothing_answered() -> None:
    assert ONE.belief([], [], []).low.shape == (0, 3)


def test_a_league_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no league called X9"):
        ONE.rates(["a"], ["b"], ["X9"])


@pytest.mark.parametrize("one", [BOTH, posterior("X1", ("köln", "a/b")), posterior("X1", ())])
def test_what_is_written_is_read_again_to_the_last_bit(one: Posterior, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one.nc"
    one.write(path, "key")
    again = Posterior.read(path, "key")
    assert (again.leagues, again.clubs, again.diagnostics) == (one.leagues, one.clubs, one.diagnostics)
    for name in ("base", "home_advantage", "strength", "newcomer", "scale"):
        assert getattr(again, name).tolist() == getattr(one, name).tolist()
    assert [file.name for file in path.parent.iterdir()] == ["one.nc"]


def test_a_file_of_other_data_or_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.nc"
    ONE.write(path, "key")
    with pytest.raises(ValueError, match="other data"):
        Posterior.read(path, "another key")
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises((ValueError, OSError)):
        Posterior.read(path, "key")


@pytest.mark.parametrize(
    "fault",
    [
        {"base": np.zeros((50, 2))},
        {"base": np.full((50, 1), np.nan)},
        {"scale": np.full((50, 1, 2), -1.0)},
        {"clubs": (("X1", "a"), ("X1", "a"), ("X1", "b"))},
        {"clubs": (("X1", "a"), ("X1", "b"), ("X2", "c"))},
        {"strength": np.zeros((50, 2, 2))},
    ],
)
def test_draws_that_cannot_be_are_refused(fault: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="draws|comes twice|not there"):
        replace(ONE, **fault)  # type: ignore[arg-type]


def test_an_interval_that_is_upside_down_is_refused() -> None:
    belief = Belief(np.full((1, 3), 1 / 3))
    with pytest.raises(ValueError, match="low end first"):
        UncertainBelief(belief, np.full((1, 3), 0.5), np.full((1, 3), 0.2))
    with pytest.raises(ValueError, match="same shape"):
        UncertainBelief(belief, np.zeros((2, 3)), np.ones((2, 3)))


@pytest.mark.parametrize(
    ("went", "said"),
    [
        ({"max_r_hat": 1.0101}, "R-hat"),
        ({"max_r_hat": float("nan")}, "R-hat"),
        ({"min_bulk_ess": 199.0}, "effective sample size"),
        ({"min_bulk_ess": float("nan")}, "effective sample size"),
        ({"divergences": 1}, "diverged"),
    ],
)
def test_a_bad_sampler_is_faulted_in_a_sentence(went: dict[str, float], said: str) -> None:
    (fault,) = replace(HEALTHY, **went).faults()  # type: ignore[arg-type]
    assert said in fault


def test_a_good_sampler_has_no_fault_and_of_several_the_worst_counts() -> None:
    assert HEALTHY.faults() == []
    bad = Diagnostics(1.2, 30.0, 3, 2)
    assert Diagnostics.worst([HEALTHY, bad, HEALTHY]) == bad
    assert len(bad.faults()) == 3
