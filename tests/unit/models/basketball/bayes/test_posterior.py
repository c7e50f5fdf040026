"""Invented posteriors of points: expected scores of each draw, chances with intervals, new teams, NetCDF and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.basketball.bayes.posterior import Posterior
from models.basketball.belief import ScoreBelief
from models.basketball.grid import moneyline
from tests.unit.models.basketball.bayes.leagues import asks, posterior

ONE = posterior()
TEAMS = ("a", "b", "c", "new", "other")


def test_each_side_scores_level_and_half_the_court_and_its_offence_less_the_others_defence() -> None:
    margin, total = ONE.expected(asks(("b", "c", False), ("c", "a", True)))
    assert margin.shape == total.shape == (2, 50)
    for game, (home, away, court) in enumerate([(1, 2, ONE.home_court), (2, 0, 0.0)]):
        ours, theirs = ONE.strength[:, home], ONE.strength[:, away]
        scored = ONE.level + court / 2 + ours[:, 0] - theirs[:, 1]
        conceded = ONE.level - court / 2 + theirs[:, 0] - ours[:, 1]
        assert margin[game] == pytest.approx(scored - conceded)
        assert total[game] == pytest.approx(scored + conceded)


def test_a_chance_is_the_mean_over_draws_of_each_draws_law_of_margins() -> None:
    games = asks(("a", "b", False))
    margin, _ = ONE.expected(games)
    drawn = [
        moneyline(ScoreBelief.of(mean, sd, 220.0, 18.0))[0]
        for mean, sd in zip(margin[0], ONE.error_sd[:, 0], strict=True)
    ]
    found = ONE.answers(games)[0]
    assert found[:2] == pytest.approx(np.mean(drawn, axis=0))
    assert found[2:4] == pytest.approx(np.quantile(drawn, 0.05, axis=0))
    assert found[4:6] == pytest.approx(np.quantile(drawn, 0.95, axis=0))


def test_moments_hold_what_is_not_known_of_strengths() -> None:
    games = asks(("a", "b", False), ("new", "b", False))
    margin, total = ONE.expected(games)
    belief = ONE.belief(games)
    assert belief.margin_mean == pytest.approx(margin.mean(axis=1))
    assert belief.total_mean == pytest.approx(total.mean(axis=1))
    errors = (ONE.error_sd**2).mean(axis=0)
    assert belief.margin_sd**2 == pytest.approx(errors[0] + margin.var(axis=1))
    assert belief.total_sd**2 == pytest.approx(errors[1] + total.var(axis=1))
    assert moneyline(belief) == pytest.approx(ONE.answers(games)[:, :2], abs=2e-3)


games = st.tuples(st.sampled_from(TEAMS), st.sampled_from(TEAMS), st.booleans())


@settings(max_examples=10, deadline=None)
@given(st.lists(games, min_size=1, max_size=9))
def test_a_game_has_the_same_bits_alone_and_in_any_company(asked: list[tuple[str, str, bool]]) -> None:
    together = ONE.answers(asks(*asked))
    assert np.concatenate([ONE.answers(asks(one)) for one in asked]).tolist() == together.tolist()


def test_many_games_are_priced_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asks(*[("a", "b", False), ("b", "c", True)] * 5)
    whole = ONE.answers(asked).tolist()
    monkeypatch.setattr("models.basketball.bayes.posterior._GRIDS_AT_ONCE", 100)
    assert ONE.answers(asked).tolist() == whole


def test_a_team_without_a_game_has_a_wide_interval_and_two_of_them_are_not_one() -> None:
    found = ONE.answers(asks(("a", "b", False), ("new", "b", False), ("new", "other", False)))
    width = found[:, 4] - found[:, 2]
    assert (width[1:] > 2 * width[0]).all()
    margin, _ = ONE.expected(asks(("new", "b", False), ("other", "b", False)))
    assert abs(np.corrcoef(margin)[0, 1]) < 0.5


def test_a_mismatch_beyond_the_grid_is_as_sure_as_the_grid_can_say() -> None:
    strong = replace(ONE, strength=ONE.strength + np.array([80.0, 0.0, 0.0])[None, :, None])
    found = strong.answers(asks(("a", "b", False)))[0]
    assert 0.98 < found[2] <= found[0] <= found[4] <= 1


def test_nothing_asked_is_nothing_answered() -> None:
    assert ONE.answers(asks()).shape == (0, 10)


@pytest.mark.parametrize("one", [ONE, posterior("WNBA", ("köln", "a/b")), posterior(teams=())])
def test_what_is_written_is_read_again_to_the_last_bit(one: Posterior, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one.nc"
    one.write(path, "key")
    again = Posterior.read(path, "key")
    assert (again.league, again.teams, again.diagnostics) == (one.league, one.teams, one.diagnostics)
    for name in ("level", "home_court", "scale", "error_sd", "strength"):
        assert getattr(again, name).tolist() == getattr(one, name).tolist()


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
        {"level": np.zeros((50, 2))},
        {"level": np.full(50, np.nan)},
        {"scale": np.full((50, 2), -1.0)},
        {"error_sd": np.zeros((50, 4))},
        {"teams": ("a", "a", "b")},
        {"strength": np.zeros((50, 2, 2))},
    ],
)
def test_draws_that_cannot_be_are_refused(fault: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="draws|comes twice"):
        replace(ONE, **fault)  # type: ignore[arg-type]
