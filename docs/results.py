"""Writes docs/results.md: the walk-forward over the test seasons, from command to table. Run it by `make results`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bet_tables
import tables

FAIRLINE = str(Path(sys.executable).with_name("fairline"))
TARGET = Path(__file__).with_name("results.md")
BIG_FIVE = "E0,SP1,D1,I1,F1"
OTHERS = "E1,E2,E3,EC,SC0,SC1,SC2,SC3,D2,I2,SP2,F2,N1,B1,P1,T1,G1"
PERIOD = ["--from", "2021-07-01", "--to", "2024-06-30"]
NOTES = Path(__file__).with_name("results-notes.md")


def main() -> None:
    """Run the backtests and the ablation on the archive, and write the page."""
    big_five, ablation = (told(name, "big-five", ["--leagues", BIG_FIVE, *PERIOD]) for name in ("backtest", "ablate"))
    everything = told("backtest", "all", ["--leagues", f"{BIG_FIVE},{OTHERS}", *PERIOD])
    TARGET.write_text(page(big_five, ablation, everything, answer("study")), encoding="utf-8")
    print(f"{TARGET} written")


def told(command: str, lake: str, asked: Sequence[str]) -> dict[str, Any]:
    """What a command says, in a lake of its own: what a lake has, the models learn from.

    A backtest begins with an empty lake, since trials of earlier ones count in what is said of overfitting.
    """
    archive, root = os.environ.get("FAIRLINE_ARCHIVE", "../shared/archive"), Path("lakes/results") / lake
    if command == "backtest":
        shutil.rmtree(root, ignore_errors=True)
    return answer(command, *asked, "--archive", archive, "--lake", str(root))


def answer(*command: str) -> dict[str, Any]:
    """What a command writes to the file of `--json`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        subprocess.run([FAIRLINE, *command, "--json", str(file)], check=True)
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found


def page(report: dict[str, Any], ablation: dict[str, Any], everything: dict[str, Any], study: dict[str, Any]) -> str:
    """The page of the big five, with a table of all divisions."""
    parts = [
        "# Results",
        "Written by `make results`; do not edit. Its text is `docs/results-notes.md`.",
        command("backtest"),
        *forecasts(report),
        *calibration(report),
        *ablations(ablation),
        "## All divisions: log-loss minus the close's",
        f"{everything['overall']['n']:,} matches, models of all {len(everything['by_league'])} divisions together. The "
        "last column compares mean log-losses, without an interval.",
        tables.divisions(everything["by_league"]),
        *betting(report),
        "## Adaptive staking",
        "```console\nfairline study\n```",
        *bet_tables.study(study),
        NOTES.read_text(encoding="utf-8").strip(),
    ]
    return "\n\n".join(parts) + "\n"


def command(name: str) -> str:
    """How to make a part of the page."""
    return f"```console\nfairline {name} --leagues " + " ".join([BIG_FIVE, *PERIOD]) + " --archive DIR\n```"


def forecasts(report: dict[str, Any]) -> list[str]:
    """Scores of every forecaster."""
    overall = report["overall"]
    return [
        f"{overall['n']:,} matches, each with every forecaster's belief and a closing price; "
        f"hash of code, data, configuration and seed: `{report['hash']}`. Lower is better; differences from the close "
        "are paired, their 95% intervals resample match days.",
        tables.scores(overall),
        "## By league: log-loss minus the close's",
        tables.by_scope(report["by_league"]),
        "## By season: log-loss minus the close's",
        tables.by_scope(report["by_season"]),
        "## Benchmarks: whose price was taken",
        tables.benchmarks(report["benchmarks"]),
    ]


def calibration(report: dict[str, Any]) -> list[str]:
    """How far prices can be taken at their word."""
    return [
        "## Calibration by market",
        "A slope of 1 is calibrated, below 1 overconfident; its interval holds dependence within a match day. The "
        "expected calibration error (ECE) of even a perfect forecaster is not 0: the band holds 95% of forecasters "
        "whose probabilities are these and true. `inside` says whether the error is at most its upper end.",
        tables.calibration(report["calibration"]),
    ]


def ablations(found: dict[str, Any]) -> list[str]:
    """What everything adds."""
    overall = found["overall"]
    return [
        "## What each member adds",
        command("ablate"),
        f"{overall['n']:,} matches; hash `{found['hash']}`. All differences are from the whole forecaster, in 10⁻⁴ "
        "nats, paired, with 95% intervals that resample match days: above 0 is worse without it, or alone. Pools and "
        "their calibrators are fitted again every month without the member, or on it alone.",
        tables.members(overall["changes"], "model"),
        tables.members(overall["changes"], "blend"),
        "## What each group of features adds to the learner of the close",
        "`closing` is fitted again every season without the group. Its trees then also draw their columns and rows "
        "otherwise, and the intervals do not hold that chance.",
        tables.features(overall["changes"]),
        "## What each part adds by league: KL to the close",
        "The same in 10⁻⁴ nats; bold where the 95% interval leaves zero out, as one in twenty would by chance alone.",
        tables.ablation_by_league(found["by_league"]),
    ]


def betting(report: dict[str, Any]) -> list[str]:
    """What the tickets would have brought, what the search for them proves, and whose margins were taken out how."""
    trail = report["provenance"]
    parts = [
        "## Bets",
        *bet_tables.bets(report["bets"]),
        f"Every ticket was followed back to the vendor's bytes: {trail['traced']:,} of {trail['legs']:,} legs, "
        f"{trail['payloads']} payloads hashed and parsed again, {len(trail['faults'])} faults.",
        "How far our beliefs lay from the close, as scenarios draw it (standard deviations of tilts, "
        f"`FAIRLINE_UNCERTAINTIES__FOOTBALL__*`): supremacy {report['spread']['supremacy']:.3f}, goals "
        f"{report['spread']['goals']:.3f}, of which leagues share {report['spread']['league_goals']:.3f}. The defaults "
        "are those of 2018/19–2020/21.",
    ]
    if "overfitting" in report:
        parts += ["## Overfitting", tables.overfitting(report["overfitting"])]
    if "devig" in report:
        parts += ["## Margins: which method fits earlier seasons best", tables.devig(report["devig"])]
    return parts


if __name__ == "__main__":
    main()
