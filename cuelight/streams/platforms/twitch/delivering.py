"""Handing on what was heard, in the order in which it came: in batches of what has arrived meanwhile, and again when
it could not be stored. It outlives the sockets, so what one brought is not lost with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import asyncpg
import structlog

from cuelight.streams.backoff import Backoff
from cuelight.streams.events import Event
from cuelight.streams.platforms.contract import Metadata, Outlet, Removal, Status
from cuelight.streams.platforms.twitch.wire import Live

log = structlog.get_logger(__name__)

#: So much may wait while the database is away; then Twitch waits, too.
MOST_WAITING, BATCH = 20_000, 500
#: Seconds that are left for what still waits when the reading is ended.
LAST_S = 0.8


@dataclass(frozen=True, slots=True)
class Viewers:
    count: int | None


@dataclass(frozen=True, slots=True)
class Followers:
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How the reading is doing."""

    status: Status
    sentence: str = ""


Told = Event | Removal | Metadata | Live | Viewers | Followers | Standing
#: What is wrong with what was handed on, however often it is tried.
UNSTORABLE = (ValueError, TypeError, asyncpg.DataError)


class Delivery:
    """``put`` from anywhere, ``run`` in one task. ``put`` waits when too much waits already."""

    def __init__(self, outlet: Outlet, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._outlet = outlet
        self._sleep = sleep
        self._waiting: asyncio.Queue[Told] = asyncio.Queue(MOST_WAITING)
        self._taken: list[Told] = []
        self._idle = asyncio.Event()
        self._idle.set()

    async def put(self, told: Told) -> None:
        self._idle.clear()
        await self._waiting.put(told)

    async def run(self) -> None:
        """Until it is cancelled; what still waits then gets a moment, and what is being stored is not stored twice."""
        working = asyncio.create_task(self._work())
        try:
            await asyncio.wait({working})
            working.result()
        finally:
            try:
                async with asyncio.timeout(LAST_S):
                    await self._idle.wait()
            except TimeoutError:
                waiting = len(self._taken) + self._waiting.qsize()
                log.warning("something heard at Twitch was not stored", waiting=waiting)
            finally:
                working.cancel()

    async def _work(self) -> None:
        while True:
            self._taken.append(await self._waiting.get())
            await self._hand_on()
            self._idle.set()

    async def _hand_on(self) -> None:
        while True:
            while len(self._taken) < BATCH and not self._waiting.empty():
                self._taken.append(self._waiting.get_nowait())
            if not self._taken:
                return
            are_events, group = next((key, list(run)) for key, run in groupby(self._taken, _is_event))
            if are_events:
                await self._store([one for one in group if isinstance(one, Event)])
            else:
                group = group[:1]
                await self._until_done(partial(self._say, group[0]))
            del self._taken[: len(group)]

    async def _store(self, events: list[Event]) -> None:
        try:
            await self._until_done(partial(self._outlet.events, events))
        except UNSTORABLE as error:
            if len(events) == 1:
                log.warning("an event of Twitch cannot be stored", kind=events[0].kind, why=repr(error))
                return
            # One that the database does not take must not keep the others out.
            for one in events:
                await self._store([one])

    async def _until_done(self, do: Callable[[], Awaitable[None]]) -> None:
        backoff = Backoff(longest_s=15.0)
        while True:
            try:
                return await do()
            except UNSTORABLE:
                raise
            except Exception as error:
                if backoff.failures in (0, 10, 100):
                    log.warning("what was heard at Twitch is not stored yet", why=repr(error))
                await self._sleep(backoff.next_s())

    async def _say(self, told: Told) -> None:
        outlet = self._outlet
        try:
            match told:
                case Removal():
                    await outlet.removed(told)
                case Live(is_live, since):
                    await outlet.live(is_live, since)
                case Metadata():
                    await outlet.metadata(told)
                case Viewers(count):
                    await outlet.viewers(count)
                case Followers(count):
                    await outlet.followers(count)
                case Standing(status, sentence):
                    await outlet.status(status, sentence)
        except UNSTORABLE as error:
            log.warning("what Twitch said cannot be kept", what=type(told).__name__, why=repr(error))


def _is_event(told: Told) -> bool:
    return isinstance(told, Event)
