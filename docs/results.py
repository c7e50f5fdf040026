"""Writes docs/results.md: the walk-forward over the test seasons, from command to table. Run it by `make results`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FAIRLINE = str(Path(sys.executable).with_name("fairline"))
TARGET = Path(__file__).with_name("results.md")
ARGUMENTS = ["backtest", "--leagues", "E0,SP1,D1,I1,F1", "--from", "2021-07-01", "--to", "2024-06-30"]
NOTES = Path(__file__).with_name("results-notes.md")


def main() -> None:
    """Run the backtest on the archive and write the page."""
    archive = os.environ.get("FAIRLINE_ARCHIVE", "../shared/archive")
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "backtest.json"
        subprocess.run([FAIRLINE, *ARGUMENTS, "--archive", archive, "--json", str(told)], check=True)
        report = json.loads(told.read_text(encoding="utf-8"))
    TARGET.write_text(page(report), encoding="utf-8")
    print(f"{TARGET} written")


def page(report: dict[str, Any]) -> str:
    """The page of one report."""
    overall = report["overall"]
    parts = [
        "# Results",
        "Written by `make results`; do not edit. Its text is `docs/results-notes.md`.",
        "```console\nfairline " + " ".join(ARGUMENTS) + " --archive DIR\n```",
        f"{overall['n']:,} matches, each with every forecaster's belief and a closing price; "
        f"hash of code, data, configuration and seed: `{report['hash']}`. Lower is better; differences from the close "
        "are paired, their 95% intervals resample match days.",
        scores(overall),
        "## By league: log-loss minus the close's",
        by_scope(report["by_league"]),
        "## By season: log-loss minus the close's",
        by_scope(report["by_season"]),
        "## Benchmarks: whose price was taken",
        benchmarks(report["benchmarks"]),
        "## Bets",
        bets(report["bets"]),
        NOTES.read_text(encoding="utf-8").strip(),
    ]
    return "\n\n".join(parts) + "\n"


def scores(scope: dict[str, Any]) -> str:
    """Every forecaster on the common rows, best first."""
    rows = [
        f"| {name} | {card['log_loss']:.4f} | {card['brier']:.4f} | {card['rps']:.4f} | {card['kl_to_close']:.4f} | "
        f"{difference(card)} |"
        for name, card in sorted(scope["forecasters"].items(), key=lambda item: item[1]["log_loss"])
    ]
    head = "| forecaster | log-loss | Brier | RPS | KL to close | log-loss − close |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows])


def by_scope(scopes: dict[str, Any]) -> str:
    """One line a league or season, one column a forecaster."""
    names = sorted({name for scope in scopes.values() for name in scope["forecasters"]} - {"market_close"})
    head = "| | matches | " + " | ".join(names) + " |\n|---|---|" + "---|" * len(names)
    rows = [
        f"| {key} | {scope['n']:,} | "
        + " | ".join(f"{scope['forecasters'][name]['log_loss_minus_close']:+.4f}" for name in names)
        + " |"
        for key, scope in sorted(scopes.items())
    ]
    return "\n".join([head, *rows])


def benchmarks(found: dict[str, dict[str, int]]) -> str:
    """How many matches each book's price stood for."""
    return "\n".join(
        f"- {name}: " + ", ".join(f"{book} {count:,}" for book, count in sorted(books.items(), key=lambda b: -b[1]))
        for name, books in found.items()
    )


def bets(found: dict[str, Any]) -> str:
    """What the tickets would have brought."""
    if not found["n"]:
        return "No ticket."
    return (
        f"{found['n']:,} singles at opening prices of named books: yield {found['yield']:+.2%} "
        f"{share(found['yield_ci95'])}, closing-line value {found['clv']:+.2%} {share(found['clv_ci95'])}, largest "
        f"drawdown {found['max_drawdown']:.1%}."
    )


def difference(card: dict[str, Any]) -> str:
    """A paired difference with its interval."""
    low, high = card["log_loss_minus_close_ci95"]
    return f"{card['log_loss_minus_close']:+.4f} [{low:+.4f}, {high:+.4f}]" if low is not None else "0"


def share(interval: list[float] | None) -> str:
    """An interval of shares."""
    return f"[{interval[0]:+.2%}, {interval[1]:+.2%}]" if interval else "[unknown]"


if __name__ == "__main__":
    main()
