"""Inside the server, an upper context hears what a lower one broadcasts.

Every server process hears every broadcast made with ``broadcast.py``, recomputes what it shows from the tables, and
delivers to its own sockets only.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import structlog

from cuelight.live import tasks
from cuelight.live.pattern import TopicPattern

log = structlog.get_logger(__name__)

Listener = Callable[[dict[str, str], dict[str, Any]], Awaitable[None]]

WAITING = 1_000  # broadcasts one listener may lag behind; then the oldest are lost


class Registration(NamedTuple):
    """One ``@listens``."""

    pattern: TopicPattern
    event: str
    listener: Listener


_registered: list[Registration] = []


def listens(topic: str, event: str) -> Callable[[Listener], Listener]:
    """Registers an async function ``(params, payload)`` for an event on topics like ``catalog:{studio_id}``."""

    def register(listener: Listener) -> Listener:
        _registered.append(Registration(TopicPattern(topic), event, listener))
        return listener

    return register


class Listening:
    """One process's running listeners. Each hears one thing after the other: an older fact never overtakes a newer."""

    def __init__(self) -> None:
        self._waiting: dict[Listener, deque[tuple[dict[str, str], dict[str, Any]]]] = {}
        self._tasks: dict[Listener, asyncio.Task[None]] = {}

    def tell(self, topic: str, event: str, payload: Callable[[], dict[str, Any]]) -> None:
        """Hands a broadcast to those who listen; ``payload`` is called only if somebody does."""
        for pattern, wanted, listener in _registered:
            params = pattern.match(topic) if wanted == event else None
            if params is not None:
                self._waiting.setdefault(listener, deque(maxlen=WAITING)).append((params, payload()))
                if listener not in self._tasks:
                    self._tasks[listener] = asyncio.create_task(self._run(listener))

    async def _run(self, listener: Listener) -> None:
        waiting = self._waiting[listener]
        try:
            while waiting:
                params, payload = waiting.popleft()
                try:
                    await listener(params, payload)
                except Exception:
                    log.exception("listener failed", listener=getattr(listener, "__qualname__", ""), params=params)
        finally:
            del self._tasks[listener]

    async def stop(self) -> None:
        await tasks.end(self._tasks.values())
