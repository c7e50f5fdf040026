"""The compiled simulation against a slow bettor who keeps books in plain Python, and the worlds that they bet in."""

from __future__ import annotations

from dataclasses import fields, replace
from math import exp, log, log1p, nan

import numpy as np
import pytest

from optimizer.adaptive.policy import Bounds, Policy, State
from optimizer.adaptive.signals import recent_clv
from optimizer.adaptive.simulation import simulate
from optimizer.adaptive.worlds import Regimes, Worlds, any_regimes, draw, join

STEADY = Regimes("steady", good_share=0.5, bad_share=0.5, good_days=30, bad_days=30, pull=0.5)
CHANGING = replace(STEADY, good_share=0.9, bad_share=-0.5, close_share=0.7)
POLICY = Policy((0.3, -0.4, 0.8, -0.6, -0.5, 0.7), Bounds(0.05, 0.5))


def bettor(policy: Policy, worlds: Worlds, world: int) -> tuple[float, float, float, float]:
    """Growth, growth without linear luck, largest drawdown and mean fraction of one world, bet by bet."""
    money = peak = 1.0
    luck, deepest, closes, fractions = 0.0, 0.0, [], []
    for day, uncertainty in enumerate(worlds.uncertainty[world]):
        bets = np.flatnonzero(worlds.price_odds_dec[world, day])
        state = State(max(0.0, 1 - money / peak), *recent_clv(closes), uncertainty, len(bets))
        fractions.append(policy.fraction(state))
        price, stated, true, won = (
            getattr(worlds, name)[world, day][bets] for name in ("price_odds_dec", "stated_edge", "true_edge", "won")
        )
        shares = np.minimum(fractions[-1] * stated / (price - 1), 0.02)
        shares *= min(1.0, 0.10 / shares.sum()) if len(bets) else 1.0
        profit = np.where(won == 1, price - 1, -1.0)
        money *= exp(log1p((shares * profit).sum()))
        luck += (shares * (profit - true)).sum()
        peak = max(peak, money)
        deepest = max(deepest, 1 - money / peak)
        closes += list(worlds.clv[world, day][bets])
    return log(money), log(money) - luck, deepest, float(np.mean(fractions))


@pytest.mark.parametrize(
    "regimes", [CHANGING, replace(CHANGING, bets=12.0, stated_edge=0.2), replace(CHANGING, bets=0.3)]
)
def test_every_world_is_lived_as_the_slow_bettor_lives_it(regimes: Regimes) -> None:
    worlds = draw(regimes, 4, 60, (5,))
    found = simulate(POLICY, worlds)
    for world in range(4):
        expected = bettor(POLICY, worlds, world)
        assert [getattr(found, field.name)[world] for field in fields(found)] == pytest.approx(expected, abs=1e-9)


def test_taking_out_luck_leaves_the_mean_and_most_of_the_variance_goes() -> None:
    found = simulate(POLICY, draw(CHANGING, 2000, 60, (6,)))
    luck = found.growth - found.expected_growth
    assert abs(luck.mean()) < 4 * luck.std() / np.sqrt(2000)
    assert found.expected_growth.var() < found.growth.var() / 5


def test_a_bettor_without_a_true_edge_loses_and_stakes_decide_how_much() -> None:
    lost = draw(replace(STEADY, good_share=-0.5, bad_share=-0.5), 200, 100, (7,))
    small, large = (simulate(Policy.fixed(f, Bounds()), lost).expected_growth.mean() for f in (0.1, 0.4))
    assert large < small < 0


def test_what_happens_later_does_not_reach_back() -> None:
    worlds = draw(CHANGING, 3, 40, (8,))
    changed = replace(worlds, won=worlds.won.copy(), clv=worlds.clv.copy())
    changed.won[:, 20:], changed.clv[:, 20:] = 1.0, 0.5
    first = [Worlds(**{f.name: getattr(w, f.name)[:, :20] for f in fields(w)}) for w in (worlds, changed)]
    assert np.array_equal(*(simulate(POLICY, part).growth for part in first))
    assert not np.array_equal(simulate(POLICY, worlds).growth, simulate(POLICY, changed).growth)


def test_the_close_of_a_day_is_not_seen_before_its_stakes_are_set() -> None:
    one_day = draw(replace(STEADY, bets=20), 3, 1, (9,))
    blind = replace(one_day, clv=np.full_like(one_day.clv, nan))
    assert np.array_equal(simulate(POLICY, one_day).growth, simulate(POLICY, blind).growth)


def test_the_same_seed_gives_the_same_worlds_and_another_gives_others() -> None:
    first, again, other = (draw(CHANGING, 5, 30, seed) for seed in ((1, 2), (1, 2), (2, 1)))
    assert np.array_equal(first.won, again.won)
    assert first.won.shape != other.won.shape or not np.array_equal(first.won, other.won)


def test_worlds_are_as_their_regimes_say() -> None:
    regimes = replace(STEADY, good_share=0.8, bad_share=-0.2, good_days=40, bad_days=20, pull=0.0, clv_bias=0.3)
    worlds = draw(replace(regimes, close_share=0.5), 400, 200, (3,))
    there = worlds.price_odds_dec > 0
    stated, true, clv = (values[there] for values in (worlds.stated_edge, worlds.true_edge, worlds.clv))
    shares = true / stated
    assert there.sum() / (400 * 200) == pytest.approx(4, rel=0.02)
    assert (np.abs(shares - 0.8) < 0.01).mean() == pytest.approx(40 / 60, abs=0.03)
    assert stated.mean() == pytest.approx(0.03, rel=0.02)
    assert worlds.won[there].mean() == pytest.approx(((1 + true) / worlds.price_odds_dec[there]).mean(), abs=0.003)
    assert np.isnan(clv).mean() == pytest.approx(0.5, abs=0.01)
    assert np.nanmean(clv - true - 0.3 * stated) == pytest.approx(0, abs=0.001)
    assert np.nanstd(clv - true - 0.3 * stated) == pytest.approx(0.04, rel=0.02)


def test_an_uncertain_edge_is_overstated_by_as_much_as_the_pull_says() -> None:
    worlds = draw(replace(STEADY, pull=0.8), 20, 50, (6,))
    there = worlds.price_odds_dec > 0
    shares = 0.5 / (1 + 0.8 * worlds.uncertainty[:, :, None] ** 2)
    assert np.allclose(worlds.true_edge[there], (shares * worlds.stated_edge)[there])


def test_regimes_last_as_long_as_they_say() -> None:
    worlds = draw(replace(STEADY, good_share=1.0, bad_share=-1.0, good_days=25, bad_days=10, bets=30), 200, 300, (4,))
    good = worlds.true_edge[:, :, 0] > 0
    ended = (good[:, :-1] & ~good[:, 1:]).sum()
    assert good[:, :-1].sum() / ended == pytest.approx(25, rel=0.1)


def test_joined_worlds_are_lived_as_they_were_apart() -> None:
    parts = [draw(regimes, 3, 20, (place,)) for place, regimes in enumerate(any_regimes(4, (1,)))]
    together = simulate(POLICY, join(parts)).growth
    assert np.array_equal(together, np.concatenate([simulate(POLICY, part).growth for part in parts]))
