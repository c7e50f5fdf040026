"""The one door to the solver: a linear or mixed-integer program as arrays, maximised by HiGHS.

What the numbers mean is the caller's business. HiGHS is single-threaded and seeded here, so equal programs give equal
answers unless time runs out.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from core.errors import PermanentError

Floats = NDArray[np.float64]
_TOLERANCE = 1e-9


class SolverFailed(PermanentError):
    """The solver refused a program, or left it without any answer."""


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise `objective @ x` where `rows @ x <= room` and `lower <= x <= upper`; `whole` columns are integers.

    `objective`, `lower`, `upper`, `whole`: (n,); `rows`: (m, n), dense; `room`: (m,). Infinite bounds are allowed.
    Bounds of whole columns are whole: HiGHS 1.15 can cut off the best point of a program where they are not. Raises
    ValueError for those, and for numbers that are not finite.
    """

    objective: Floats
    rows: Floats
    room: Floats
    lower: Floats
    upper: Floats
    whole: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not (np.isfinite(self.objective).all() and np.isfinite(self.rows).all()) or np.isnan(self.room).any():
            raise ValueError("The objective and the rows of a program are finite, and its room is a number.")
        bounds = np.concatenate([self.lower[self.whole], self.upper[self.whole]])
        if not (np.isinf(bounds) | (bounds == np.rint(bounds))).all():
            raise ValueError("Columns of whole numbers have whole bounds.")


@dataclass(frozen=True, eq=False)
class Solved:
    """`values`: (n,) the best point found, or None; `bound`: no feasible point is worth more; `optimal`: proven."""

    values: Floats | None
    bound: float
    optimal: bool


def maximise(
    program: Program,
    seconds: float = 60.0,
    gap: float = 1e-6,
    seed: int = 0,
    start: Floats | None = None,
    nodes: int | None = None,
) -> Solved:
    """The best point found within `seconds`, and a bound on all points.

    `gap`: relative distance between the two at which the search stops. `start`: (n,) a feasible point to begin from.
    `nodes`: of the tree, after which the search stops too, with the same answer on every machine.
    An infeasible program has no values and the bound minus infinity. Raises SolverFailed where HiGHS gives up.
    """
    solver = _configured(seconds, gap, seed)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    if solver.passModel(_model(program)) == highspy.HighsStatus.kError:
        raise SolverFailed("HiGHS refused the program.", "Look for numbers that are not finite in its rows.")
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    solver.run()
    return _read(solver, program)


def _configured(seconds: float, gap: float, seed: int) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", seed)
    solver.setOptionValue("time_limit", max(seconds, 0.01))
    solver.setOptionValue("mip_rel_gap", gap)
    for tolerance in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
        solver.setOptionValue(tolerance, _TOLERANCE)
    return solver


def _model(program: Program) -> highspy.HighsLp:
    model, rows = highspy.HighsLp(), sparse.csr_matrix(program.rows)
    model.num_col_, model.num_row_ = len(program.objective), len(program.room)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_, model.col_lower_, model.col_upper_ = program.objective, program.lower, program.upper
    model.row_lower_, model.row_upper_ = np.full(len(program.room), -np.inf), program.room
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    if program.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(whole)] for whole in program.whole]
    return model


def _read(solver: highspy.Highs, program: Program) -> Solved:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solved(None, -np.inf, True)
    optimal = status == highspy.HighsModelStatus.kOptimal
    if not optimal and status not in (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kSolutionLimit):
        raise SolverFailed(f"HiGHS stopped with the status '{solver.modelStatusToString(status)}'.")
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if found else None
    proven = info.objective_function_value if optimal else np.inf
    return Solved(values, float(info.mip_dual_bound if program.whole.any() else proven), optimal)
