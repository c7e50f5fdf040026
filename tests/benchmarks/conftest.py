"""Ratios are what counts: after the run each group is told against its first named peer."""

from __future__ import annotations

from collections import defaultdict
from importlib.util import find_spec

import pytest

_BESIDE_THE_PEER = ["test_dixon_coles.py", "test_dixon_coles_peer.py", "test_devig.py", "test_portfolio_peer.py"]
collect_ignore = [] if find_spec("penaltyblog") else _BESIDE_THE_PEER
"""The peer is no dependency of the project: `make bench` installs it beside, from a lock of its own."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line a peer: its median time over ours, in the same run."""
    session = getattr(config, "_benchmarksession", None)
    groups: dict[str, dict[str, float]] = defaultdict(dict)
    for bench in session.benchmarks if session else ():
        if bench.stats.rounds:
            groups[bench.group][bench.extra_info["peer"]] = bench.stats.median
    for group, medians in groups.items():
        ours = medians.get("fairline")
        if ours is None:
            continue
        terminalreporter.section(f"{group}: ours {ours * 1000:,.1f} ms")
        for peer, median in sorted(medians.items(), key=lambda item: item[1]):
            if peer != "fairline":
                terminalreporter.write_line(f"  {peer}: {median * 1000:,.1f} ms, {median / ours:.2f} times ours")
