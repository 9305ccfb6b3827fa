"""In a server process: who is on ``audience:{studio_id}`` is told each part when it has changed.

What was told is compared with what is, so whatever pokes may poke too often. Figures of a few rows are read at once,
sums once a second at most. Nothing is read for a studio whose overlays nobody has open here.
"""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any

import structlog

from cuelight.live import process, tasks
from cuelight.live.db import run_db
from cuelight.widgets import audience_queries
from cuelight.widgets.audience_queries import QUICK, SLOW, Read

log = structlog.get_logger(__name__)

#: Seconds between what happens and the look at it: what happens together is looked at once.
QUICK_S, SLOW_S = 0.02, 1.0
#: Seconds between two looks that nobody asked for: what was 24 hours ago moves on, and a poke may be lost.
REFRESH_S = 60.0
#: A look that takes long is not the next second's.
_SHARE = 10


class Lane:
    """Parts of one studio that are looked at together, one look after the other."""

    def __init__(self, studio: "Studio", parts: frozenset[str], pace_s: float) -> None:
        self._studio = studio
        self._parts = parts
        self._pace_s = pace_s
        self._wanted: set[str] = set()
        self._took_s = 0.0
        self.task: asyncio.Task[None] | None = None

    def want(self, parts: Iterable[str]) -> None:
        self._wanted |= self._parts.intersection(parts)
        if self._wanted and (self.task is None or self.task.done()):
            self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._wanted:
            await asyncio.sleep(max(self._pace_s, self._took_s * _SHARE))
            if not process.hub.has_topic(self._studio.topic):
                self._wanted.clear()
                return
            parts, self._wanted = self._wanted, set()
            began = monotonic()
            try:
                await self._studio.look(parts)
            except Exception:
                log.warning("an audience could not be read; trying again", studio=self._studio.id, exc_info=True)
                self._wanted |= parts
                await asyncio.sleep(1)
            self._took_s = monotonic() - began


class Studio:
    """What the overlays of one studio that are open here were told last."""

    def __init__(self, studio_id: int) -> None:
        self.id = studio_id
        self.topic = f"audience:{studio_id}"
        #: Whether they are shown what is rehearsed; None: not known, and everybody is told anew.
        self.rehearsed: bool | None = None
        self._told: dict[str, Any] = {}
        self._lanes = (Lane(self, QUICK, QUICK_S), Lane(self, SLOW, SLOW_S))

    def want(self, parts: Iterable[str]) -> None:
        wanted = set(parts)
        for lane in self._lanes:
            lane.want(wanted)

    def has_come(self, found: Read) -> None:
        """Somebody was told all of this. Where that is not what the others were told, one of the two is old, and which
        nobody knows: the next look tells everybody."""
        if self.rehearsed is None:
            self.rehearsed = found.rehearsed
        elif self.rehearsed != found.rehearsed:
            self.rehearsed = None
        for name, value in found.parts.items():
            if self._told.setdefault(name, value) != value:
                del self._told[name]
        self.want(found.parts)

    async def look(self, parts: Iterable[str]) -> None:
        found = await run_db(audience_queries.read, self.id, frozenset(parts))
        if found.rehearsed != self.rehearsed:
            # From now on these are other figures altogether.
            found, whole = await run_db(audience_queries.snapshot, self.id)
            self.rehearsed, self._told = found.rehearsed, dict(found.parts)
            process.hub.broadcast(self.topic, "audience_changed", whole)
            return
        for name, value in found.parts.items():
            if name not in self._told or self._told[name] != value:
                self._told[name] = value
                process.hub.broadcast(self.topic, name, {name: value})

    @property
    def tasks(self) -> list["asyncio.Task[None]"]:
        return [lane.task for lane in self._lanes if lane.task is not None]


_studios: dict[int, Studio] = {}


def of(studio_id: int) -> Studio:
    """Made when somebody comes."""
    return _studios.setdefault(studio_id, Studio(studio_id))


def known(studio_id: int) -> Studio | None:
    """None where nobody is."""
    found = _studios.get(studio_id)
    return found if found is not None and process.hub.has_topic(found.topic) else None


def poke(studio_id: int, *parts: str) -> None:
    """These parts may be others now."""
    found = known(studio_id)
    if found is not None:
        found.want(parts)


async def watch() -> None:
    """Runs until it is cancelled: looks after everybody who is here now and then, and forgets who has left."""
    try:
        while True:
            await asyncio.sleep(REFRESH_S)
            for studio in list(_studios.values()):
                if process.hub.has_topic(studio.topic):
                    studio.want(audience_queries.PARTS)
                elif all(task.done() for task in studio.tasks):
                    del _studios[studio.id]
    finally:
        running = [task for studio in _studios.values() for task in studio.tasks]
        _studios.clear()
        await tasks.end(running)
