"""One WebSocket of EventSub: frames out, and what may come in, which is a pong."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Any

import orjson
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from cuelight.streams.platforms.twitch.tests.fake.http import Asked

#: Close codes and what Twitch says with them.
CODES = {
    4000: "internal server error",
    4001: "client sent inbound traffic",
    4002: "client failed ping-pong",
    4003: "connection unused",
    4004: "reconnect grace time expired",
    4005: "network timeout",
    4006: "network error",
    4007: "invalid reconnect",
}
#: Seconds that the client has for its part of closing.
CLOSE_S = 2.0
#: What becomes of the subscriptions of a session that ends with a code.
STATUSES = {
    4000: "websocket_internal_error",
    4001: "websocket_received_inbound_traffic",
    4002: "websocket_failed_ping_pong",
    4003: "websocket_connection_unused",
    4005: "websocket_network_timeout",
    4006: "websocket_network_error",
}


@dataclass(eq=False)
class Session:
    """What subscriptions hang on. While it moves it has two sockets, and both are spoken to."""

    id: str
    connected_at: str
    keepalive_s: int
    #: Whose token made the first subscription: (client id, user id).
    owner: tuple[str, str] | None = None
    sockets: list["Socket"] = field(default_factory=list)
    #: The secret in the ``reconnect_url`` it was told and has not used.
    moves_by: str = ""


@dataclass(eq=False)
class Socket:
    #: 1 for the first that was ever opened.
    number: int
    asked: Asked
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    session: Session | None = None
    #: Says nothing more and hears nothing, but its TCP connection stands.
    is_silent: bool = False
    #: What it says goes out a few bytes at a time.
    drips: bool = False
    opened_at: float = field(default_factory=time.monotonic)
    closed_at: float | None = None
    #: The code we closed with, the client's, or None for neither.
    code: int | None = None
    said_at: float = 0.0
    #: Every JSON message that was written, oldest first.
    said: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._protocol = ServerProtocol(max_size=2**20)
        self._waiting = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ponged = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self._protocol.state is OPEN

    def accept(self) -> bool:
        """The handshake; False when the request was none."""
        self._protocol.receive_data(self.asked.head)
        events = self._protocol.events_received()
        if not events or not isinstance(events[0], Request):
            return False
        response = self._protocol.accept(events[0])
        self._protocol.send_response(response)
        self._flush()
        return response.status_code == 101

    def say(self, message: dict[str, Any]) -> bool:
        """Whether it was written: to nobody when it is closed or silent."""
        if not self.say_raw(orjson.dumps(message).decode()):
            return False
        self.said.append(message)
        return True

    def say_raw(self, frame: str | bytes) -> bool:
        if not self.is_open or self.is_silent:
            return False
        if isinstance(frame, bytes):
            self._protocol.send_binary(frame)
        else:
            self._protocol.send_text(frame.encode())
        self.said_at = time.monotonic()
        self._flush()
        return True

    def close(self, code: int) -> None:
        if self.is_open and not self.is_silent:
            self.code = code
            self._protocol.send_close(code, CODES.get(code, ""))
            self._flush()
            self.after(CLOSE_S, self.drop)

    def drop(self, *, in_a_frame: bool = False) -> None:
        """The connection ends, without a word of WebSocket. What was written before still arrives."""
        if in_a_frame:
            self.writer.write(b"\x81\x7e\x01\x00" + b'{"metadata": {"message_')  # a text of 256 bytes begins
        self.writer.close()

    def after(self, seconds: float, then: Any) -> None:
        """Calls it later, unless the socket has ended by then."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            then()

        self.run(wait())

    def run(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def hear(self) -> None:
        """Until the connection ends: whatever but a pong comes in closes it with 4001."""
        with contextlib.suppress(ConnectionError):
            while data := await self.reader.read(65_536):
                if self.is_silent:
                    continue
                self._protocol.receive_data(data)
                for frame in self._protocol.events_received():
                    self._hear_frame(frame)
                self._flush()
                if self._protocol.close_expected():
                    break

    def end(self) -> None:
        self.closed_at = time.monotonic()
        for task in self._tasks:
            task.cancel()

    async def ping(self, every_s: float, within_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            if self.is_silent or not self.is_open:
                continue
            self._ponged.clear()
            self._protocol.send_ping(b"twitch")
            self._flush()
            try:
                await asyncio.wait_for(self._ponged.wait(), within_s)
            except TimeoutError:
                self.close(4002)

    def _hear_frame(self, frame: Any) -> None:
        assert isinstance(frame, Frame)
        if frame.opcode is Opcode.PONG:
            self._ponged.set()
        elif frame.opcode is Opcode.CLOSE:
            if self.code is None and self._protocol.close_rcvd is not None:
                self.code = self._protocol.close_rcvd.code
        else:
            self.close(4001)

    def _flush(self) -> None:
        data = b"".join(self._protocol.data_to_send())
        if self.writer.is_closing():
            return
        if not self.drips:
            self.writer.write(data)
            return
        was_dry = not self._waiting
        self._waiting += data
        if was_dry:
            self.run(self._drip())

    async def _drip(self) -> None:
        while self._waiting and not self.writer.is_closing():
            self.writer.write(bytes(self._waiting[:16]))
            del self._waiting[:16]
            await asyncio.sleep(0.005)
