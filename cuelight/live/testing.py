"""For tests: a client that speaks real frames to the real transport, without a port, and a hub to speak to.

async with connect(identity) as socket:
    reply = await socket.join("session:1:state")
    await socket.push("session:1:state", "jump", {"number": 2})
    state = await socket.receive("session:1:state", "state_changed")

And recordings in ``contracts/``: what the rules came to once, which they must come to again. ``CUELIGHT_RECORD=1``
writes them.
"""

import asyncio
import itertools
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import orjson
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.http11 import Response
from websockets.uri import parse_uri

from cuelight.live import broadcast, process
from cuelight.live.channel import Channel, Identity
from cuelight.live.handshake import Door, Handshake
from cuelight.live.journal import entry_of
from cuelight.live.kind import Entry, Kind
from cuelight.live.limits import Limits
from cuelight.live.node import Node
from cuelight.live.relay import Relay
from cuelight.live.transport import Endpoint, SocketProtocol
from cuelight.live.wire import Encoded

PATIENCE_S = 5.0
CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
URL = "ws://cuelight.test/socket/websocket?vsn=2.0.0"

Payload = dict[str, Any]


class Person(NamedTuple):
    """An identity for tests that need no account."""

    key: str = "person:1"
    name: str = "Somebody"
    via: str = ""


class Reply(NamedTuple):
    """The answer to a join or push."""

    status: str
    response: Payload


class Client:
    """A phoenix client's half of one socket."""

    def __init__(self) -> None:
        self.close_code: int | None = None  # set once the server has ended the socket
        self.http_status: int | None = None  # the handshake's answer
        self._protocol = ClientProtocol(parse_uri(URL))
        self._refs = itertools.count(1)
        self._join_refs: dict[str, str] = {}
        self._replies: dict[str, asyncio.Future[Reply]] = {}
        self._events: dict[tuple[str, str], deque[Payload]] = {}
        self._changed = asyncio.Event()
        self._server: SocketProtocol
        self._transport: _Pipe

    # --- what a test does

    async def join(self, topic: str, payload: Payload | None = None) -> Reply:
        ref = str(next(self._refs))
        self._join_refs[topic] = ref
        return await self._ask([ref, ref, topic, "phx_join", payload or {}])

    async def push(self, topic: str, event: str, payload: Payload | None = None) -> Reply:
        ref = str(next(self._refs))
        return await self._ask([self._join_refs.get(topic), ref, topic, event, payload or {}])

    async def leave(self, topic: str) -> Reply:
        ref = str(next(self._refs))
        return await self._ask([self._join_refs.get(topic), ref, topic, "phx_leave", {}])

    async def receive(self, topic: str, event: str, *, timeout_s: float = PATIENCE_S) -> Payload:
        """The next event of this name, waiting for it; events are seen once."""
        waiting = self._events.setdefault((topic, event), deque())
        await self.until(lambda: bool(waiting), timeout_s=timeout_s)
        return waiting.popleft()

    def unseen(self, topic: str, event: str) -> list[Payload]:
        """What has arrived and was not received yet. Meaningful after a push's reply, which comes after it."""
        return list(self._events.get((topic, event), ()))

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = PATIENCE_S) -> None:
        """Waits until something that arrives makes ``condition`` true. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def send_text(self, text: bytes) -> None:
        """Any text message at all."""
        self._protocol.send_text(text)
        await self._flush()

    # --- the wire

    async def open(self, endpoint: Endpoint) -> None:
        self._transport = _Pipe(self._hear, self._end)
        self._server = SocketProtocol(endpoint, set())
        self._server.connection_made(self._transport)
        self._transport.set_protocol(self._server)
        self._protocol.send_request(self._protocol.connect())
        await self._flush()
        await self.until(lambda: self.http_status is not None)

    async def close(self) -> None:
        """As when the browser goes away."""
        self._transport.close()
        await self.until(lambda: self.close_code is not None)

    async def _ask(self, frame: list[Any]) -> Reply:
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._replies[frame[1]] = answer
        await self.send_text(orjson.dumps(frame))
        async with asyncio.timeout(PATIENCE_S):
            return await answer

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._server.data_received(data)
        await asyncio.sleep(0)

    def _hear(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self.http_status = event.status_code
            elif isinstance(event, Frame) and event.opcode == 1:
                self._take(orjson.loads(event.data))
        if self._protocol.close_rcvd is not None:
            self.close_code = self._protocol.close_rcvd.code
        self._changed.set()

    def _end(self) -> None:
        self.close_code = self.close_code or 1006
        self._changed.set()

    def _take(self, frame: list[Any]) -> None:
        _, ref, topic, event, payload = frame
        if event == "phx_reply":
            answer = self._replies.pop(ref, None)
            if answer is not None and not answer.done():
                answer.set_result(Reply(**payload))
        else:
            self._events.setdefault((topic, event), deque()).append(payload)


class _Pipe(asyncio.Transport):
    """A transport whose other end is a function."""

    def __init__(self, hear: Callable[[bytes], None], end: Callable[[], None]) -> None:
        super().__init__()
        self._hear = hear
        self._end = end
        self._closing = False
        self._protocol: asyncio.BaseProtocol | None = None
        self._loop = asyncio.get_running_loop()

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        if not self._closing:
            self._loop.call_soon(self._hear, bytes(data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._lose)

    abort = close

    def _lose(self) -> None:
        if isinstance(self._protocol, asyncio.Protocol):
            self._protocol.connection_lost(None)
        self._end()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self._protocol is not None
        return self._protocol

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class LocalCarrier:
    """Carries between the nodes of one test, in one loop, without a database."""

    part_bytes = 7_500

    def __init__(self, bus: "list[LocalCarrier] | None" = None) -> None:
        self.bus = [] if bus is None else bus
        self._hear: Callable[[str], None] | None = None

    async def open(self, on_text: Callable[[str], None], on_lost: Callable[[], None]) -> None:
        self._hear = on_text
        self.bus.append(self)

    async def send(self, texts: list[str]) -> None:
        loop = asyncio.get_running_loop()
        for carrier in self.bus:
            for text in texts:
                if carrier._hear is not None:
                    loop.call_soon(carrier._hear, text)

    async def close(self) -> None:
        if self in self.bus:
            self.bus.remove(self)


@asynccontextmanager
async def connect(identity: Identity | None, node: Node | None = None) -> AsyncIterator[Client]:
    """A socket of ``identity`` (None: refused by the handshake) to ``node``, or to this process's own."""
    node = node or process.node
    assert node is not None, "no hub is running"

    async def authenticate(_handshake: Handshake) -> Identity | None:
        return identity

    client = Client()
    await client.open(Endpoint(node.hub, authenticate, Door()))
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def running(channels: Iterable[type[Channel]], *, limits: Limits | None = None) -> AsyncIterator[Node]:
    """This process's hub for the length of a test, with no other processes."""

    async def nobody(_handshake: Handshake) -> Identity | None:
        return None

    await process.start(nobody, channels, relay_to=Relay(LocalCarrier()), limits=limits)
    assert process.node is not None
    try:
        yield process.node
    finally:
        await process.stop()


@contextmanager
def recorded() -> Iterator[list[tuple[str, str, Payload]]]:
    """Every ``broadcast(…)`` that goes out meanwhile: ``(topic, event, payload)``."""
    seen: list[tuple[str, str, Payload]] = []

    def witness(topic: str, event: str, payload: Encoded) -> None:
        seen.append((topic, event, orjson.loads(payload.json)))

    broadcast.witnesses.append(witness)
    try:
        yield seen
    finally:
        broadcast.witnesses.remove(witness)


def recording(path: Path, made: Payload) -> Payload:
    """What is recorded at ``path``; ``made`` is, when recordings are written anew."""
    if os.environ.get("CUELIGHT_RECORD"):
        _write(path, made)
    kept: Payload = json.loads(path.read_text())
    return kept


def journal_recordings(path: Path, make: Callable[[], Payload]) -> list[tuple[str, str]]:
    """Every recorded journal, as its file's name and its own, in the folder of ``path``: that is the present format's
    file, which ``make`` fills with journals by name once, when the format is new, and never again."""
    if os.environ.get("CUELIGHT_RECORD") and not path.exists():
        _write(path, make())
    files = sorted(path.parent.glob("*.json"))
    return [(file.name, name) for file in files for name in json.loads(file.read_text())]


def journal_rows(entries: Iterable[Entry]) -> list[Payload]:
    """Entries as a recording holds them."""
    return [
        {
            "version": entry.version,
            "event": msgspec.to_builtins(entry.event),
            "actor_id": entry.actor_id,
            "source": entry.source,
            "at": entry.at.isoformat(),
            "op_id": str(entry.op_id),
        }
        for entry in entries
    ]


def replayed(kind: Kind, state: Any, rows: Iterable[Payload]) -> Any:
    """Where the rows of a recorded journal lead from ``state``, read as the database gives them."""
    for row in rows:
        stored = {"event": json.dumps(row["event"]), "at": datetime.fromisoformat(row["at"]), "payload_hash": 0}
        state = kind.evolve(state, entry_of({**row, **stored, "op_id": UUID(row["op_id"])}))
    return state


def _write(path: Path, recording: Payload) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(recording, indent=1) + "\n")
