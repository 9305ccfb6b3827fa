"""The relay over PostgreSQL: LISTEN and pg_notify on a connection of its own.

Never inside a transaction that does something else: a notify takes a lock of the whole database at commit, and
everybody's commits would queue behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
from django.db import connection as django_connection

from cuelight.live.db import asyncpg_arguments

CHANNEL = "cuelight"
SEND = "SELECT pg_notify('cuelight', text) FROM unnest($1::text[]) AS text"


class PostgresCarrier:
    """NOTIFY takes payloads under 8,000 bytes."""

    part_bytes = 7_500

    def __init__(self, url: str | None = None) -> None:
        self._arguments = {"dsn": url} if url else asyncpg_arguments()
        self._connection: asyncpg.Connection | None = None

    async def open(self, on_text: Callable[[str], None], on_lost: Callable[[], None]) -> None:
        connection = await asyncpg.connect(**self._arguments, timeout=5, command_timeout=10)

        def hear(_connection: Any, _pid: int, _channel: str, text: str) -> None:
            on_text(text)

        def lose(lost: Any) -> None:
            # A connection that we replaced ourselves also ends; only the one in use matters.
            if lost is self._connection:
                on_lost()

        self._connection = connection
        connection.add_termination_listener(lose)
        await connection.add_listener(CHANNEL, hear)

    async def send(self, texts: list[str]) -> None:
        if self._connection is None:
            raise ConnectionError("not connected")
        await self._connection.execute(SEND, texts)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


def send_sync(texts: list[str]) -> None:
    """From a process without a loop: on Django's connection, which must not be inside a transaction."""
    with django_connection.cursor() as cursor:
        cursor.execute(SEND.replace("$1", "%s"), [texts])
