"""Naming jobs and asking for them, on procrastinate."""

from collections.abc import Callable
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

Function = Callable[..., None]

ATTEMPTS = 5


def job(name: str, *, queue: str = "default") -> Callable[[Function], Function]:
    """Names a synchronous function as a job. One that fails is tried again, five times in all, ever later."""

    def register(function: Function) -> Function:
        retry = RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=2)
        app.task(name=name, queue=queue, retry=retry)(function)
        return function

    return register


def enqueue(name: str, **values: Any) -> int:
    """Asks for a job in the present transaction: rolled back, it was never asked for. Returns the job's id."""
    return app.configure_task(name).defer(**values)
