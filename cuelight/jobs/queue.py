"""Naming jobs and asking for them, on procrastinate."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.db import connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from cuelight.jobs.housekeeping import ATTEMPTS

Function = Callable[..., None]

#: Hundreds of pictures to be drawn must not keep anybody from seeing what their file would do.
NOBODY_WAITS = -10


def job(
    name: str, *, queue: str = "default", wait: int = 2, nobody_waits: bool = False
) -> Callable[[Function], Function]:
    """Names a synchronous function as a job. One that fails is tried again, five times in all, ever later: after
    ``wait`` seconds, its square, its cube. ``nobody_waits``: it lets every other job go first."""

    def register(function: Function) -> Function:
        retry = RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=wait)
        priority = NOBODY_WAITS if nobody_waits else 0
        app.task(name=name, queue=queue, retry=retry, priority=priority)(_letting_go(function))
        return function

    return register


def _letting_go(function: Function) -> Function:
    """Gives its thread's connection back to the pool, which looks at it before it is used again.

    Kept, one that PostgreSQL has closed would fail every job of that thread from then on.
    """

    @wraps(function)
    def run(**values: Any) -> None:
        try:
            function(**values)
        finally:
            close_connections()

    return run


def enqueue(name: str, **values: Any) -> int:
    """Asks for a job in the present transaction: rolled back, it was never asked for. Returns the job's id."""
    return app.configure_task(name).defer(**values)


def enqueue_all(name: str, values: Sequence[Mapping[str, Any]]) -> None:
    """As ``enqueue``, several of one name in one call."""
    if values:
        app.configure_task(name).batch_defer(*map(dict, values))


def close_connections() -> None:
    """Gives this thread's connections back to the pool."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
