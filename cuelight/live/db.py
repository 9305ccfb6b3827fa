"""The one bridge from the loop to synchronous code that uses Django's ORM, on a bounded pool of our own."""

import asyncio
import contextvars
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8  # at most as many as the database pool has connections: more would only wait there, and time out

#: Seconds that calls which have begun get to end at shutdown.
GRACE_S = 2.0

_threads: ThreadPoolExecutor | None = None


async def run_db(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls ``function`` on a thread and returns what it returns; its connection is back in the pool afterwards.

    Calls wait for a free thread, in order. Cancelling the caller does not stop a call that has begun.
    """
    global _threads
    if _threads is None:
        _threads = ThreadPoolExecutor(THREADS, thread_name_prefix="run_db")
    context = contextvars.copy_context()
    call = lambda: context.run(_call, function, args, kwargs)  # noqa: E731
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


def _call(function: Callable[..., T], args: Any, kwargs: Any) -> T:
    try:
        return function(*args, **kwargs)
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()


async def close_all() -> None:
    """At shutdown: ends the threads and closes the connection pools of this process."""
    global _threads
    threads, _threads = _threads, None
    if threads is not None:
        # What has begun goes on on its thread: it gets a moment, so that nothing is read after this.
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await asyncio.to_thread(threads.shutdown, wait=True, cancel_futures=True)
    await asyncio.to_thread(_close_pools)


def _close_pools() -> None:
    for connection in connections.all():
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


def asyncpg_arguments() -> dict[str, Any]:
    """How asyncpg reaches the database that Django is set up for (in tests: the test database)."""
    settings = connections["default"].settings_dict
    arguments = {
        "host": settings["HOST"] or None,
        "port": int(settings["PORT"]) if settings["PORT"] else None,
        "user": settings["USER"] or None,
        "password": settings["PASSWORD"] or None,
        "database": settings["NAME"],
        "ssl": _tls(settings["OPTIONS"]),
    }
    return {name: value for name, value in arguments.items() if value is not None}


def psycopg_arguments() -> dict[str, Any]:
    """How psycopg reaches it without Django's pool: with the same checks of who answers."""
    arguments: dict[str, Any] = connections["default"].get_connection_params()
    ours = ("cursor_factory", "context", "client_encoding", "prepare_threshold")
    return {name: value for name, value in arguments.items() if name not in ours}


def _tls(options: Mapping[str, Any]) -> ssl.SSLContext | str | None:
    """What ``settings.verified`` decided, for asyncpg: its own reading of the modes knows no file for an authority."""
    if options.get("sslmode") != "verify-full":
        return options.get("sslmode")
    authority = options["sslrootcert"]
    context = ssl.create_default_context(cafile=None if authority == "system" else authority)
    if "sslcert" in options:
        context.load_cert_chain(options["sslcert"], options.get("sslkey"), options.get("sslpassword"))
    return context
