"""Listening from beginning to end: one listener a stream and lake, until its time is over or it is interrupted."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from core.errors import RunInProgress
from lake.storage import Lake
from sources.live.figures import Figures
from sources.live.listener import Listener

Progress = Callable[[Figures], None]
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def only_listener(lake: Lake, source: str, sport: str) -> Iterator[None]:
    """The stream for one listener alone; raises RunInProgress while another one listens into this lake.

    Other runs may work on the lake meanwhile.
    """
    lock = lake.root / ".locks" / f"listen-{source}-{sport}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, blocking=False):
            yield
    except Timeout as error:
        said = f"Another listener hears {source} ({sport}) for {lake.root}."
        raise RunInProgress(said, "Stop it first, or name another lake with --lake.") from error


async def listen(
    listener: Listener, figures: Figures, seconds: float | None, progress: Progress, every: float = 1.0
) -> None:
    """Run a listener for so long, or until SIGINT or SIGTERM; None: until then. What has arrived is written.

    Raises what the listener raises.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in _SIGNALS:
        with suppress(NotImplementedError, RuntimeError):  # only the main thread of a process has signals
            loop.add_signal_handler(name, stop.set)
    telling = asyncio.create_task(_tell(figures, progress, every))
    ending = loop.call_later(seconds, stop.set) if seconds is not None else None
    try:
        await listener.run(stop)
    finally:
        telling.cancel()
        if ending is not None:
            ending.cancel()
        progress(figures)


async def _tell(figures: Figures, progress: Progress, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        progress(figures)
