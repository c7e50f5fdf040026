"""What every test shares: no network but loopback, and the archive of real vendor files where it exists."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[1]
ARCHIVE = Path(os.environ.get("FAIRLINE_ARCHIVE", PROJECT.parent / "shared" / "archive"))
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection that leaves this machine raises."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in _LOOPBACK:
            raise RuntimeError(f"A test tried to reach {address[0]}: tests have no network.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the test, never from the caller's environment."""
    for name in list(os.environ):
        if name.startswith("FAIRLINE_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def archive() -> Path:
    """The archive of real vendor files; the test is skipped with a reason where there is none."""
    if not (ARCHIVE / "index.csv").is_file():
        pytest.skip("no archive of real vendor files: set FAIRLINE_ARCHIVE to a directory with index.csv")
    return ARCHIVE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, none included: a skip must never go unnoticed."""
    skipped = len(terminalreporter.stats.get("skipped", []))
    terminalreporter.write_line(f"Skipped tests: {skipped}")
