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


def show_run(console: Console, result: Mapping[str, Any], page: Path) -> None:
    """The portfolio of one run."""
    show_tickets(console, result["tickets"], result["simulated"], result["no_ticket"])
    seconds = sum(stage["seconds"] for stage in result["stages"].values())
    of_sports = ", ".join(f"{sport} {count}" for sport, count in result["matches_priced_by_sport"].items())
    priced = f"{result['matches_priced']} matches priced ({of_sports}) at {result['as_of_utc']}"
    console.print(f"{priced} · release {result['release']} · {seconds:.0f} s")
    if page.is_file():
        console.print(f"Report: {page}", soft_wrap=True)
    for warning in result["warnings"]:
        console.print(f"[yellow]! {warning}[/yellow]")


def show_tickets(
    console: Console, tickets: Sequence[Mapping[str, Any]], simulated: bool, no_ticket: Sequence[str]
) -> None:
    """A table of tickets, then the reasons why sports have none."""
    if tickets:
        _show_tickets(console, tickets, simulated)
    for reason in no_ticket:
        console.print(reason, soft_wrap=True)


def _show_tickets(console: Console, tickets: Sequence[Mapping[str, Any]], simulated: bool) -> None:
    table = Table(title="Tickets" + (" (SIMULATED)" if simulated else ""), title_justify="left")
    for column in ("ticket", "sport", "match", "kick-off (UTC)", "selection", "book"):
        table.add_column(column)
    for column in ("price", "worth to", "fair", "prob", "stake"):
        table.add_column(column, justify="right")
    for ticket in tickets:
        for row in _ticket_rows(ticket):
            table.add_row(*row)
    console.print(table)
    total = sum(ticket["stake"] for ticket in tickets)
    console.print(f"{len(tickets)} tickets, {total:.2f} {tickets[0]['currency']} staked")


def _ticket_rows(ticket: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row a leg; a ticket of several legs first has a row of its own, with the price of the whole."""
    whole = (f"{ticket['minimum_price_odds_dec']:.2f}", "", "", f"{ticket['stake']:.2f} {ticket['currency']}")
    several = len(ticket["legs"]) > 1
    if several:
        yield ticket["ticket_id"], "", ticket["kind"], "", "", "", f"{ticket['price_odds_dec']:.2f}", *whole
    for leg in ticket["legs"]:
        fair, prob = f"{leg['fair_odds_dec']:.2f}", f"{leg['prob']:.1%}"
        last = ("", fair, prob, "") if several else (whole[0], fair, prob, whole[3])
        yield (
            "" if several else ticket["ticket_id"], leg["sport"], f"{leg['home']} – {leg['away']}",
            leg["kickoff_at_utc"][5:16].replace("T", " "), leg["bet"], leg["bookmaker"],
            f"{leg['price_odds_dec']:.2f}", *last,
        )  # fmt: skip


def told(value: float | None, form: str) -> str:
    """A number as it is shown; "unknown" where there is none."""
    return "unknown" if value is None else format(value, form)


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
    console.print(f"[bold]{found['ticket_id']}[/bold] · {found['kind']} · {found['stake']}")
    for said in found["decision"]:
        console.print(f"  {said}")
    for leg in found["legs"]:
        console.print(f"  {leg['sport']} · {leg['match']} · {leg['selection']} at {leg['bookmaker']}")
        for fact in leg["facts"]:
            console.print(f"    {fact}")
        for row in leg["evidence"]:
            console.print(f"    {row}", style="dim", soft_wrap=True)
    for said in found["since"]:
        console.print(f"  {said}")
    told = f"  model {found['training_hash']}" + (f", release {found['data']['release']}" if found["data"] else "")
    console.print(told, style="dim")


def show_study(console: Console, found: Mapping[str, Any]) -> None:
    """The learned staking policy less the best fixed fraction, a row a repeat, and the decision."""
    table = Table(title="Learned policy less the best fixed fraction, unseen worlds", title_justify="left")
    for column in ("fixed fraction", "growth [95%]", "drawdown [95%]", "objections"):
        table.add_column(column)
    for repeat in found["repeats"]:
        test = repeat["test"]
        changes = (
            f"{test[f'{name}_change']:+.4f} {_ends(test[f'{name}_change_ci95'])}" for name in ("growth", "drawdown")
        )
        table.add_row(f"{repeat['fixed_fraction']:.3f}", *changes, " ".join(repeat["objections"]) or "none")
    console.print(table)
    console.print("It may act." if found["enabled"] else "It stays in the shadow: recorded, never staked by.")


def _ends(ends: Sequence[float | None]) -> str:
    low, high = (told(end, "+.4f") for end in ends)
    return f"[{low}, {high}]"


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
