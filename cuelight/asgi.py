"""One server process: HTTP to Django, sockets to the hub, on a listening socket that the supervisor opened."""

import gc
import signal
import socket as sockets
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import django
import structlog
import uvicorn

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)

#: Seconds that requests get to finish at a stop.
GRACE_S = 5


class Application:
    """The ASGI application: start and stop of the process, and Django's pages."""

    def __init__(self) -> None:
        from django.core.handlers.asgi import ASGIHandler

        from cuelight.request_limits import limited

        self._django = ASGIHandler()
        self._limited = limited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Django answers a "lifespan" scope with an exception, so it never sees one.
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._django(scope, self._limited(scope, receive), send)

    async def _live(self, receive: Receive, send: Send) -> None:
        from cuelight import socket

        await receive()
        try:
            await socket.start()
        except Exception as error:
            log.exception("the server could not start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        # What lives for ever is no longer looked at, and a full collection, which stops every show, is rare.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await socket.stop()
        await send({"type": "lifespan.shutdown.complete"})


def serve(listening: sockets.socket) -> None:
    """Serves until SIGINT or SIGTERM, then lets requests finish."""
    django.setup()
    config = uvicorn.Config(
        Application(),
        loop="uvloop",
        http="httptools",
        ws="cuelight.live.process:socket_protocol",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACE_S,
        backlog=2048,
    )
    # uvicorn raises the signal again after a clean stop; with the default action the process would die right there.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(3)
