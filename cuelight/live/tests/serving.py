"""Real sockets for the hub's tests: uvicorn in the test's own loop, and a client that may say anything."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from cuelight.live.channel import Channel, Identity
from cuelight.live.handshake import Handshake
from cuelight.live.limits import Limits
from cuelight.live.node import Node
from cuelight.live.relay import Carrier, Relay
from cuelight.live.testing import LocalCarrier, Person
from cuelight.live.tests.rooms import ROOMS
from cuelight.live.transport import SocketProtocol

PATIENCE_S = 10


class Server(uvicorn.Server):
    """uvicorn that leaves the test runner's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Studio:
    """One process's hub behind a port."""

    def __init__(self, node: Node, server: Server, port: int) -> None:
        self.node = node
        self.server = server
        self.port = port
        self.url = f"ws://127.0.0.1:{port}/socket/websocket?vsn=2.0.0"

    @property
    def hub(self) -> Any:
        return self.node.hub

    def open(self, name: str = "ann", **options: Any) -> Any:
        """A websockets client that has not joined anything."""
        options = {"max_size": None, "close_timeout": 0.2, **options}
        return connect(f"{self.url}&name={name}", compression=None, **options)


async def by_name(handshake: Handshake) -> Identity | None:
    """``?name=ann`` is who one is; without it one is nobody."""
    name = handshake.query.get("name")
    return Person(f"person:{name}", name) if name else None


async def page(scope: Any, receive: Any, send: Any) -> None:
    """The HTTP side: one empty page."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


@asynccontextmanager
async def serve(
    channels: Iterable[type[Channel]] = ROOMS,
    *,
    carrier: Carrier | None = None,
    limits: Limits | None = None,
    authenticate: Any = by_name,
    port: int = 0,
    beat_s: float = 0.1,
    silent_s: float = 0.5,
) -> AsyncIterator[Studio]:
    """A server on a free loopback port (or the given one), gone at the end."""
    relay = Relay(carrier or LocalCarrier(), beat_s=beat_s, silent_s=silent_s)
    node = Node(authenticate, channels, relay, limits=limits)
    await node.start()

    def build(config: Any, server_state: Any, app_state: Any) -> SocketProtocol:
        return SocketProtocol(node.endpoint, server_state.connections)

    listening = socket.create_server(("127.0.0.1", port), reuse_port=False)
    config = uvicorn.Config(page, ws=build, lifespan="off", log_level="warning", access_log=False)  # type: ignore[arg-type]
    server = Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await until(lambda: server.started)
        yield Studio(node, server, listening.getsockname()[1])
    finally:
        server.should_exit = True
        await asyncio.wait_for(running, PATIENCE_S)
        await node.stop()
        listening.close()


async def until(condition: Callable[[], bool]) -> None:
    """Waits for something in this process to become true."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.005)


async def send(client: ClientConnection, *frame: Any) -> None:
    await client.send(orjson.dumps(list(frame)).decode())


async def hear(client: ClientConnection) -> list[Any]:
    """The next frame."""
    frame: list[Any] = orjson.loads(await asyncio.wait_for(client.recv(), PATIENCE_S))
    return frame


async def hear_event(client: ClientConnection, event: str) -> list[Any]:
    """The next frame with this event; what comes before it is passed over."""
    while True:
        frame = await hear(client)
        if frame[3] == event:
            return frame


async def ask(client: ClientConnection, *frame: Any) -> dict[str, Any]:
    """Sends a frame and waits for its reply: ``{"status", "response"}``."""
    await send(client, *frame)
    while True:
        answer = await hear(client)
        if answer[3] == "phx_reply" and answer[1] == frame[1]:
            reply: dict[str, Any] = answer[4]
            return reply


async def join(client: ClientConnection, topic: str, ref: str = "1") -> dict[str, Any]:
    return await ask(client, ref, ref, topic, "phx_join", {})


async def closing(client: ClientConnection) -> int:
    """Waits until the server has ended the socket; returns the close code it gave."""
    async with asyncio.timeout(PATIENCE_S):
        await client.wait_closed()
    assert client.close_code is not None
    return client.close_code
