"""One WebSocket of EventSub: opened, welcomed, listened to until it ends. Nothing is ever sent on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from cuelight.streams.platforms.twitch import wire
from cuelight.streams.platforms.twitch.asking import retry_after_s

log = structlog.get_logger(__name__)

#: The most bytes of one message, and how many may wait here before Twitch has to.
MOST_BYTES, MOST_WAITING = 1 << 20, 1_000
#: What each close code of Twitch's means, for the sentence of the status.
CLOSED = {
    4000: "Twitch had a fault of its own",
    4001: "Twitch took something for a message from us",
    4002: "Twitch did not hear from us in time",
    4003: "Twitch closed the connection because nothing was asked for in time",
    4004: "Twitch moved us to another server, which took too long",
    4005: "the network was too slow",
    4006: "the network failed",
    4007: "Twitch moved us to an address that it does not know",
}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. ``grace_s``: beyond the silence that Twitch announces, before a socket counts as dead; ``close_s``: for
    a goodbye at the end; ``drain_s``: for one after a move, when the old server may still have something to say;
    ``overlap_s``: for moving to another server; ``subscribe_s``: for asking to be told."""

    keepalive_s: int = 10
    grace_s: float = 5.0
    open_s: float = 10.0
    welcome_s: float = 10.0
    close_s: float = 1.0
    drain_s: float = 10.0
    overlap_s: float = 28.0
    subscribe_s: float = 9.0
    ask_again_s: float = 60.0


class Lost(Exception):
    """The connection is over. ``sentence`` says why, in the middle of a sentence."""

    def __init__(self, sentence: str, *, code: int | None = None, after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.after_s = after_s


class Straight(connect):
    """Goes where it is sent, and nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class Line:
    """A socket that Twitch has said welcome on. ``session_id`` is what events are asked for with."""

    def __init__(self, socket: ClientConnection, pace: Pace, on_garbage: Callable[[bytes], None]) -> None:
        self.session_id = ""
        self._socket = socket
        self._pace = pace
        self._on_garbage = on_garbage
        self._silence_s = float(pace.keepalive_s)

    async def message(self) -> wire.Message:
        """The next one. Raises Lost when there is none any more, or when it has been silent for too long."""
        while True:
            data = await self._received(self._silence_s + self._pace.grace_s)
            message = wire.parsed(data)
            if message is not None:
                return message
            self._on_garbage(data)

    async def welcomed(self) -> None:
        """Waits for the welcome. Raises Lost."""
        try:
            async with asyncio.timeout(self._pace.welcome_s):
                while (message := await self.message()).type != "session_welcome":
                    log.info("Twitch said something before its welcome", type=message.type)
        except TimeoutError as error:
            raise Lost("Twitch did not say welcome") from error
        session = message.payload.get("session")
        said = session if isinstance(session, dict) else {}
        session_id, silence_s = said.get("id"), said.get("keepalive_timeout_seconds")
        if not isinstance(session_id, str) or not session_id:
            raise Lost("Twitch said welcome without a name for the connection")
        self.session_id = session_id
        if isinstance(silence_s, int | float) and not isinstance(silence_s, bool) and 0 < silence_s <= 600:
            self._silence_s = float(silence_s)

    async def close(self) -> None:
        """Says goodbye. What had come before can still be read."""
        await self._socket.close()

    def drop(self) -> None:
        """Lets go without a goodbye: nobody listens at the other end."""
        self._socket.transport.abort()

    async def _received(self, seconds: float) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                # As bytes: text that is no UTF-8 is garbage to be passed over, and no reason to hang up.
                return await self._socket.recv(decode=False)
        except TimeoutError as error:
            raise Lost("Twitch has gone silent") from error
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd else None
            raise Lost(CLOSED.get(code or 0, "the connection to Twitch ended"), code=code) from error


async def opened(url: str, pace: Pace, on_garbage: Callable[[bytes], None]) -> Line:
    """A line that is welcome. Raises Lost."""
    try:
        # Twitch pings us; a ping of ours would be something that we send. A proxy of the environment's is none of ours.
        socket = await Straight(
            url,
            proxy=None,
            compression=None,
            ping_interval=None,
            open_timeout=pace.open_s,
            close_timeout=pace.drain_s,
            max_size=MOST_BYTES,
            max_queue=MOST_WAITING,
        )
    except InvalidStatus as error:
        after_s = retry_after_s(error.response.headers.get("Retry-After", ""))
        said = f"Twitch answers {error.response.status_code}"
        raise Lost(said, after_s=None if after_s is None else min(after_s, 600.0)) from error
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed, EOFError, ValueError) as error:
        raise Lost("Twitch cannot be reached") from error
    line = Line(socket, pace, on_garbage)
    try:
        await line.welcomed()
    except BaseException:
        line.drop()
        raise
    return line


def first_url(base: str, pace: Pace) -> str:
    """Where a line begins."""
    return f"{base}{'&' if urlsplit(base).query else '?'}keepalive_timeout_seconds={pace.keepalive_s}"


def is_like(url: str, base: str) -> bool:
    """Whether an address to move to can be one: a WebSocket's, and no less safe than where we are."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("ws", "wss") and parts.scheme >= urlsplit(base).scheme and bool(parts.hostname)
    except ValueError:
        return False
