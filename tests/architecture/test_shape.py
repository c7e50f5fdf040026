"""Files and functions stay small, every room says what it is, and every test folder is a package."""

from __future__ import annotations

import ast
import statistics

import pytest

from tests.architecture.houses import PROJECT, files, functions, tree

MAXIMUM_FILE_LINES = 300
MAXIMUM_FUNCTION_LINES = 60


def test_no_file_has_more_than_300_lines() -> None:
    lengths = {str(file): len((PROJECT / file).read_text(encoding="utf-8").splitlines()) for file in files()}
    assert len(lengths) > 80
    assert {file: length for file, length in lengths.items() if length > MAXIMUM_FILE_LINES} == {}


def test_no_test_file_has_more_than_300_lines() -> None:
    lengths = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in PROJECT.glob("tests/**/*.py")}
    assert {file: length for file, length in lengths.items() if length > MAXIMUM_FILE_LINES} == {}


def test_no_function_has_more_than_60_lines_and_most_have_far_fewer(capsys: pytest.CaptureFixture[str]) -> None:
    lengths = [(length, f"{file}:{name}") for file in files() for name, length in functions(file)]
    alone = [length for length, _ in lengths]
    median, p90 = statistics.median(alone), statistics.quantiles(alone, n=10)[-1]
    with capsys.disabled():
        print(f"\n{len(alone)} functions: median {median:g} lines, 90th percentile {p90:g}, longest {max(lengths)}")
    assert [found for found in lengths if found[0] > MAXIMUM_FUNCTION_LINES] == []
    assert median <= 12
    assert p90 <= 28


@pytest.mark.parametrize("file", files(), ids=str)
def test_every_file_says_what_it_is_for(file: object) -> None:
    from pathlib import Path

    assert isinstance(file, Path)
    said = ast.get_docstring(tree(file))
    assert said
    assert said.rstrip().endswith((".", ":")) or "\n" in said


def test_every_folder_of_tests_is_a_package() -> None:
    laid_over = PROJECT / "tests" / "third_sport" / "overlay"
    folders = {path.parent for path in PROJECT.glob("tests/**/*.py") if not path.is_relative_to(laid_over)}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []
