"""The WebSocket class that uvicorn builds for each upgrade: handshake, frames, and the life of one TCP socket.

Nothing may raise out of ``data_received``: during the handshake uvicorn has not yet made us the transport's protocol,
so ``connection_lost`` would never come and every shutdown would wait for a socket that is long gone.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any, cast

import structlog
from websockets.http11 import Request

from cuelight.errors import Unavailable
from cuelight.live import frames, handshake
from cuelight.live.channel import Identity
from cuelight.live.connection import Connection
from cuelight.live.handshake import Authenticate, Door, Negotiation, Unacceptable
from cuelight.live.hub import Hub

log = structlog.get_logger(__name__)

quiet = logging.getLogger("cuelight.live.handshake")
quiet.setLevel(logging.WARNING)  # websockets logs a line per connection at INFO
EARLY_BYTES = 64 * 1024  # what a client may send before its handshake has been answered


class Endpoint:
    """What all sockets of a process share."""

    def __init__(self, hub: Hub, authenticate: Authenticate, door: Door) -> None:
        self.hub = hub
        self.authenticate = authenticate
        self.door = door
        self.tasks: set[asyncio.Task[None]] = set()


class SocketProtocol(asyncio.Protocol):
    """One socket. uvicorn calls ``shutdown`` and keeps us in ``server_state.connections``."""

    __slots__ = ("_connection", "_early", "_end_timer", "_endpoint", "_held", "_reader", "_registry", "_transport")

    def __init__(self, endpoint: Endpoint, registry: set[Any]) -> None:
        self._endpoint = endpoint
        self._registry = registry
        self._transport: asyncio.Transport | None = None
        self._reader: frames.FrameReader | None = None  # None until the handshake is answered, and after the end
        self._connection: Connection | None = None
        self._early: bytearray | None = bytearray()  # what came during the handshake; None once it is decided
        self._held: list[frames.Message] | None = None  # messages of a client that is not listened to for a moment
        self._end_timer: asyncio.TimerHandle | None = None

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast: uvloop's transports do what asyncio.Transport says without being one.
        self._transport = cast(asyncio.Transport, transport)
        self._registry.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._registry.discard(self)
        if self._connection is not None:
            self._connection.lost()
        if self._end_timer is not None:
            self._end_timer.cancel()
        self._reader = self._connection = self._held = self._early = self._transport = None

    def data_received(self, data: bytes) -> None:
        try:
            if self._reader is not None:
                self._read(data)
            elif self._early is not None:
                self._read_handshake(data)
            # else the end has begun: the client may still be talking, nobody listens.
        except Exception:
            log.exception("socket failed")
            self.abort()

    def eof_received(self) -> None:
        """Half-closed is closed: returning None lets the transport close itself."""

    def pause_writing(self) -> None:
        if self._connection is not None:
            self._connection.pause()

    def resume_writing(self) -> None:
        if self._connection is not None:
            self._connection.resume()

    def shutdown(self) -> None:
        """uvicorn stops. The client sees 1012 and comes back by itself."""
        if self._connection is not None:
            self._connection.close(frames.SERVICE_RESTART, "restarting")
        else:
            self.abort()

    # --- connection.Socket

    def send_close(self, code: int, reason: str) -> None:
        """Says goodbye and ends our half; the other half is read and forgotten until the client has closed, too.

        Closing at once would answer bytes still on their way with a reset, which can overtake the close frame.
        """
        transport = self._transport
        self._reader = self._held = self._early = None
        if transport is None or transport.is_closing():
            return
        transport.write(frames.close(code, reason))
        if transport.can_write_eof():
            transport.write_eof()
        transport.resume_reading()
        self._end_soon(transport)

    def _end_soon(self, transport: asyncio.Transport) -> None:
        # A client that takes nothing would keep the goodbye, and with it the socket, for ever.
        hub = self._endpoint.hub
        self._end_timer = hub.loop.call_later(hub.limits.farewell_s, transport.abort)

    def abort(self) -> None:
        self._reader = self._held = self._early = None
        if self._connection is not None:
            self._connection.lost()
        if self._transport is not None:
            self._transport.abort()

    def buffered(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    # --- frames

    def _read(self, data: bytes) -> None:
        assert self._reader is not None
        messages = self._reader.feed(data)
        if self._held is not None:
            # Bytes that were on their way when reading stopped.
            self._held += messages
            return
        self._deliver(messages)

    def _deliver(self, messages: list[frames.Message]) -> None:
        connection = self._connection
        assert connection is not None
        for index, (opcode, payload) in enumerate(messages):
            if not connection.is_open:
                return
            if not self._handle(connection, opcode, payload):
                self._stop_listening(messages[index + 1 :])
                return
        if self._reader is not None and self._reader.broken is not None:
            connection.close(self._reader.broken.code, self._reader.broken.reason)

    def _handle(self, connection: Connection, opcode: int, payload: bytes) -> bool:
        """One message; False when this client must not be listened to for a while."""
        if opcode == frames.TEXT:
            return connection.receive(payload)
        if opcode == frames.PING:
            return connection.receive_control(frames.pong(payload))
        if opcode == frames.PONG:
            return connection.receive_control(None)
        if opcode == frames.BINARY:
            connection.close(frames.UNSUPPORTED, "text frames only")
        else:
            self._answer_close(payload)
        return True

    def _answer_close(self, payload: bytes) -> None:
        """The same code back; then the server is the one to close."""
        assert self._connection is not None
        code = int.from_bytes(payload[:2], "big") if payload else None
        self._connection.lost()
        self._reader = None
        if self._transport is not None:
            self._transport.write(frames.close(code))
            self._transport.close()
            self._end_soon(self._transport)

    def _stop_listening(self, rest: list[frames.Message]) -> None:
        """A client far over its limit: TCP makes it wait, instead of us refusing as fast as it can send."""
        assert self._transport is not None
        self._held = rest
        self._transport.pause_reading()
        hub = self._endpoint.hub
        hub.loop.call_later(hub.limits.refusal_pause_s, self._listen_again)

    def _listen_again(self) -> None:
        held, self._held = self._held, None
        if held is None or self._transport is None or self._connection is None:
            return
        self._deliver(held)
        if self._held is None and self._connection is not None and self._connection.is_open:
            self._transport.resume_reading()

    # --- the handshake

    def _read_handshake(self, data: bytes) -> None:
        """The first call brings the whole request, as uvicorn made it again; later ones are a client in a hurry."""
        assert self._early is not None
        if self._end_timer is not None:
            self._early += data
            if len(self._early) > EARLY_BYTES:
                self.abort()
            return
        loop = self._endpoint.hub.loop
        self._end_timer = loop.call_later(self._endpoint.hub.limits.handshake_s, self.abort)
        self._release_uvicorn()
        protocol = Negotiation(extensions=None, logger=quiet)
        protocol.receive_data(data)
        request = next(iter(protocol.events_received()), None)
        if not isinstance(request, Request):
            # Broken beyond reading; the protocol has written its own answer, if there is one to give.
            self._finish(protocol)
            return
        task = loop.create_task(self._answer(protocol, request))
        self._endpoint.tasks.add(task)
        task.add_done_callback(self._endpoint.tasks.discard)

    def _release_uvicorn(self) -> None:
        """uvicorn's HTTP protocol and its parser refer to each other, and after an upgrade nobody cuts them apart: a
        storm of joins would leave tens of megabytes to a collector that we have told to come rarely."""
        assert self._transport is not None
        http = self._transport.get_protocol()
        if http is not self and hasattr(http, "parser"):
            # Not now: the parser is still in the call that brought us here.
            self._endpoint.hub.loop.call_soon(setattr, http, "parser", None)

    async def _answer(self, protocol: Negotiation, request: Request) -> None:
        try:
            identity = await self._identify(request)
        except Unacceptable as refusal:
            self._refuse(protocol, refusal)
        except Exception:
            log.exception("handshake failed")
            self._refuse(protocol, Unacceptable(HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke."))
        else:
            self._accept(protocol, request, identity)
        finally:
            protocol.forget()

    async def _identify(self, request: Request) -> Identity:
        read = handshake.read(request, self._endpoint.door, self._peer())
        hub = self._endpoint.hub
        while True:
            asked_at = hub.turn
            try:
                identity = await self._endpoint.authenticate(read)
            except Unavailable as error:
                raise Unacceptable(HTTPStatus.SERVICE_UNAVAILABLE, error.message) from None
            if identity is None:
                raise Unacceptable(HTTPStatus.FORBIDDEN, "Sign in first.")
            # Signed out or removed while we looked: this connection was in no table for recheck to find.
            if not hub.rechecked_since(identity, asked_at):
                return identity

    def _peer(self) -> str:
        """The address at the other end of the TCP connection; a socket in a folder has none."""
        peer = None if self._transport is None else self._transport.get_extra_info("peername")
        return str(peer[0]) if isinstance(peer, tuple) else ""

    def _accept(self, protocol: Negotiation, request: Request, identity: Identity) -> None:
        if self._transport is None or self._early is None or self._transport.is_closing():
            return
        response = protocol.accept(request)
        protocol.send_response(response)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._finish(protocol)
            return
        self._transport.write(b"".join(protocol.data_to_send()))
        if self._end_timer is not None:
            self._end_timer.cancel()
            self._end_timer = None
        hub = self._endpoint.hub
        early, self._early = bytes(self._early), None
        self._reader = frames.FrameReader(hub.limits.message_bytes)
        self._connection = Connection(hub, identity, self, self._transport.write)
        if early:
            self.data_received(early)

    def _refuse(self, protocol: Negotiation, refusal: Unacceptable) -> None:
        protocol.send_response(protocol.reject(refusal.status, refusal.message + "\n"))
        self._finish(protocol)

    def _finish(self, protocol: Negotiation) -> None:
        """Sends the HTTP answer and hangs up; the handshake's timer ends a client that does not take it."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(protocol.data_to_send()))
            self._transport.close()
