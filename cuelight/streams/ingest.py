"""The way in for everything that happens on the platforms: stored in one statement, then told to every screen.

What comes while a statement is under way makes the next one, so a quiet studio waits for nobody and a flood goes in by
hundreds. Whoever hands events over waits until they are stored: an adapter reads no faster than the database writes,
and nothing is shown that is not there.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog

from cuelight.live import tasks
from cuelight.live.wire import Encoded
from cuelight.streams import store
from cuelight.streams.backoff import Backoff
from cuelight.streams.events import Event, bounded
from cuelight.streams.store import Incoming, Stored

log = structlog.get_logger(__name__)

#: Events in one frame to the screens.
IN_FRAME = 100
#: Seconds that one statement may take.
PATIENCE_S = 15.0

Spread = Callable[[str, str, Encoded], None]
Heed = Callable[[int, Sequence[Stored]], Awaitable[None]]


@dataclass(slots=True)
class Handed:
    """Events of one studio that somebody waits for."""

    incoming: list[Incoming]
    stored: "asyncio.Future[list[Stored]]"


@dataclass(slots=True)
class Counts:
    """Since the start of this process."""

    stored: int = 0
    repeats: int = 0
    refused: int = 0
    statements: int = 0


class Ingest:
    """One process's way in. Used on the loop's thread only."""

    def __init__(self, connect: dict[str, Any], *, spread: Spread, heeding: Sequence[Heed] = ()) -> None:
        self.counts = Counts()
        self._connect = connect
        self._spread = spread
        self._heeding = heeding
        self._waiting: deque[Handed] = deque()
        self._something = asyncio.Event()
        self._connection: asyncpg.Connection[Any] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run())]

    async def stop(self) -> None:
        """Nothing is under way any more; what waits has been refused to whoever waits for it."""
        await tasks.end(self._tasks)
        for handed in self._waiting:
            handed.stored.cancel()
        self._waiting.clear()
        if self._connection is not None:
            with contextlib.suppress(Exception):
                await self._connection.close(timeout=1)

    async def put(self, studio_id: int, events: Sequence[Event]) -> list[Stored]:
        """Stores events and returns those that were new, when every screen of this process has been told."""
        now = datetime.now(UTC)
        incoming = []
        for event in events:
            try:
                incoming.append(Incoming(studio_id, bounded(event), now))
            except ValueError as error:
                self.counts.refused += 1
                log.info("an event was left out", platform=event.platform, why=str(error))
        if not incoming:
            return []
        handed = Handed(incoming, asyncio.get_running_loop().create_future())
        self._waiting.append(handed)
        self._something.set()
        return await handed.stored

    async def _run(self) -> None:
        backoff = Backoff(first_s=0.2, longest_s=5.0)
        while True:
            await self._something.wait()
            batch = self._next_batch()
            while True:
                try:
                    async with asyncio.timeout(PATIENCE_S):
                        stored = await self._store(batch)
                except Exception as error:
                    # Whatever it is: asyncpg has errors of its own for a connection that ends just now, and nothing
                    # that happens here may end the one way in.
                    await self._disconnect()
                    pause = backoff.next_s()
                    log.warning("events wait for the database", waiting=len(batch), error=str(error), again_in_s=pause)
                    await asyncio.sleep(pause)
                else:
                    backoff.failures = 0
                    break
            self._tell(batch, stored)

    def _next_batch(self) -> list[Handed]:
        batch: list[Handed] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].incoming) <= store.BATCH):
            handed = self._waiting.popleft()
            if not handed.stored.cancelled():
                batch.append(handed)
                size += len(handed.incoming)
        if not self._waiting:
            self._something.clear()
        return batch

    async def _store(self, batch: Sequence[Handed]) -> list[Stored]:
        incoming = [one for handed in batch for one in handed.incoming]
        if not incoming:
            return []
        connection = self._connection
        if connection is None or connection.is_closed():
            connection = self._connection = await asyncpg.connect(**self._connect, statement_cache_size=10)
        self.counts.statements += 1
        try:
            return await store.insert(connection, incoming)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            # One that no column takes must not keep the others out.
            log.warning("a batch of events was refused; one by one", events=len(incoming), error=str(error))
            return await self._one_by_one(connection, incoming)

    async def _one_by_one(self, connection: "asyncpg.Connection[Any]", incoming: Sequence[Incoming]) -> list[Stored]:
        stored: list[Stored] = []
        for one in incoming:
            try:
                stored += await store.insert(connection, [one])
            except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
                self.counts.refused += 1
                log.warning("an event was refused", platform=one.event.platform, kind=one.event.kind, error=str(error))
        return stored

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    def _tell(self, batch: Sequence[Handed], stored: Sequence[Stored]) -> None:
        self.counts.stored += len(stored)
        self.counts.repeats += sum(len(handed.incoming) for handed in batch) - len(stored)
        by_studio: dict[int, list[Stored]] = {}
        for one in stored:
            by_studio.setdefault(one.incoming.studio_id, []).append(one)
        for studio_id, events in by_studio.items():
            self._broadcast(studio_id, events)
        # By what each has handed over; a repeat among two of a batch belongs to the first.
        of = {id(one.incoming): one for one in stored}
        for handed in batch:
            if not handed.stored.done():
                handed.stored.set_result([of[id(one)] for one in handed.incoming if id(one) in of])
        for studio_id, events in by_studio.items():
            for heed in self._heeding:
                self._soon(heed, studio_id, events)

    def _broadcast(self, studio_id: int, events: Sequence[Stored]) -> None:
        talk = [one.body for one in events if one.incoming.event.is_talk]
        activity = [one.body for one in events if not one.incoming.event.is_talk]
        for topic, name, bodies in (
            (f"chat:{studio_id}", "events", talk),
            (f"stream:{studio_id}", "activity", activity),
        ):
            for start in range(0, len(bodies), IN_FRAME):
                some = b",".join(bodies[start : start + IN_FRAME])
                self._spread(topic, name, Encoded(b'{"events":[' + some + b"]}"))

    def _soon(self, heed: Heed, studio_id: int, events: Sequence[Stored]) -> None:
        task = asyncio.create_task(_heeded(heed, studio_id, events))
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)


async def _heeded(heed: Heed, studio_id: int, events: Sequence[Stored]) -> None:
    try:
        await heed(studio_id, events)
    except Exception:
        log.exception("what was to be done about events failed", studio=studio_id, events=len(events))
