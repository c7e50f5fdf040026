"""The command that runs the simulated vendors as one local server; the server stands in `sandbox.server`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sandbox.server.fault import Fault

Faults = Annotated[
    list[str] | None,
    typer.Option("--fault", help="Such as the_odds_api=429:60 or the_odds_api/odds=timeout:5; again for more."),
]


def add(app: typer.Typer) -> None:
    """Hang the command of this file below an application."""
    from sandbox.server.faults import FAULTS

    lines = (f"[bold]{name}[/bold]: {fault.summary()} ({_kinds(fault)})" for name, fault in FAULTS.items())
    app.command(epilog="Faults:\n\n" + "\n\n".join(lines))(sandbox)


def _kinds(fault: type[Fault]) -> str:
    return "all documents" if len(fault.kinds) > 3 else ", ".join(fault.kinds)


def sandbox(
    port: Annotated[int, typer.Option(help="On 127.0.0.1; 0 takes a free one.")] = 8765,
    at: Annotated[str | None, typer.Option(help="The world's time; default 2026-11-20T17:00:00Z.")] = None,
    speed: Annotated[
        float, typer.Option(help="World seconds a second: 0 stands still, 60 is a minute a second.")
    ] = 0.0,
    seed: Annotated[int | None, typer.Option(help="Of the simulated world; default: that of the settings.")] = None,
    fault: Faults = None,
    cache: Annotated[Path | None, typer.Option(help="Keep costly documents in this directory.")] = None,
) -> None:
    """Play all vendors at `http://127.0.0.1:PORT/<vendor's host>/…`, with their keys, quotas, and faults if wanted.

    The key of every vendor is `sandbox-key`. docs/sandbox.md tells the endpoints, and how to set the clock.
    """
    from core.clock import parse_instant
    from core.errors import SettingsInvalid
    from core.settings import load_settings
    from sandbox.server.clock import SANDBOX_NOW
    from sandbox.server.serve import listening, serve_alone

    instant = parse_instant(at) if at else SANDBOX_NOW
    chosen = load_settings().seed if seed is None else seed
    try:
        with listening(port) as listener:
            typer.echo(f"The sandbox listens on http://127.0.0.1:{listener.getsockname()[1]} (Ctrl-C stops it).")
            serve_alone(listener, chosen, instant, speed, fault or (), cache)
    except (ValueError, OSError) as error:
        raise SettingsInvalid(f"The sandbox did not start: {error}.", "See `fairline sandbox --help`.") from error
