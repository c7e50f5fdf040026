"""Writes docs/results-basketball.md: the walk over the NBA's test seasons, and what its parts add (`make results`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import basketball_tables as tables
from results import told

TARGET = Path(__file__).with_name("results-basketball.md")
ASKED = ["--sport", "basketball", "--from", "2021-10-01", "--to", "2024-06-30"]
COMMANDS = ("backtest", "ablate")
WITHOUT = "without_features"


def main() -> None:
    """Run the backtest and the ablation on the archive, and write the page."""
    backtest, ablation = (told(name, "basketball", ASKED) for name in COMMANDS)
    TARGET.write_text(page(backtest, ablation), encoding="utf-8")
    print(f"{TARGET} written")


def page(backtest: dict[str, Any], ablation: dict[str, Any]) -> str:
    """The page."""
    parts = [
        "# Results: basketball",
        "Written by `make results`; do not edit. What it means stands in [basketball.md](basketball.md) and "
        "[props.md](props.md).",
        "```console\n" + "\n".join(f"fairline {name} {' '.join(ASKED)} --archive DIR" for name in COMMANDS) + "\n```",
        *games(backtest),
        *parts_of(ablation),
        *(piece for name, found in sorted(backtest["props"].items()) for piece in props(name, found)),
        f"Backtest `{backtest['hash']}`, ablation `{ablation['hash']}`.",
    ]
    return "\n\n".join(parts) + "\n"


def games(report: dict[str, Any]) -> list[str]:
    """Forecasters of games."""
    overall, apart = report["overall"], report["without_close"]["n"]
    return [
        f"## Games\n\n{overall['n']:,} games with closing lines ({apart} without them are told apart in the JSON), "
        "each forecast by what was known at noon Eastern of its day. Differences from the close are paired.",
        tables.forecasters(overall),
        tables.covered(overall),
        tables.seasons(report["by_season"]),
        tables.seasons(report["by_part"]),
    ]


def parts_of(found: dict[str, Any]) -> list[str]:
    """What members and groups of features add."""
    changes = found["overall"]["changes"]
    return [
        "## What each part adds\n\nAblated minus whole on the same games, paired, with 95% intervals over match days: "
        "above 0 is worse; bold where the interval leaves zero out, as one in twenty would by chance alone.",
        "**The pool of one member alone**\n\n" + tables.changes(changes, "member_alone", "model"),
        "**The pool without a member**\n\n" + tables.changes(changes, "without_member", "model"),
        "**The trees without a group of features**\n\n" + tables.changes(changes, WITHOUT, "closing"),
        "**The pool over trees without a group of features**\n\n" + tables.changes(changes, WITHOUT, "model"),
    ]


def props(name: str, found: dict[str, Any]) -> list[str]:
    """Players of one competition."""
    pieces = [f"## Players: {name}"]
    for part, populations in found["parts"].items():
        for population, told_ in populations.items():
            pieces += [f"**{part}: {population}** (n = {told_['n']:,})", tables.players(told_), _double_doubles(told_)]
    beside = ", ".join(f"{each['n']:,} {when.replace('_', ' ')}" for when, each in found["prices"].items())
    return [*pieces, f"Lines judged beside books' prices: {beside}."]


def _double_doubles(population: dict[str, Any]) -> str:
    told_ = population["double_double"]
    tenths = ", ".join(f"{100 * share:.1f}" for share in population["points"]["pit_tenths"])
    return (
        f"Double-doubles: {told_['rate']:.1%} of nights, {told_['foretold']:.1%} foretold; log-loss "
        f"{told_['log_loss']:.3f}, that of the rate alone {told_['log_loss_of_rate']:.3f}. Tenths of the points' "
        f"transform: {tenths} percent."
    )


if __name__ == "__main__":
    sys.exit(main())
