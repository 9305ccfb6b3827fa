"""What waits for a slow socket: the newest frame of each state topic, a bounded queue of everything else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cuelight.live.seat import Seat
    from cuelight.live.topic import Outgoing


class Backlog:
    """Frames in the order they will be sent. The bytes are shared with every other socket of the topic."""

    __slots__ = ("_entries", "_next_key", "since", "size")

    def __init__(self, since: float) -> None:
        self.since = since  # loop time when the socket stopped taking data
        self.size = 0  # bytes that wait
        self._next_key = 0
        self._entries: OrderedDict[Seat | int, tuple[Seat, Outgoing]] = OrderedDict()

    def add(self, seat: Seat, outgoing: Outgoing) -> None:
        if outgoing.version is None:
            self._next_key += 1
            key: Seat | int = self._next_key
        else:
            before = self._entries.get(seat)
            # Frames of two processes may arrive out of order; an older state must not replace a newer one.
            if before is not None and (before[1].version or 0) > outgoing.version:
                return
            self._remove(seat)
            key = seat
        self._entries[key] = (seat, outgoing)
        self.size += len(outgoing.data)

    def discard(self, seat: Seat) -> None:
        """Forgets everything for a topic that is no longer joined."""
        for key in [key for key, (owner, _) in self._entries.items() if owner is seat]:
            self._remove(key)

    def take(self) -> Iterator[bytes]:
        """Removes and yields frame by frame, so that the caller can stop when the socket is full again."""
        while self._entries:
            _, (_, outgoing) = self._entries.popitem(last=False)
            self.size -= len(outgoing.data)
            yield outgoing.data

    def _remove(self, key: Seat | int) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= len(entry[1].data)
