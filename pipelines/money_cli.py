"""The commands about money, as `fairline --help` shows them; what they do stands in `money_commands`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.options import JsonFile, LakeDir, Policy, Profile, given

account = typer.Typer(no_args_is_help=True, help="Money at bookmakers: paid in, paid out, changed, shown.")

audit = typer.Typer(no_args_is_help=True, help="What every rule decided, chained by hashes.")

Amount = Annotated[str, typer.Argument(help="In major units of the policy's currency, such as 100 or 99.50.")]
Book = Annotated[str, typer.Option("--book", help="The bookmaker, such as bet365.")]
Reference = Annotated[str, typer.Option(help="Your or the book's number of it: told twice it is booked once.")]


def add(app: typer.Typer) -> None:
    """Hang all commands of this file below an application."""
    app.add_typer(account, name="account")
    app.add_typer(audit, name="audit")
    for command in (place, bets, hedge, outbox, policy):
        app.command()(command)


def place(
    ticket: Annotated[str, typer.Argument(help="A ticket's id, as `fairline tickets` shows it.")],
    price: Annotated[str, typer.Option(help="Decimal price that was really taken, such as 1.95.")],
    stake: Annotated[str, typer.Option(help="Stake that was really taken, in the ticket's currency.")],
    book: Annotated[str | None, typer.Option("--book", help="Where, if not at the ticket's own book.")] = None,
    after_kick_off: Annotated[bool, typer.Option(help="It was taken before kick-off, and is recorded later.")] = False,
    profile: Profile = None,
    lake: LakeDir = None,
    policy_file: Policy = None,
    json_file: JsonFile = None,
) -> None:
    """Record that a ticket was really taken: settlement and limits then go by this price and stake.

    The money must be in the account of that book: [bold]fairline account deposit[/bold]. The same words twice change
    nothing.
    """
    from pipelines import money_commands

    wanted = given(profile=profile, lake=lake, policy=policy_file)
    money_commands.place(wanted, ticket, price, stake, book, after_kick_off, json_file)


@account.command()
def deposit(
    amount: Amount, book: Book, reference: Reference, profile: Profile = None, lake: LakeDir = None,
    policy_file: Policy = None,
) -> None:  # fmt: skip
    """Book money that came into an account."""
    from pipelines import money_commands

    money_commands.pay(given(profile=profile, lake=lake, policy=policy_file), "deposit", amount, book, reference)


@account.command()
def withdraw(
    amount: Amount, book: Book, reference: Reference, profile: Profile = None, lake: LakeDir = None,
    policy_file: Policy = None,
) -> None:  # fmt: skip
    """Book money that left an account; more than there is is refused."""
    from pipelines import money_commands

    money_commands.pay(given(profile=profile, lake=lake, policy=policy_file), "withdraw", amount, book, reference)


@account.command()
def exchange(
    amount: Amount, book: Book, reference: Reference,
    into: Annotated[str, typer.Option(help="Currency bought, such as GBP.")],
    rate: Annotated[str, typer.Option(help="Units bought for one sold, such as 0.8612; it is recorded.")],
    profile: Profile = None, lake: LakeDir = None, policy_file: Policy = None,
) -> None:  # fmt: skip
    """Book a change of currency inside an account, at its rate."""
    from pipelines import money_commands

    wanted = given(profile=profile, lake=lake, policy=policy_file)
    money_commands.exchange(wanted, amount, book, into, rate, reference)


@account.command()
def show(profile: Profile = None, lake: LakeDir = None, policy_file: Policy = None, json_file: JsonFile = None) -> None:
    """Show every balance of the ledger, paper and real."""
    from pipelines import money_commands

    money_commands.show_account(given(profile=profile, lake=lake, policy=policy_file), json_file)


def bets(
    file: Annotated[Path, typer.Argument(help="A CSV file; docs/money.md names its columns.")],
    profile: Profile = None,
    lake: LakeDir = None,
    policy_file: Policy = None,
    json_file: JsonFile = None,
) -> None:
    """Import your own bets, taken without a ticket; wrong rows are named and the others taken, each once."""
    from pipelines import money_commands

    money_commands.import_bets(given(profile=profile, lake=lake, policy=policy_file), file, json_file)


def hedge(
    profile: Profile = None, lake: LakeDir = None, policy_file: Policy = None, json_file: JsonFile = None
) -> None:
    """Suggest hedges and fair cash-outs of open singles at the newest prices; nothing is placed."""
    from pipelines import money_commands

    money_commands.hedges(given(profile=profile, lake=lake, policy=policy_file), json_file)


@audit.command()
def verify(profile: Profile = None, lake: LakeDir = None, json_file: JsonFile = None) -> None:
    """Verify that every decision of every rule stands as it was written: no row changed, moved, added or cut off."""
    from pipelines import money_commands

    money_commands.verify_audit(given(profile=profile, lake=lake), json_file)


def outbox(
    after: Annotated[int, typer.Option(help="Sequence last seen; -1 for none.")] = -1,
    webhook: Annotated[str | None, typer.Option(help="Send there, signed with FAIRLINE_WEBHOOK_SECRET.")] = None,
    profile: Profile = None,
    lake: LakeDir = None,
) -> None:
    """Stream settled tickets as lines of JSON, or send them to a webhook, in order and at least once each."""
    from pipelines import money_commands

    money_commands.outbox(given(profile=profile, lake=lake), after, webhook)


def policy(file: Annotated[Path, typer.Argument(help="A policy file; docs/policy.md explains every key.")]) -> None:
    """Check a bettor's policy file and show the limits that it asks for."""
    from pipelines import money_commands

    money_commands.check_policy(given(), file)
