"""The end of all that is live in one studio. Each function may run twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import RawCursor

from cuelight.live.journal_sql import CLOSE_STUDIO, ERASE_ENTRIES, ERASE_HEAD, HEADS_OF_STUDIO

#: Rows in one transaction.
BATCH = 5_000


def close_studio(studio_id: int) -> None:
    """From now on every process refuses commands to what is live in this studio: ``gone``."""
    with _cursor() as cursor:
        cursor.execute(CLOSE_STUDIO, [studio_id])


def erase_studio(studio_id: int) -> None:
    """The journal of a studio, and its heads."""
    with _cursor() as cursor:
        cursor.execute(HEADS_OF_STUDIO, [studio_id])
        for (aggregate_id,) in cursor.fetchall():
            while cursor.execute(ERASE_ENTRIES, [aggregate_id, BATCH]).rowcount == BATCH:
                pass
            cursor.execute(ERASE_HEAD, [aggregate_id])


def erase_entries(aggregate_id: str) -> None:
    """The journal of one aggregate that has ended. Its head stays, so that every process goes on to say ``gone``."""
    with _cursor() as cursor:
        while cursor.execute(ERASE_ENTRIES, [aggregate_id, BATCH]).rowcount == BATCH:
            pass


@contextmanager
def _cursor() -> Iterator[RawCursor[Any]]:
    """PostgreSQL's own parameter style on Django's connection."""
    connection.ensure_connection()
    with RawCursor(connection.connection) as cursor:
        yield cursor
