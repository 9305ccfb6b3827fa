"""What this process knows of each studio's simulated chat: who may not speak, what the studio said, what it is called.

It is gone with the process: nobody real is meant. Actions put it in, the adapter takes it out and tells it as a real
platform would.
"""

from collections import deque
from datetime import datetime, timedelta

from cuelight.streams.events import Event
from cuelight.streams.platforms.contract import Metadata, Removal

MOST_STUDIOS, MOST_SILENT, MOST_WAITING = 1_000, 1_000, 200
TITLE, CATEGORY = "Rehearsal with a simulated audience", "Shopping"


class Memory:
    """One studio's."""

    def __init__(self) -> None:
        self.said: deque[Event] = deque(maxlen=MOST_WAITING)
        self.removals: deque[Removal] = deque(maxlen=MOST_WAITING)
        self.metadata = Metadata(title=TITLE, category=CATEGORY)
        self._silent: dict[str, datetime | None] = {}

    def silence(self, user_id: str, until: datetime | None = None) -> None:
        """The viewer says nothing more, or nothing until then."""
        self._silent.pop(user_id, None)
        while len(self._silent) >= MOST_SILENT:
            del self._silent[next(iter(self._silent))]
        self._silent[user_id] = until

    def free(self, user_id: str) -> None:
        self._silent.pop(user_id, None)

    def silent(self, now: datetime) -> frozenset[str]:
        """Ids of those who may not speak now."""
        return frozenset(user_id for user_id, until in self._silent.items() if until is None or until > now)

    def take_said(self) -> list[Event]:
        taken = list(self.said)
        self.said.clear()
        return taken


_studios: dict[int, Memory] = {}


def of(studio_id: int) -> Memory:
    """The studio's; beyond `MOST_STUDIOS` the oldest is forgotten."""
    if studio_id not in _studios:
        while len(_studios) >= MOST_STUDIOS:
            del _studios[next(iter(_studios))]
        _studios[studio_id] = Memory()
    return _studios[studio_id]


def end_of(now: datetime, seconds: int) -> datetime:
    """When a time-out is over; a very long one ends in a year."""
    return now + timedelta(seconds=min(seconds, 366 * 86_400))
