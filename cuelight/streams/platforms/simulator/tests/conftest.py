"""An outlet that keeps what it hears, and a clock that moves on when somebody sleeps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from cuelight.streams.events import Event
from cuelight.streams.platforms.contract import Account, Adapter, Metadata, Removal, Status
from cuelight.streams.platforms.simulator import memory
from cuelight.streams.platforms.simulator.clock import Clock
from cuelight.streams.platforms.simulator.tests.show import START


class Heard:
    """An outlet. ``fails``: how often events are refused as if the database were away."""

    def __init__(self) -> None:
        self.events_: list[Event] = []
        self.batches: list[int] = []
        self.removals: list[Removal] = []
        self.statuses: list[tuple[str, str]] = []
        self.lives: list[bool] = []
        self.viewers_: list[int | None] = []
        self.followers_: list[int] = []
        self.titles: list[Metadata] = []
        self.fails = 0

    async def events(self, events: Sequence[Event]) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the database is away")
        self.events_ += events
        self.batches.append(len(events))

    async def removed(self, removal: Removal) -> None:
        self.removals.append(removal)

    async def status(self, status: Status, sentence: str = "") -> None:
        self.statuses.append((status, sentence))

    async def live(self, is_live: bool, since: datetime | None = None) -> None:
        self.lives.append(is_live)

    async def viewers(self, viewers: int | None) -> None:
        self.viewers_.append(viewers)

    async def followers(self, followers: int) -> None:
        self.followers_.append(followers)

    async def metadata(self, metadata: Metadata) -> None:
        self.titles.append(metadata)

    def said_by(self, user_id: str) -> list[Event]:
        return [event for event in self.events_ if event.user and event.user.id == user_id]


class StageClock:
    """For one sleeper. Stands still at ``stops_at`` seconds until that is moved on."""

    def __init__(self) -> None:
        self.second = 0.0
        self.stops_at = 0.0
        self.slept: list[float] = []
        self._wakes_at: float | None = None
        self._moved = asyncio.Condition()
        self.clock = Clock(seconds=lambda: self.second, now=self.now, sleep=self.sleep)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.second)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        async with self._moved:
            self._wakes_at = self.second + seconds
            self._moved.notify_all()
            await self._moved.wait_for(lambda: self.second + seconds <= self.stops_at)
            self.second, self._wakes_at = self.second + seconds, None
        await asyncio.sleep(0)

    async def until(self, second: float) -> None:
        """Lets time pass, until whoever sleeps would sleep longer."""
        async with self._moved:
            self.stops_at = second
            self._moved.notify_all()
            await self._moved.wait_for(lambda: self._wakes_at is not None and self._wakes_at > second)


Reading = Callable[[Adapter], AbstractAsyncContextManager[asyncio.Task[None]]]


@pytest.fixture
def stage() -> StageClock:
    return StageClock()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def account() -> Callable[..., Account]:
    """Makes the account of a studio: ``account(7, rate=3)``."""

    def make(studio_id: int = 7, **settings: Any) -> Account:
        return Account(1, studio_id, "simulator", "studio", name="Pavoi Live", login="pavoi", settings=settings)

    return make


@pytest.fixture
def reading(heard: Heard) -> Reading:
    """Reads with an adapter while the block lasts."""

    @asynccontextmanager
    async def read(adapter: Adapter) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(adapter.read(heard))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return read


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    memory._studios.clear()
    yield
    memory._studios.clear()
