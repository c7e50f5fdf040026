"""Running the server on 127.0.0.1: inside a thread for runs and tests, or alone until it is stopped."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.server.clock import SANDBOX_NOW, WorldClock

if TYPE_CHECKING:
    import uvicorn

    from sandbox.server.desk import Desk

LOOPBACK = "127.0.0.1"
START_SECONDS = 10.0


@contextmanager
def serving(
    seed: int = 20261120,
    at: datetime = SANDBOX_NOW,
    speed: float = 0.0,
    faults: Sequence[str] = (),
    port: int = 0,
    cache: Path | None = None,
) -> Iterator[str]:
    """Run the server in a thread and yield its base URL, such as `http://127.0.0.1:40123`; port 0 takes a free one.

    `faults`: rules such as `the_odds_api=429`. Raises ValueError for a rule that cannot be read, OSError for a port
    that is taken.
    """
    with listening(port) as listener:
        server = _server(_desk(seed, at, speed, faults, cache))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        finally:
            _stop(server)
            thread.join(START_SECONDS)


def serve_alone(listener: socket.socket, seed: int, at: datetime, speed: float, faults: Sequence[str],
                cache: Path | None) -> None:  # fmt: skip
    """Run the server on a listening socket until it is interrupted."""
    _server(_desk(seed, at, speed, faults, cache)).run(sockets=[listener])


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket that listens on loopback only."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
        yield listener


def _desk(seed: int, at: datetime, speed: float, faults: Sequence[str], cache: Path | None) -> Desk:
    from sandbox.server.control import faults as set_faults
    from sandbox.server.desk import Desk
    from sandbox.vendors.view import Worlds

    desk = Desk(Worlds(seed, cache), WorldClock(at, speed))
    set_faults(desk, {"faults": list(faults)})
    return desk


def _server(desk: Desk) -> uvicorn.Server:
    import uvicorn

    from sandbox.server.app import application

    app = application(desk)
    config = uvicorn.Config(
        app, log_level="error", lifespan="off", timeout_graceful_shutdown=1, date_header=False, server_header=False,
        ws="websockets-sansio",
    )  # fmt: skip
    return uvicorn.Server(config)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    limit = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > limit:
            raise OSError("the sandbox server did not start")
        time.sleep(0.005)


def _stop(server: uvicorn.Server) -> None:
    server.config.app.state.closing.set()  # type: ignore[union-attr]
    server.should_exit = True
