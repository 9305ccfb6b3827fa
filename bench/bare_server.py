"""The yardstick for joins: the same transport and hub, with a topic that lets everybody in and tells nothing."""

import os
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuelight.settings")

import django
import uvicorn

django.setup()

from cuelight.live import process
from cuelight.live.channel import Channel
from cuelight.live.handshake import Handshake
from cuelight.live.relay import Relay
from cuelight.live.testing import LocalCarrier


@dataclass(frozen=True)
class Anybody:
    key: str = "person:1"
    name: str = "Anybody"
    via: str = ""


class Open(Channel):
    """Everybody may join."""

    topic = "session:{session_id}:state"

    async def authorise(self) -> None:
        return


async def authenticate(_: Handshake) -> Anybody:
    return Anybody()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await process.start(authenticate, [Open], relay_to=Relay(LocalCarrier()))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await process.stop()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def main(fd: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="cuelight.live.process:socket_protocol",
        log_config=None,
        access_log=False,
        ws_per_message_deflate=False,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=fd)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
