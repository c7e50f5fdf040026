"""The sandbox as one web application: `/<vendor's host>/<path>`, `/_control/…` and `/_stream/…`."""

from __future__ import annotations

import json
import threading
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from sandbox.server.control import ASKED, TOLD
from sandbox.server.delivery import deliver
from sandbox.server.desk import Desk
from sandbox.server.streams import server_sent_events, websocket

COMPRESSED_FROM_BYTES = 500


def application(desk: Desk) -> Starlette:
    """The application of a desk; `state.closing` is set to let go of requests that hang."""
    routes = [
        Route("/_control/{word}", _control, methods=["GET", "POST"]),
        Route("/_stream/sse", server_sent_events),
        WebSocketRoute("/_stream/ws", websocket),
        Route("/{host}", _vendor, methods=["GET", "POST"]),
        Route("/{host}/{path:path}", _vendor, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM_BYTES)])
    app.state.desk, app.state.closing = desk, threading.Event()
    return app


async def _vendor(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    host, path = request.path_params["host"], f"/{request.path_params.get('path', '')}"
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = await request.body()
    arguments = (request.method, host, path, _query(request), headers, body)
    outcome = await run_in_threadpool(desk.answer, *arguments)
    if outcome is None:
        return JSONResponse({"error": f"the sandbox plays no vendor at {host}"}, 404)
    return await deliver(outcome, headers, desk.clock.now(), request.app.state.closing)


def _query(request: Request) -> dict[str, str]:
    """Parameters by name; one that comes again and again, such as `dates[]`, has its values joined by commas."""
    return {name: ",".join(request.query_params.getlist(name)) for name in request.query_params}


async def _control(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    words = ASKED if request.method == "GET" else TOLD
    control = words.get(request.path_params["word"])
    if control is None:
        return JSONResponse({"error": f"{request.method} knows {', '.join(words)}"}, 404)
    try:
        return JSONResponse(control(desk, await _said(request)))
    except (ValueError, TypeError, AttributeError) as error:
        return JSONResponse({"error": str(error)}, 400)


async def _said(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query_params)
    body = await request.body()
    said = json.loads(body) if body else {}
    if not isinstance(said, dict):
        raise ValueError("a JSON object was expected")
    return said
