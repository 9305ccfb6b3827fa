"""Messages between the processes of one installation: fire and forget, batched, in order per sender.

A hint, never the truth: what must not be lost is in the database, and ``on_reconnect`` says when to look there.
The carrier is PostgreSQL's NOTIFY or Redis pub/sub; both deliver every message to every process, its sender included.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import orjson
import structlog

from cuelight.live import tasks

log = structlog.get_logger(__name__)

BEAT_S = 2.0
SILENT_S = 10.0  # a process not heard of for this long is gone
SEND_S = 10.0
WAITING = 20_000  # messages kept while the carrier is away; the oldest go first
BATCH = 500
PART_AGE_S = 30.0

Json = Any
Handler = Callable[[Json], None]


class Carrier(Protocol):
    """One way of getting texts to all processes."""

    part_bytes: int  # how long one text may be

    async def open(self, on_text: Callable[[str], None], on_lost: Callable[[], None]) -> None:
        """Connects and listens. Raises OSError or the driver's own error when it cannot."""

    async def send(self, texts: list[str]) -> None: ...

    async def close(self) -> None: ...


class Cut(NamedTuple):
    """One text on the wire: a whole message, or a part of a long one."""

    node: str
    kind: str
    number: str  # unique per sender: also keeps PostgreSQL from merging equal messages
    part: int
    parts: int
    chunk: str


def cut(node: str, kind: str, number: str, body: bytes, part_bytes: int) -> list[str]:
    """Cuts a JSON body into texts of at most ``part_bytes`` bytes, never inside a character."""
    room = part_bytes - len(node) - len(kind) - len(number) - 20
    chunks: list[str] = []
    at = 0
    while at < len(body) or not chunks:
        end = min(at + room, len(body))
        while end < len(body) and body[end] & 0xC0 == 0x80:
            end -= 1
        chunks.append(body[at:end].decode())
        at = end
    return [f"{node} {kind} {number} {index} {len(chunks)} {chunk}" for index, chunk in enumerate(chunks)]


def read_cut(text: str) -> Cut:
    """The reverse of one text. Raises ValueError for what we did not write."""
    node, kind, number, part, parts, chunk = text.split(" ", 5)
    return Cut(node, kind, number, int(part), int(parts), chunk)


class Relay:
    """This process's end. All methods belong to the loop's thread; handlers are called there and must not wait."""

    def __init__(self, carrier: Carrier, *, beat_s: float = BEAT_S, silent_s: float = SILENT_S) -> None:
        self.node = secrets.token_hex(6)
        self.beat_body: dict[str, Json] = {}  # told to the others with every beat
        self._carrier = carrier
        self._beat_s = beat_s
        self._silent_s = silent_s
        self._handlers: dict[str, list[Handler]] = {}
        self._reconnected: list[Callable[[], None]] = []
        self._peer_lost: list[Callable[[str], None]] = []
        self._peers: dict[str, float] = {}  # node → loop time it was last heard of
        self._waiting: deque[str] = deque(maxlen=WAITING)
        self._parts: dict[tuple[str, str], tuple[float, dict[int, str]]] = {}
        self._numbers = itertools.count(1)
        self._something = asyncio.Event()
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._heard_self = asyncio.Event()
        self._heard_self_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._loop = asyncio.get_running_loop()

    # --- use

    @property
    def alone(self) -> bool:
        """No other process is known, so nothing needs to be said."""
        return not self._peers

    @property
    def is_up(self) -> bool:
        return self._up.is_set()

    def publish(self, kind: str, body: Json) -> None:
        """Sends to every other process, soon. Skipped while alone."""
        if self._peers:
            self._send(kind, body)

    def on(self, kind: str, handler: Handler) -> None:
        """Calls ``handler(body)`` for each message of this kind from another process."""
        self._handlers.setdefault(kind, []).append(handler)

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        """Called when messages may have been missed: the connection was lost and is back."""
        self._reconnected.append(callback)

    def on_peer_lost(self, callback: Callable[[str], None]) -> None:
        """Called with the node of a process that stopped or fell silent."""
        self._peer_lost.append(callback)

    # --- life

    async def start(self) -> None:
        """Connects and greets the others; returns when they can reach this process. Raises when it cannot connect."""
        await self._open()
        self._tasks = [self._loop.create_task(work) for work in (self._keep_open(), self._keep_sending(), self._beat())]
        self._send("hello", self.beat_body)
        # Our own greeting has come back, so it is before the others, too: from their answer on nothing is missed.
        async with asyncio.timeout(SEND_S):
            await self._heard_self.wait()

    async def stop(self) -> None:
        """Says goodbye and disconnects."""
        await tasks.end(self._tasks)
        if self._up.is_set():
            self._send("bye", None)
            try:
                async with asyncio.timeout(1):
                    await self._carrier.send(list(self._waiting))
            except Exception:
                log.warning("no goodbye to the other processes")
        await self._carrier.close()

    # --- out

    def _send(self, kind: str, body: Json) -> None:
        texts = cut(self.node, kind, str(next(self._numbers)), orjson.dumps(body), self._carrier.part_bytes)
        self._waiting.extend(texts)
        self._something.set()

    async def _keep_sending(self) -> None:
        """One batch at a time: what is published meanwhile makes the next one."""
        while True:
            await self._something.wait()
            await self._up.wait()
            batch = list(itertools.islice(self._waiting, BATCH))
            first = batch[0]
            try:
                # Not wait_for: in Python 3.11 it swallows a cancellation that comes as the send ends.
                async with asyncio.timeout(SEND_S):
                    await self._carrier.send(batch)
            except Exception:
                # Kept and sent again once connected: a message may come twice, which every handler must stand anyway.
                log.warning("relay could not send", waiting=len(self._waiting))
                self._lost()
                continue
            # The queue drops its oldest when full, which may have happened while we waited.
            if self._waiting and self._waiting[0] is first:
                for _ in batch:
                    self._waiting.popleft()
            if not self._waiting:
                self._something.clear()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._beat_s)
            if self._up.is_set():
                self._send("here", self.beat_body)
            now = self._loop.time()
            if self._up.is_set() and now - self._heard_self_at > self._silent_s:
                # Our own beats do not come back: a connection whose other end went away without a word.
                self._lost()
            for node in [node for node, heard in self._peers.items() if now - heard > self._silent_s]:
                self._forget(node)
            self._parts = {key: part for key, part in self._parts.items() if now - part[0] < PART_AGE_S}

    def _forget(self, node: str) -> None:
        if self._peers.pop(node, None) is not None:
            for callback in self._peer_lost:
                callback(node)

    # --- in

    def _receive(self, text: str) -> None:
        try:
            part = read_cut(text)
            if part.node == self.node:
                self._heard_self.set()
                self._heard_self_at = self._loop.time()
                return
            whole = self._join_parts(part)
            if whole is not None:
                self._handle(part.node, part.kind, orjson.loads(whole))
        except Exception:
            log.exception("relay message failed", size=len(text))

    def _join_parts(self, part: Cut) -> str | None:
        if part.parts == 1:
            return part.chunk
        key = (part.node, part.number)
        _, chunks = self._parts.setdefault(key, (self._loop.time(), {}))
        chunks[part.part] = part.chunk
        if len(chunks) < part.parts:
            return None
        del self._parts[key]
        return "".join(chunks[index] for index in range(part.parts))

    def _handle(self, node: str, kind: str, body: Json) -> None:
        if kind == "bye":
            self._forget(node)
        elif kind in ("hello", "here"):
            self._peers[node] = self._loop.time()
            body = {**body, "node": node}
            if kind == "hello":
                self._send("here", self.beat_body)
        for handler in self._handlers.get(kind, ()):
            handler(body)

    # --- the connection

    async def _open(self) -> None:
        await self._carrier.open(self._receive, self._lost)
        self._heard_self_at = self._loop.time()
        self._down.clear()
        self._up.set()

    def _lost(self) -> None:
        self._up.clear()
        self._down.set()

    async def _keep_open(self) -> None:
        while True:
            await self._down.wait()
            log.warning("relay disconnected")
            await self._carrier.close()
            await self._reopen()
            log.info("relay connected again")
            self._send("hello", self.beat_body)
            for callback in self._reconnected:
                callback()

    async def _reopen(self) -> None:
        delay = 0.05
        while True:
            try:
                await self._open()
            except Exception as error:
                log.warning("relay cannot connect", error=str(error), again_in_s=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)
            else:
                return
