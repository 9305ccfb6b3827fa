"""Ending background tasks."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_S = 1.0


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels until all have ended, whatever they end with.

    Once is not enough: redis-py swallows a cancellation that arrives just as its call ends, and the task runs on.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        done, running = await asyncio.wait(running, timeout=AGAIN_S)
        for task in done:
            if not task.cancelled():
                task.exception()  # looked at, or asyncio complains that nobody has
