"""Putting events into the database: one statement for all that waited. And the days they are kept in.

``streams_seen`` comes first and decides what is new; only that goes into ``streams_event``. Both happen or neither.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

import orjson
from msgspec import structs, to_builtins

from cuelight.streams.events import LONGEST_RAW, Event

#: Days that have a table of their own before they come, and how long what was seen is remembered.
DAYS_AHEAD, SEEN_DAYS = 7, 7
#: Events in one statement.
BATCH = 500
TABLE = "streams_event"

# Ids are given in the order in which things came. Keys go in sorted: of two processes that bring the same ones, the
# second waits for the first and not each for the other.
INSERT = """
    WITH given AS MATERIALIZED (
        SELECT nextval('streams_event_id') AS event_id, * FROM unnest(
            $1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[],
            $8::text[], $9::text[], $10::bool[]
        ) AS g (studio_id, platform, platform_id, kind, at, received_at, user_id, body, raw, rehearsal)
    ), fresh AS (
        INSERT INTO streams_seen (studio_id, platform, platform_id, event_id, received_at)
        SELECT studio_id, platform, platform_id, event_id, received_at FROM given
        ORDER BY studio_id, platform, platform_id
        ON CONFLICT (studio_id, platform, platform_id) DO NOTHING
        RETURNING event_id
    )
    INSERT INTO streams_event
        (id, studio_id, received_at, at, platform, platform_id, kind, user_id, body, raw, rehearsal, hidden_why)
    SELECT event_id, studio_id, received_at, at, platform, platform_id, kind, user_id, body::jsonb, raw::jsonb,
        rehearsal, ''
    FROM given JOIN fresh USING (event_id)
    RETURNING id, studio_id, platform, platform_id
"""


_NULL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class Incoming(NamedTuple):
    """An event of a studio, and when it came in."""

    studio_id: int
    event: Event
    received_at: datetime

    @property
    def key(self) -> tuple[int, str, str]:
        return self.studio_id, self.event.platform, self.event.platform_id


class Stored(NamedTuple):
    """An event that was new, with the id it has now and its bytes as screens get them."""

    id: int
    incoming: Incoming
    body: bytes


class Connection(Protocol):
    """asyncpg's."""

    async def fetch(self, query: str, *args: Any) -> list[Any]: ...


async def insert(connection: Connection, batch: Sequence[Incoming]) -> list[Stored]:
    """Stores what is not there yet, and returns it, in the order in which it came."""
    by_key = {one.key: one for one in reversed(batch)}  # the first of a pair within the batch stays
    ordered = [one for one in batch if by_key.get(one.key) is one]
    bodies = [_without_null(orjson.dumps(to_builtins(structs.replace(one.event, raw=None)))) for one in ordered]
    columns = [
        [one.studio_id for one in ordered],
        [one.event.platform for one in ordered],
        [one.event.platform_id for one in ordered],
        [one.event.kind for one in ordered],
        [one.event.at for one in ordered],
        [one.received_at for one in ordered],
        [one.event.user.id if one.event.user else "" for one in ordered],
        [body.decode() for body in bodies],
        [_raw(one.event) for one in ordered],
        [one.event.rehearsal for one in ordered],
    ]
    rows = await connection.fetch(INSERT, *columns)
    ids = {(row[1], row[2], row[3]): row[0] for row in rows}
    return [
        Stored(ids[one.key], one, b'{"id":' + str(ids[one.key]).encode() + b"," + body[1:])
        for one, body in zip(ordered, bodies, strict=True)
        if one.key in ids
    ]


def _raw(event: Event) -> str | None:
    if event.raw is None:
        return None
    text = _without_null(orjson.dumps(event.raw))
    return text.decode() if len(text) <= LONGEST_RAW else None


def _without_null(json: bytes) -> bytes:
    # jsonb takes every character but this one. Behind an odd number of backslashes only it is one.
    return _NULL.sub(rb"\1", json) if b"\\u0000" in json else json


def partition(day: date) -> str:
    return f"{TABLE}_{day:%Y%m%d}"


def partition_sql(day: date) -> list[str]:
    """Makes a day's table, in one transaction. What came on that day before it had one moves into it. Days are UTC."""
    table, other = partition(day), f"{TABLE}_other"
    since, until = f"'{day}T00:00:00+00'", f"'{day + timedelta(days=1)}T00:00:00+00'"
    came = f"received_at >= {since} AND received_at < {until}"
    return [
        f"CREATE TABLE {table} (LIKE {TABLE} INCLUDING ALL)",
        f"WITH moved AS (DELETE FROM {other} WHERE {came} RETURNING *) INSERT INTO {table} SELECT * FROM moved",  # noqa: S608
        f"ALTER TABLE {TABLE} ATTACH PARTITION {table} FOR VALUES FROM ({since}) TO ({until})",
    ]


def days_ahead(now: datetime) -> list[date]:
    """The days that must have a table now: yesterday for what is under way, and the days to come."""
    today = now.astimezone(UTC).date()
    return [today + timedelta(days=offset) for offset in range(-1, DAYS_AHEAD + 1)]
