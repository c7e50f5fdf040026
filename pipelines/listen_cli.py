"""The command that listens to live prices; listening itself stands in `sources.live`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipelines.options import LakeDir, Profile, Sport, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from assets.workspace import Workspace
    from sources.live.figures import Figures
    from sources.live.wires import Wire
    from sources.transport.credentials import Signature

Kind = Literal["websocket", "sse"]
_BY_SCHEME = {"wss": "websocket", "https": "sse", "tls": "lines"}


def add(app: typer.Typer) -> None:
    """Hang the command of this file below an application."""
    app.command()(listen)


def listen(
    source: Annotated[str, typer.Option(help="The vendor: betfair.")] = "betfair",
    seconds: Annotated[float | None, typer.Option("--for", help="Seconds; default: until it is interrupted.")] = None,
    sse: Annotated[bool, typer.Option("--sse", help="Server-sent events instead of a websocket.")] = False,
    address: Annotated[
        str | None,
        typer.Option(help="wss://…, https://… or tls://host:port; default: by profile."),
    ] = None,
    rate: Annotated[int, typer.Option(help="Prices a second that the sandbox sends.")] = 1000,
    profile: Profile = None,
    lake: LakeDir = None,
    sport: Sport = None,
) -> None:
    """Listen to live prices: every message is in bronze within a second or so, and in silver right after it.

    It knows the markets that [bold]fairline run[/bold] has read. Stop it with Ctrl-C: what has arrived is written. A
    run of the pipeline may work on the same lake meanwhile.
    """
    import asyncio

    from assets.workspace import Workspace
    from core.errors import SettingsInvalid
    from core.settings import load_settings
    from sources.live.session import only_listener

    if source != "betfair":
        raise SettingsInvalid(f"'{source}' has no stream.", "Only betfair has one: leave --source away.")
    settings = load_settings(**given(profile=profile, lake=lake, sport=sport))
    workspace = Workspace(profile=settings.profile, lake_dir=str(settings.lake_root))
    with only_listener(workspace.lake, source, settings.sport):
        wire = _wire(workspace, "sse" if sse else "websocket", address, rate)
        asyncio.run(_listen(workspace, source, settings.sport, wire, seconds))


async def _listen(workspace: Workspace, source: str, sport: str, wire: Wire, seconds: float | None) -> None:
    from core.clock import SystemClock
    from lake.releases import named_versions
    from sources.catalog import sources_of
    from sources.live.betfair import BetfairFeed
    from sources.live.clock import RunningClock
    from sources.live.figures import Figures
    from sources.live.listener import Listener
    from sources.live.session import listen as run
    from sources.live.writing import LakeSink

    clock = RunningClock(workspace.present) if workspace.settings.simulated else SystemClock()
    feed, figures, signature = BetfairFeed(sport), Figures(), _signature(workspace, source)
    sink = LakeSink(
        workspace.lake, sources_of(sport)[source], feed, clock, figures, signature.secrets,
        named_versions(workspace.lake),
    )  # fmt: skip
    sink.prepare()
    await run(Listener(feed, wire, sink, signature, clock, figures), figures, seconds, _progress())


def _progress() -> Callable[[Figures], None]:
    """Says one line: what came since the last one, and how late prices are so far."""
    seen = [0, 0]

    def tell(figures: Figures) -> None:
        half, most = figures.delay_seconds(0.5), figures.delay_seconds(0.99)
        delays = "nothing in silver yet" if half is None or most is None else f"p50 {half:.2f} s, p99 {most:.2f} s"
        typer.echo(
            f"{figures.messages - seen[0]:>5} messages, {figures.prices - seen[1]:>6} prices · "
            f"{figures.batches} batches, {figures.committed_prices:,} prices in silver · {delays} · "
            f"{figures.connections} connections, {figures.waits} waits, {figures.compactions} compactions"
        )
        seen[:] = [figures.messages, figures.prices]

    return tell


def _wire(workspace: Workspace, kind: Kind, address: str | None, rate: int) -> Wire:
    from core.errors import SettingsInvalid
    from sources.live.wires import EventWire, LineWire, WebSocketWire

    wires: dict[str, Callable[..., Wire]] = {"websocket": WebSocketWire, "sse": EventWire, "lines": LineWire}
    if address is not None:
        scheme = address.partition("://")[0]
        if scheme not in _BY_SCHEME:
            raise SettingsInvalid(f"'{address}' is no wss, https or tls address.", "See docs/live.md.")
        return wires[_BY_SCHEME[scheme]](address, address)
    gateway = workspace.gateway
    if gateway is None:
        return LineWire("tls://stream-api.betfair.com:443", "tls://stream-api.betfair.com:443")
    path = {"websocket": "_stream/ws", "sse": "_stream/sse"}[kind]
    base = gateway.base.replace("http", "ws", 1) if kind == "websocket" else gateway.base
    target = f"{base}/{path}?rate={rate}"
    return wires[kind](target, target, True)


def _signature(workspace: Workspace, source: str) -> Signature:
    """The vendor's credentials; in the sandbox any will do. Raises SettingsInvalid where they are missing."""
    from core.errors import SettingsInvalid
    from sources.catalog import TERMS
    from sources.transport.credentials import Signature, sign

    if workspace.settings.simulated:
        return Signature({one.name: "sandbox" for one in TERMS[source].credentials})
    found = sign(TERMS[source], workspace.settings.keys)
    if found is None:
        wanted = ", ".join(f"FAIRLINE_KEYS__{one.key.upper()}" for one in TERMS[source].credentials)
        raise SettingsInvalid(f"A key of {source} is missing.", f"Set {wanted}.")
    return found
