"""One topic's subscribers and its fan-out: a frame is built once and written to each socket, slice by slice.

A plain loop over 5,000 sockets holds the event loop for 25 ms and more, and every other show waits. So a broadcast to
many goes out in slices with the loop handed back between them. Order within the topic is kept because only one walk
over it is under way; later frames wait for it and then go out together, in one write per socket.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cuelight.live.connection import Connection
    from cuelight.live.seat import Seat

SLICE = 64  # sockets written before the loop gets its turn; 64 writes are about 0.25 ms
JOINED_BYTES = 64 * 1024  # waiting frames are joined into one write up to this size

Write = Callable[[bytes], object]


class Outgoing(NamedTuple):
    """One broadcast on its way. ``version`` set: a state topic, where only the newest counts."""

    data: bytes
    version: int | None = None
    exclude: Connection | None = None


class Topic:
    """The sockets of one topic: ``ready`` to be written to, or ``slow`` (their backlog keeps frames for them)."""

    __slots__ = ("_loop", "_waiting", "_walk", "crew", "name", "params", "ready", "slow")

    def __init__(self, name: str, params: dict[str, str], loop: AbstractEventLoop) -> None:
        self.name = name
        self.params = params
        self.crew: dict[Seat, Write] = {}  # producer and host screens: always the first slice
        self.ready: dict[Seat, Write] = {}  # everyone else
        self.slow: set[Seat] | None = None
        self._loop = loop
        self._walk: list[Seat] | None = None  # under way: who is still to be written to, in reverse
        self._waiting: deque[Outgoing] | None = None

    def __len__(self) -> int:
        return len(self.crew) + len(self.ready) + (len(self.slow) if self.slow else 0)

    def add(self, seat: Seat) -> None:
        if seat.connection.backlog is not None:
            self.slow = self.slow or set()
            self.slow.add(seat)
        else:
            (self.crew if seat.channel.crew else self.ready)[seat] = seat.connection.transport_write

    def remove(self, seat: Seat) -> None:
        self.crew.pop(seat, None)
        self.ready.pop(seat, None)
        if self.slow:
            self.slow.discard(seat)

    def send(self, outgoing: Outgoing) -> None:
        """Writes to all, or queues behind the walk under way."""
        if self._walk is not None:
            self._waiting = self._waiting or deque()
            self._waiting.append(outgoing)
        elif len(self.crew) + len(self.ready) <= SLICE:
            self._write_now(outgoing)
        else:
            self._start([outgoing])

    def _write_now(self, outgoing: Outgoing) -> None:
        data, _, exclude = outgoing
        if self.slow:
            self._park([outgoing])
        # Copies: a write may fill its socket's buffer, and pause_writing then takes it out of the dict on the spot.
        if exclude is None:
            for write in [*self.crew.values(), *self.ready.values()]:
                write(data)
        else:
            for seat, write in [*self.crew.items(), *self.ready.items()]:
                if seat.connection is not exclude:
                    write(data)

    def _start(self, batch: list[Outgoing]) -> None:
        if self.slow:
            self._park(batch)
        # Who joins from here on is not walked to: its snapshot is read after this broadcast's commit.
        self._walk = [*self.crew, *self.ready]
        self._walk.reverse()
        self._step(batch, b"".join([outgoing.data for outgoing in batch]))

    def _step(self, batch: list[Outgoing], data: bytes) -> None:
        walk = self._walk
        assert walk is not None
        crew, ready, exclude = self.crew, self.ready, batch[0].exclude
        for seat in walk[: -SLICE - 1 : -1]:
            write = ready.get(seat) or crew.get(seat)
            if write is not None:
                if seat.connection is not exclude:
                    write(data)
            elif self.slow and seat in self.slow:
                # It became slow after the walk had begun: the backlog takes over, or it would miss this frame.
                for outgoing in batch:
                    seat.connection.park(seat, outgoing)
            # else it left: a write to its closed transport would raise.
        del walk[-SLICE:]
        if walk:
            self._loop.call_soon(self._step, batch, data)
        else:
            self._next()

    def _next(self) -> None:
        """The walk is over: the frames that waited go out together."""
        self._walk = None
        if not self._waiting:
            self._waiting = None
            return
        batch = [self._waiting.popleft()]
        size = len(batch[0].data)
        while self._waiting and batch[0].exclude is None and self._waiting[0].exclude is None:
            size += len(self._waiting[0].data)
            if size > JOINED_BYTES:
                break
            batch.append(self._waiting.popleft())
        self._walk = []  # still under way: the turn belongs to the others first
        self._loop.call_soon(self._start, batch)

    def _park(self, batch: list[Outgoing]) -> None:
        for seat in list(self.slow or ()):
            for outgoing in batch:
                seat.connection.park(seat, outgoing)
