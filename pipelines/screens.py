"""What the command line shows: progress while a run works, then tables for people."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.settings import Settings

if TYPE_CHECKING:
    from models.registry import Version
    from replay.tuning import Found

Listen = Callable[[str, str], None]


@contextlib.contextmanager
def progress(console: Console, title: str) -> Iterator[Listen]:
    """A bar that names the stage at work; where output is no terminal, one line a stage."""
    console.print(f"[bold]{title}[/bold]")
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn(),
        console=console, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("starting", total=None)

        def listen(stage: str, said: str) -> None:
            name = stage.replace("__", "/")
            if said == "started":
                bar.update(task, description=name)
            elif said == "failed":
                bar.console.print(f"[red]✗[/red] {name}")
            elif said == "done":
                if not console.is_terminal:
                    bar.console.print(f"  {name}")
            else:
                bar.update(task, description=f"{name}: {said[:70]}")

        yield listen


def show_run(console: Console, result: Mapping[str, Any], reports: Path) -> None:
    """The portfolio of one run."""
    show_tickets(console, result["tickets"], result["simulated"])
    seconds = sum(stage["seconds"] for stage in result["stages"].values())
    priced = f"{result['matches_priced']} matches priced at {result['as_of_utc']}"
    console.print(f"{priced} · release {result['release']} · {seconds:.0f} s")
    newest = max(reports.glob("*.html"), default=None, key=lambda path: path.stat().st_mtime)
    if newest:
        console.print(f"Report: {newest}", soft_wrap=True)
    for warning in result["warnings"]:
        console.print(f"[yellow]! {warning}[/yellow]")


def show_tickets(console: Console, tickets: Sequence[Mapping[str, Any]], simulated: bool) -> None:
    """A table of tickets; says so where there are none."""
    if not tickets:
        console.print("No ticket: no named book offers enough over the fair price.")
        return
    table = Table(title="Tickets" + (" (SIMULATED)" if simulated else ""), title_justify="left")
    for column in ("ticket", "match", "kick-off (UTC)", "selection", "book"):
        table.add_column(column)
    for column in ("price", "worth to", "fair", "prob", "stake"):
        table.add_column(column, justify="right")
    for ticket in tickets:
        for leg in ticket["legs"]:
            table.add_row(
                ticket["ticket_id"], f"{leg['home']} – {leg['away']}", leg["kickoff_at_utc"][5:16].replace("T", " "),
                f"{leg['market']} {leg['selection']}", leg["bookmaker"], f"{leg['price_odds_dec']:.2f}",
                f"{ticket['minimum_price_odds_dec']:.2f}", f"{leg['fair_odds_dec']:.2f}", f"{leg['prob']:.1%}",
                f"{ticket['stake']:.2f} {ticket['currency']}",
            )  # fmt: skip
    console.print(table)
    total = sum(ticket["stake"] for ticket in tickets)
    console.print(f"{len(tickets)} tickets, {total:.2f} {tickets[0]['currency']} staked")


def show_backtest(console: Console, report: Mapping[str, Any]) -> None:
    """Scores of every forecaster on the same matches, best first."""
    overall = report["overall"]
    table = Table(title=f"{overall['n']:,} matches · {report['data']} · {report['hash']}", title_justify="left")
    table.add_column("forecaster")
    for column in ("log-loss", "Brier", "RPS", "KL to close", "log-loss − close [95%]"):
        table.add_column(column, justify="right")
    for name, card in sorted(overall["forecasters"].items(), key=lambda item: item[1]["log_loss"]):
        low, high = (end if end is not None else float("nan") for end in card["log_loss_minus_close_ci95"])
        table.add_row(
            name, f"{card['log_loss']:.4f}", f"{card['brier']:.4f}", f"{card['rps']:.4f}", f"{card['kl_to_close']:.4f}",
            f"{card['log_loss_minus_close']:+.4f} [{low:+.4f}, {high:+.4f}]",
        )  # fmt: skip
    console.print(table)
    bets = report["bets"]
    if bets["n"]:
        (low, high), clv = bets["yield_ci95"] or (float("nan"),) * 2, bets["clv"]
        value = f"{clv:+.2%}" if clv is not None else "unknown"
        console.print(
            f"{bets['n']:,} tickets: yield {bets['yield']:+.2%} [{low:+.2%}, {high:+.2%}], closing-line value {value}, "
            f"largest drawdown {bets['max_drawdown']:.1%}"
        )


def show_tuning(console: Console, found: Found, fields: str) -> None:
    """What the search found, as the fields of the source file that holds the defaults."""
    console.print(
        f"{found.trials:,} trials on {found.matches:,} matches: divergence from the close {found.divergence:.5f} nats "
        f"(the present defaults: {found.divergence_of_defaults:.5f})"
    )
    console.print(fields)


def show_models(console: Console, versions: Sequence[Version]) -> None:
    """Every trained forecaster, newest first; says so where there is none."""
    if not versions:
        console.print("No forecaster is trained yet: `fairline run` trains one.")
        return
    table = Table(title="Forecasters", title_justify="left")
    table.add_column("version", justify="right")
    table.add_column("alias")
    table.add_column("trained for (UTC)")
    for column in ("matches", "log-loss"):
        table.add_column(column, justify="right")
    table.add_column("why")
    for row in versions:
        matches = "" if row.matches is None else f"{row.matches:,}"
        loss = "" if row.log_loss is None else f"{row.log_loss:.4f}"
        left = f" Rolled back to version {row.rolled_back_to}." if row.rolled_back_to else ""
        moment = f"{row.as_of_utc:%Y-%m-%d %H:%M}"
        table.add_row(row.version, ", ".join(row.aliases), moment, matches, loss, row.because + left)
    console.print(table)


def show_explanation(console: Console, found: Mapping[str, Any]) -> None:
    """An explanation, one fact a line."""
    console.print(f"[bold]{found['ticket_id']}[/bold] · {found['stake']} · set by {found['binding_limit']}")
    for leg in found["legs"]:
        console.print(f"  {leg['match']} · {leg['selection']} at {leg['bookmaker']}")
        for fact in leg["facts"]:
            console.print(f"    {fact}")
        for row in leg["evidence"]:
            console.print(f"    {row}", style="dim", soft_wrap=True)


def show_health(console: Console, settings: Settings, findings: Sequence[Mapping[str, Any]]) -> None:
    """Findings of the doctor, then every setting in force."""
    for finding in findings:
        console.print(f"{'[green]✓[/green]' if finding['ok'] else '[red]✗[/red]'} {finding['said']}", soft_wrap=True)
    table = Table("setting", "value", title="Settings in force", title_justify="left")
    for name, value in settings.model_dump(mode="json").items():
        if not isinstance(value, dict):
            table.add_row(name, str(value))
    for name, value in settings.staking.model_dump(mode="json").items():
        table.add_row(f"staking.{name}", str(value))
    console.print(table)
