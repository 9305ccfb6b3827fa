"""The journal's own database connections: prepared statements, no pool that resets them.

asyncpg's stock pool sends a reset at each release, a second round trip; a free list of connections that nobody else
uses needs none. Statements are prepared once per connection, with the generic plan (the array form is otherwise
planned anew each time, 430 microseconds) and without sequential scans (the generic plan made on an empty table would
keep one for ever).
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

from cuelight.errors import CuelightError, Unavailable

SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "enable_seqscan": "off",
    # A head that somebody else's transaction holds must not keep the other aggregates of its batch waiting.
    "lock_timeout": "300ms",
    "application_name": "cuelight journal",
}

#: What says that the database, not the statement, is at fault: gone, starting, stopping, full, or a standby by now.
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
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

    def one(self) -> "Lease":
        """A connection for one piece of work: ``async with connections.one() as connection``.

        Raises what ``AWAY`` lists when the database cannot be reached.
        """
        return Lease(self)

    async def take(self) -> Connection:
        await self._room.acquire()
        try:
            return await self._take()
        except BaseException:
            self._room.release()
            raise

    def give_back(self, connection: Connection, *, sound: bool) -> None:
        # After anything but an answer of the server nobody knows what is still on its way through it.
        if sound and not connection.raw.is_closed():
            self._free.append(connection)
        else:
            connection.raw.terminate()
        self._room.release()

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


class Lease:
    """A connection while it is used. A class: a generator's context manager costs every key press a little more."""

    __slots__ = ("_connection", "_connections")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def __aenter__(self) -> Connection:
        self._connection = await self._connections.take()
        return self._connection

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        answered = isinstance(error, asyncpg.PostgresError | CuelightError) and not isinstance(error, AWAY)
        self._connections.give_back(self._connection, sound=error is None or answered)


def unavailable(error: BaseException) -> Unavailable:
    """The sentence a person gets while the database is away."""
    refusal = Unavailable("The database does not answer. Try again in a moment.")
    refusal.__cause__ = error
    return refusal
