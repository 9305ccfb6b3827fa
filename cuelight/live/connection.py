"""One socket's session: who it is, what it has joined, what it may still send, what waits for it.

``transport.py`` feeds it whole messages and tells it when the socket is full, free again, or gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from cuelight.live import frames, wire
from cuelight.live.backlog import Backlog
from cuelight.live.limits import Bucket
from cuelight.live.seat import Seat

if TYPE_CHECKING:
    from cuelight.live.channel import Identity
    from cuelight.live.hub import Hub
    from cuelight.live.topic import Outgoing, Write

log = structlog.get_logger(__name__)


class Socket(Protocol):
    """What a connection needs of its transport."""

    def send_close(self, code: int, reason: str) -> None: ...
    def abort(self) -> None: ...
    def buffered(self) -> int: ...


class Connection:
    """Everything here runs on the loop's thread and waits for nothing."""

    __slots__ = (
        "_joins",
        "_pushes",
        "_refusals",
        "_seats",
        "backlog",
        "heard_at",
        "hub",
        "identity",
        "is_full",
        "is_open",
        "socket",
        "transport_write",
    )

    def __init__(self, hub: Hub, identity: Identity, socket: Socket, write: Write) -> None:
        now = hub.loop.time()
        self.hub = hub
        self.identity = identity
        self.socket = socket
        self.transport_write = write  # one bound method, shared by all topics' tables
        self.is_open = True
        self.is_full = False  # the transport takes no more data
        self.heard_at = now
        self.backlog: Backlog | None = None  # from the moment it is full until everything kept has been sent
        self._seats: dict[str, Seat] = {}
        self._pushes = Bucket(hub.limits.push_burst, now)
        self._joins = Bucket(hub.limits.join_burst, now)
        self._refusals = 0
        hub.enter(self)

    # --- in

    def receive(self, message: bytes) -> bool:
        """One text message. False asks the transport to read nothing more for a while."""
        limits = self.hub.limits
        self.heard_at = now = self.hub.loop.time()
        cost = 1.0 + len(message) // limits.push_bytes
        allowed = self._pushes.take(now, limits.push_rate, limits.push_burst, cost)
        if not allowed and cost > 1.0:
            # Reading it just to say no would cost the others more than it costs the sender.
            self.close(frames.POLICY, "too many big messages")
            return True
        try:
            frame = wire.decode(message)
        except wire.Malformed:
            self.close(frames.INVALID_DATA, "not a Channels V2 frame")
            return True
        if allowed:
            self._dispatch(frame)
            return True
        self.write(wire.refusal(frame, "rate_limited", "Too many messages. Wait a moment."))
        return self._count_refusal()

    def receive_control(self, answer: bytes | None) -> bool:
        """A ping, to be answered with ``answer``, or a pong; they count like messages. False as for ``receive``."""
        limits = self.hub.limits
        if not self._pushes.take(self.hub.loop.time(), limits.push_rate, limits.push_burst):
            return self._count_refusal()
        if answer is not None:
            self.write(answer)
        return True

    def _count_refusal(self) -> bool:
        """Says no a hundred times, then stops listening for a second: even saying no costs the others time."""
        self.hub.counts.rate_limited += 1
        self._refusals += 1
        if self._refusals < self.hub.limits.refusals:
            return True
        self._refusals = 0
        return False

    def _dispatch(self, frame: wire.Frame) -> None:
        if frame.event == "phx_join":
            self._join(frame)
        elif frame.event == "phx_leave":
            self._leave(frame)
        elif frame.topic == "phoenix" and frame.event == "heartbeat":
            self.write(wire.reply(frame, "ok", {}))
        else:
            self._push(frame)

    def _push(self, frame: wire.Frame) -> None:
        self.hub.counts.pushes += 1
        seat = self._seats.get(frame.topic)
        # Compared with a real entry: a null join_ref must never pass for "joined".
        if seat is None or seat.join_ref != frame.join_ref:
            self.write(wire.refusal(frame, "unmatched topic", "This topic is not joined."))
        elif not seat.enqueue(frame):
            self.write(wire.refusal(frame, "rate_limited", "Too many messages wait on this topic."))

    def _join(self, frame: wire.Frame) -> None:
        limits = self.hub.limits
        old = self._seats.get(frame.topic)
        if frame.join_ref is None or frame.ref is None:
            self.write(wire.refusal(frame, "invalid", "A join needs a join_ref and a ref."))
        elif not self._joins.take(self.heard_at, limits.join_rate, limits.join_burst):
            self.write(wire.refusal(frame, "rate_limited", "Too many joins. Wait a moment."))
        elif old is None and len(self._seats) >= limits.topics:
            self.write(wire.refusal(frame, "too_many_topics", f"One socket may join {limits.topics} topics."))
        elif (route := self.hub.routes.find(frame.topic)) is None:
            self.write(wire.refusal(frame, "unmatched topic", "There is no such topic."))
        else:
            if old is not None:
                # The client lost track of its first join (a reload inside one socket): the newest one counts.
                old.drop("phx_close")
            channel, params = route
            seat = Seat(self, frame.join_ref)
            seat.channel = channel(self.identity, frame.topic, params, seat)
            self._seats[frame.topic] = seat
            seat.enqueue(frame)
            self.hub.counts.joins += 1

    def _leave(self, frame: wire.Frame) -> None:
        seat = self._seats.get(frame.topic)
        if seat is not None and seat.join_ref == frame.join_ref:
            del self._seats[frame.topic]
            seat.leave(frame)
        else:
            # Left already, or another join has taken its place: what the client wants is so.
            self.write(wire.reply(frame, "ok", {}))

    # --- out

    def write(self, data: bytes) -> None:
        """Sends a reply or an event to this client alone."""
        if not self.is_open:
            return
        if self.backlog is not None and self.socket.buffered() > self.hub.limits.buffered_bytes:
            self.hub.counts.slow_closed += 1
            self.abort()
            return
        self.transport_write(data)

    def park(self, seat: Seat, outgoing: Outgoing) -> None:
        """Keeps a broadcast for later; a topic that would lose an event is dropped, so that its client rejoins."""
        if self.backlog is None or outgoing.exclude is self:
            return
        self.backlog.add(seat, outgoing)
        if self.backlog.size > self.hub.limits.backlog_bytes:
            self.hub.counts.overflows += 1
            seat.drop("phx_error")

    def pause(self) -> None:
        """The transport is full: out of every topic's table of sockets to write to."""
        self.is_full = True
        if self.backlog is None and self.is_open:
            self.backlog = Backlog(self.hub.loop.time())
            self._reseat_all()

    def resume(self) -> None:
        """The transport has room again: first what waited, then back into the tables."""
        self.is_full = False
        if self.backlog is None or not self.is_open:
            return
        for data in self.backlog.take():
            self.transport_write(data)
            if self.is_full:
                # Full again: it will call once more. Still slow, but it does take data.
                self.backlog.since = self.hub.loop.time()
                return
        self.backlog = None
        self._reseat_all()

    def _reseat_all(self) -> None:
        for seat in self._seats.values():
            self.hub.reseat(seat)

    # --- the end

    def forget(self, seat: Seat) -> None:
        """Takes a seat out of the table, unless a newer join has its place; drops what waited for it."""
        if self._seats.get(seat.channel.topic_name) is seat:
            del self._seats[seat.channel.topic_name]
        if self.backlog is not None:
            self.backlog.discard(seat)

    def check(self, now: float) -> None:
        """Ends a socket that says nothing, or takes nothing, for too long."""
        limits = self.hub.limits
        if self.backlog is not None and now - self.backlog.since > limits.slow_s:
            self.hub.counts.slow_closed += 1
            self.abort()
        elif now - self.heard_at > limits.idle_s:
            self.close(frames.GOING_AWAY, "no heartbeat")

    def close(self, code: int, reason: str = "") -> None:
        """Says why, then ends the socket."""
        if self.is_open:
            self.lost()
            self.socket.send_close(code, reason)

    def abort(self) -> None:
        if self.is_open:
            self.lost()
            self.socket.abort()

    def lost(self) -> None:
        """The socket is gone, or about to be: out of every table at once, so that nobody writes to it any more."""
        if not self.is_open:
            return
        self.is_open = False
        self.backlog = None
        for seat in self._seats.values():
            seat.disconnect()
        self._seats = {}
        self.hub.leave(self)

    def seats(self) -> list[Seat]:
        return list(self._seats.values())
