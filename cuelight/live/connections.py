"""The journal's own database connections: prepared statements, no pool that resets them.

asyncpg's stock pool sends a reset at each release, a second round trip; a free list of connections that nobody else
uses needs none. Statements are prepared once per connection, with the generic plan (the array form is otherwise
planned anew each time, 430 microseconds) and without sequential scans (the generic plan made on an empty table would
keep one for ever).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from cuelight.errors import CuelightError, Unavailable

SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "enable_seqscan": "off",
    "application_name": "cuelight journal",
}

#: What says that the database, not the statement, is at fault.
AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
    asyncio.TimeoutError,
)


class Connection:
    """One asyncpg connection and its prepared statements."""

    __slots__ = ("_prepared", "raw")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._prepared: dict[str, Any] = {}

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """All rows of a prepared statement: one round trip, one implicit transaction."""
        statement = self._prepared.get(sql)
        if statement is None:
            statement = self._prepared[sql] = await self.raw.prepare(sql)
        rows: list[Any] = await statement.fetch(*values)
        return rows


class Connections:
    """A free list of ``size`` connections, opened when first needed and again after the database was away.

    ``database`` is what asyncpg is told: a URL, or its keyword arguments.
    """

    def __init__(self, database: str | Mapping[str, Any], size: int = 4) -> None:
        self._database = {"dsn": database} if isinstance(database, str) else dict(database)
        self._free: list[Connection] = []
        self._room = asyncio.Semaphore(size)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Connection]:
        """A connection for one piece of work. Raises what ``AWAY`` lists when the database cannot be reached."""
        async with self._room:
            connection = await self._take()
            sound = False
            try:
                yield connection
                sound = True
            except (asyncpg.PostgresError, CuelightError) as error:
                sound = not isinstance(error, AWAY)
                raise
            finally:
                # After anything but an answer of the server nobody knows what is still on its way through it.
                if sound and not connection.raw.is_closed():
                    self._free.append(connection)
                else:
                    connection.raw.terminate()

    async def close(self) -> None:
        for connection in self._free:
            await connection.raw.close()
        self._free.clear()

    async def _take(self) -> Connection:
        while self._free:
            connection = self._free.pop()
            if not connection.raw.is_closed():
                return connection
        raw = await asyncpg.connect(**self._database, server_settings=SETTINGS, timeout=5, command_timeout=30)
        return Connection(raw)


def unavailable(error: BaseException) -> Unavailable:
    """The sentence a person gets while the database is away."""
    refusal = Unavailable("The database does not answer. Try again in a moment.")
    refusal.__cause__ = error
    return refusal
