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
BIG_FIVE = "E0,SP1,D1,I1,F1"
OTHERS = "E1,E2,E3,EC,SC0,SC1,SC2,SC3,D2,I2,SP2,F2,N1,B1,P1,T1,G1"
PERIOD = ["--from", "2021-07-01", "--to", "2024-06-30"]
NOTES = Path(__file__).with_name("results-notes.md")


def main() -> None:
    """Run the backtest on the archive and write the page."""
    big_five, everything = backtest("big-five", BIG_FIVE), backtest("all", f"{BIG_FIVE},{OTHERS}")
    TARGET.write_text(page(big_five, everything), encoding="utf-8")
    print(f"{TARGET} written")


def backtest(lake: str, leagues: str) -> dict[str, Any]:
    """The report of these leagues, in a lake of their own: what a lake has, the models learn from."""
    archive = os.environ.get("FAIRLINE_ARCHIVE", "../shared/archive")
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "backtest.json"
        where = ["--archive", archive, "--lake", f"lakes/results/{lake}", "--json", str(told)]
        subprocess.run([FAIRLINE, "backtest", "--leagues", leagues, *PERIOD, *where], check=True)
        found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        return found


def page(report: dict[str, Any], everything: dict[str, Any]) -> str:
    """The page of the big five, with a table of all divisions."""
    overall = report["overall"]
    parts = [
        "# Results",
        "Written by `make results`; do not edit. Its text is `docs/results-notes.md`.",
        "```console\nfairline backtest --leagues " + " ".join([BIG_FIVE, *PERIOD]) + " --archive DIR\n```",
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
        "## All divisions: log-loss minus the close's",
        f"{everything['overall']['n']:,} matches, models of all {len(everything['by_league'])} divisions together.",
        by_scope(everything["by_league"]),
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
