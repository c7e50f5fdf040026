"""What may be touched at one place only: the environment, the present time, and code made from text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.houses import dotted, files, imported, tree

ENVIRONMENT_WRITERS = {
    "models/mlflow_store.py": "MLflow's telemetry, progress bars and git search are switched off",
    "lake/quality/audit.py": "Great Expectations' analytics and progress bars are switched off",
    "assets/dbt_runner.py": "dbt's profile takes the candidate database from a variable",
}
ENVIRONMENT_HANDED_ON = {"pipelines/commands.py": "`fairline ui` starts `dagster dev` with this environment"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
CLOCK_DOORS = {
    "core/clock.py": {"datetime.now"},
    "lake/storage.py": {"time.time"},
    "lake/files.py": {"time.time"},  # Delta's modification_time, which nothing of ours reads
}


def touches(module: ast.Module) -> set[str]:
    """How a file touches the environment: "reads", "writes" or "hands on" (to a child process, as a whole)."""
    parents = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    found = set()
    for node in ast.walk(module):
        if dotted(node) == "os.getenv":
            found.add("reads")
        if dotted(node) == "os.environ":
            found.add(_use(node, parents[node]))
    return found


def _use(node: ast.AST, parent: ast.AST) -> str:
    if isinstance(parent, ast.AugAssign) and parent.target is node:
        return "writes"
    if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store):
        return "writes"
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.BitOr):
        return "hands on"
    return "reads"


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("os.environ['A']", {"reads"}), ("os.environ.get('A')", {"reads"}), ("os.getenv('A')", {"reads"}),
        ("x = dict(os.environ)", {"reads"}), ("os.environ['A'] = 'b'", {"writes"}), ("os.environ |= {}", {"writes"}),
        ("x = os.environ | {'A': 'b'}", {"hands on"}), ("os.cpu_count()", set()),
    ],
)  # fmt: skip
def test_the_detector_of_the_environment_tells_reading_from_writing(source: str, use: set[str]) -> None:
    assert touches(ast.parse(source)) == use


def test_the_environment_is_read_by_the_settings_alone() -> None:
    uses = {str(file): use for file in files() if (use := touches(tree(file)))}
    assert {file for file, use in uses.items() if "reads" in use} == {"core/settings.py"}
    assert {file for file, use in uses.items() if "writes" in use} == set(ENVIRONMENT_WRITERS)
    assert {file for file, use in uses.items() if "hands on" in use} == set(ENVIRONMENT_HANDED_ON)


def test_the_present_time_is_asked_for_by_the_clock_alone() -> None:
    asked = {str(file): {dotted(node) for node in ast.walk(tree(file))} & CLOCKS for file in files()}
    assert {file: calls for file, calls in asked.items() if calls} == CLOCK_DOORS


@pytest.mark.parametrize("file", files(), ids=str)
def test_nothing_is_pickled_and_no_text_becomes_code(file: Path) -> None:
    assert not imported(file) & {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
    called = {dotted(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}
    assert not called & {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
    shells = [
        word for node in ast.walk(tree(file)) if isinstance(node, ast.Call) for word in node.keywords
        if word.arg == "shell"
    ]  # fmt: skip
    assert shells == []


@pytest.mark.parametrize("file", files(), ids=str)
def test_no_frame_of_pandas_below_the_doors(file: Path) -> None:
    assert "pandas" not in imported(file)
