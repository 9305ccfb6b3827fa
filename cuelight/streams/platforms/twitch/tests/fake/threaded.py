"""The fake in a thread of its own, for tests whose client blocks: a Django view that asks for tokens.

``with InThread() as fake``: what it remembers is read from ``fake.twitch``; what happens there is ``fake.do``.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Self, TypeVar

from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch

T = TypeVar("T")


class InThread:
    def __init__(self, **options: Any) -> None:
        self.twitch = FakeTwitch(**options)
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(5):
            raise TimeoutError("the fake did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ends.set)
        self._thread.join(5)

    def do(self, act: Callable[[FakeTwitch], T]) -> T:
        """Where the fake runs, so that what is written to its sockets is written in order: ``fake.do(lambda twitch:
        twitch.say("ada", "hello"))``."""

        async def acted() -> T:
            return act(self.twitch)

        return asyncio.run_coroutine_threadsafe(acted(), self._loop).result(5)

    async def _run(self) -> None:
        self._loop, self._ends = asyncio.get_running_loop(), asyncio.Event()
        async with self.twitch:
            self._started.set()
            await self._ends.wait()
