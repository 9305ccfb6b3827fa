"""One joined topic of one connection: it runs its channel's methods one after the other."""

from __future__ import annotations

from asyncio import Task
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

import structlog

from cuelight.errors import CuelightError, Unavailable
from cuelight.live import wire
from cuelight.live.payload import Payload

if TYPE_CHECKING:
    from cuelight.live.channel import Channel
    from cuelight.live.connection import Connection
    from cuelight.live.topic import Topic

log = structlog.get_logger(__name__)

# OPEN: in the connection's table. LEAVING: taken out by the client or with the socket; what came before is still
# done, nothing is subscribed any more. DROPPED: put out by us; what waits is forgotten.
OPEN, LEAVING, DROPPED = range(3)
END = None  # in the inbox: time to call left()


class Seat:
    """The machinery between a connection and one channel object."""

    __slots__ = ("_admitted", "_inbox", "_state", "_task", "channel", "connection", "join_ref", "topics")

    channel: Channel

    def __init__(self, connection: Connection, join_ref: str) -> None:
        self.connection = connection
        self.join_ref = join_ref
        self.topics: tuple[Topic, ...] = ()  # where it is subscribed
        self._state = OPEN
        self._admitted = False  # authorise() let it in: left() must be called in the end
        # An idle seat has neither: a deque alone is 600 bytes, and nearly every seat is idle.
        self._inbox: deque[wire.Frame | None] | None = None
        self._task: Task[None] | None = None

    # --- what the connection and the hub call; none of it waits

    def enqueue(self, frame: wire.Frame) -> bool:
        """Queues a frame of the client; False when too many wait already."""
        if self._inbox is not None and len(self._inbox) >= self.connection.hub.limits.inbox:
            return False
        self._put(frame)
        return True

    def leave(self, frame: wire.Frame) -> None:
        """The client leaves: pushes before this are still done, broadcasts stop now."""
        self._state = LEAVING
        self.connection.hub.unsubscribe(self)
        self._put(frame)

    def disconnect(self) -> None:
        """The socket is gone. Pushes that arrived before are still done: the client may have seen them leave."""
        if self._state == OPEN:
            self._state = LEAVING
            self.connection.hub.unsubscribe(self)
            self._put(END)

    def drop(self, ending: Literal["phx_close", "phx_error"]) -> None:
        """Puts the client out: phx_close for good, phx_error to make it rejoin."""
        if self._state != OPEN:
            return
        self._state = DROPPED
        self.connection.forget(self)
        self.connection.hub.unsubscribe(self)
        self.connection.write(wire.ending(self.join_ref, self.channel.topic_name, ending))
        if self._inbox is not None:
            self._inbox.clear()
        self._put(END)

    def push(self, event: str, payload: Payload | wire.Encoded) -> None:
        """Sends an event to this client alone."""
        if self._state == OPEN:
            self.connection.write(wire.event(self.channel.topic_name, event, payload, self.join_ref))

    async def recheck(self) -> None:
        """Asks the channel again whether this client may be here. Runs beside the inbox: a handler that takes long
        must not keep a revoked client in."""
        if self._state != OPEN:
            return
        try:
            await self._authorise()
        except Unavailable:
            self.drop("phx_error")
        except CuelightError:
            self.drop("phx_close")
        except Exception:
            log.exception("recheck failed", topic=self.channel.topic_name)
            # Not known to be allowed, so out; the rejoin asks again.
            self.drop("phx_error")
        else:
            self.connection.hub.reseat(self)

    async def _authorise(self) -> None:
        """Again when rights changed while it asked: of two answers the older may come last."""
        hub, identity = self.connection.hub, self.connection.identity
        while True:
            asked_at = hub.turn
            await self.channel.authorise()
            if self._state != OPEN or not hub.rechecked_since(identity, asked_at):
                return

    # --- one task per burst of frames

    def _put(self, item: wire.Frame | None) -> None:
        if self._inbox is None:
            self._inbox = deque()
        self._inbox.append(item)
        if self._task is None:
            self._task = self.connection.hub.loop.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._inbox:
                item = self._inbox.popleft()
                if item is END:
                    await self._end()
                elif item.event == "phx_join":
                    await self._join(item)
                elif item.event == "phx_leave":
                    self._answer_leave(item)
                    await self._end()
                else:
                    await self._push(item)
        finally:
            # No await between the empty inbox and here, so no frame can slip in unseen.
            self._inbox = None
            self._task = None

    async def _join(self, frame: wire.Frame) -> None:
        if self._state != OPEN:
            return
        try:
            await self._authorise()
            if self._state != OPEN:
                # Left, lost or revoked meanwhile: subscribing now would leave an entry that nobody removes.
                return
            self._admitted = True
            self.connection.hub.subscribe(self)
            response = await self.channel.join(frame.payload)
            answer = wire.reply(frame, "ok", response)
        except CuelightError as error:
            self._refuse_join(frame, error.reason, error.message)
        except Exception:
            log.exception("join failed", topic=frame.topic, ref=frame.ref)
            self._refuse_join(frame, "internal_error", "Something broke. It will be tried again.")
        else:
            if self._state == OPEN:
                self.connection.write(answer)
                await self._guard(self.channel.joined, frame)

    def _refuse_join(self, frame: wire.Frame, reason: str, message: str) -> None:
        if self._state == OPEN:
            self._state = DROPPED
            self.connection.forget(self)
            self.connection.hub.unsubscribe(self)
            self.connection.write(wire.refusal(frame, reason, message))
            self._put(END)

    async def _push(self, frame: wire.Frame) -> None:
        if not self._admitted or self._state == DROPPED:
            self.connection.write(wire.refusal(frame, "unmatched topic", "This topic is not joined."))
            return
        handler = self.channel.handlers.get(frame.event)
        if handler is None:
            self.connection.write(wire.refusal(frame, "unknown_event", f"{frame.event} is not understood here."))
            return
        try:
            self.channel.permit(handler)
            response = await handler(self.channel, frame.payload)
            answer = wire.reply(frame, "ok", {} if response is None else response)
        except CuelightError as error:
            answer = wire.refusal(frame, error.reason, error.message, **error.more)
        except Exception:
            self._crash(frame)
            return
        # Sent even when revoked meanwhile: it was allowed when it was done. A reply nobody waits for is dropped there.
        self.connection.write(answer)

    def _answer_leave(self, frame: wire.Frame) -> None:
        self.connection.write(wire.reply(frame, "ok", {}))
        self.connection.write(wire.ending(self.join_ref, frame.topic, "phx_close"))

    async def _end(self) -> None:
        """The last thing a seat does."""
        if self._admitted:
            self._admitted = False
            await self._guard(self.channel.left)
        # The two refer to each other; cut, they are freed now and not when the collector comes, which is rarely.
        del self.channel

    async def _guard(self, call: Callable[[], Awaitable[None]], frame: wire.Frame | None = None) -> None:
        try:
            await call()
        except Exception:
            self._crash(frame)

    def _crash(self, frame: wire.Frame | None) -> None:
        event, ref = (frame.event, frame.ref) if frame else ("left", None)
        log.exception("channel failed", topic=self.channel.topic_name, ref=ref, push=event)
        self.connection.hub.counts.crashes += 1
        self.drop("phx_error")
