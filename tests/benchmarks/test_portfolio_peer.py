"""The master of the outer approximation beside CBC on the same model.

CBC comes with pulp, a peer that is not a dependency of the project. Each solver runs in a process of its own, on one
thread; the one of HiGHS, which has to load Python first, stands ready.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pulp
import pytest

from optimizer.portfolio.master import Master
from optimizer.portfolio.optimise import relative_gap
from optimizer.portfolio.polish import choose, polish
from optimizer.portfolio.relaxation import Model, relax
from optimizer.solve import Program, Solved, maximise
from tests.unit.optimizer.portfolio.worlds import day

Solver = Callable[[Program, float, float], Solved]


@pytest.mark.parametrize("peer_name", ["fairline", "cbc"])
def test_master(benchmark: Any, peer_name: str, by_highs: Solver) -> None:
    program = _program()
    benchmark.group = "master of 60 candidates to 0.1%"
    benchmark.extra_info["peer"] = peer_name
    solver = by_highs if peer_name == "fairline" else _by_cbc
    found = benchmark.pedantic(solver, (program, 30.0, 1e-3), rounds=1)
    assert found.values is not None
    reached = float(program.objective @ found.values)
    assert reached == pytest.approx(maximise(program, 30.0, 1e-3).bound, rel=3e-3)


@pytest.mark.prove
@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("seconds", [2.0, 10.0, 60.0])
def test_a_great_day_s_first_master_in_the_same_time(solver: str, seconds: float, by_highs: Solver) -> None:
    program = _program(2_000, 10_000)
    found = (by_highs if solver == "highs" else _by_cbc)(program, seconds, 1e-4)
    value = float(program.objective @ found.values) if found.values is not None else 0.0
    print(f"{solver}, {seconds:.0f} s: value {value:.6f}, gap {relative_gap(value, found.bound):.3%}")
    assert found.values is None or value <= found.bound + 1e-6


def _program(candidates: int = 60, scenarios: int = 500) -> Program:
    """The first master of a day with stakes of at least half a percent: tangents at ten points between two answers."""
    asked = day(candidates, scenarios, seed=1)
    model = Model(replace(asked, lower=np.full(candidates, 0.005)))
    relaxed = relax(model)
    polished = polish(model, choose(model, relaxed.stakes))
    assert polished is not None
    ceiling = np.where(model.highest > 0, relaxed.bound - relaxed.cost_of_ticket(model), -np.inf)
    master = Master.of(model, ceiling, 0.0, relaxed.bound)
    for share in np.linspace(0.0, 1.0, 10):
        master.add_tangents(share * relaxed.stakes + (1.0 - share) * polished.stakes)
    return master.program()


@pytest.fixture(scope="module")
def by_highs() -> Iterator[Solver]:
    """The door to HiGHS, in a process that has solved something already."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:

        def solver(program: Program, seconds: float, gap: float) -> Solved:
            return pool.submit(maximise, program, seconds, gap).result()

        nothing = np.zeros(1)
        solver(Program(nothing, np.zeros((1, 1)), nothing, nothing, nothing, nothing > 0), 1.0, 0.1)
        yield solver


def _by_cbc(program: Program, seconds: float, gap: float) -> Solved:
    """The same program, solved by CBC; its bound is read from its log."""
    columns = [
        pulp.LpVariable(f"x{place}", low, high, "Integer" if whole else "Continuous")
        for place, (low, high, whole) in enumerate(zip(program.lower, program.upper, program.whole, strict=True))
    ]
    model = pulp.LpProblem("master", pulp.LpMaximize)
    model += pulp.LpAffineExpression(list(zip(columns, program.objective.tolist(), strict=True)))
    for row, room in zip(program.rows, program.room, strict=True):
        used = np.flatnonzero(row)
        if used.size:
            model += pulp.LpAffineExpression([(columns[place], float(row[place])) for place in used]) <= float(room)
    with TemporaryDirectory() as folder:
        log = Path(folder) / "cbc.log"
        model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, gapRel=gap, threads=1, logPath=str(log)))
        told = re.findall(r"(?:Lower|Upper) bound:\s+(-?[\d.e+-]+)", log.read_text())
    values = np.array([column.value() or 0.0 for column in columns])
    reached, optimal = float(program.objective @ values), model.sol_status == pulp.LpSolutionOptimal
    return Solved(values, max(abs(float(told[-1])), reached) if told else reached * (1 + gap), optimal)
