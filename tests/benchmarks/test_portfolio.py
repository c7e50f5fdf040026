"""Portfolios by the size of the day: proven to their gap, or as good as the time allows."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.portfolio.optimise import PROVEN, optimise
from optimizer.portfolio.verify import broken
from tests.unit.optimizer.portfolio.worlds import day


@pytest.mark.parametrize(
    ("candidates", "scenarios", "fraction", "drawdown"),
    [(60, 500, 0.25, 0.08), (600, 2_000, 0.25, 0.08), (600, 2_000, 0.25, 0.03), (600, 2_000, 0.5, 0.08)],
)
def test_portfolio(benchmark: Any, candidates: int, scenarios: int, fraction: float, drawdown: float) -> None:
    asked = day(candidates, scenarios, seed=1, fraction=fraction, drawdown=drawdown)
    size = f"{candidates} candidates x {scenarios:,} scenarios"
    benchmark.group = f"portfolio of {size}, Kelly {fraction}, drawdown {drawdown:.0%}"
    benchmark.extra_info["peer"] = "fairline"
    found = benchmark.pedantic(optimise, (asked, 10.0), rounds=3, warmup_rounds=1)
    assert found.status == PROVEN
    assert found.residual < 1e-6
    assert broken(asked, found.stakes) == []


@pytest.mark.prove
@pytest.mark.parametrize("seconds", [2.0, 10.0, 60.0])
def test_a_great_day_has_an_answer_whenever_time_is_up(benchmark: Any, seconds: float) -> None:
    asked = day(2_000, 10_000, seed=1, fraction=0.25)
    benchmark.group = f"portfolio of 2,000 candidates x 10,000 scenarios in {seconds:.0f} s"
    benchmark.extra_info["peer"] = "fairline"
    found = benchmark.pedantic(optimise, (asked, seconds), rounds=1)
    benchmark.extra_info |= {"growth": found.growth, "gap": found.gap}
    print(f"{seconds:.0f} s: growth {found.growth:.6f}, gap {found.gap:.3%}, {found.seconds:.1f} s")
    assert broken(asked, found.stakes) == []
    assert found.growth > 0
    assert found.gap <= 0.05
