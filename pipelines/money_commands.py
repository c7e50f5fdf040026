"""What the commands about money do: place, account, bets, hedge, audit, outbox, policy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from core.clock import iso
from core.errors import PermanentError, SettingsInvalid
from core.money import Money
from core.settings import load_settings
from pipelines.commands import console, lake_of, write_json

if TYPE_CHECKING:
    from replay.desk import Booked, Desk


def place(
    given: Mapping[str, Any], ticket: str, price: str, stake: str, book: str | None, late: bool, json_file: Path | None
) -> None:
    """`fairline place`."""
    with _desk(given) as desk:
        found = desk.place(ticket, price, stake, book, late)
    placed = found.placement
    taken = Money(placed.taken_minor, placed.currency)
    said = "recorded" if found.is_new else "was recorded before"
    console.print(f"{ticket}: {taken} at {placed.price_odds_dec} with {placed.bookmaker} {said}.")
    for warning in found.warnings:
        console.print(f"[yellow]! {warning}[/yellow]")
    write_json(json_file, {"placement_id": placed.placement_id, "new": found.is_new, "warnings": list(found.warnings)})


def pay(given: Mapping[str, Any], kind: str, amount: str, book: str, reference: str) -> None:
    """`fairline account deposit` and `withdraw`."""
    with _desk(given) as desk, _as_ours("amount", amount):
        booked = desk.pay(kind, amount, book, reference)
    console.print(_said(booked), soft_wrap=True)


def exchange(given: Mapping[str, Any], amount: str, book: str, into: str, rate: str, reference: str) -> None:
    """`fairline account exchange`."""
    with _desk(given) as desk, _as_ours("exchange", f"{amount} at {rate}"):
        booked = desk.exchange(amount, book, into, rate, reference)
    console.print(f"{_said(booked)} The rate is {rate}.", soft_wrap=True)


def show_account(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline account show`."""
    from optimizer.ledger import statement

    rows = statement(_opened(given).table("ledger").read())
    table = Table("bettor", "book", "account", "balance", title="Balances", title_justify="left")
    for row in rows.iter_rows(named=True):
        holder = (row["bettor_id"] or "paper", row["bookmaker"] or "paper")
        table.add_row(*holder, row["account"], str(Money(row["balance_minor"], row["currency"])))
    console.print(table if len(rows) else "Nothing is booked yet.")
    write_json(json_file, {"balances": rows.to_dicts()})


def import_bets(given: Mapping[str, Any], file: Path, json_file: Path | None) -> None:
    """`fairline bets`."""
    from optimizer.own_bets import lines

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{file} cannot be read: {error}.", "Save it as CSV in UTF-8.") from error
    with _desk(given) as desk:
        found = desk.import_bets(text)
    for line in lines(found):
        console.print(line, soft_wrap=True)
    refused = [{"line": one.line, "reason": one.reason} for one in found.refused]
    write_json(json_file, {"imported": len(found.bets), "known_before": found.known_before, "refused": refused})


def hedges(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline hedge`."""
    rows = _opened(given).hedges()
    title = "Open singles at today's prices: suggestions, nothing is placed"
    table = Table("ticket", title=title, title_justify="left")
    for column in ("fair cash-out", "least cash-out", "equal stake", "equal profit", "growth stake"):
        table.add_column(column, justify="right")
    for row in rows.iter_rows(named=True):
        names = ("fair_cash_out", "least_cash_out", "equal_stake", "equal_profit", "growth_stake")
        amounts = (row[f"{name}_minor"] for name in names)
        table.add_row(row["ticket_id"], *("–" if minor is None else f"{minor / 100:.2f}" for minor in amounts))
    console.print(table if len(rows) else "No open single has a fair price now.")
    told = [
        row | {"as_of_utc": iso(row["as_of_utc"]), "hedges": json.loads(row["hedges"])}
        for row in rows.iter_rows(named=True)
    ]
    write_json(json_file, {"hedges": told})


def verify_audit(given: Mapping[str, Any], json_file: Path | None) -> None:
    """`fairline audit verify`: exit code 1 where the audit is not as it was written."""
    from assets.workspace import Workspace
    from replay import compliance

    desk = _opened(given)
    workspace = Workspace(profile=desk.settings.profile, lake_dir=str(desk.settings.lake_root))
    found = compliance.faults(desk.lake, workspace.anchors)
    rows = desk.table("audit").rows()
    write_json(json_file, {"rows": rows, "faults": found})
    if found:
        raise PermanentError(f"The audit is not as it was written: {found[0]}", f"{len(found)} faults in {rows} rows.")
    console.print(f"{rows:,} rows of the audit stand as they were written, and so do its anchors.")


def outbox(given: Mapping[str, Any], after: int, webhook: str | None) -> None:
    """`fairline outbox`: a stream of JSON lines, or a signed webhook."""
    from optimizer.outbox import deliver, stream

    rows = _opened(given).table("outbox").read()
    if webhook is None:
        for line in stream(rows, after):
            print(line)
        return
    from core.http import post

    secret = load_settings(**given).webhook_secret
    if secret is None:
        raise SettingsInvalid("A webhook needs a secret to sign with.", "Set FAIRLINE_WEBHOOK_SECRET.")
    found = deliver(rows, after, webhook, secret.get_secret_value().encode(), post)
    console.print(f"{found.delivered} events delivered; go on with --after {found.cursor}.")
    if found.fault:
        raise PermanentError(found.fault, f"Ask again with --after {found.cursor}.")


def check_policy(given: Mapping[str, Any], file: Path) -> None:
    """`fairline policy`."""
    from optimizer.policy import load

    policy = load(file, load_settings(**given).staking)
    console.print(f"Policy of {policy.bettor_id} is valid; {policy.jurisdiction or 'no jurisdiction'}.")
    table = Table("limit", "value", title="Limits asked for", title_justify="left")
    for name, value in policy.limits.model_dump(mode="json").items():
        if value not in (None, []):
            table.add_row(name, str(value))
    console.print(table)


def _said(booked: Booked) -> str:
    return f"{booked.event.transaction_id} {'booked' if booked.is_new else 'was booked before'}."


@contextmanager
def _desk(given: Mapping[str, Any]) -> Iterator[Desk]:
    """The desk, with the lake for itself: nobody else writes to the ledger meanwhile."""
    from pipelines.instance import locked

    desk = _opened(given)
    with locked(desk.settings.lake_root):
        yield desk


def _opened(given: Mapping[str, Any]) -> Desk:
    from assets.workspace import Workspace
    from replay.desk import Desk

    settings = load_settings(**given)
    return Desk(lake_of(settings), settings, Workspace(profile=settings.profile).present)


@contextmanager
def _as_ours(what: str, told: str) -> Iterator[None]:
    """A number that is none, as a sentence."""
    try:
        yield
    except (ValueError, ArithmeticError) as error:
        why = error if isinstance(error, ValueError) else "it is no number."
        raise SettingsInvalid(f"An {what} of {told} cannot be booked: {why}", "Write it like 100 or 99.50.") from error
