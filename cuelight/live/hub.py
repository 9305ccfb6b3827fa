"""The hub of one process: its sockets, its topics, and a broadcast to one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from cuelight.live import frames, tasks, wire
from cuelight.live.channel import Channel, Identity, Routes
from cuelight.live.limits import Limits
from cuelight.live.payload import Payload
from cuelight.live.topic import Outgoing, Topic

if TYPE_CHECKING:
    from cuelight.live.connection import Connection
    from cuelight.live.presence import Presence
    from cuelight.live.seat import Seat

log = structlog.get_logger(__name__)

RECHECKS_AT_ONCE = 8


@dataclass(slots=True)
class Counts:
    """What the metrics page shows; plain numbers, because an increment on the hot path must cost nothing."""

    connections: int = 0  # accepted so far
    joins: int = 0
    pushes: int = 0
    broadcasts: int = 0
    rate_limited: int = 0
    overflows: int = 0  # topics dropped because a slow socket's backlog was full
    slow_closed: int = 0
    crashes: int = 0


class Hub:
    """Used on the loop's thread only."""

    presence: Presence

    def __init__(self, channels: Iterable[type[Channel]], limits: Limits | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self.limits = limits or Limits()
        self.routes = Routes(channels)
        self.counts = Counts()
        self._topics: dict[str, Topic] = {}
        self._connections: dict[str, set[Connection]] = {}  # by identity key
        self._forgetters: list[Callable[[str], None]] = []
        self._seen: set[str] = set()  # identity keys since the start
        self.turn = 0  # counts rechecks: a clock's steps are too coarse to tell what came first
        self._rechecked: dict[str, tuple[int, float]] = {}  # identity key → turn and loop time of its last recheck
        self._recheck_turns = asyncio.Semaphore(RECHECKS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._run(self._sweep())

    # --- broadcasting

    def broadcast(
        self,
        topic: str,
        event: str,
        payload: Payload | wire.Encoded,
        *,
        version: int | None = None,
        exclude: Connection | None = None,
        audience: str | None = None,
    ) -> None:
        """Sends an event to this process's subscribers of a topic, encoded once, in the order of the calls.

        ``version`` marks a state topic: a slow socket then gets the newest only. Without it every event is kept for a
        slow socket, and a socket that falls too far behind is made to rejoin. ``exclude`` is left out.
        ``audience`` sends to those only whose channel has it; keep to it for all events of a topic that need an order.
        """
        self.counts.broadcasts += 1
        subscribers = self._topics.get(topic if audience is None else _audience_key(topic, audience))
        if subscribers is not None:
            subscribers.send(Outgoing(wire.event(topic, event, payload), version, exclude))

    def has_topic(self, topic: str) -> bool:
        """Whether anybody here would hear a broadcast."""
        return topic in self._topics

    def topics(self) -> list[str]:
        return list(self._topics)

    # --- subscriptions; called by seats

    def subscribe(self, seat: Seat) -> None:
        channel = seat.channel
        topic = self._open_topic(channel.topic_name, channel.params)
        # One string and one dict for all subscribers, instead of what each join brought.
        channel.topic_name, channel.params = topic.name, topic.params
        seat.topics = (topic,)
        if channel.audience is not None:
            seat.topics = (topic, self._open_topic(_audience_key(topic.name, channel.audience), topic.params))
        for each in seat.topics:
            each.add(seat)

    def unsubscribe(self, seat: Seat) -> None:
        for topic in seat.topics:
            topic.remove(seat)
            if not topic and self._topics.get(topic.name) is topic:
                del self._topics[topic.name]
        seat.topics = ()

    def reseat(self, seat: Seat) -> None:
        """Puts a subscriber where it belongs after its socket or its role has changed."""
        if seat.topics:
            self.unsubscribe(seat)
            self.subscribe(seat)

    def _open_topic(self, name: str, params: dict[str, str]) -> Topic:
        topic = self._topics.get(name)
        if topic is None:
            topic = self._topics[name] = Topic(name, params, self.loop)
        return topic

    # --- connections

    def enter(self, connection: Connection) -> None:
        self.counts.connections += 1
        self._seen.add(connection.identity.key)
        self._connections.setdefault(connection.identity.key, set()).add(connection)

    def leave(self, connection: Connection) -> None:
        same = self._connections.get(connection.identity.key)
        if same is not None:
            same.discard(connection)
            if not same:
                del self._connections[connection.identity.key]

    def connections(self) -> Iterator[Connection]:
        for same in self._connections.values():
            yield from same

    def connection_count(self) -> int:
        return sum(map(len, self._connections.values()))

    def close_all(self) -> None:
        """Tells every client to come back soon: this process stops."""
        for connection in list(self.connections()):
            connection.close(frames.SERVICE_RESTART, "restarting")

    async def stop(self) -> None:
        self.close_all()
        await tasks.end(self._tasks)

    # --- rights

    def on_recheck(self, forget: Callable[[str], None]) -> None:
        """``forget(identity_key)`` is called before an identity is asked again: who remembers rights drops them."""
        self._forgetters.append(forget)

    def recheck(self, identity_key: str) -> None:
        """Asks every channel of this identity again whether it may be here."""
        for forget in self._forgetters:
            forget(identity_key)
        self.turn += 1
        self._rechecked[identity_key] = self.turn, self.loop.time()
        for connection in self._connections.get(identity_key, ()):
            for seat in connection.seats():
                self._run(self._recheck(seat))

    def sign_out(self, identity_key: str) -> None:
        """Ends every socket of an identity, or of one sign-in: whoever is still signed in comes back at once."""
        self.recheck(identity_key)
        for connection in list(self.connections()):
            if identity_key in (connection.identity.key, connection.identity.via):
                connection.close(frames.SERVICE_RESTART, "signed out")

    def recheck_all(self) -> None:
        """After a gap between the processes: a revocation may have been missed."""
        self.turn += 1
        now = self.loop.time()
        # Rights of people who are not connected right now may be remembered, too.
        for key in self._seen:
            for forget in self._forgetters:
                forget(key)
            self._rechecked[key] = self.turn, now
        for connection in self.connections():
            for seat in connection.seats():
                self._run(self._recheck(seat))

    def recheck_topics(self, prefix: str) -> None:
        """Asks everybody on the topics whose names begin like this again."""
        for connection in self.connections():
            for seat in connection.seats():
                if seat.channel.topic_name.startswith(prefix):
                    self._run(self._recheck(seat))

    def rechecked_since(self, identity: Identity, turn: int) -> bool:
        """Whether rights changed after ``turn``, while a handshake or a join was looking them up."""
        return any(self._rechecked.get(key, (0, 0.0))[0] > turn for key in (identity.key, identity.via))

    async def _recheck(self, seat: Seat) -> None:
        async with self._recheck_turns:
            await seat.recheck()

    # --- the clock

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self.limits.sweep_s)
            now = self.loop.time()
            for connection in list(self.connections()):
                try:
                    connection.check(now)
                except Exception:
                    log.exception("sweep failed")
            # A handshake that began before this has been given up by now.
            old = now - 2 * self.limits.handshake_s
            self._rechecked = {key: last for key, last in self._rechecked.items() if last[1] > old}

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _audience_key(topic: str, audience: str) -> str:
    # No client can join this name: a parameter has no "#".
    return f"{topic}#{audience}"
