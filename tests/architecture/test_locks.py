"""The lock pins every package by hash, names no address, and the repository holds no secret."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.architecture.houses import PROJECT

LOCKS = sorted((PROJECT / "infra" / "locks").glob("*.txt"))
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "address with a password": re.compile(r"[a-z]+://[^/\s:@{}<>'\"]+:[^/\s:@{}<>'\"]+@"),
    "assigned secret": re.compile(r"(?i)\b(api_?key|secret|token|password)\b\s*[=:]\s*['\"][A-Za-z0-9+/_\-]{16,}['\"]"),
}


def requirements(lock: Path) -> list[str]:
    """One text for each requirement, its continuation lines joined."""
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_there_are_three_locks() -> None:
    """Of the installer, of the project, and of the peers that benchmarks stand beside."""
    assert [lock.name for lock in LOCKS] == ["bootstrap.txt", "peers.txt", "requirements.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_to_one_version_by_hash_and_none_by_address(lock: Path) -> None:
    found = requirements(lock)
    assert found
    for requirement in found:
        assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^\s;]+", requirement), requirement[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", requirement), requirement[:80]
    text = lock.read_text(encoding="utf-8")
    for address in ("http://", "https://", "git+", "file:", " @ ", "--index-url", "--find-links", "-e "):
        assert address not in text


def test_every_dependency_of_the_project_is_in_the_lock() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(need for extra in extras for need in extra)]
    locked = {re.split(r"[=\[]", line)[0].lower() for line in requirements(PROJECT / "infra/locks/requirements.txt")}
    names = {re.split(r"[<>=~!\[; ]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names - {name.replace("_", "-") for name in locked} == set()


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]


def test_no_file_of_the_repository_holds_a_secret() -> None:
    found = []
    for name in tracked():
        text = (PROJECT / name).read_bytes().decode("utf-8", errors="ignore")
        found += [(name, kind) for kind, pattern in SECRETS.items() if pattern.search(text)]
    own = Path(__file__).relative_to(PROJECT).as_posix()
    assert [(name, kind) for name, kind in found if name != own] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("private key", "-----BEGIN RSA " + "PRIVATE KEY-----"), ("AWS key", "AKIA" + "A" * 16),
        ("GitHub token", "ghp_" + "a" * 36), ("address with a password", "postgres://me:" + "hunter2@db/x"),
        ("assigned secret", "API_KEY = '" + "a1b2" * 5 + "'"),
    ],
)  # fmt: skip
def test_each_kind_of_secret_would_be_found(kind: str, text: str) -> None:
    assert SECRETS[kind].search(text)


def test_nothing_that_a_tool_makes_is_kept_in_the_repository() -> None:
    """DEFECT: dbt's parsed project (dbt_project/target) is tracked, though every build of it differs."""
    made = re.compile(r"(^|/)(target|__pycache__|\.venv|lakes|dist|\.mypy_cache)/|\.(pyc|msgpack|duckdb|log)$")
    assert [name for name in tracked() if made.search(name)] == []
