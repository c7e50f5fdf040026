"""Nobody copies: two functions whose code differs in nothing but names and values want to be one."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "core", "lake", "sources", "models", "optimizer", "feature_repo", "replay", "serving", "assets", "pipelines",
    "sandbox",
)  # fmt: skip
FEWEST_NODES = 90
"""Syntax nodes below which two functions may look alike by chance."""
ALIKE: frozenset[frozenset[str]] = frozenset()
"""Pairs that look alike and are not one thing; none may be added without a reason beside it."""


class Shape(ast.NodeTransformer):
    """Takes away what tells two copies apart: names, values, types and docstrings. What is called stays."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self._names.setdefault(node.id, f"n{len(self._names)}"), node.ctx), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.copy_location(ast.arg(self._names.setdefault(node.arg, f"n{len(self._names)}")), node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.copy_location(ast.Constant(type(node.value).__name__), node)


def shape(function: ast.FunctionDef) -> str:
    """The code of a function without its own names and values."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return "\n".join(ast.dump(Shape().visit(part)) for part in body)


def functions(text: str) -> Iterator[ast.FunctionDef]:
    """Functions that are large enough to count."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and sum(1 for _ in ast.walk(node)) >= FEWEST_NODES:
            yield node


def copies(texts: dict[str, str]) -> set[frozenset[str]]:
    """Functions of one shape, by file and name."""
    found = defaultdict(list)
    for place, text in texts.items():
        for function in functions(text):
            found[shape(function)].append(f"{place}:{function.name}")
    return {frozenset(places) for places in found.values() if len(places) > 1}


def test_no_function_is_a_copy_of_another() -> None:
    folders = (*(ROOT / room for room in ROOMS), ROOT / "tests" / "third_sport" / "overlay")
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    assert copies(texts) - ALIKE == set()


@pytest.mark.parametrize("copied", [True, False])
def test_a_copy_with_other_names_would_be_found(copied: bool) -> None:
    path = ROOT / "models" / "basketball" / "pool.py"
    text = path.read_text(encoding="utf-8")
    other = text.replace("margin", "lead").replace("closing", "late").replace("300", "500")
    if not copied:
        other = other.replace("if ", "if not ").replace(" + ", " - ").replace(".sum(", ".mean(")
    assert bool(copies({"one.py": text, "other.py": other})) == copied
